import { equalsSecret, hmacSha256Hex } from '../hmac-signature';
import type { CoreContext, SimulatedRequest } from '../provider-core';
import type { PayfieldCredentials } from './payfield-options';

/** Documented tolerance of X-Timestamp in both directions (Payfield, Authentication). */
const maxSkewMs = 60_000;

const iso8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const unixSeconds = /^\d{1,12}$/;

/**
 * Why a request is refused with 401, in the documented words and order, or undefined when it is authentic. The signature
 * covers X-Timestamp exactly as sent and the raw body; method, path and query are not signed (Payfield, Authentication).
 */
export function authenticationFailure(
  request: SimulatedRequest,
  { apiKey, secret }: PayfieldCredentials,
  { now, receivedAt = now }: CoreContext,
): string | undefined {
  const {
    'x-api-key': receivedKey,
    'x-timestamp': timestamp,
    'x-signature': signature,
  } = request.headers as Readonly<Record<string, string | undefined>>;
  if (!receivedKey) return 'API key required';
  if (!equalsSecret(receivedKey, apiKey)) return 'Invalid API key';
  if (!timestamp) return 'Timestamp required';
  if (!signature) return 'Signature required';
  const sentAt = parseTimestamp(timestamp);
  if (sentAt === undefined) return 'Invalid timestamp format';
  if (Math.abs(receivedAt - sentAt) > maxSkewMs) return 'Timestamp window exceeded';
  const expected = hmacSha256Hex(secret, timestamp + request.body);
  return equalsSecret(signature.toLowerCase(), expected) ? undefined : 'Invalid signature';
}

/** Unix milliseconds of an ISO-8601 time or of unix seconds; undefined for anything else. */
function parseTimestamp(text: string): number | undefined {
  if (unixSeconds.test(text)) return Number(text) * 1_000;
  const parsed = iso8601.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}
