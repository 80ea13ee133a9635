import type { PayoutRequest } from '../../src/domain/payout-request';
import { chooseRoute } from '../../src/domain/routing';
import type { RouteRule } from '../../src/domain/routing';
import { routeRefusals, unsupportedRefusals } from '../../src/domain/routing-refusal';
import { exampleRequest } from '../support/example-request';

const accounts = ['pontis-main', 'payfield-main', 'spare'];
const routes: readonly RouteRule[] = [
  {
    account: 'pontis-main',
    when: {
      countries: ['PH', 'IN'],
      currencies: ['PHP', 'INR'],
      sourceCurrencies: ['USDT'],
      amountTo: '5000.00',
    },
  },
  { account: 'payfield-main', when: { countries: ['BD'], currencies: ['BDT'], methods: ['card'] } },
  { account: 'pontis-main', when: { tenants: ['treasury'], fundingAccounts: ['reserve'] } },
];
const corridors =
  'routes: pontis-main: USDT → PHP, INR in PH, IN to 5000.00; payfield-main: any currency → BDT in BD by card';

const refused = (change: Partial<PayoutRequest>, rules = routes): readonly string[] => {
  const request = exampleRequest(change);
  expect(chooseRoute(rules, request)).toBeUndefined();
  return routeRefusals(request, rules, accounts).map(({ path, message }) => `${path}: ${message}`);
};

test('an unknown account is named, with those that there are', () => {
  expect(refused({ account: 'pontis-mian' })).toEqual([
    'account: there is no account pontis-mian; there is pontis-main, payfield-main, spare',
  ]);
});

test('so is one that no route leads to', () => {
  expect(refused({ account: 'spare' })).toEqual([
    'account: no route leads to spare; routes lead to pontis-main, payfield-main',
  ]);
});

test.each<readonly [string, Partial<PayoutRequest>, readonly string[]]>([
  [
    'a currency of the destination',
    { destination: { country: 'PH', currency: 'USD' } },
    ['destination.currency: USD is taken by no route that fits otherwise; there is PHP, INR'],
  ],
  [
    'a currency of the source',
    { source: { currency: 'USDC' } },
    ['source.currency: USDC is taken by no route that fits otherwise; there is USDT'],
  ],
  [
    'none at all',
    { source: { fundingAccount: 'main' } },
    ['source.currency: is not given, and no route that fits otherwise goes without; there is USDT'],
  ],
  [
    'a country',
    { destination: { country: 'KE', currency: 'PHP' } },
    ['destination.country: KE is taken by no route that fits otherwise; there is PH, IN'],
  ],
  [
    'an amount, without saying it',
    { amount: { value: '5000.01', side: 'source' } },
    ['amount.value: the amount is taken by no route that fits otherwise; there is to 5000.00'],
  ],
  [
    'a method',
    { destination: { country: 'BD', currency: 'BDT' }, source: { currency: 'BDT' } },
    ['beneficiary.method: bank-account is taken by no route that fits otherwise; there is card'],
  ],
])('names %s that nobody takes, what there is, and the corridors', (_name, change, problems) => {
  expect(refused(change)).toEqual([...problems, `: ${corridors}`]);
});

test('other tenants are not named', () => {
  const rules: readonly RouteRule[] = [{ account: 'spare', when: { tenants: ['secret-client'] } }];
  expect(refused({}, rules).join()).not.toContain('secret-client');
});

test('a long list is counted', () => {
  const rules = Array.from({ length: 15 }, (_, index): RouteRule => ({
    account: 'spare',
    when: { countries: [`X${String.fromCharCode(65 + index)}`] },
  }));
  expect(refused({}, rules)[0]).toMatch(/there is XA, XB, .* and 5 more$/);
  expect(refused({}, [])).toEqual([': there are no routes']);
});

test('a route to an account that nobody configured is not the request’s mistake', () => {
  expect(routeRefusals(exampleRequest(), [{ account: 'gone' }], accounts)).toEqual([
    {
      path: '',
      message: 'its route leads to gone, which is not configured; there is pontis-main, payfield-main, spare',
    },
  ]);
});

test('what an adapter refuses names the account, and what was asked for where that is public', () => {
  const request = exampleRequest();
  expect(
    unsupportedRefusals(request, 'payfield-main', [
      { path: 'destination.currency', message: 'must be BDT' },
      { path: 'beneficiary.account.accountNumber', message: 'must have 10 digits' },
    ]),
  ).toEqual([
    { path: 'destination.currency', message: 'must be BDT (account payfield-main; asked for PHP)' },
    { path: 'beneficiary.account.accountNumber', message: 'must have 10 digits (account payfield-main)' },
  ]);
});
