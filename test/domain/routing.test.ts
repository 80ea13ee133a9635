import type { PayoutRequest } from '../../src/domain/payout-request';
import type { RouteRule } from '../../src/domain/routing';
import { chooseRoute } from '../../src/domain/routing';

const request: PayoutRequest = {
  schema: 1,
  tenant: 'acme',
  reference: 'r-1',
  requestedBy: 'ann',
  amount: { value: '100.00', side: 'source' },
  source: { currency: 'USDT' },
  destination: { country: 'IN', currency: 'INR' },
  beneficiary: { method: 'bank-account', name: 'B', account: { accountNumber: '1' } },
};
const when = (condition: RouteRule['when']): readonly RouteRule[] => [
  { account: 'main', ...(condition === undefined ? {} : { when: condition }) },
];
const routed = (rules: readonly RouteRule[], change: Partial<PayoutRequest> = {}): string | undefined =>
  chooseRoute(rules, { ...request, ...change })?.account;

test('the first rule that matches decides, in the order of the configuration', () => {
  const rules: readonly RouteRule[] = [
    { account: 'bangladesh', when: { countries: ['BD'] } },
    { account: 'india', when: { countries: ['IN'] } },
    { account: 'rupees', when: { currencies: ['INR'] } },
    { account: 'rest' },
  ];
  expect(routed(rules)).toBe('india');
  expect(routed(rules.toReversed())).toBe('rest');
  expect(routed(rules, { destination: { country: 'BD', currency: 'BDT' } })).toBe('bangladesh');
  expect(routed(rules, { destination: { country: 'NP', currency: 'INR' } })).toBe('rupees');
});

test('no rule, or none that matches: no route', () => {
  expect(chooseRoute([], request)).toBeUndefined();
  expect(routed(when({ countries: ['BD'] }))).toBeUndefined();
});

test.each<readonly [string, RouteRule['when'], boolean]>([
  ['no condition', undefined, true],
  ['empty conditions', {}, true],
  ['an empty list matches nothing', { countries: [] }, false],
  ['the tenant', { tenants: ['acme'] }, true],
  ['another tenant', { tenants: ['acme2'] }, false],
  ['one of several countries', { countries: ['BD', 'IN'] }, true],
  ['a country in small letters', { countries: ['in'] }, false],
  ['the currency', { currencies: ['INR'] }, true],
  ['the method', { methods: ['bank-account'] }, true],
  ['another method', { methods: ['card', 'crypto-wallet'] }, false],
  ['the source currency', { sourceCurrencies: ['USDT'] }, true],
  ['another source currency', { sourceCurrencies: ['USD'] }, false],
  ['a funding account that the request does not name', { fundingAccounts: ['treasury'] }, false],
  ['the side', { sides: ['source'] }, true],
  ['the other side', { sides: ['destination'] }, false],
  ['all of several conditions', { tenants: ['acme'], countries: ['IN'], sides: ['source'] }, true],
  [
    'all but one of several conditions',
    { tenants: ['acme'], countries: ['IN'], sides: ['destination'] },
    false,
  ],
  ['from exactly the amount', { amountFrom: '100' }, true],
  ['to exactly the amount', { amountTo: '100.0' }, true],
  ['from just above', { amountFrom: '100.01' }, false],
  ['to just below', { amountTo: '99.99' }, false],
  ['numbers, not texts', { amountFrom: '20', amountTo: '1000' }, true],
])('%s', (_what, condition, matches) => expect(routed(when(condition))).toBe(matches ? 'main' : undefined));

test('a funding account without a currency matches rules by its label only', () => {
  const source = { fundingAccount: 'treasury' };
  expect(routed(when({ fundingAccounts: ['treasury'] }), { source })).toBe('main');
  expect(routed(when({ sourceCurrencies: ['USDT'] }), { source })).toBeUndefined();
});

describe('a request that names an account', () => {
  const rules: readonly RouteRule[] = [
    { account: 'first' },
    { account: 'second', when: { countries: ['IN'] } },
    { account: 'third', when: { countries: ['BD'] } },
  ];
  test('goes to it where a rule for it matches', () =>
    expect(routed(rules, { account: 'second' })).toBe('second'));
  test('never goes to another one', () => {
    expect(routed(rules, { account: 'third' })).toBeUndefined();
    expect(routed(rules, { account: 'nowhere' })).toBeUndefined();
  });
});
