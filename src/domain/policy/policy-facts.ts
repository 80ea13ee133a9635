import type { Money } from '../money';
import { amountCurrency } from '../payout-request';
import type { EarlierPayout } from './earlier-payout';
import type { AmountSide, PayoutMethod, PayoutRequest } from '../payout-request';

/** Everything that a policy may ask about a payout. */
export type PolicyFacts = {
  readonly tenant: string;
  readonly requestedBy: string;
  /** The requested amount, in the currency of its side. */
  readonly amount: Money;
  readonly side: AmountSide;
  /** Of the destination. */
  readonly country: string;
  /** Of the destination. */
  readonly currency: string;
  /** Absent where neither the request nor the account says it. */
  readonly sourceCurrency?: string;
  readonly fundingAccount?: string;
  readonly method: PayoutMethod;
  readonly account: string;
  readonly provider: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** The last payout before this one with the same payee and amount. Absent: there is none, or no rule asks for it. */
  readonly earlier?: EarlierPayout;
};

/** The facts of a request on its route. `sourceCurrency` is the account's word where the request has none. */
export function policyFacts(
  request: PayoutRequest,
  route: {
    readonly account: string;
    readonly provider: string;
    readonly sourceCurrency?: string | undefined;
  },
): PolicyFacts | undefined {
  const sourceCurrency = request.source.currency ?? route.sourceCurrency;
  const currency = amountCurrency(request) ?? sourceCurrency;
  if (currency === undefined) return undefined;
  const { fundingAccount } = request.source;
  return {
    tenant: request.tenant,
    requestedBy: request.requestedBy,
    amount: { value: request.amount.value, currency },
    side: request.amount.side,
    country: request.destination.country,
    currency: request.destination.currency,
    ...(sourceCurrency === undefined ? {} : { sourceCurrency }),
    ...(fundingAccount === undefined ? {} : { fundingAccount }),
    method: request.beneficiary.method,
    account: route.account,
    provider: route.provider,
    ...(request.metadata === undefined ? {} : { metadata: request.metadata }),
  };
}
