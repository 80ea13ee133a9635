import { createHmac } from 'node:crypto';
import type { WebhookReading } from '../../../src/providers/provider';
import { account, now, payoutStatus, providerAnswering } from './payfield-account';

const timestamp = '2025-12-05T10:00:00.000000Z';
const body = JSON.stringify({ ...payoutStatus, status: 'success' });
const sign = (text: string, secret = 'fake-webhook-secret', encoding: 'hex' | 'base64' = 'hex'): string =>
  createHmac('sha256', secret).update(text).digest(encoding);

function read(
  changes: {
    readonly headers?: Readonly<Record<string, string | undefined>>;
    readonly rawBody?: string;
    readonly receivedAt?: number;
  },
  accountChanges: Partial<typeof account> = {},
): WebhookReading {
  const headers = { 'x-timestamp': timestamp, 'x-signature': sign(timestamp + body), ...changes.headers };
  return providerAnswering([], accountChanges).provider.readWebhook({
    headers: Object.fromEntries(
      Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
    rawBody: changes.rawBody ?? body,
    receivedAt: changes.receivedAt ?? now,
  });
}
const signed = (rawBody: string): Parameters<typeof read>[0] => ({
  rawBody,
  headers: { 'x-signature': sign(timestamp + rawBody) },
});

describe('a genuine webhook', () => {
  it('is a hint about one payout', () => {
    expect(read({})).toEqual({
      kind: 'genuine',
      eventId: 'e755ff5edf9e0f84fff744570a64bb7f25348bf3a5a85e12afd7bf133d5bc24a',
      providerPayoutId: '12345',
      key: payoutStatus.external_id,
      status: 'paid',
      providerStatus: 'success',
    });
  });

  it('may be old, because deliveries are retried for hours and no tolerance is documented', () => {
    expect(read({ receivedAt: now + 7 * 86_400_000 }).kind).toBe('genuine');
    expect(read({ receivedAt: now - 3_600_000 }).kind).toBe('genuine');
  });

  it('may be signed with the secret before a rotation, in upper case, or in base64 where the account says so', () => {
    expect(
      read({ headers: { 'x-signature': sign(timestamp + body, 'fake-webhook-secret-before') } }).kind,
    ).toBe('genuine');
    expect(read({ headers: { 'x-signature': sign(timestamp + body).toUpperCase() } }).kind).toBe('genuine');
    const base64 = { headers: { 'x-signature': sign(timestamp + body, 'fake-webhook-secret', 'base64') } };
    const settings = { ...account.settings, signatureEncoding: 'base64' } as const;
    expect(read(base64, { settings }).kind).toBe('genuine');
    expect(read(base64)).toEqual({ kind: 'refused', code: 'signature_wrong' });
    expect(read({}, { settings })).toEqual({ kind: 'refused', code: 'signature_wrong' });
  });

  it('may carry UNIX seconds', () => {
    const seconds = '1764928800';
    expect(read({ headers: { 'x-timestamp': seconds, 'x-signature': sign(seconds + body) } }).kind).toBe(
      'genuine',
    );
  });

  it('has one event id per payout, status and update, whatever else it says', () => {
    const idOf = (changes: object): string => {
      const reading = read(signed(JSON.stringify({ ...payoutStatus, ...changes })));
      return reading.kind === 'genuine' ? reading.eventId : reading.code;
    };
    expect(idOf({})).toBe(idOf({ paymentData: { a: 1 } }));
    const ids = [
      idOf({}),
      idOf({ id: 12346 }),
      idOf({ status: 'success' }),
      idOf({ updated_at: '2025-12-05T10:00:01.000000Z' }),
      idOf({ updated_at: undefined }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('may name a status nobody knows', () => {
    expect(read(signed(JSON.stringify({ ...payoutStatus, status: 'on hold' })))).toMatchObject({
      status: 'unrecognised',
      providerStatus: 'on_hold',
    });
  });
});

describe('a webhook is refused', () => {
  const other = JSON.stringify({ ...payoutStatus, status: 'failed' });
  const cases: readonly [string, Parameters<typeof read>[0], string][] = [
    ['without a signature', { headers: { 'x-signature': undefined } }, 'signature_missing'],
    ['with an empty signature', { headers: { 'x-signature': '' } }, 'signature_missing'],
    ['without a timestamp', { headers: { 'x-timestamp': undefined } }, 'timestamp_missing'],
    ['with another body', { rawBody: other }, 'signature_wrong'],
    ['with one more byte', { rawBody: `${body} ` }, 'signature_wrong'],
    [
      'with another timestamp',
      { headers: { 'x-timestamp': '2025-12-05T10:00:01.000000Z' } },
      'signature_wrong',
    ],
    [
      'with a shorter signature',
      { headers: { 'x-signature': sign(timestamp + body).slice(1) } },
      'signature_wrong',
    ],
    [
      'with a longer signature',
      { headers: { 'x-signature': `${sign(timestamp + body)}00` } },
      'signature_wrong',
    ],
    [
      'with a prefixed signature',
      { headers: { 'x-signature': `sha256=${sign(timestamp + body)}` } },
      'signature_wrong',
    ],
    [
      'signed with the secret of requests',
      { headers: { 'x-signature': sign(timestamp + body, 'fake-secret') } },
      'signature_wrong',
    ],
    [
      'signed with the API key',
      { headers: { 'x-signature': sign(timestamp + body, 'fake-api-key') } },
      'signature_wrong',
    ],
    [
      'signed with an empty secret',
      { headers: { 'x-signature': sign(timestamp + body, '') } },
      'signature_wrong',
    ],
    [
      'with letters outside ASCII as a signature',
      { headers: { 'x-signature': 'é'.repeat(32) } },
      'signature_wrong',
    ],
    [
      'whose timestamp holds a part of the body',
      { headers: { 'x-timestamp': `${timestamp}${body.slice(0, 20)}` }, rawBody: body.slice(20) },
      'timestamp_missing',
    ],
    [
      'whose body holds a part of the timestamp',
      { headers: { 'x-timestamp': timestamp.slice(0, -1) }, rawBody: `Z${body}` },
      'timestamp_missing',
    ],
    ['signed, but no JSON', signed('status=success'), 'body_unreadable'],
    ['signed, but empty', signed(''), 'body_unreadable'],
    [
      'signed, but without an id',
      signed(JSON.stringify({ ...payoutStatus, id: undefined })),
      'body_unreadable',
    ],
    [
      'signed, but without a status',
      signed(JSON.stringify({ ...payoutStatus, status: undefined })),
      'body_unreadable',
    ],
    [
      'signed, but without our key',
      signed(JSON.stringify({ ...payoutStatus, external_id: undefined })),
      'body_unreadable',
    ],
    ['signed, but about something else', signed('{"type":"payin"}'), 'body_unreadable'],
  ];

  test.each(cases)('%s', (_name, delivery, code) => {
    expect(read(delivery)).toEqual({ kind: 'refused', code });
  });

  it('always, when the account has no webhook secret', () => {
    const { webhookSecret: _, webhookSecretPrevious: __, ...credentials } = account.credentials;
    expect(read({}, { credentials })).toEqual({ kind: 'refused', code: 'signature_wrong' });
    expect(read({ headers: { 'x-signature': sign(timestamp + body, '') } }, { credentials })).toEqual({
      kind: 'refused',
      code: 'signature_wrong',
    });
  });
});
