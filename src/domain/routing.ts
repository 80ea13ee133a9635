import { compareAmounts } from './money';
import type { AmountSide, PayoutMethod, PayoutRequest } from './payout-request';

/** What routes and policies ask of a request, in the same words. All that is given must hold; lists mean "one of". */
export type RequestConditions = {
  readonly tenants?: readonly string[];
  /** Of the destination. */
  readonly countries?: readonly string[];
  /** Of the destination. */
  readonly currencies?: readonly string[];
  readonly methods?: readonly PayoutMethod[];
  readonly sourceCurrencies?: readonly string[];
  readonly fundingAccounts?: readonly string[];
  readonly sides?: readonly AmountSide[];
};

/** One routing rule. */
export type RouteRule = {
  readonly account: string;
  readonly when?: RequestConditions & {
    /** Inclusive bounds of the requested amount, in its own currency; give `currencies` or `sourceCurrencies` with them. */
    readonly amountFrom?: string;
    readonly amountTo?: string;
  };
};

/** The first matching rule; a request that names an account only matches rules for that account. Undefined: no route. */
export function chooseRoute(rules: readonly RouteRule[], request: PayoutRequest): RouteRule | undefined {
  return rules.find((rule) => matches(rule, request));
}

function matches({ account, when = {} }: RouteRule, request: PayoutRequest): boolean {
  const oneOf = <T>(allowed: readonly T[] | undefined, value: T | undefined): boolean =>
    allowed === undefined || (value !== undefined && allowed.includes(value));
  return (
    (request.account === undefined || request.account === account) &&
    oneOf(when.tenants, request.tenant) &&
    oneOf(when.countries, request.destination.country) &&
    oneOf(when.currencies, request.destination.currency) &&
    oneOf(when.methods, request.beneficiary.method) &&
    oneOf(when.sourceCurrencies, request.source.currency) &&
    oneOf(when.fundingAccounts, request.source.fundingAccount) &&
    oneOf(when.sides, request.amount.side) &&
    (when.amountFrom === undefined || compareAmounts(request.amount.value, when.amountFrom) >= 0) &&
    (when.amountTo === undefined || compareAmounts(request.amount.value, when.amountTo) <= 0)
  );
}
