import { countrySpecs } from 'ibantools';
import { ibanLength, isInIbanRegistry, readIban } from '../../src/payee/iban';

/** Examples that SWIFT's IBAN registry and central banks publish. */
const published = [
  'GB29NWBK60161331926819',
  'DE89370400440532013000',
  'FR1420041010050500013M02606',
  'NL91ABNA0417164300',
  'ES9121000418450200051332',
  'IT60X0542811101000000123456',
  'CH9300762011623852957',
  'NO9386011117947',
  'MT84MALT011000012345MTLCAST001S',
  'LC55HEMM000100010012001200023015',
  'SA0380000000608010167519',
  'AE070331234567890123456',
  'PK36SCBL0000001123456702',
  'EG380019000500000000263180002',
  'BR1800360305000010009795493C1',
  'KZ86125KZT5004100100',
  'TR330006100519786457841326',
  'UA213223130000026007233566001',
  'SC18SSCB11010000000000001497USD',
  'VG96VPVG0000012345678901',
  'BE68539007547034',
  'PL61109010140000071219812874',
  'SE4550000000058398257466',
  'FI2112345600000785',
  'IE29AIBK93115212345678',
  'GR1601101250000000012300695',
  'IL620108000000099999999',
  'JO94CBJO0010000000000131000302',
  'QA58DOHB00001234567890ABCDEFG',
];

test.each(published)('%s is an IBAN, in any writing', (iban) => {
  const read = { kind: 'iban', iban, country: iban.slice(0, 2) };
  expect(readIban(iban)).toEqual(read);
  expect(readIban(iban.toLowerCase())).toEqual(read);
  expect(readIban(iban.replaceAll(/(.{4})(?=.)/g, '$1 '))).toEqual(read);
  expect(readIban(iban.replaceAll(/(.{4})(?=.)/g, '$1-'))).toEqual(read);
  expect(readIban(` ${iban.replaceAll(/(.{4})(?=.)/g, '$1 ')} `)).toEqual(read);
});

test.each(published)('a wrong digit, a lost one and one too many are seen in %s', (iban) => {
  const country = iban.slice(0, 2);
  const otherDigit = `${iban.slice(0, 3)}${(Number(iban[3]) + 1) % 10}${iban.slice(4)}`;
  expect(readIban(otherDigit)).toMatchObject({ kind: 'broken', country, fault: 'check-digits' });
  expect(readIban(iban.slice(0, -1))).toMatchObject({ kind: 'broken', country, fault: 'length' });
  expect(readIban(`${iban}0`)).toMatchObject({ kind: 'broken', country, fault: 'length' });
});

test('two digits that changed places are seen', () => {
  expect(readIban('DE89370400440532031000')).toMatchObject({ kind: 'broken', fault: 'check-digits' });
});

test('letters where the country has digits are seen', () => {
  expect(readIban('DE8937040044O532013000')).toMatchObject({ kind: 'broken', fault: 'form' });
});

test.each([
  '0123456789',
  'XX89370400440532013000',
  'US64SVBKUS6S3300958879',
  '',
  'GB',
  'GBNWBK29',
  '__proto__',
])('%p is no IBAN', (text) => {
  expect(readIban(text)).toEqual({ kind: 'not-an-iban' });
});

test('the word in front falls away', () => {
  expect(readIban('IBAN: DE89 3704 0044 0532 0130 00')).toMatchObject({ iban: 'DE89370400440532013000' });
});

test('a national check digit that does not fit is told apart: there are banks without', () => {
  // The Belgian example with another account and the IBAN's own check digits made anew.
  expect(readIban('BE41539007547035')).toEqual({
    kind: 'iban',
    iban: 'BE41539007547035',
    country: 'BE',
    nationalCheckFails: true,
  });
});

test('countries that use IBANs without standing in the registry are read too', () => {
  expect(readIban('IR062960000000100324200001')).toMatchObject({ kind: 'iban', country: 'IR' });
  expect(readIban('CI93CI0080111301134291200589')).toMatchObject({ kind: 'iban', country: 'CI' });
  expect(readIban('CI94CI0080111301134291200589')).toMatchObject({ kind: 'broken', country: 'CI' });
  expect(isInIbanRegistry('IR')).toBe(false);
  expect(isInIbanRegistry('DE')).toBe(true);
  expect(isInIbanRegistry('constructor')).toBe(false);
  expect(ibanLength('NG')).toBeUndefined();
  expect(ibanLength('NO')).toBe(15);
});

test('the table holds the countries of the registry', () => {
  expect(Object.keys(countrySpecs).filter(isInIbanRegistry).length).toBeGreaterThanOrEqual(80);
});
