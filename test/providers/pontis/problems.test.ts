import type { Beneficiary, PayoutRequest } from '../../../src/domain/payout-request';
import { requestProblems } from '../../../src/providers/pontis/problems';
import { bankRequest, settingsOf } from './pontis-account';

const pathsOf = (request: PayoutRequest, settings: object = {}): readonly string[] =>
  requestProblems(request, settingsOf(settings)).map(({ path }) => path);
const bank = (account: object): PayoutRequest => ({
  ...bankRequest,
  beneficiary: { method: 'bank-account', name: 'N', account: { accountNumber: '1', ...account } },
});
const inIndia = (account: object): PayoutRequest => ({
  ...bank({ accountNumber: '50100012345678', ...account }),
  destination: { country: 'IN', currency: 'INR' },
});
const wallet = (phoneNumber: string): PayoutRequest => ({
  ...bankRequest,
  beneficiary: { method: 'mobile-wallet', name: 'N', account: { phoneNumber } },
});
const walletRow = { paymentMethods: [{ method: 'mobile-wallet', paymentMethod: 'gcash' }] };
const amount = (value: string): PayoutRequest => ({ ...bankRequest, amount: { value, side: 'source' } });
const to = (country: string, currency: string): PayoutRequest => ({
  ...bankRequest,
  destination: { country, currency },
});
const paying = (beneficiary: Beneficiary): PayoutRequest => ({ ...bankRequest, beneficiary });
const named = (name: string): PayoutRequest => ({
  ...bankRequest,
  beneficiary: { method: 'bank-account', name, account: { accountNumber: '1' } },
});

describe('a payable request', () => {
  const cases: readonly [string, PayoutRequest, object?][] = [
    ['of a bank account', bankRequest],
    ['with cents', amount('0.01')],
    ['with one decimal', amount('10.5')],
    ['without a source currency', { ...bankRequest, source: { fundingAccount: 'treasury' } }],
    [
      'in another currency that the account has',
      { ...bankRequest, source: { currency: 'USDC' } },
      { sourceCurrencies: ['USDT', 'USDC'] },
    ],
    ['with an IFSC', inIndia({ ifsc: 'HDFC0001234' })],
    ['by a rail', inIndia({ rail: 'imps', ifsc: 'HDFC0001234' })],
    ['by an unknown rail', bank({ rail: 'pesonet' })],
    ['with a BIC', bank({ bic: 'BOPIPHMM' })],
    ['with a BIC of a branch', bank({ bic: 'BOPIPHMMXXX' })],
    ['with an IBAN', bank({ accountNumber: 'GB33 BUKB 2020 1555 5555 55' })],
    ['of a wallet with a row', wallet('+639170000000'), walletRow],
    ['with texts', { ...bankRequest, purpose: 'salary März', sourceOfFunds: 'sales' }],
    ['with a long name where allowed', named('x'.repeat(300)), { longestText: 300 }],
  ];
  test.each(cases.map(([name, request, settings = {}]) => [name, request, settings] as const))(
    '%s',
    (_, request, settings) => {
      expect(pathsOf(request, settings)).toEqual([]);
    },
  );
});

describe('a request that Pontis would refuse', () => {
  const saved = { destinationId: 'd', kind: 'bank-account' } as const;
  const cases: readonly [string, PayoutRequest, readonly string[], object?][] = [
    ['destination side', { ...bankRequest, amount: { value: '10', side: 'destination' } }, ['amount.side']],
    ['three decimals', amount('10.001'), ['amount.value']],
    ['a third decimal of 0', amount('10.000'), ['amount.value']],
    ['more decimals than the asset', amount('1.0000001'), ['amount.value']],
    ['nothing', amount('0.00'), ['amount.value']],
    ['negative', amount('-1'), ['amount.value']],
    ['a float', amount('1e2'), ['amount.value']],
    ['not a number', amount('ten'), ['amount.value']],
    ['another source currency', { ...bankRequest, source: { currency: 'USDC' } }, ['source.currency']],
    ['the asset with a network', { ...bankRequest, source: { currency: 'USDT_TRC20' } }, ['source.currency']],
    ['a lower-case country', to('ph', 'PHP'), ['destination.country']],
    ['an alpha-3 country', to('PHL', 'PHP'), ['destination.country']],
    ['a crypto destination', to('PH', 'USDT_TRC20'), ['destination.currency']],
    ['a four-letter currency', to('PH', 'USDT'), ['destination.currency']],
    ['an empty name', named(' '), ['beneficiary.name']],
    ['a long name', named('x'.repeat(256)), ['beneficiary.name']],
    ['a line break in the name', named('a\nb'), ['beneficiary.name']],
    ['an empty account number', bank({ accountNumber: '' }), ['beneficiary.account.accountNumber']],
    ['a long account number', bank({ accountNumber: '1'.repeat(65) }), ['beneficiary.account.accountNumber']],
    ['an account number with markup', bank({ accountNumber: '1"}' }), ['beneficiary.account.accountNumber']],
    ['a short IFSC', inIndia({ ifsc: 'HDFC000123' }), ['beneficiary.account.ifsc']],
    ['an account in India without an IFSC', inIndia({}), ['beneficiary.account.ifsc']],
    [
      'a short account in India',
      inIndia({ accountNumber: '12345678', ifsc: 'HDFC0001234' }),
      ['beneficiary.account.accountNumber'],
    ],
    ['a BIC of no country', bank({ bic: 'BOPIZZMM' }), ['beneficiary.account.bic']],
    ['a landline as a wallet', wallet('+63281234567'), ['beneficiary.account.phoneNumber'], walletRow],
    ['an IFSC without its 0', inIndia({ ifsc: 'HDFC1001234' }), ['beneficiary.account.ifsc']],
    ['IMPS without an IFSC', inIndia({ rail: 'imps' }), ['beneficiary.account.ifsc']],
    ['NEFT without an IFSC', inIndia({ rail: 'neft' }), ['beneficiary.account.ifsc']],
    ['RTGS without an IFSC', inIndia({ rail: 'rtgs' }), ['beneficiary.account.ifsc']],
    ['a rail that is no method', bank({ rail: 'bank local' }), ['beneficiary.account.rail']],
    ['an empty rail', bank({ rail: '' }), ['beneficiary.account.rail']],
    ['a wrong BIC', bank({ bic: 'BOPI' }), ['beneficiary.account.bic']],
    ['an empty bank code', bank({ bankCode: '' }), ['beneficiary.account.bankCode']],
    ['a control character in the bank name', bank({ bankName: 'a\u0000' }), ['beneficiary.account.bankName']],
    ['a long branch code', bank({ branchCode: 'x'.repeat(256) }), ['beneficiary.account.branchCode']],
    ['a wallet without a row', wallet('+639170000000'), ['beneficiary.method']],
    ['no phone number', wallet('none'), ['beneficiary.account.phoneNumber'], walletRow],
    [
      'a field that a row requires',
      bank({}),
      ['beneficiary.account.bankCode'],
      { paymentMethods: [{ method: 'bank-account', paymentMethod: 'x', requires: ['bankCode'] }] },
    ],
    ['a card', paying({ method: 'card', name: 'N', account: { cardNumber: '4' } }), ['beneficiary.method']],
    [
      'a crypto wallet',
      paying({ method: 'crypto-wallet', name: 'N', account: { address: 'T' } }),
      ['beneficiary.method'],
    ],
    [
      'a saved destination',
      paying({ method: 'saved-destination', name: 'N', account: saved }),
      ['beneficiary.method'],
    ],
    ['a long purpose', { ...bankRequest, purpose: 'x'.repeat(256) }, ['purpose']],
    ['an empty source of funds', { ...bankRequest, sourceOfFunds: '' }, ['sourceOfFunds']],
  ];
  test.each(cases.map(([name, request, paths, settings = {}]) => [name, request, paths, settings] as const))(
    '%s',
    (_, request, paths, settings) => {
      expect(pathsOf(request, settings)).toEqual(paths);
    },
  );

  it('is told everything at once, without the values of the beneficiary', () => {
    const problems = requestProblems(
      {
        ...bankRequest,
        amount: { value: '1.001', side: 'source' },
        beneficiary: {
          method: 'bank-account',
          name: '\u0007',
          account: { accountNumber: 'secret"number', ifsc: 'SECRET' },
        },
      },
      settingsOf(),
    );
    expect(problems.map(({ path }) => path)).toEqual([
      'amount.value',
      'beneficiary.name',
      'beneficiary.account.accountNumber',
      'beneficiary.account.ifsc',
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/secret/i);
  });
});
