import type { PayoutRequest } from '../domain/payout-request';
import { parsePayoutRequest } from '../validation/payout-request-schema';
import type { ParsedPayoutRequest } from '../validation/payout-request-schema';
import { PayoutRequestInvalidError } from './errors';

/** What a request is (in normal form), what it was given as, and what is doubtful about it. */
export type CheckedRequest = Extract<ParsedPayoutRequest, { readonly ok: true }>;

/** The request inside anything, or `PayoutRequestInvalidError` with every problem and its path. */
export function readRequest(input: unknown): CheckedRequest {
  const parsed = parsePayoutRequest(input);
  if (!parsed.ok) throw new PayoutRequestInvalidError(parsed.problems);
  return parsed;
}

/** The same, where only its normal form matters. */
export const checkRequest = (input: unknown): PayoutRequest => readRequest(input).request;
