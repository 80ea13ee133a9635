import { createHash } from 'node:crypto';
import type { Secret } from '../../observability/secret';
import type { WebhookDelivery, WebhookReading, WebhookRefusal } from '../provider';
import { isSameSignature, webhookSignature } from './auth';
import type { SyncgramSettings } from './config';
import { readStatusWord, statusOf } from './mapping';
import type { ReadStatus } from './mapping';
import { readEvent } from './wire';
import type { WireEvent } from './wire';

export type WebhookDeps = {
  /** The current secret and, during a rotation, the one before. None: every delivery is refused. */
  readonly secrets: readonly Secret[];
  readonly settings: SyncgramSettings['webhook'];
};

/**
 * Verifies a delivery and reads it (docs.bachs.io/webhooks/overview, successor headers). A delivery with the V2 header is
 * judged by it alone: one that fails is never tried by the older scheme. What it says is a hint; truth is read by id.
 */
export function readSyncgramWebhook(delivery: WebhookDelivery, deps: WebhookDeps): WebhookReading {
  const refusal = refusalOf(delivery, deps);
  if (refusal !== undefined) return { kind: 'refused', code: refusal };
  const event = readEvent(delivery.rawBody);
  if (event === undefined) return { kind: 'refused', code: 'body_unreadable' };
  const { payout } = event;
  const key = payout?.reference ?? payout?.idempotency_key;
  return {
    kind: 'genuine',
    eventId: event.id ?? `sha256:${createHash('sha256').update(delivery.rawBody, 'utf8').digest('hex')}`,
    ...(payout?.providerPayoutId !== undefined && { providerPayoutId: payout.providerPayoutId }),
    ...(key !== undefined && { key }),
    ...statusOfEvent(event),
  };
}

type Signed = { readonly timestamp: string; readonly signatures: readonly string[] };

function refusalOf(
  { headers, rawBody, receivedAt }: WebhookDelivery,
  deps: WebhookDeps,
): WebhookRefusal | undefined {
  const signed = readSignature(headers, deps.settings);
  if (typeof signed === 'string') return signed;
  const genuine = deps.secrets.some((secret) => {
    const expected = webhookSignature(secret, signed.timestamp, rawBody);
    return signed.signatures.some((signature) => isSameSignature(expected, signature));
  });
  if (!genuine) return 'signature_wrong';
  const ageMs = receivedAt - Number(signed.timestamp) * 1000;
  if (ageMs > deps.settings.toleranceMs) return 'timestamp_too_old';
  if (ageMs < -deps.settings.toleranceMs) return 'timestamp_in_future';
  return undefined;
}

function readSignature(
  headers: WebhookDelivery['headers'],
  settings: SyncgramSettings['webhook'],
): Signed | WebhookRefusal {
  const second = headers[settings.signatureV2Header];
  const first = headers[settings.signatureHeader];
  if (second !== undefined) return readSecondScheme(second);
  if (first === undefined || first === '') return 'signature_missing';
  const timestamp = headers[settings.timestampHeader]?.trim();
  if (timestamp === undefined || !isTimestamp(timestamp)) return 'timestamp_missing';
  return { timestamp, signatures: [first.trim().replace(/^sha256=/i, '')] };
}

/** `t=1700000000,v1=…,v1=…`: one `v1` per secret that is valid while secrets rotate. */
function readSecondScheme(header: string): Signed | WebhookRefusal {
  const pairs = header
    .slice(0, 4096)
    .split(',')
    .map((pair) => pair.trim().split('='));
  const valuesOf = (wanted: string): string[] =>
    pairs.flatMap(([name, value]) => (name === wanted && value !== undefined ? [value] : []));
  const [timestamp, ...more] = valuesOf('t');
  if (timestamp === undefined || more.length > 0 || !isTimestamp(timestamp)) return 'timestamp_missing';
  const signatures = valuesOf('v1').slice(0, 10);
  return signatures.length === 0 ? 'signature_missing' : { timestamp, signatures };
}

/** Unix seconds. */
const isTimestamp = (text: string): boolean => /^\d{1,11}$/.test(text);

/** The payout's own word where the event carries one; else the event's type (`payout.created`, `.paid`, `.failed`). */
function statusOfEvent({ type, payout }: WireEvent): ReadStatus {
  const shown = payout && statusOf(payout);
  if (shown !== undefined && (payout?.status !== undefined || shown.providerStatus.startsWith('split:')))
    return shown;
  return readStatusWord(type?.split('.').at(-1));
}
