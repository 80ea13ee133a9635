import type { PayoutRequest } from '../domain/payout-request';
import { parsePayoutRequest } from '../validation/payout-request-schema';
import { PayoutRequestInvalidError } from './errors';

/** The request inside anything, or `PayoutRequestInvalidError` with every problem and its path. */
export function checkRequest(input: unknown): PayoutRequest {
  const parsed = parsePayoutRequest(input);
  if (!parsed.ok) throw new PayoutRequestInvalidError(parsed.problems);
  return parsed.request;
}
