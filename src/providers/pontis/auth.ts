import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HttpReply } from '../../http/sender';
import { readHttpDate } from '../send-classification';
import { readError } from './wire';

/**
 * Hex HMAC-SHA256 of `<timestamp>.<content>`. The key is the base64url-decoded HMAC secret, the content the encrypted blob
 * of a request (docs.pontisglobe.com/authentication) or the raw body of a callback (docs.pontisglobe.com/callbacks).
 *
 * Vector: key = bytes 20…3f, timestamp `1735689600`, content `a:b:c` gives
 * `30e60c6f05991c99f47fd70b59bc3b7beac52339ca01441d5f8508e219cf76cf`.
 */
export const signatureOf = (timestamp: string, content: string, hmacKey: Uint8Array): string =>
  createHmac('sha256', hmacKey).update(`${timestamp}.${content}`).digest('hex');

/** Whether a hex signature is the right one; takes the same time wherever two differ. */
export function isSignature(signature: string, expected: string): boolean {
  const given = Buffer.from(signature.toLowerCase());
  const right = Buffer.from(expected);
  return given.length === right.length && timingSafeEqual(given, right);
}

/** The signed headers of every request; `token` on all but the login (docs.pontisglobe.com/authentication). */
export function signedHeaders(input: {
  readonly apiKey: string;
  readonly hmacKey: Uint8Array;
  readonly blob: string;
  /** Unix milliseconds; the header carries whole seconds. */
  readonly at: number;
  readonly token?: string;
}): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(input.at / 1000));
  return {
    'content-type': 'application/json',
    'x-api-key': input.apiKey,
    'x-timestamp': timestamp,
    'x-signature': signatureOf(timestamp, input.blob, input.hmacKey),
    ...(input.token === undefined ? {} : { authorization: `Bearer ${input.token}` }),
  };
}

/** What may be tried, once each, after a 401 and before a person is asked. A 401 precedes execution: trying is safe. */
export type Correction = 'log-in-again' | 'sign-again';

type CorrectionRow = { readonly correction: Correction; readonly onlyIfClockDiffers?: true };

/**
 * No code tells a drifting clock from other 401s: where the `Date` header shows that ours differs by a minute or more
 * (Pontis tolerates five), signing again with its time comes first. docs.pontisglobe.com/authentication, /errors.
 */
const unclear: readonly CorrectionRow[] = [
  { correction: 'sign-again', onlyIfClockDiffers: true },
  { correction: 'log-in-again' },
];
const corrections: ReadonlyMap<string, readonly CorrectionRow[]> = new Map([
  ['jwt_expired', [{ correction: 'log-in-again' }]],
  ['unauthorized', unclear],
  ['invalid_signature', [{ correction: 'sign-again' }]],
]);

const notableDifferenceMs = 60_000;

/** The next correction worth trying after this 401, or undefined when only a person can help. */
export function nextCorrection(
  reply: HttpReply,
  allowed: ReadonlySet<Correction>,
  clock: { readonly usedOffsetMs: number; readonly measuredOffsetMs: number | undefined },
): Correction | undefined {
  const differs =
    clock.measuredOffsetMs !== undefined &&
    Math.abs(clock.measuredOffsetMs - clock.usedOffsetMs) >= notableDifferenceMs;
  return (corrections.get(readError(reply)?.code ?? '') ?? unclear).find(
    (row) => allowed.has(row.correction) && (differs || !row.onlyIfClockDiffers),
  )?.correction;
}

/** How far the provider's clock is ahead of ours by its `Date` header, or undefined when it sends none. */
export function clockOffset(reply: HttpReply, now: number): number | undefined {
  const date = readHttpDate(reply.headers['date']);
  return date === undefined ? undefined : date - now;
}
