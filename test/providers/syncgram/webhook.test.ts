import { createHmac } from 'node:crypto';
import { Secret } from '../../../src/observability/secret';
import type { WebhookDelivery } from '../../../src/providers/provider';
import { webhookSignature } from '../../../src/providers/syncgram/auth';
import { createAccount, now, webhookSecret } from './syncgram-account';
import type { AccountChanges } from './syncgram-account';

const event = {
  id: 'evt_1',
  type: 'payout.paid',
  created_at: '2023-11-15T22:13:20Z',
  data: { withdrawal_id: 'wd_1', reference: 'po_1', status: 'COMPLETED' },
};
const seconds = String(now / 1000);
const hmac = (secret: string, timestamp: string, body: string): string =>
  createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');

type Forgery = { readonly secret?: string; readonly timestamp?: string; readonly body?: unknown };
const delivery = ({
  secret = webhookSecret,
  timestamp = seconds,
  body = event,
}: Forgery = {}): WebhookDelivery => {
  const rawBody = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    headers: { 'x-bachs-timestamp': timestamp, 'x-bachs-signature': hmac(secret, timestamp, rawBody) },
    rawBody,
    receivedAt: now,
  };
};
const second = (v2: string, first: WebhookDelivery = delivery()): WebhookDelivery => ({
  ...first,
  headers: { ...first.headers, 'x-bachs-signature-v2': v2 },
});
const read = (received: WebhookDelivery, changes: AccountChanges = {}) =>
  createAccount(changes).readWebhook(received);
const refused = (code: string) => ({ kind: 'refused', code });

test('signs as the vector says', () => {
  expect(
    webhookSignature(
      new Secret('whsec_test_0123456789'),
      '1700000000',
      '{"id":"evt_1","type":"payout.paid"}',
    ),
  ).toBe('c008a9bba42413a629931b7dc510d0c6391883d9c3519bf44c0392e99a82ced7');
});

test('reads a genuine delivery', () => {
  expect(read(delivery())).toEqual({
    kind: 'genuine',
    eventId: 'evt_1',
    providerPayoutId: 'wd_1',
    key: 'po_1',
    status: 'paid',
    providerStatus: 'COMPLETED',
  });
});

test.each<[string, unknown, object]>([
  [
    'no status',
    { ...event, data: { id: 'wd_1' } },
    { providerPayoutId: 'wd_1', status: 'paid', providerStatus: 'paid' },
  ],
  ['payout.failed', { ...event, type: 'payout.failed', data: {} }, { status: 'failed' }],
  ['payout.created', { ...event, type: 'payout.created', data: {} }, { status: 'accepted' }],
  ['another event', { ...event, type: 'wallet.credited', data: {} }, { status: 'unrecognised' }],
  ['no type and no data', { id: 'evt_1' }, { status: 'unrecognised', providerStatus: 'absent' }],
  [
    'a payout inside data',
    { ...event, data: { payout: { id: 'wd_2', status: 'failed' } } },
    { providerPayoutId: 'wd_2', status: 'failed' },
  ],
  [
    'a part of a split payout',
    { ...event, data: { ...event.data, batch_total: 2 } },
    { status: 'unrecognised' },
  ],
  ['a part without a word', { ...event, data: { id: 'wd_1', batch_total: 2 } }, { status: 'unrecognised' }],
  [
    'no event id',
    { type: 'payout.paid', data: {} },
    { eventId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
  ],
  [
    'an id of the payout that is unsound',
    { ...event, data: { id: '../x', status: 'paid' } },
    { status: 'paid' },
  ],
])('reads a genuine delivery with %s', (_, body, expected) => {
  expect(read(delivery({ body }))).toMatchObject({ kind: 'genuine', ...expected });
});

test.each(['', 'null', '[]', 'evt_1', '{"id":', '{"id":"a b"}', '{"id":{}}'])(
  'refuses the signed body %j',
  (body) => {
    expect(read(delivery({ body }))).toEqual(refused('body_unreadable'));
  },
);

describe('forgeries', () => {
  test('refuses a wrong secret', () => {
    expect(read(delivery({ secret: 'whsec_other_secret' }))).toEqual(refused('signature_wrong'));
  });

  test('refuses a body or a time that was changed after signing', () => {
    const genuine = delivery();
    const rawBody = genuine.rawBody.replace('COMPLETED', 'FAILED');
    expect(read({ ...genuine, rawBody })).toEqual(refused('signature_wrong'));
    expect(read({ ...genuine, rawBody: `${genuine.rawBody} ` })).toEqual(refused('signature_wrong'));
    const headers = { ...genuine.headers, 'x-bachs-timestamp': String(Number(seconds) + 1) };
    expect(read({ ...genuine, headers })).toEqual(refused('signature_wrong'));
  });

  test.each(['0', 'x'.repeat(64), 'é'.repeat(32), hmac(webhookSecret, seconds, '')])(
    'refuses the signature %s',
    (signature) => {
      const headers = { ...delivery().headers, 'x-bachs-signature': signature };
      expect(read({ ...delivery(), headers })).toEqual(refused('signature_wrong'));
    },
  );

  test('refuses everything without a secret', () => {
    const account = createAccount();
    expect(account.readWebhook(delivery()).kind).toBe('genuine');
    expect(read(delivery({ secret: '' }), { credentials: { webhookSecret: 'whsec_another_one' } })).toEqual(
      refused('signature_wrong'),
    );
  });

  test('refuses missing headers', () => {
    const { 'x-bachs-timestamp': timestamp = '', 'x-bachs-signature': signature = '' } = delivery().headers;
    expect(read({ ...delivery(), headers: {} })).toEqual(refused('signature_missing'));
    expect(read({ ...delivery(), headers: { 'x-bachs-timestamp': timestamp } })).toEqual(
      refused('signature_missing'),
    );
    expect(read({ ...delivery(), headers: { 'x-bachs-signature': signature } })).toEqual(
      refused('timestamp_missing'),
    );
    expect(read(delivery({ timestamp: 'now' }))).toEqual(refused('timestamp_missing'));
    expect(read(delivery({ timestamp: '-1' }))).toEqual(refused('timestamp_missing'));
  });
});

describe('age', () => {
  const aged = (ageSeconds: number) => read(delivery({ timestamp: String(Number(seconds) - ageSeconds) }));

  test('accepts five minutes either way', () => {
    expect(aged(300).kind).toBe('genuine');
    expect(aged(-300).kind).toBe('genuine');
  });

  test('refuses what is older or from the future, but only when it is genuine', () => {
    expect(aged(301)).toEqual(refused('timestamp_too_old'));
    expect(aged(-301)).toEqual(refused('timestamp_in_future'));
    expect(read(delivery({ timestamp: '1', secret: 'whsec_other_secret' }))).toEqual(
      refused('signature_wrong'),
    );
  });

  test('a shorter tolerance holds', () => {
    const received = delivery({ timestamp: String(Number(seconds) - 11) });
    expect(read(received, { settings: { webhook: { toleranceMs: 10_000 } } })).toEqual(
      refused('timestamp_too_old'),
    );
  });
});

describe('the second scheme', () => {
  const good = hmac(webhookSecret, seconds, JSON.stringify(event));

  test('decides alone when it is there', () => {
    const firstBroken = delivery({ secret: 'whsec_other_secret' });
    expect(read(second(`t=${seconds},v1=${good}`, firstBroken)).kind).toBe('genuine');
    expect(
      read({ ...delivery(), headers: { 'x-bachs-signature-v2': `t=${seconds}, v1=${good}` } }).kind,
    ).toBe('genuine');
  });

  test('accepts any of several signatures while secrets rotate', () => {
    expect(read(second(`t=${seconds},v1=${'0'.repeat(64)},v1=${good}`)).kind).toBe('genuine');
  });

  test.each([
    ['a wrong signature', `t=${seconds},v1=${'0'.repeat(64)}`, 'signature_wrong'],
    ['another scheme only', `t=${seconds},v0=${good}`, 'signature_missing'],
    ['no signature', `t=${seconds}`, 'signature_missing'],
    ['no time', `v1=${good}`, 'timestamp_missing'],
    ['two times', `t=1,t=${seconds},v1=${good}`, 'timestamp_missing'],
    ['nothing', '', 'timestamp_missing'],
  ])('is never downgraded: %s', (_, v2, code) => {
    expect(read(delivery()).kind).toBe('genuine');
    expect(read(second(v2))).toEqual(refused(code));
  });

  test('is bound to its own time', () => {
    const old = String(Number(seconds) - 301);
    const signature = hmac(webhookSecret, old, JSON.stringify(event));
    expect(read(second(`t=${old},v1=${signature}`))).toEqual(refused('timestamp_too_old'));
  });
});

test('accepts the secret before a rotation while it is configured', () => {
  const old = delivery({ secret: 'whsec_old_secret' });
  expect(read(old)).toEqual(refused('signature_wrong'));
  expect(read(old, { credentials: { webhookSecretPrevious: 'whsec_old_secret' } }).kind).toBe('genuine');
});

test('accepts upper-case hex and a prefix', () => {
  const { headers } = delivery();
  const signature = headers['x-bachs-signature']?.toUpperCase() ?? '';
  for (const written of [signature, `sha256=${signature}`]) {
    expect(read({ ...delivery(), headers: { ...headers, 'x-bachs-signature': written } }).kind).toBe(
      'genuine',
    );
  }
});

test('reads the headers that the account names', () => {
  const { rawBody, headers } = delivery();
  const settings = {
    webhook: { timestampHeader: 'X-Syncgram-Timestamp', signatureHeader: 'X-Syncgram-Signature' },
  };
  const renamed = {
    'x-syncgram-timestamp': headers['x-bachs-timestamp'] ?? '',
    'x-syncgram-signature': headers['x-bachs-signature'] ?? '',
  };
  expect(read({ rawBody, headers: renamed, receivedAt: now }, { settings }).kind).toBe('genuine');
  expect(read(delivery(), { settings })).toEqual(refused('signature_missing'));
});
