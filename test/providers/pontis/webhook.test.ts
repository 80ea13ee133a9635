import { createHash, createHmac } from 'node:crypto';
import { Secret } from '../../../src/observability/secret';
import type { WebhookReading } from '../../../src/providers/provider';
import {
  accountOf,
  fakePontis,
  hmacKey,
  previousHmacKey,
  sandboxId,
  startOf2025,
  transactionId,
} from './pontis-account';

const live = { mode: 'live' as const, baseUrl: 'https://api.pontisglobe.com' };
const { provider } = fakePontis({}, live);
const rotating = fakePontis(
  {},
  {
    ...live,
    credentials: {
      ...accountOf().credentials,
      hmacSecretPrevious: new Secret(previousHmacKey.toString('base64url')),
    },
  },
).provider;
const body = `{"transaction_id":"${transactionId}","status":"completed","status_message":null}`;
const now = String(startOf2025 / 1000);

const sign = (timestamp: string, rawBody: string, key = hmacKey): string =>
  `sha256=${createHmac('sha256', key).update(`${timestamp}.${rawBody}`).digest('hex')}`;

function deliver(
  changes: Readonly<Record<string, string | undefined>> = {},
  { rawBody = body, timestamp = now, key = hmacKey, to = provider } = {},
): WebhookReading {
  const headers = {
    'x-pontis-timestamp': timestamp,
    'x-pontis-signature': sign(timestamp, rawBody, key),
    'x-pontis-event-id': 'evt-1',
    ...changes,
  };
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return to.readWebhook({ headers: Object.fromEntries(given), rawBody, receivedAt: startOf2025 });
}

describe('a genuine callback', () => {
  it('equals the vector byte for byte', () => {
    expect(sign('1735689600', body)).toBe(
      'sha256=a5602ce07ce60c0f427cedc11f41e095af061b9fd638a98193c0a34bfb947f9e',
    );
  });

  it('names the transaction and its status', () => {
    expect(deliver()).toEqual({
      kind: 'genuine',
      eventId: 'evt-1',
      providerPayoutId: transactionId,
      status: 'paid',
      providerStatus: 'completed',
    });
  });

  test.each([
    ['failed', 'failed'],
    ['rejected', 'rejected'],
    ['reversed', 'returned'],
    ['canceled', 'cancelled'],
    ['blocked', 'unrecognised'],
  ])('%s is %s', (word, status) => {
    expect(deliver({}, { rawBody: body.replace('completed', word) })).toMatchObject({ status });
  });

  it('may be 5 minutes old or ahead', () => {
    for (const seconds of [-300, 300]) {
      const timestamp = String(startOf2025 / 1000 + seconds);
      expect(deliver({}, { timestamp })).toMatchObject({ kind: 'genuine' });
    }
  });

  it('may be signed with the secret before a rotation', () => {
    expect(deliver({}, { key: previousHmacKey, to: rotating })).toMatchObject({ kind: 'genuine' });
    expect(deliver({}, { key: hmacKey, to: rotating })).toMatchObject({ kind: 'genuine' });
  });

  it('may be signed in capitals', () => {
    const signature = sign(now, body).replace('sha256=', '').toUpperCase();
    expect(deliver({ 'x-pontis-signature': `sha256=${signature}` })).toMatchObject({ kind: 'genuine' });
  });

  it('has a hash for an id where it brings none that is usable', () => {
    const eventId = `sha256:${createHash('sha256').update(body).digest('hex')}`;
    for (const id of [undefined, '', 'has space', 'x'.repeat(129), 'ünicode']) {
      expect(deliver({ 'x-pontis-event-id': id })).toMatchObject({ eventId });
    }
  });
});

describe('a callback that is refused', () => {
  const signed = sign(now, body);
  const cases: readonly [string, WebhookReading, string][] = [
    ['without a signature', deliver({ 'x-pontis-signature': undefined }), 'signature_missing'],
    ['with an empty signature', deliver({ 'x-pontis-signature': '' }), 'signature_missing'],
    ['without a timestamp', deliver({ 'x-pontis-timestamp': undefined }), 'timestamp_missing'],
    ['with an empty timestamp', deliver({ 'x-pontis-timestamp': '' }), 'timestamp_missing'],
    ['with a signed timestamp that is none', deliver({}, { timestamp: 'now' }), 'timestamp_missing'],
    ['with a signed negative timestamp', deliver({}, { timestamp: '-1' }), 'timestamp_missing'],
    ['without the prefix', deliver({ 'x-pontis-signature': signed.slice(7) }), 'signature_wrong'],
    ['with another hash', deliver({ 'x-pontis-signature': signed.replace('256', '512') }), 'signature_wrong'],
    ['with half a signature', deliver({ 'x-pontis-signature': signed.slice(0, 40) }), 'signature_wrong'],
    ['with two signatures', deliver({ 'x-pontis-signature': `${signed},${signed}` }), 'signature_wrong'],
    [
      'with a forged signature',
      deliver({ 'x-pontis-signature': `sha256=${'0'.repeat(64)}` }),
      'signature_wrong',
    ],
    ['with a wrong secret', deliver({}, { key: previousHmacKey }), 'signature_wrong'],
    ['with a third secret', deliver({}, { key: Buffer.alloc(32), to: rotating }), 'signature_wrong'],
    [
      'with the secret as text',
      deliver({}, { key: Buffer.from(hmacKey.toString('base64url')) }),
      'signature_wrong',
    ],
    [
      'with a changed body',
      deliver({ 'x-pontis-signature': signed }, { rawBody: body.replace('completed', 'reversed') }),
      'signature_wrong',
    ],
    [
      'with a space more',
      deliver({ 'x-pontis-signature': signed }, { rawBody: `${body} ` }),
      'signature_wrong',
    ],
    [
      'with a changed timestamp',
      deliver({ 'x-pontis-signature': signed }, { timestamp: String(startOf2025 / 1000 + 1) }),
      'signature_wrong',
    ],
    ['that is old', deliver({}, { timestamp: String(startOf2025 / 1000 - 301) }), 'timestamp_too_old'],
    ['from the future', deliver({}, { timestamp: String(startOf2025 / 1000 + 301) }), 'timestamp_in_future'],
    ['with a signed body that is no JSON', deliver({}, { rawBody: 'completed' }), 'body_unreadable'],
    ['without an id', deliver({}, { rawBody: '{"status":"completed"}' }), 'body_unreadable'],
    [
      'without a status',
      deliver({}, { rawBody: `{"transaction_id":"${transactionId}"}` }),
      'body_unreadable',
    ],
    [
      'with an id that is no token',
      deliver({}, { rawBody: body.replace('029b', '0 9b') }),
      'body_unreadable',
    ],
    [
      'about the sandbox in live mode',
      deliver({}, { rawBody: body.replace(transactionId, sandboxId) }),
      'body_unreadable',
    ],
  ];
  test.each(cases)('%s', (_, reading, code) => {
    expect(reading).toEqual({ kind: 'refused', code });
  });
});
