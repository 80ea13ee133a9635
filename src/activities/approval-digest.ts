import { canonicalJson } from '../domain/canonical-json';
import type { PayoutRequest } from '../domain/payout-request';
import type { Quote } from '../domain/quote';
import { bandAround } from '../domain/quote';

/**
 * What approvers bind themselves to: `v1:` and the SHA-256 of the canonical JSON (RFC 8785) of beneficiary, amounts,
 * currencies, limits, route and, where the route quotes, the band around the quote. Any other change voids the approval.
 */
export function approvalDigest(
  approved: {
    readonly request: PayoutRequest;
    readonly account: string;
    readonly accountFingerprint: string;
    readonly quote?: Quote;
    readonly quoteBandPercent: string;
  },
  sha256: (text: string) => string,
): string {
  const { request, account, accountFingerprint, quote, quoteBandPercent } = approved;
  const content = {
    version: 1,
    tenant: request.tenant,
    reference: request.reference,
    amount: request.amount,
    source: request.source,
    destination: request.destination,
    beneficiary: request.beneficiary,
    limits: request.limits,
    notAfter: request.notAfter,
    purpose: request.purpose,
    sourceOfFunds: request.sourceOfFunds,
    route: { account, accountFingerprint },
    band: quote === undefined ? undefined : bandAround(quote, quoteBandPercent),
  };
  return `v1:${sha256(canonicalJson(content))}`;
}
