import type { Beneficiary, PayoutRequest } from '../../../src/domain/payout-request';
import type { Quote } from '../../../src/domain/quote';
import { parseExactJson } from '../../../src/providers/syncgram/exact-json';
import { createAccount, digest, request } from './syncgram-account';

const key = `po_${digest.slice(0, 40)}`;
const freeze = (changes: Partial<PayoutRequest> = {}, settings: object = {}, quote?: Quote): string =>
  createAccount({ settings }).freezeBody({
    request: { ...request, ...changes },
    key,
    ...(quote && { quote }),
  });
const quote: Quote = {
  quoteId: 'qt_1',
  source: { value: '125.00', currency: 'USD' },
  destination: { value: '187500.00', currency: 'NGN' },
  rate: '1500.00',
  validForMs: 30_000,
};

test('freezes a bank transfer to exactly these bytes', () => {
  expect(freeze({}, {}, quote)).toBe(
    '{"from_currency":"USD","to_currency":"NGN","amount":"125.00","payment_method":"BANK_TRANSFER",' +
      '"reference":"po_ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12","idempotency_key":"po_ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12",' +
      '"email":"payer@example.com","quote_id":"qt_1","account_number":"0123456785","bank_code":"058"}',
  );
});

test('freezes the same input to the same bytes', () => {
  expect(freeze({ purpose: 'Salary' }, {}, quote)).toBe(freeze({ purpose: 'Salary' }, {}, quote));
});

test.each<[string, Beneficiary, string, object]>([
  [
    'mobile money',
    { method: 'mobile-wallet', name: 'A', account: { phoneNumber: '+233201234567' } },
    'GHS',
    { payment_method: 'MOBILE_MONEY', phone_number: '+233201234567' },
  ],
  [
    'crypto with the network in the currency',
    {
      method: 'crypto-wallet',
      name: 'A',
      account: { address: 'TJRabPrwbZy45sbavfcjinPJC18kjpRTv8', network: 'TRC20' },
    },
    'USDT_TRC20',
    { payment_method: 'CRYPTO', wallet_address: 'TJRabPrwbZy45sbavfcjinPJC18kjpRTv8' },
  ],
  [
    'crypto with a network and a memo',
    {
      method: 'crypto-wallet',
      name: 'A',
      account: { address: 'rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH', network: 'XRPL', memo: '77' },
    },
    'XRP',
    {
      payment_method: 'CRYPTO',
      wallet_address: 'rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH',
      network: 'XRPL',
      memo: '77',
    },
  ],
  [
    'crypto that says that it has no memo, which is never sent',
    {
      method: 'crypto-wallet',
      name: 'A',
      account: { address: 'rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH', network: 'XRPL', memo: 'none' },
    },
    'XRP',
    { payment_method: 'CRYPTO', wallet_address: 'rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH', network: 'XRPL' },
  ],
  [
    'a saved bank account',
    { method: 'saved-destination', name: 'A', account: { destinationId: 'dst_1', kind: 'bank-account' } },
    'NGN',
    { payment_method: 'BANK_TRANSFER', payout_destination_id: 'dst_1' },
  ],
  [
    'a saved mobile wallet',
    { method: 'saved-destination', name: 'A', account: { destinationId: 'dst_1', kind: 'mobile-wallet' } },
    'GHS',
    { payment_method: 'MOBILE_MONEY', payout_destination_id: 'dst_1' },
  ],
  [
    'a saved crypto wallet',
    { method: 'saved-destination', name: 'A', account: { destinationId: 'dst_1', kind: 'crypto-wallet' } },
    'USDT_TRC20',
    { payment_method: 'CRYPTO', payout_destination_id: 'dst_1' },
  ],
])('writes %s as documented', (_, beneficiary, currency, expected) => {
  expect(JSON.parse(freeze({ beneficiary, destination: { country: 'XX', currency } }))).toEqual({
    from_currency: 'USD',
    to_currency: currency,
    amount: '125.00',
    reference: key,
    idempotency_key: key,
    email: 'payer@example.com',
    ...expected,
  });
});

test('never sends metadata, names or our own reference', () => {
  const body = freeze({ purpose: 'Salary' });
  expect(body).not.toContain('never sent');
  expect(body).not.toContain('Chidi');
  expect(body).not.toContain('r-1');
});

test('sends the purpose as description', () => {
  expect(JSON.parse(freeze({ purpose: 'Salary "May"\u2028' }))).toMatchObject({
    description: 'Salary "May"\u2028',
  });
});

test('sends the account’s rail, and the request’s before it', () => {
  const account = { accountNumber: '1', bankCode: '058', rail: 'nip' };
  const settings = { paymentRail: 'fast' };
  expect(JSON.parse(freeze({}, settings))).toMatchObject({ payment_rail: 'fast' });
  expect(
    JSON.parse(freeze({ beneficiary: { method: 'bank-account', name: 'A', account } }, settings)),
  ).toMatchObject({ payment_rail: 'nip' });
  expect(JSON.parse(freeze())).not.toHaveProperty('payment_rail');
});

test('sends the account’s e-mail address only for a payer without one', () => {
  const settings = { defaultEmail: 'treasury@example.com' };
  expect(JSON.parse(freeze({ payer: {} }, settings))).toMatchObject({ email: 'treasury@example.com' });
  expect(JSON.parse(freeze({}, settings))).toMatchObject({ email: 'payer@example.com' });
});

test('debits the account’s currency for a request that names only a funding account', () => {
  const source = { fundingAccount: 'main' } as const;
  expect(JSON.parse(freeze({ source }, { sourceCurrency: 'NGN' }))).toMatchObject({ from_currency: 'NGN' });
});

test.each(['9007199254740993.10', '0.1', '100', '0.100000000000000001'])(
  'writes %s as a JSON number without a float',
  (value) => {
    const body = freeze({ amount: { value, side: 'source' } }, { amountFormat: 'number' });
    expect(body).toContain(`"amount":${value},`);
    expect(parseExactJson(body)).toMatchObject({ amount: value });
  },
);

test.each(['1e3', '01', '1.', '-1', '1,"x":2', '', 'NaN'])('never writes %j as an amount', (value) => {
  expect(() => freeze({ amount: { value, side: 'source' } }, { amountFormat: 'number' })).toThrow('amount');
});

describe('exact JSON', () => {
  test.each([
    ['{"a":1.10}', { a: '1.10' }],
    ['{"a":-0.5e-7,"b":[1,2]}', { a: '-0.5e-7', b: ['1', '2'] }],
    ['{"a 1":"x 2 \\" 3 \\\\"}', { 'a 1': 'x 2 " 3 \\' }],
    ['{"a":"\\u0031","1":true,"n":null}', { a: '1', '1': true, n: null }],
    ['12', '12'],
  ])('keeps the numbers of %s as text', (text, expected) => {
    expect(parseExactJson(text)).toEqual(expected);
  });

  test.each(['{"a":01}', '{"a":1.}', '{a:1}', '', '{"a":1', 'NaN', '<html>'])('refuses %j', (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });
});
