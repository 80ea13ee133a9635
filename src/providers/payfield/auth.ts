import { createHmac, timingSafeEqual } from 'node:crypto';

/** How a signature is written. "Hex or base64 … typically hex" (api.docs.payfield.io, Authentication). */
export type SignatureEncoding = 'hex' | 'base64';

/**
 * HMAC-SHA256 over the timestamp exactly as sent, followed by the raw body (empty for GET) without a separator. Method,
 * path and query are not signed. Webhooks are signed in the same way, with the webhook secret.
 * bdt-hrs-external-documentation.pages.dev/docs (Authentication), /docs/02-payouts/2.3-webhooks.
 *
 * Vector: secret `fake-secret`, timestamp `1764928800`, body `{"external_id":"PAY-BDT-001"}` gives
 * `e5bee431c11662ed0e9553f358c01d53220b4c9dec73a7ab8a2b46694ad7e379`.
 */
export const signatureOf = (
  timestamp: string,
  body: string,
  secret: string,
  encoding: SignatureEncoding = 'hex',
): string => createHmac('sha256', secret).update(timestamp).update(body).digest(encoding);

/** Whether a received signature is the right one, in constant time; hex is read in either case. */
export function isSignature(given: string, expected: string, encoding: SignatureEncoding): boolean {
  const left = Buffer.from(encoding === 'hex' ? given.toLowerCase() : given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The headers of a request signed at `at` (Unix milliseconds): Payfield takes UNIX seconds or ISO-8601, ±60 s. */
export function signedHeaders(input: {
  readonly apiKey: string;
  readonly secret: string;
  readonly encoding: SignatureEncoding;
  readonly body: string;
  readonly at: number;
}): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(input.at / 1000));
  return {
    accept: 'application/json',
    'content-type': 'application/json',
    'x-api-key': input.apiKey,
    'x-timestamp': timestamp,
    'x-signature': signatureOf(timestamp, input.body, input.secret, input.encoding),
  };
}
