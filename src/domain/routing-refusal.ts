import type { PayoutRequest } from './payout-request';
import { compareAmounts } from './money';
import type { RouteRule } from './routing';

/** Why a request cannot be paid here, at its path; the path is empty where it is about the request as a whole. */
export type RefusedBecause = { readonly path: string; readonly message: string };

/** How many of a list are named; the rest is counted. */
const mostNamed = 10;

/**
 * Why no route takes the request: what was asked for, and what there is instead, by the routes that come nearest. Names
 * accounts, countries, currencies and methods, never amounts, people or account data.
 */
export function routeRefusals(
  request: PayoutRequest,
  routes: readonly RouteRule[],
  /** The accounts that are configured. */
  accounts: readonly string[],
): readonly RefusedBecause[] {
  const { account } = request;
  if (account !== undefined && !accounts.includes(account))
    return [{ path: 'account', message: `there is no account ${account}; there is ${named(accounts)}` }];
  const leading = routes.filter((rule) => account === undefined || rule.account === account);
  // Routes of other tenants are nobody's business.
  const shown = leading.filter(({ when }) => when?.tenants?.includes(request.tenant) !== false);
  if (leading.length === 0)
    return [
      {
        path: account === undefined ? '' : 'account',
        message:
          account === undefined
            ? 'there are no routes'
            : `no route leads to ${account}; routes lead to ${named(routes.map((rule) => rule.account))}`,
      },
    ];
  const failing = leading.map((rule) => failuresOf(rule, request));
  const fewest = Math.min(...failing.map(({ length }) => length));
  // It fits, and leads to an account that this installation does not have.
  if (fewest === 0)
    return [
      {
        path: '',
        message: `its route leads to ${named(leading.filter((_, index) => failing[index]?.length === 0).map((rule) => rule.account))}, which is not configured; there is ${named(accounts)}`,
      },
    ];
  const nearest = failing.filter(({ length }) => length === fewest).flat();
  const paths = [...new Set(nearest.map(({ path }) => path))];
  return [
    ...paths.map((path) => {
      const here = nearest.filter((failure) => failure.path === path);
      const asked = here[0]?.asked;
      const exists = `there is ${named(here.flatMap(({ takes }) => takes))}`;
      return {
        path,
        message:
          asked === undefined
            ? `is not given, and no route that fits otherwise goes without; ${exists}`
            : `${asked} is taken by no route that fits otherwise; ${exists}`,
      };
    }),
    { path: '', message: `routes: ${named(shown.map(corridorOf), '; ')}` },
  ];
}

/**
 * The same for what an adapter refuses: each of its problems with the account that the route leads to, and with what was
 * asked for where that is no secret.
 */
export const unsupportedRefusals = (
  request: PayoutRequest,
  account: string,
  problems: readonly RefusedBecause[],
): readonly RefusedBecause[] =>
  problems.map(({ path, message }) => {
    const asked = askedAt(request)[path];
    return {
      path,
      message: `${message} (account ${account}${asked === undefined ? '' : `; asked for ${asked}`})`,
    };
  });

/** What a request asks for in public words. */
const askedAt = (request: PayoutRequest): Readonly<Record<string, string | undefined>> => ({
  tenant: request.tenant,
  'destination.country': request.destination.country,
  'destination.currency': request.destination.currency,
  'beneficiary.method': request.beneficiary.method,
  'source.currency': request.source.currency,
  'source.fundingAccount': request.source.fundingAccount,
  'amount.side': request.amount.side,
});

type Failure = {
  readonly path: string;
  readonly asked?: string | undefined;
  readonly takes: readonly string[];
};

/** The conditions of a rule that do not hold. */
function failuresOf({ when = {} }: RouteRule, request: PayoutRequest): readonly Failure[] {
  const asked = askedAt(request);
  const lists: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['tenant', when.tenants],
    ['destination.country', when.countries],
    ['destination.currency', when.currencies],
    ['beneficiary.method', when.methods],
    ['source.currency', when.sourceCurrencies],
    ['source.fundingAccount', when.fundingAccounts],
    ['amount.side', when.sides],
  ];
  const failures = lists.flatMap(([path, takes]): readonly Failure[] => {
    const value = asked[path];
    if (takes === undefined || (value !== undefined && takes.includes(value))) return [];
    if (path === 'tenant') return [{ path, asked: value, takes: ['routes for other tenants'] }];
    return [{ path, asked: value, takes }];
  });
  const { value } = request.amount;
  const fits =
    (when.amountFrom === undefined || compareAmounts(value, when.amountFrom) >= 0) &&
    (when.amountTo === undefined || compareAmounts(value, when.amountTo) <= 0);
  return fits
    ? failures
    : [...failures, { path: 'amount.value', asked: 'the amount', takes: [boundsOf(when)] }];
}

const boundsOf = ({ amountFrom, amountTo }: NonNullable<RouteRule['when']>): string =>
  [
    ...(amountFrom === undefined ? [] : [`from ${amountFrom}`]),
    ...(amountTo === undefined ? [] : [`to ${amountTo}`]),
  ].join(' ');

/** `pontis-main: USDT → PHP, INR in PH, IN by bank-account from 10.00 to 5000.00`. */
function corridorOf({ account, when = {} }: RouteRule): string {
  const any = (values: readonly string[] | undefined, what: string): string =>
    values === undefined ? `any ${what}` : named(values);
  return [
    `${account}:`,
    when.fundingAccounts === undefined
      ? any(when.sourceCurrencies, 'currency')
      : `from ${named(when.fundingAccounts)}`,
    '→',
    any(when.currencies, 'currency'),
    ...(when.countries === undefined ? [] : [`in ${named(when.countries)}`]),
    ...(when.methods === undefined ? [] : [`by ${named(when.methods)}`]),
    boundsOf(when),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function named(words: readonly string[], separator = ', '): string {
  const different = [...new Set(words)];
  if (different.length === 0) return 'none';
  const more = different.length - mostNamed;
  return `${different.slice(0, mostNamed).join(separator)}${more > 0 ? ` and ${more} more` : ''}`;
}
