import type { PayoutRequest } from '../../../src/domain/payout-request';
import {
  echoOf,
  formatKey,
  messageCode,
  payoutBody,
  sourceCurrencyOf,
  statusOf,
} from '../../../src/providers/pontis/mapping';
import { bankRequest, fakePontis, sandboxId, settingsOf, transactionId } from './pontis-account';

const key = '8e1849b1-b1ce-416a-b6d4-53a884f3ec69';
const india: PayoutRequest = {
  ...bankRequest,
  destination: { country: 'IN', currency: 'INR' },
  beneficiary: {
    method: 'bank-account',
    name: 'Asha Rao',
    account: { accountNumber: '000123', ifsc: 'HDFC0001234' },
  },
};
const bank = (account: object, destination = bankRequest.destination): PayoutRequest => ({
  ...bankRequest,
  destination,
  beneficiary: { method: 'bank-account', name: 'N', account: { accountNumber: '1', ...account } },
});
const wallet: PayoutRequest = {
  ...bankRequest,
  beneficiary: {
    method: 'mobile-wallet',
    name: 'N',
    account: { phoneNumber: '+639170000000', operator: 'gcash' },
  },
};

describe('the key', () => {
  it('is the first 16 bytes of the digest as a UUID v4', () => {
    expect(formatKey('8e1849b1b1ce516af6d453a884f3ec6945448e7abf8427c0312f0c8a520a0e8f')).toBe(key);
  });

  it.each([
    ['0'.repeat(64), '00000000-0000-4000-8000-000000000000'],
    ['f'.repeat(64), 'ffffffff-ffff-4fff-bfff-ffffffffffff'],
  ])('has version and variant bits for %s', (digest, expected) => {
    expect(formatKey(digest)).toBe(expected);
  });

  it.each(['', 'f'.repeat(63), 'f'.repeat(65), 'F'.repeat(64), 'g'.repeat(64), `${'f'.repeat(63)}\n`])(
    'is refused for what is no digest (%#)',
    (digest) => {
      expect(() => formatKey(digest)).toThrow('64 hex digits');
    },
  );
});

describe('the frozen body', () => {
  const { provider } = fakePontis({});

  it('is the golden text', () => {
    expect(provider.freezeBody({ request: bankRequest, key })).toBe(
      '{"idempotency_key":"8e1849b1-b1ce-416a-b6d4-53a884f3ec69","country_code":"PH","currency_code":"PHP",' +
        '"payment_method":"bank_local","source_amount":"10.00","source_currency":"USDT",' +
        '"recipient_details":{"name":"Juan dela Cruz","account_number":"1234567890"}}',
    );
  });

  it('has every field that the account and the request give', () => {
    const request: PayoutRequest = {
      ...india,
      amount: { value: '125.5', side: 'source' },
      purpose: 'salary',
      metadata: { invoice: '7' },
      payer: { userId: 'u-1', email: 'a@b.example' },
    };
    const settings = settingsOf({ paymentNetwork: 'npci', sourceOfFunds: 'business income' });
    expect(payoutBody(request, key, settings)).toEqual({
      idempotency_key: key,
      country_code: 'IN',
      currency_code: 'INR',
      payment_method: 'imps',
      payment_network: 'npci',
      source_amount: '125.50',
      source_currency: 'USDT',
      recipient_details: { name: 'Asha Rao', account_number: '000123', ifsc: 'HDFC0001234' },
      purpose_of_payment: 'salary',
      source_of_funds: 'business income',
    });
  });

  it('does not depend on the order or the prototype of the request', () => {
    const reversed = Object.fromEntries(Object.entries(india).toReversed()) as unknown as PayoutRequest;
    const text = provider.freezeBody({ request: india, key });
    expect(provider.freezeBody({ request: reversed, key })).toBe(text);
    expect(provider.freezeBody({ request: structuredClone(india), key })).toBe(text);
  });

  it('never rounds', () => {
    const request: PayoutRequest = { ...bankRequest, amount: { value: '10.001', side: 'source' } };
    expect(() => provider.freezeBody({ request, key })).toThrow('does not fit');
  });

  it.each([
    ['0.01', '0.01'],
    ['1', '1.00'],
    ['1.5', '1.50'],
    ['999999999999999.99', '999999999999999.99'],
  ])('writes %s as %s', (value, expected) => {
    const request: PayoutRequest = { ...bankRequest, amount: { value, side: 'source' } };
    expect(payoutBody(request, key, settingsOf()).source_amount).toBe(expected);
  });
});

describe('the payment method', () => {
  const rows = [
    { method: 'mobile-wallet', countries: ['PH'], operators: ['gcash'], paymentMethod: 'gcash' },
    { method: 'mobile-wallet', countries: ['KE'], paymentMethod: 'mobile_money' },
    {
      method: 'bank-account',
      countries: ['PH'],
      rail: 'fast',
      paymentMethod: 'instapay',
      paymentNetwork: 'bsp',
    },
    { method: 'bank-account', countries: ['BR'], paymentMethod: 'pix' },
  ];
  const inIndia = { country: 'IN', currency: 'INR' };
  const cases: readonly [string, PayoutRequest, object[], string | undefined, string | undefined][] = [
    ['a bank account', bankRequest, [], 'bank_local', undefined],
    ['India with an IFSC', india, [], 'imps', undefined],
    ['India without an IFSC', bank({}, inIndia), [], 'bank_local', undefined],
    ['an IFSC elsewhere', bank({ ifsc: 'HDFC0001234' }), [], 'bank_local', undefined],
    ['a rail', bank({ rail: 'neft' }, inIndia), [], 'neft', undefined],
    ['a rail nobody knows', bank({ rail: 'pesonet' }), [], 'pesonet', undefined],
    ['a rail that a row renames', bank({ rail: 'fast' }), rows, 'instapay', 'bsp'],
    ['a row of the account', bank({}, { country: 'BR', currency: 'BRL' }), rows, 'pix', undefined],
    ['a country no row names', bankRequest, rows, 'bank_local', undefined],
    ['an operator', wallet, rows, 'gcash', undefined],
  ];
  test.each(cases)('of %s', (_, request, paymentMethods, method, network) => {
    const body = payoutBody(request, key, settingsOf({ paymentMethods }));
    expect([body.payment_method, body.payment_network]).toEqual([method, network]);
  });

  it('is missing for a wallet without a row', () => {
    expect(() => payoutBody(wallet, key, settingsOf())).toThrow('without a payment method');
  });
});

describe('the recipient', () => {
  const full = bank({
    accountNumber: '9',
    bankCode: '044',
    ifsc: 'HDFC0001234',
    bic: 'HDFCINBB',
    bankName: 'HDFC',
    branchCode: '77',
  });

  it('has the documented keys and ours for the open ones', () => {
    expect(payoutBody(full, key, settingsOf()).recipient_details).toEqual({
      name: 'N',
      account_number: '9',
      ifsc: 'HDFC0001234',
      bank_code: '044',
      bic: 'HDFCINBB',
      bank_name: 'HDFC',
      branch_code: '77',
    });
  });

  it('has the keys the account says, and none where it says null', () => {
    const recipientFields = { bankCode: 'routing_number', bankName: null, branchCode: null, bic: 'swift' };
    expect(payoutBody(full, key, settingsOf({ recipientFields })).recipient_details).toEqual({
      name: 'N',
      account_number: '9',
      ifsc: 'HDFC0001234',
      routing_number: '044',
      swift: 'HDFCINBB',
    });
  });

  it('of a wallet is a phone number', () => {
    const paymentMethods = [{ method: 'mobile-wallet', paymentMethod: 'gcash' }];
    const settings = settingsOf({ paymentMethods, recipientFields: { phoneNumber: 'account_number' } });
    expect(payoutBody(wallet, key, settings).recipient_details).toEqual({
      name: 'N',
      account_number: '+639170000000',
      operator: 'gcash',
    });
  });
});

describe('what is debited', () => {
  it('is the currency of the request, or the first of the account', () => {
    const unnamed: PayoutRequest = { ...bankRequest, source: { fundingAccount: 'treasury' } };
    expect(sourceCurrencyOf(bankRequest, settingsOf({ sourceCurrencies: ['USDC', 'USDT'] }))).toBe('USDT');
    expect(sourceCurrencyOf(unnamed, settingsOf({ sourceCurrencies: ['USDC', 'USDT'] }))).toBe('USDC');
    expect(sourceCurrencyOf(unnamed, settingsOf())).toBe('USDT');
    expect(fakePontis({}).provider.sourceCurrency(unnamed)).toBe('USDT');
  });
});

describe('a status', () => {
  test.each([
    ['pending_approval', 'provider-approval'],
    ['pending', 'accepted'],
    ['processing', 'processing'],
    ['completed', 'paid'],
    ['failed', 'failed'],
    ['rejected', 'rejected'],
    ['reversed', 'returned'],
    ['canceled', 'cancelled'],
  ])('%s is %s', (word, status) => {
    expect(statusOf(word)).toEqual({ status, providerStatus: word });
  });

  test.each([
    ['on_hold', 'on_hold'],
    ['Completed', 'Completed'],
    ['cancelled', 'cancelled'],
    ['completed ', 'completed_'],
    ['constructor', 'constructor'],
    ['__proto__', '__proto__'],
    ['toString', 'toString'],
    ['paid\n<script>', 'paid__script_'],
    ['x'.repeat(100), 'x'.repeat(40)],
    [undefined, 'unreadable'],
  ])('%j is not recognised', (word, providerStatus) => {
    expect(statusOf(word)).toEqual({ status: 'unrecognised', providerStatus });
  });

  test.each([
    ['Insufficient funds', 'insufficient_funds'],
    ['Recipient not found', 'recipient_not_found'],
    ['Network error', 'network_error'],
    ['Account 12345 of Juan is closed', 'other'],
    [null, undefined],
    [undefined, undefined],
    ['', undefined],
  ])('message %j is kept as %j alone', (message, code) => {
    expect(messageCode(message)).toBe(code);
  });
});

describe('an id', () => {
  const all = ['key', 'amount', 'currency', 'beneficiary', 'account-scope'];
  const mismatch = {
    matched: [],
    unverified: ['key', 'amount', 'currency', 'beneficiary'],
    mismatched: ['account-scope'],
  };
  const unverified = { matched: [], unverified: all, mismatched: [] };
  test.each([
    [transactionId, 'live', 'any', unverified],
    [sandboxId, 'live', 'any', mismatch],
    [sandboxId.toUpperCase(), 'live', 'any', mismatch],
    [sandboxId, 'live', 'sb-prefixed', mismatch],
    [sandboxId, 'sandbox', 'any', unverified],
    [transactionId, 'sandbox', 'any', unverified],
    [sandboxId, 'sandbox', 'sb-prefixed', unverified],
    [transactionId, 'sandbox', 'sb-prefixed', mismatch],
  ] as const)('%s in %s mode, sandbox ids %s', (id, mode, sandboxIds, expected) => {
    expect(echoOf(id, mode, settingsOf({ sandboxIds }))).toEqual(expected);
  });
});
