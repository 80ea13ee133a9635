import { sha256 } from '@noble/hashes/sha2.js';
import { base32nopad, base58xrp, bech32, createBase58check, hex } from '@scure/base';
import { createCombinedScreener } from '../../src/screening/combined-screener';
import { identifierKey, readListedIdentifier } from '../../src/screening/identifiers';
import type { PayeeIdentifier } from '../../src/screening/identifiers';
import type { ListFiles } from '../../src/screening/list-screener';
import { createListScreener } from '../../src/screening/list-screener';
import type { CheckedScreener, ScreeningSubject } from '../../src/screening/screener';

function listOf(content: string, format: 'csv' | 'json'): CheckedScreener {
  const bytes = new TextEncoder().encode(content);
  const files: ListFiles = {
    stat: async () => ({ modifiedAt: 0, size: bytes.length }),
    read: async () => bytes,
  };
  return createListScreener({
    lists: [{ name: 'l', format, file: 'x' }],
    maxAgeMs: 1,
    now: () => 0,
    files,
  });
}
const listed = (...identifiers: readonly string[]): CheckedScreener =>
  listOf(`name,identifiers\nSomebody Else,${identifiers.join('; ')}\n`, 'csv');
const pay = (screener: CheckedScreener, ...identifiers: readonly PayeeIdentifier[]) =>
  screener.screen({ name: 'Asha Rao', country: 'NG', identifiers });

const wallet = (value: string, network?: string): PayeeIdentifier => ({
  kind: 'wallet',
  value,
  ...(network === undefined ? {} : { network }),
});
const account = (value: string, country = 'NG', bankCode?: string): PayeeIdentifier => ({
  kind: 'account',
  value,
  country,
  ...(bankCode === undefined ? {} : { bankCode }),
});
const phone = (value: string, country = 'NG'): PayeeIdentifier => ({ kind: 'phone', value, country });

const evm = '0x52908400098527886E0F7030069857D2E4169EE7';
const tron = 'TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf';
const segwitAddress = 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4';
const tonRaw = '0:ca6e321c7cce9ecedf0a8ca2492ec8592494aa5fb5ce0387dff96ef6af982a3e';
const tonBounceable = 'EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPrHF';
const tonOther = 'UQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPuwA';

describe('a listed identifier is a match, whoever is named', () => {
  test.each<[string, string, PayeeIdentifier]>([
    ['an EVM address', `wallet:ERC20:${evm}`, wallet(evm, 'ERC20')],
    ['in lower case', `wallet:ERC20:${evm}`, wallet(evm.toLowerCase())],
    ['in upper case on the list', `wallet:${evm}`, wallet(evm.toLowerCase(), 'ERC20')],
    ['the same key on another network', `wallet:ERC20:${evm}`, wallet(evm, 'BEP20')],
    ['a TRON address', `wallet:TRC20:${tron}`, wallet(tron, 'TRC20')],
    ['bech32 in upper case', `wallet:BTC:${segwitAddress}`, wallet(segwitAddress.toUpperCase())],
    ['TON, listed raw', `wallet:TON:${tonRaw}`, wallet(tonBounceable)],
    ['TON, not bounceable', `wallet:${tonBounceable}`, wallet(tonOther)],
    ['an IBAN', 'account:DE89370400440532013000', account('DE89370400440532013000', 'DE')],
    [
      'an IBAN in groups',
      'account:DE89 3704 0044 0532 0130 00',
      account('de89-3704-0044-0532-0130-00', 'DE'),
    ],
    [
      'an IBAN for a payout to another country',
      'account:DE89370400440532013000',
      account('DE89370400440532013000'),
    ],
    ['an account', 'account:NG:0123456789', account('0123456789')],
    ['an account with hyphens', 'account:NG:0123-456-789', account('0123456789')],
    ['an account that lost its zero', 'account:NG:0123456789', account('123456789')],
    ['an account at its bank', 'account:NG/058:0123456789', account('0123456789', 'NG', '000058')],
    ['an account whose bank nobody names', 'account:NG/058:0123456789', account('0123456789')],
    ['a phone', 'phone:+2348031234567', phone('+2348031234567')],
    ['a phone in national form', 'phone:+2348031234567', phone('08031234567')],
    ['a phone with a zero too many', 'phone:+234 803 123 4567', phone('+23408031234567')],
    ['a card', 'card:4111 1111 1111 1111', { kind: 'card', value: '4111111111111111' }],
    ['the second of two', `phone:+2348031234567;wallet:${tron}`, wallet(tron)],
  ])('%s', async (_what, text, asked) => {
    await expect(pay(listed(text), asked)).resolves.toMatchObject({
      kind: 'match',
      hits: [{ list: 'l', entry: '#1', score: '1', reason: 'listed-identifier', names: ['Somebody Else'] }],
    });
  });

  test.each<[string, string, 'csv' | 'json']>([
    [
      'in JSON, as a text',
      `[{"id":7,"name":"Somebody Else","identifiers":["wallet:TRC20:${tron}"]}]`,
      'json',
    ],
    [
      'in JSON, as an object',
      `[{"id":7,"name":"Somebody Else","identifiers":[{"kind":"wallet","network":"TRC20","value":"${tron}"}]}]`,
      'json',
    ],
    ['in JSON, without a name', `[{"id":7,"identifiers":["wallet:${tron}"]}]`, 'json'],
    ['in CSV, without a name', `id,name,identifiers\n7,,wallet:${tron}\n`, 'csv'],
  ])('%s', async (_what, content, format) => {
    await expect(pay(listOf(content, format), wallet(tron))).resolves.toMatchObject({
      kind: 'match',
      hits: [{ entry: '7', reason: 'listed-identifier' }],
    });
    await expect(pay(listOf(content, format), wallet(segwitAddress))).resolves.toMatchObject({
      kind: 'clear',
    });
  });

  test('and stands in no answer', async () => {
    expect(JSON.stringify(await pay(listed(`wallet:${tron}`), wallet(tron)))).not.toContain(tron);
  });
});

describe('is clear', () => {
  test.each<[string, string, PayeeIdentifier]>([
    ['another address', `wallet:${tron}`, wallet(segwitAddress)],
    ['a base58 address in another case: another key', `wallet:${tron}`, wallet(tron.toLowerCase())],
    [
      'bech32 in mixed case: no address',
      `wallet:${segwitAddress}`,
      wallet(segwitAddress.replace('qw', 'QW')),
    ],
    ['the same number in another country', 'account:NG:0123456789', account('0123456789', 'GH')],
    ['the same number at another bank', 'account:NG/058:0123456789', account('0123456789', 'NG', '044')],
    ['another number', 'account:NG:0123456789', account('0123456780')],
    ['the digits of an account as a phone', 'account:NG:08031234567', phone('08031234567')],
    ['another phone', 'phone:+2348031234567', phone('08031234568')],
  ])('%s', async (_what, text, asked) => {
    await expect(pay(listed(text), asked)).resolves.toMatchObject({ kind: 'clear' });
  });
});

test.each([
  'wallet:',
  'wallet:short',
  'wallet:trc20 TXYZ opYR dj2D',
  'wallet',
  'iban DE89370400440532013000',
  'account:0123456789',
  'account:NGA:0123456789',
  'account:FR:',
  'account:FR:DE89370400440532013000',
  'phone:08031234567',
  'phone:+999',
  'card:4111',
  'Card:4111111111111111',
  '',
])('a list may not hold %j: nobody would be found by it', (text) => {
  expect(readListedIdentifier(text)).toBeUndefined();
});

test('keys of different kinds never meet', () => {
  const digits = '4111111111111111';
  const keys = [
    account(digits),
    phone(`+${digits}`),
    wallet(digits),
    { kind: 'card' as const, value: digits },
  ].map(identifierKey);
  expect(new Set(keys).size).toBe(keys.length);
});

describe('countries and banks that stand in identifiers', () => {
  const blocked = createCombinedScreener({
    rules: {
      countries: ['IR', 'KP', 'IN', 'KZ', 'CU'],
      banks: [
        { name: 'code', bankCode: '058', country: 'NG' },
        { name: 'blz', bankCode: '37040044', country: 'DE' },
        { name: 'bic', bicPrefix: 'BARCGB22' },
      ],
    },
    screeners: [{ screen: async () => ({ kind: 'clear', lists: ['l'] }), problems: async () => [] }],
    now: () => 0,
  });
  const subject = (country: string, changes: Partial<ScreeningSubject>): ScreeningSubject => ({
    name: 'Asha Rao',
    country,
    ...changes,
  });
  const iban = (value: string): Partial<ScreeningSubject> => ({ identifiers: [account(value, 'DE')] });

  test.each<[string, ScreeningSubject, string]>([
    ['an IBAN', subject('DE', iban('IR062960000000100324200001')), 'blocked-country:IR'],
    ['an IBAN in groups', subject('DE', iban('IR06 2960 0000 0010 0324 2000 01')), 'blocked-country:IR'],
    ['an IBAN in lower case', subject('DE', iban('ir062960000000100324200001')), 'blocked-country:IR'],
    ['an IBAN with a wrong digit', subject('DE', iban('IR062960000000100324200002')), 'blocked-country:IR'],
    ['a phone', subject('NG', { identifiers: [phone('+989121234567')] }), 'blocked-country:IR'],
    ['a phone with 00', subject('NG', { identifiers: [phone('00989121234567')] }), 'blocked-country:IR'],
    ['a phone that nobody can have', subject('NG', { identifiers: [phone('+98000')] }), 'blocked-country:IR'],
    [
      'a phone in national form',
      subject('CU', { identifiers: [phone('51234567', 'CU')] }),
      'blocked-country:CU',
    ],
    [
      'a calling code that two countries share',
      subject('NG', { identifiers: [phone('+77011234567')] }),
      'blocked-country:KZ',
    ],
    ['an IFSC', subject('NG', { bank: { ifsc: 'TEST0001234' } }), 'blocked-country:IN'],
    [
      'an IFSC given as the bank code',
      subject('NG', { bank: { bankCode: 'TEST0001234' } }),
      'blocked-country:IN',
    ],
    ['a BIC given as the bank code', subject('NG', { bank: { bankCode: 'TESTKPPY' } }), 'blocked-country:KP'],
    ['a bank code', subject('NG', { bank: { bankCode: '058' } }), 'blocked-bank:code'],
    ['with six digits', subject('NG', { bank: { bankCode: '000058' } }), 'blocked-bank:code'],
    ['without its zero', subject('NG', { bank: { bankCode: '58' } }), 'blocked-bank:code'],
    ['with a hyphen', subject('NG', { bank: { bankCode: '0-58' } }), 'blocked-bank:code'],
    ['the bank inside an IBAN', subject('DE', iban('DE89370400440532013000')), 'blocked-bank:blz'],
    [
      'the same for a payout to another country',
      subject('NG', iban('DE89370400440532013000')),
      'blocked-bank:blz',
    ],
    ['the BIC inside an IBAN', subject('GB', iban('GB77BARC20201530093459')), 'blocked-bank:bic'],
  ])('%s', async (_what, asked, entry) => {
    await expect(blocked.screen(asked)).resolves.toMatchObject({
      kind: 'match',
      hits: [{ list: 'rules', entry }],
    });
  });

  test.each<[string, ScreeningSubject]>([
    ['two countries of which none is blocked', subject('NG', iban('DE02120300000000202051'))],
    ['a phone of another country', subject('NG', { identifiers: [phone('+4915123456789')] })],
    [
      'a Russian phone, of the calling code that Kazakhstan shares',
      subject('NG', { identifiers: [phone('+79161234567')] }),
    ],
    ['the bank code in another country', subject('GH', { bank: { bankCode: '058' } })],
    ['another bank inside an IBAN', subject('GB', iban('GB82WEST12345698765432'))],
    ['a wallet', subject('NG', { identifiers: [wallet(evm)] })],
    [
      'a card: no maintained table knows its country',
      subject('NG', { identifiers: [{ kind: 'card', value: '4111111111111111' }] }),
    ],
  ])('is clear: %s', async (_what, asked) => {
    await expect(blocked.screen(asked)).resolves.toMatchObject({ kind: 'clear' });
  });
});

describe('a bank by another of its codes', () => {
  const listedAt = (code: string, country = 'NG') => listed(`account:${country}/${code}:0123456789`);
  const kind = async (listedCode: string, code: string, country = 'NG'): Promise<string> =>
    (await pay(listedAt(listedCode, country), account('0123456789', country, code))).kind;

  test.each([
    ["NIBSS's number", '058', '000013'],
    ["NIBSS's number on the list", '000013', '058'],
    ['a sort code', '058', '058152036'],
    ['a sort code and a number', '058152036', '000013'],
    ["a provider's word", '058', 'GTB'],
    ['a BIC', '058', 'GTBINGLA'],
    ['a bank that took it over', '063', '044'],
    ['one that it took over', '000014', '063'],
    ['five digits and six', '50211', '950211'],
    ["two numbers of other institutions, of which nobody knows whether they are one's", '50211', '090267'],
    ['a code of no scheme', '058', '0580'],
  ])('hits: %s', async (_what, listedCode, code) => {
    await expect(kind(listedCode, code)).resolves.toBe('match');
  });

  test.each([
    ['another bank', '058', '044'],
    ["another bank's number at NIBSS", '058', '000015'],
    ["another bank's sort code", '058', '044150149'],
    ['what is no bank', '058', '50211'],
    ['the same of a six-digit code', '000013', '999992'],
  ])('is clear: %s', async (_what, listedCode, code) => {
    await expect(kind(listedCode, code)).resolves.toBe('clear');
  });

  test.each([
    ['another branch of the bank', 'match', 'HDFC0000001', 'HDFC0001234'],
    ['the four letters alone', 'match', 'HDFC', 'HDFC0001234'],
    ['a bank that it joined', 'match', 'ORBC0100001', 'PUNB0123456'],
    ['letters of no known bank', 'match', 'HDFC0000001', 'QQQQ0001234'],
    ['another bank', 'clear', 'HDFC0000001', 'ICIC0001234'],
  ])('in India: %s: %s', async (_what, expected, listedCode, code) => {
    await expect(kind(listedCode, code, 'IN')).resolves.toBe(expected);
  });

  test('in a country whose codes nobody tells apart here it hits', async () => {
    await expect(kind('01', '02', 'KE')).resolves.toBe('match');
  });

  const iban = 'GB29NWBK60161331926819';
  test.each<[string, string, string, PayeeIdentifier]>([
    ['an IBAN listed', 'match', `account:${iban}`, account('31926819', 'GB', '60-16-13')],
    ['an IBAN asked', 'match', 'account:GB/601613:31926819', account(iban, 'GB')],
    ['no sort code', 'match', `account:${iban}`, account('31926819', 'GB')],
    ['in Jersey', 'match', `account:${iban}`, account('31926819', 'JE', '601613')],
    ['another sort code', 'clear', `account:${iban}`, account('31926819', 'GB', '601614')],
    ['another number', 'clear', `account:${iban}`, account('31926818', 'GB', '601613')],
  ])('a British account as IBAN and as sort code and number: %s: %s', async (_what, kindOf, text, asked) => {
    await expect(pay(listed(text), asked)).resolves.toMatchObject({ kind: kindOf });
  });

  const rules = (bankCode: string, country: string) =>
    createCombinedScreener({
      rules: { countries: [], banks: [{ name: 'bank', bankCode, country }] },
      screeners: [{ screen: async () => ({ kind: 'clear', lists: ['l'] }), problems: async () => [] }],
      now: () => 0,
    });
  test.each([
    ['match', '058', 'NG', '000013'],
    ['match', '058', 'NG', '058152036'],
    ['match', '000013', 'NG', '58'],
    ['match', '044', 'NG', '063'],
    ['match', 'HDFC', 'IN', 'HDFC0001234'],
    ['possible', '058', 'NG', 'GTB'],
    ['possible', '058', 'NG', 'GTBINGLA'],
    ['possible', '058', 'NG', '0580'],
    ['possible', '50211', 'NG', '090267'],
    ['clear', '058', 'NG', '044'],
    ['clear', '215', 'NG', '011'],
    ['clear', '058', 'NG', '50211'],
    ['clear', '058', 'NG', '999992'],
    ['clear', 'HDFC', 'IN', 'ICIC0001234'],
    ['clear', '01', 'KE', '02'],
  ])('a rule: %s with %s in %s blocked, and %s asked', async (expected, blockedCode, country, bankCode) => {
    const decision = await rules(blockedCode, country).screen({
      name: 'Asha Rao',
      country,
      bank: { bankCode },
    });
    expect(decision.kind).toBe(expected);
    if (decision.kind === 'possible')
      expect(decision.hits).toEqual([
        { list: 'rules', entry: 'blocked-bank:bank', score: '0', reason: 'blocked-bank' },
      ]);
  });
});

test.each([
  ['match', 'a sort code inside an IBAN', '601613', 'GB', {}, 'GB29NWBK60161331926819'],
  ['clear', 'another one inside an IBAN', '601614', 'GB', { bic: 'NWBKGB2L' }, 'GB29NWBK60161331926819'],
  ['possible', 'a BIC and no code', '058', 'NG', { bic: 'GTBINGLA' }, '0123456789'],
  [
    'clear',
    'a BIC beside the code of another bank',
    '058',
    'NG',
    { bic: 'GTBINGLA', bankCode: '044' },
    '0123456789',
  ],
  [
    'clear',
    'a word beside an IFSC of another bank',
    'HDFC',
    'IN',
    { bankCode: 'ICICI', ifsc: 'ICIC0001234' },
    '0123456789',
  ],
  [
    'possible',
    'a word beside an IFSC of no known bank',
    'HDFC',
    'IN',
    { bankCode: 'ABC', ifsc: 'QQQQ0001234' },
    '0123456789',
  ],
] as const)('a bank is blocked: %s: %s', async (expected, _what, bankCode, country, bank, value) => {
  const screener = createCombinedScreener({
    rules: { countries: [], banks: [{ name: 'bank', bankCode, country }] },
    screeners: [{ screen: async () => ({ kind: 'clear', lists: ['l'] }), problems: async () => [] }],
    now: () => 0,
  });
  const subject = { name: 'Asha Rao', country, bank, identifiers: [account(value, country)] };
  await expect(screener.screen(subject)).resolves.toMatchObject({ kind: expected });
});

describe('one account in another writing', () => {
  const hash = sha256(new TextEncoder().encode('published nowhere')).subarray(0, 20);
  const other = sha256(new TextEncoder().encode('nor this')).subarray(0, 20);
  const base58check = createBase58check(sha256);
  const base58 = (version: number, of = hash): string =>
    base58check.encode(Uint8Array.from([version, ...of]));
  const segwit = (prefix: string, of = hash): string => bech32.encode(prefix, [0, ...bech32.toWords(of)]);
  const cosmos = (prefix: string): string => bech32.encode(prefix, bech32.toWords(hash));
  const xrp = (payload: readonly number[]): string => {
    const check = sha256(sha256(Uint8Array.from(payload))).subarray(0, 4);
    return base58xrp.encode(Uint8Array.from([...payload, ...check]));
  };
  const xAddress = xrp([5, 0x44, ...hash, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
  const key = sha256(new TextEncoder().encode('a key'));
  const stellar = (version: number, id: readonly number[] = []): string => {
    const body = Uint8Array.from([version, ...key, ...id]);
    let crc = 0;
    for (const byte of body) {
      crc ^= byte << 8;
      for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
    }
    return base32nopad.encode(Uint8Array.from([...body, crc & 255, crc >> 8]));
  };
  const [muxed, plain] = [stellar(0x60, [0, 0, 0, 0, 0, 0, 0, 7]), stellar(0x30)];
  // The examples of bitcoincash.org's "cashaddr".
  const [legacyKey, cashKey] = [
    '1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu',
    'bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a',
  ];
  const [legacyScript, cashScript] = [
    '3CWFddi6m4ndiGyKqzYvsFYagqDLPVMTzC',
    'bitcoincash:ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq',
  ];

  test.each([
    ['Stellar, muxed', plain, muxed],
    ['Stellar, in lower case', plain, plain.toLowerCase()],
    ['XRP with its tag inside', xrp([0, ...hash]), xAddress],
    ['Litecoin scripts, old and new', base58(0x32), base58(0x05)],
    ['Litecoin keys, old and new', base58(0x30), segwit('ltc')],
    ['Bitcoin keys, old and new', base58(0x00), segwit('bc').toUpperCase()],
    ['Bitcoin and Litecoin, one key', base58(0x00), base58(0x30)],
    ['Bitcoin and Dogecoin, one key', segwit('bc'), base58(0x1e)],
    ['Bitcoin Cash, old and new', legacyKey, cashKey],
    ['Bitcoin Cash without its scheme, in upper case', legacyKey, cashKey.slice(12).toUpperCase()],
    ['Bitcoin Cash scripts', legacyScript, cashScript],
    ['TON raw', tonRaw, tonBounceable],
    ['TON in the other base64', tonBounceable, tonOther.replaceAll('-', '+').replaceAll('_', '/')],
    ['TRON in hexadecimal', base58(0x41), `41${hex.encode(hash)}`],
    ['TRON in hexadecimal with 0x', base58(0x41), `0x41${hex.encode(hash).toUpperCase()}`],
    ["TRON and Ethereum, one key's", base58(0x41), `0X${hex.encode(hash)}`],
    ['chains of one kind', cosmos('cosmos'), cosmos('osmo')],
    ['Hedera with its check letters', '0.0.1234567', '0.0.1234567-ylkls'],
  ])('is a match: %s', async (_what, one, writing) => {
    await expect(pay(listed(`wallet:${one}`), wallet(writing))).resolves.toMatchObject({ kind: 'match' });
    await expect(pay(listed(`wallet:${writing}`), wallet(one))).resolves.toMatchObject({ kind: 'match' });
  });

  test.each([
    ['a key and a script of one hash', base58(0x00), base58(0x05)],
    ['another key', base58(0x00), segwit('bc', other)],
    ['Bitcoin and TRON', base58(0x00), base58(0x41)],
    ['a wrong check sum', base58(0x32), `${base58(0x05).slice(0, -1)}1`],
    ['a key and a script of Bitcoin Cash', cashKey, legacyScript],
  ])('is clear: %s', async (_what, one, writing) => {
    await expect(pay(listed(`wallet:${one}`), wallet(writing))).resolves.toMatchObject({ kind: 'clear' });
  });

  test.each([
    ['match', 'the digits with the one that Rocket adds', '017123456789'],
    ['match', 'the same behind the calling code', '+88017123456789'],
    ['match', 'the phone', '01712345678'],
    ['clear', 'another phone', '017123456799'],
  ])('a wallet that is numbered by its phone: %s: %s', async (expected, _what, value) => {
    await expect(pay(listed('phone:+8801712345678'), phone(value, 'BD'))).resolves.toMatchObject({
      kind: expected,
    });
  });
});
