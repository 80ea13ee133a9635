import { masked, payeeView } from '../../src/domain/payee-view';
import type { Beneficiary, PayoutRequest } from '../../src/domain/payout-request';
import { exampleRequest } from '../support/example-request';

const amounts = { source: { value: '125.00', currency: 'USDT' } };
const view = (request: PayoutRequest | undefined, options: { reveal?: boolean; given?: unknown } = {}) =>
  payeeView(
    { request, given: options.given ?? request, amounts, listed: undefined },
    options.reveal === true,
  );
const paying = (beneficiary: Beneficiary): PayoutRequest => exampleRequest({ beneficiary });
const shown = (request: PayoutRequest, options: { reveal?: boolean; given?: unknown } = {}) =>
  Object.fromEntries(view(request, options).payee?.details.map(({ label, value }) => [label, value]) ?? []);

describe('a mask', () => {
  it.each([
    ['', '••••'],
    ['1', '••••'],
    ['12345', '••••'],
    ['123456', '••••56'],
    ['1234567', '••••567'],
    ['12345678', '••••678'],
    ['123456789', '••••6789'],
    ['0012345678', '••••5678'],
    ['DE89370400440532013000', '••••3000'],
    ['TJRabPrwbZy45sbavfcjinPJC18kjpRTv8', '••••RTv8'],
    // By characters, not by halves of them.
    ['😀😀😀😀😀😀😀😀😀😀', '••••😀😀😀😀'],
  ])('of %j is %s', (value, expected) => expect(masked(value)).toBe(expected));

  it('never shows half of a value or more, nor more than four characters, nor how long it is', () => {
    for (let length = 0; length <= 60; length += 1) {
      const tail = masked('x'.repeat(length)).slice(4).length;
      expect(tail === 0 || tail < length / 2).toBe(true);
      expect(tail).toBeLessThanOrEqual(4);
    }
    expect(masked('a'.repeat(12) + '9999')).toBe(masked('b'.repeat(40) + '9999'));
  });
});

describe('every method', () => {
  it.each<readonly [Beneficiary, Readonly<Record<string, string>>]>([
    [
      {
        method: 'bank-account',
        name: 'Ngozi Okafor',
        account: {
          accountNumber: '0123456789',
          bankCode: '058',
          bic: 'GTBINGLA',
          bankName: 'Example Bank',
          branchCode: '152',
          rail: 'nip',
        },
      },
      {
        bank: 'Example Bank',
        'bank code': '058',
        BIC: 'GTBINGLA',
        branch: '152',
        rail: 'nip',
        'account number': '••••6789',
      },
    ],
    [
      {
        method: 'bank-account',
        name: 'Asha',
        account: { accountNumber: '123456789012', ifsc: 'HDFC0000001' },
      },
      { IFSC: 'HDFC0000001', 'account number': '••••9012' },
    ],
    [
      {
        method: 'mobile-wallet',
        name: 'Rahima',
        account: { phoneNumber: '+8801712345678', operator: 'bkash' },
      },
      { operator: 'bkash', 'phone number': '••••5678' },
    ],
    [
      { method: 'card', name: 'Rahima', account: { cardNumber: '4111111111111111' } },
      { 'card number': '••••1111' },
    ],
    [
      {
        method: 'crypto-wallet',
        name: 'Juan',
        account: { address: 'rDsbeomae4FXwgQTJp9Rs64Qg9vDiTCdBv', network: 'XRP', memo: '1234567890' },
      },
      { network: 'XRP', address: '••••CdBv', memo: '••••' },
    ],
    [
      {
        method: 'saved-destination',
        name: 'Juan',
        account: { destinationId: 'dst_8f2c77aa91', kind: 'mobile-wallet' },
      },
      { 'saved as': 'mobile-wallet', 'saved destination': '••••aa91' },
    ],
  ])('shows where the account is, and masks what identifies it: %j', (beneficiary, expected) => {
    expect(shown(paying(beneficiary))).toEqual(expected);
    // Nothing of the whole stands anywhere else in the view.
    const whole = Object.values(beneficiary.account).filter(
      (text) => !Object.values(expected).includes(text),
    );
    for (const text of whole) {
      expect(JSON.stringify(view(paying(beneficiary)))).not.toContain(text);
      expect(Object.values(shown(paying(beneficiary), { reveal: true }))).toContain(text);
    }
  });

  it('says that there is no memo, and not what a memo is', () => {
    const wallet = (memo: string): PayoutRequest =>
      paying({
        method: 'crypto-wallet',
        name: 'Juan',
        account: { address: 'rDsbeomae4FXwgQTJp9Rs64Qg9vDiTCdBv', memo },
      });
    expect(shown(wallet('none'))['memo']).toBe('none');
    expect(shown(wallet('7'))['memo']).toBe('••••');
  });

  it('masks the payer wholly', () => {
    const payer = { userId: 'merchant-user-001', ipAddress: '203.0.113.10', email: 'payer@merchant.example' };
    const text = JSON.stringify(view(exampleRequest({ payer })));
    for (const value of Object.values(payer)) expect(text).not.toContain(value);
    expect(text).not.toMatch(/merchant|203|113/);
    const revealed = JSON.stringify(view(exampleRequest({ payer }), { reveal: true }));
    for (const value of Object.values(payer)) expect(revealed).toContain(value);
  });
});

describe('what was given', () => {
  const request = paying({
    method: 'bank-account',
    name: 'Beatriz Santos',
    account: { accountNumber: 'DE89370400440532013000' },
  });
  const given = {
    ...request,
    beneficiary: {
      method: 'bank-account',
      name: 'Beatriz  Santos',
      account: { accountNumber: 'de89 3704 0044 0532 0130 00' },
    },
  };

  it('stands beside the normal form where it differs, when revealed only', () => {
    expect(view(request, { given, reveal: true }).payee).toMatchObject({
      name: 'Beatriz Santos',
      givenName: 'Beatriz  Santos',
      details: [{ value: 'DE89370400440532013000', given: 'de89 3704 0044 0532 0130 00' }],
    });
    expect(JSON.stringify(view(request, { given }))).not.toMatch(/de89|given/);
    expect(JSON.stringify(view(request, { reveal: true }))).not.toContain('given');
  });

  it.each([
    undefined,
    null,
    'text',
    [],
    { beneficiary: null },
    { beneficiary: { account: { accountNumber: 7 } } },
    { __proto__: { beneficiary: { name: 'x' } } },
  ])('may be anything: %j', (odd) => {
    const revealed = payeeView({ request, given: odd, amounts, listed: undefined }, true);
    expect(revealed.payee?.name).toBe('Beatriz Santos');
    expect(JSON.stringify(revealed)).not.toContain('given');
  });
});

it('answers without a payee where no request was taken on, whatever was given', () => {
  expect(view(undefined, { given: { beneficiary: { name: 'Beatriz Santos' } }, reveal: true })).toEqual({
    schema: 1,
    revealed: true,
    amounts,
  });
});

it('shows what screening found, with the names as the list spells them', () => {
  const listed = {
    found: 'possible' as const,
    entries: [
      { list: 'ofac', entry: '7', score: '0.91', reason: 'similar-name', names: ['SANTOS, Beatriz'] },
    ],
    more: 2,
  };
  expect(payeeView({ request: exampleRequest(), given: undefined, amounts, listed }, false)).toMatchObject({
    listed,
    payee: { name: 'Beatriz Santos', country: 'PH', currency: 'PHP' },
  });
});
