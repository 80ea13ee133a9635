import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../observability/secret';

/** `Authorization: Bearer <token>` ("Create withdrawal"). Nothing else is signed. */
export const bearerHeaders = (token: Secret): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${token.reveal()}`,
  accept: 'application/json',
});

/**
 * A webhook's signature: lower-case hex of HMAC-SHA256 with the secret as text over `${timestamp}.${rawBody}`
 * (docs.bachs.io/webhooks/overview; the successor's SDKs).
 *
 * Vector: secret `whsec_test_0123456789`, timestamp `1700000000`, body `{"id":"evt_1","type":"payout.paid"}` gives
 * `c008a9bba42413a629931b7dc510d0c6391883d9c3519bf44c0392e99a82ced7`.
 */
export const webhookSignature = (secret: Secret, timestamp: string, rawBody: string): string =>
  createHmac('sha256', secret.reveal()).update(`${timestamp}.${rawBody}`, 'utf8').digest('hex');

/** Compares in constant time; hex of either case. */
export function isSameSignature(expected: string, received: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(received.toLowerCase())];
  return one.length === other.length && timingSafeEqual(one, other);
}
