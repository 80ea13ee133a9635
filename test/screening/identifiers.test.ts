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
const bech32 = 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4';
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
    ['bech32 in upper case', `wallet:BTC:${bech32}`, wallet(bech32.toUpperCase())],
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
    await expect(pay(listOf(content, format), wallet(bech32))).resolves.toMatchObject({ kind: 'clear' });
  });

  test('and stands in no answer', async () => {
    expect(JSON.stringify(await pay(listed(`wallet:${tron}`), wallet(tron)))).not.toContain(tron);
  });
});

describe('is clear', () => {
  test.each<[string, string, PayeeIdentifier]>([
    ['another address', `wallet:${tron}`, wallet(bech32)],
    ['a base58 address in another case: another key', `wallet:${tron}`, wallet(tron.toLowerCase())],
    ['bech32 in mixed case: no address', `wallet:${bech32}`, wallet(bech32.replace('qw', 'QW'))],
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
    ['a longer bank code', subject('NG', { bank: { bankCode: '0580' } })],
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
