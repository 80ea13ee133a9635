import { createHash } from 'node:crypto';
import type { WebhookDelivery, WebhookReading, WebhookRefusal } from '../provider';
import { isSignature, signatureOf } from './auth';
import type { SignatureEncoding } from './auth';
import { statusOf } from './mapping';
import { readPayout } from './wire';

/**
 * ISO-8601 as documented, or UNIX seconds as in requests. Strict, because timestamp and body are signed without a
 * separator: a lax one would let characters move between the two.
 */
const timestampPattern = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})|\d{9,12})$/;

/**
 * Verifies and reads a webhook (2.3 Webhooks): `X-Signature` is the HMAC-SHA256 of `X-Timestamp` and the raw body under
 * the webhook secret. No tolerance of age is documented and deliveries are retried for hours, so a signed webhook is not
 * refused for its age; it is a hint that leads to a read, never more. Without secrets nothing is genuine.
 */
export function readPayfieldWebhook(
  { headers, rawBody }: WebhookDelivery,
  account: { readonly webhookSecrets: readonly string[]; readonly signatureEncoding: SignatureEncoding },
): WebhookReading {
  const signature = headers['x-signature'];
  const timestamp = headers['x-timestamp'];
  if (!signature) return refused('signature_missing');
  if (!timestamp || !timestampPattern.test(timestamp)) return refused('timestamp_missing');
  const { webhookSecrets, signatureEncoding } = account;
  // Every secret is tried, so that the time taken does not tell which one fitted.
  const fitting = webhookSecrets.filter((secret) =>
    isSignature(signature, signatureOf(timestamp, rawBody, secret, signatureEncoding), signatureEncoding),
  );
  if (fitting.length === 0) return refused('signature_wrong');
  const payout = readPayout({ body: rawBody });
  if (!payout.ok) return refused('body_unreadable');
  const { id, status, external_id: key, updated_at: updatedAt } = payout.value;
  if (!key) return refused('body_unreadable');
  return {
    kind: 'genuine',
    // Payfield sends no event id; there is one request per change of status.
    eventId: createHash('sha256')
      .update(JSON.stringify([id, status, updatedAt ?? '']))
      .digest('hex'),
    providerPayoutId: id,
    key,
    ...statusOf(status),
  };
}

const refused = (code: WebhookRefusal): WebhookReading => ({ kind: 'refused', code });
