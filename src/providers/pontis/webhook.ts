import { createHash } from 'node:crypto';
import type { Mode } from '../../domain/attempt-key';
import type { WebhookDelivery, WebhookReading, WebhookRefusal } from '../provider';
import { printableToken } from '../send-classification';
import { isSignature, signatureOf } from './auth';
import type { PontisSettings } from './config';
import { isForeign, statusOf } from './mapping';
import { readCallback } from './wire';

/** docs.pontisglobe.com/callbacks: older ones are to be refused; the same holds for the future. */
const toleranceMs = 5 * 60_000;
const signaturePattern = /^sha256=([0-9a-f]{64})$/i;
/** Unix seconds, as in requests. */
const timestampPattern = /^\d{1,12}$/;

/**
 * Verifies and reads a callback (docs.pontisglobe.com/callbacks): `x-pontis-signature` is `sha256=` and the hex HMAC of
 * `<x-pontis-timestamp>.<raw body>`. During a rotation of the secret two keys are live. A callback carries neither amount
 * nor our key, only the transaction id and its status.
 */
export function readPontisWebhook(
  delivery: WebhookDelivery,
  account: {
    readonly hmacKeys: readonly Uint8Array[];
    readonly mode: Mode;
    readonly settings: PontisSettings;
  },
): WebhookReading {
  const timestamp = delivery.headers['x-pontis-timestamp'];
  const header = delivery.headers['x-pontis-signature'];
  if (!header) return refused('signature_missing');
  if (!timestamp) return refused('timestamp_missing');
  const signature = signaturePattern.exec(header)?.[1] ?? '';
  // Every key is tried, so that the time taken does not tell which one fitted.
  const fitting = account.hmacKeys.filter((key) =>
    isSignature(signature, signatureOf(timestamp, delivery.rawBody, key)),
  );
  if (fitting.length === 0) return refused('signature_wrong');
  if (!timestampPattern.test(timestamp)) return refused('timestamp_missing');
  const age = delivery.receivedAt - Number(timestamp) * 1000;
  if (age > toleranceMs) return refused('timestamp_too_old');
  if (age < -toleranceMs) return refused('timestamp_in_future');
  const callback = readCallback(delivery.rawBody);
  // Sandbox sends no callbacks, but shares the secret: one that names its ids says nothing about live money.
  if (!callback.ok || isForeign(callback.value.transaction_id, account.mode, account.settings)) {
    return refused('body_unreadable');
  }
  return {
    kind: 'genuine',
    eventId: eventIdOf(delivery),
    providerPayoutId: callback.value.transaction_id,
    ...statusOf(callback.value.status),
  };
}

const refused = (code: WebhookRefusal): WebhookReading => ({ kind: 'refused', code });

/** `x-pontis-event-id`; where it is missing or no token, what was said stands for it. */
function eventIdOf({ headers, rawBody }: WebhookDelivery): string {
  const id = headers['x-pontis-event-id'];
  return id && id.length <= 128 && printableToken(id, 128) === id
    ? id
    : `sha256:${createHash('sha256').update(rawBody).digest('hex')}`;
}
