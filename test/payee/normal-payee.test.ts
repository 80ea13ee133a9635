import * as fc from 'fast-check';
import type { Beneficiary } from '../../src/domain/payout-request';
import { passesLuhn } from '../../src/payee/check-digits';
import { payeeProblems, readPayee } from '../../src/payee/normal-payee';
import { holds } from '../support/property';

const paying = (beneficiary: Beneficiary, country = 'NG', currency = 'NGN') => ({
  beneficiary,
  destination: { country, currency },
});
const card = (cardNumber: string) =>
  paying({ method: 'card', name: 'A B', account: { cardNumber } }, 'BD', 'BDT');

describe('cards', () => {
  /** Three digits behind which the whole still passes. */
  const securityCode = ['110', '111', '112', '113', '114', '115', '116', '117', '118', '119'].find((code) =>
    passesLuhn(`4111111111111111${code}`),
  );
  test.each(['4111111111111111', '4111 1111 1111 1111', '4111-1111-1111-1111', ' 4111111111111111'])(
    '%s',
    (number) => {
      expect(readPayee(card(number))).toMatchObject({
        beneficiary: { account: { cardNumber: '4111111111111111' } },
        problems: [],
        warnings: [],
      });
    },
  );
  test.each([
    '4111111111111112',
    '4.11111E+15',
    '4,11111E+15',
    '4111111111111111.0',
    '41111111111',
    '41111111111111111111',
    '0000000000000000',
    '4111 1111 1111 111l',
    // With a security code, a card of 19 digits whose check digit fits.
    '4111111111111111 CVV',
    `4111111111111111 ${securityCode}`,
    `4111111111111111-${securityCode}`,
    '４１１１１１１１１１１１１１１１',
    '٤١١١١١١١١١١١١١١١',
  ])('%s is none', (number) => {
    expect(readPayee(card(number)).problems.map(({ path }) => path)).toEqual([
      'beneficiary.account.cardNumber',
    ]);
  });
});

test('a saved destination is the provider’s to judge', () => {
  const saved = paying({
    method: 'saved-destination',
    name: 'A B',
    account: { destinationId: 'dst_1E15', kind: 'bank-account' },
  });
  expect(readPayee(saved)).toEqual({
    beneficiary: saved.beneficiary,
    problems: [],
    warnings: [],
    changed: [],
  });
});

test.each(['1E15', '12345.0'])('its id %s looks as if a spreadsheet had it', (destinationId) => {
  const account = { destinationId, kind: 'bank-account' } as const;
  expect(readPayee(paying({ method: 'saved-destination', name: 'A B', account }))).toMatchObject({
    problems: [],
    warnings: [{ path: 'beneficiary.account.destinationId' }],
  });
});

test('what was written in its normal form is not touched; what was not is named', () => {
  const normal = paying({
    method: 'bank-account',
    name: 'A B',
    account: { accountNumber: '0123456785', bankCode: '058', bankName: 'A Bank' },
  });
  expect(readPayee(normal).beneficiary).toBe(normal.beneficiary);
  expect(
    readPayee(
      paying({
        method: 'bank-account',
        name: 'A B',
        account: { accountNumber: '0123 456 785', bankCode: '0-58', bankName: 'A Bank' },
      }),
    ),
  ).toEqual({
    beneficiary: normal.beneficiary,
    problems: [],
    warnings: [],
    changed: ['beneficiary.account.accountNumber', 'beneficiary.account.bankCode'],
  });
});

const identifier = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789 -+ETrX1bc')), maxLength: 40 }),
  fc.constantFrom(
    'DE89 3704 0044 0532 0130 00',
    '0123456785',
    '+2340803 123 4567',
    '017123456789',
    'XVLhHMPHU98es4dbozjVtdWzVrDjtV8xvjGQTYPiAx6gwDC',
    '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed',
    'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4',
    '4111 1111 1111 1111',
    '021000021 12345678',
    '0171 1234567/8',
    '0171 1234567-8',
    'GB29 NWBK 6016 1331 9268 19',
    '601613',
    '0.0.123-vfmkw',
    '0.0.124-vfmkw',
  ),
);
const anyPayee = fc
  .record({
    country: fc.constantFrom('NG', 'IN', 'BD', 'PH', 'DE', 'GB', 'US', 'MX', 'AR', 'CU', 'AQ', 'GP'),
    currency: fc.constantFrom('NGN', 'EUR', 'USDT', 'USDT_TRC20', 'USDC_ERC20', 'XRP', 'BTC'),
    one: identifier,
    two: fc.option(identifier, { nil: undefined }),
    network: fc.option(fc.constantFrom('XRP', 'BTC', 'erc-20', 'TRC20', 'NEW', 'XLM', 'HBAR'), {
      nil: undefined,
    }),
    operator: fc.option(fc.constantFrom('rocket', 'bKash'), { nil: undefined }),
  })
  .chain(({ country, currency, one, two, network, operator }) => {
    const beneficiaries: readonly Beneficiary[] = [
      {
        method: 'bank-account',
        name: 'A B',
        account: { accountNumber: one, ...(two !== undefined && { bankCode: two, bic: two }) },
      },
      {
        method: 'bank-account',
        name: 'A B',
        account: { accountNumber: one, ...(two !== undefined && { bankCode: one, branchCode: two }) },
      },
      { method: 'mobile-wallet', name: 'A B', account: { phoneNumber: one, ...(operator && { operator }) } },
      { method: 'card', name: 'A B', account: { cardNumber: one } },
      {
        method: 'crypto-wallet',
        name: 'A B',
        account: { address: one, ...(network && { network }), ...(two !== undefined && { memo: two }) },
      },
    ];
    return fc.constantFrom(...beneficiaries.map((beneficiary) => paying(beneficiary, country, currency)));
  });

test('reading the normal form again changes nothing and finds the same', () => {
  holds([anyPayee], (payee) => {
    const once = readPayee(payee);
    if (once.problems.length > 0) return;
    const again = readPayee({ ...payee, beneficiary: once.beneficiary });
    expect(again).toEqual({ ...once, changed: [] });
  });
});

test('nothing makes it throw, and one field has one problem', () => {
  holds([anyPayee], (payee) => {
    const paths = payeeProblems(payee).map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
  });
});

test('no normal form of an account or a card loses, adds or moves a letter or digit', () => {
  const written = fc.string({
    unit: fc.constantFrom(...Array.from('0012345678 -')),
    minLength: 5,
    maxLength: 24,
  });
  const country = fc.constantFrom('NG', 'BD', 'PH', 'US', 'MX', 'BR', 'ZA', 'CU', 'HK', 'KR');
  const letters = (text: string): string => text.replaceAll(/[^\p{L}\p{N}]/gu, '');
  holds([written, country], (text, to) => {
    const account = paying(
      { method: 'bank-account', name: 'A B', account: { accountNumber: text, bankCode: text } },
      to,
    );
    for (const given of [account, card(text)]) {
      const { beneficiary } = readPayee(given);
      expect(Object.values(beneficiary.account).map(String).map(letters)).toEqual(
        Object.values(given.beneficiary.account).map(String).map(letters),
      );
    }
  });
});

test('a phone number keeps its digits in their order', () => {
  const text = fc.string({
    unit: fc.constantFrom(...Array.from('0171234567 -.()/')),
    minLength: 8,
    maxLength: 20,
  });
  holds([text, fc.constantFrom('DE', 'NG', 'BD', 'FI', 'ID')], (phoneNumber, to) => {
    const { beneficiary, problems } = readPayee(
      paying({ method: 'mobile-wallet', name: 'A B', account: { phoneNumber } }, to),
    );
    if (problems.length > 0 || beneficiary.method !== 'mobile-wallet') return;
    const digits = phoneNumber.replaceAll(/\D/g, '');
    // The country's code may come in front, and a trunk zero fall away: the shortest number behind them has five digits.
    expect(beneficiary.account.phoneNumber.slice(-5)).toBe(digits.slice(-5));
  });
});

describe('a currency that is not the country’s own', () => {
  const bank = { method: 'bank-account', name: 'A B', account: { accountNumber: '1234567890' } } as const;
  const mobile = {
    method: 'mobile-wallet',
    name: 'A B',
    account: { phoneNumber: '+2348031234567', operator: 'mtn' },
  } as const;
  const crypto = {
    method: 'crypto-wallet',
    name: 'A B',
    account: { address: 'TJRabPrwbZy45sbavfcjinPJC18kjpRTv8' },
  } as const;
  const doubts = (beneficiary: Beneficiary, country: string, currency: string): readonly string[] =>
    readPayee(paying(beneficiary, country, currency))
      .warnings.filter(({ path }) => path === 'destination.currency')
      .map(({ message }) => message);

  test.each([
    [bank, 'PH', 'EUR', 'PHP'],
    [bank, 'DE', 'USD', 'EUR'],
    [mobile, 'NG', 'KES', 'NGN'],
  ])('is doubtful: %j', (beneficiary, country, currency, national) => {
    expect(doubts(beneficiary, country, currency)).toEqual([
      `is another currency than that of the country (${national}): not every account there can take it`,
    ]);
    expect(payeeProblems(paying(beneficiary, country, currency)).map(({ path }) => path)).not.toContain(
      'destination.currency',
    );
  });

  test.each([
    [bank, 'PH', 'PHP'],
    [mobile, 'NG', 'NGN'],
    // Dollars are in everyday use beside the country's own.
    [bank, 'ZW', 'USD'],
    [crypto, 'NG', 'USDT_TRC20'],
  ])('is not: %j', (beneficiary, country, currency) =>
    expect(doubts(beneficiary, country, currency)).toEqual([]),
  );
});
