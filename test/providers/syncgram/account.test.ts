import { UnsafeSettingError } from '../../../src/providers/account-settings';
import { syncgramCredentials, syncgramSettingsSchema } from '../../../src/providers/syncgram/config';
import { joinUrl } from '../../../src/providers/syncgram/client';
import { createAccount, digest, json, now, request } from './syncgram-account';

const minute = 60_000;
const live = { mode: 'live', baseUrl: 'https://api.syncgrampay.com' } as const;
const liveKey = { apiKey: 'sk_live_fake_key' };

test('is a working account without any settings', () => {
  expect(syncgramSettingsSchema.parse({})).toEqual({
    paths: {
      submit: '/api/v1/payouts/withdrawals',
      quote: '/api/v1/payouts/quotes',
      status: ['/api/v1/payouts/{id}', '/api/v1/payouts/withdrawals/{id}'],
      list: ['/api/v1/payouts', '/api/v1/payouts/withdrawals'],
    },
    amountFormat: 'string',
    quotes: 'cross-currency',
    descriptionLength: 255,
    walletOperators: [],
    idempotencyHeader: true,
    scanSkewMs: 600_000,
    pageSize: 100,
    maxPages: 50,
    webhook: {
      timestampHeader: 'x-bachs-timestamp',
      signatureHeader: 'x-bachs-signature',
      signatureV2Header: 'x-bachs-signature-v2',
      toleranceMs: 300_000,
    },
  });
});

test.each([
  { unknown: 1 },
  { paths: { submit: 'api/v1/payouts' } },
  { paths: { submit: '/api/../admin' } },
  { paths: { list: '/payouts?reference=x' } },
  { paths: { list: [] } },
  { paths: { status: '/api/v1/payouts' } },
  { amountFormat: 'float' },
  { quotes: 'sometimes' },
  { defaultEmail: 'nobody' },
  { sourceCurrency: 'usd' },
  { pageSize: 1 },
  { scanSkewMs: -1 },
  { webhook: { toleranceMs: 300_001 } },
  { webhook: { signatureHeader: 'x signature' } },
])('refuses the settings %j', (settings) => {
  expect(syncgramSettingsSchema.safeParse(settings).success).toBe(false);
});

test('promises what the pages promise, with half of the key memory kept in reserve', () => {
  const { contract, submitTimeoutMs } = createAccount();
  expect(contract).toEqual({
    replay: { windowMs: 15 * minute, afterEmptyLookUps: 1, verifyByLookUp: true },
    lookUp: { kind: 'scan', graceMs: 5_000, absence: null },
    refusalsRemembered: true,
    recoveryPlanMs: [5_000, 10_000, 30_000, minute, 2 * minute, 5 * minute, 15 * minute, 60 * minute],
    personAfterMs: 30 * minute,
    echoes: { submit: [], lookUp: ['key', 'amount', 'currency'], status: ['key', 'amount', 'currency'] },
    returns: { reported: false, watchMs: 0 },
    unpaid: { settleMs: minute, watchMs: 24 * 60 * minute },
  });
  expect(submitTimeoutMs).toBe(30_000);
});

/** Every request takes as long as it may, and the list never ends. */
function slowest(changes: { readonly readTimeoutMs?: number; readonly paths?: object }) {
  let clock = now;
  let pages = 0;
  const provider = createAccount({
    common: changes.readTimeoutMs === undefined ? {} : { readTimeoutMs: changes.readTimeoutMs },
    settings: { paths: changes.paths ?? {} },
    now: () => clock,
    send: async ({ url }, { timeoutMs }) => {
      clock += timeoutMs;
      const path = new URL(url).pathname;
      if (path === '/nowhere' || path.startsWith('/nowhere/')) return json(404, {});
      // Each page repeats the last entry of the one before.
      pages += 1;
      const entry = (id: number) => ({ withdrawal_id: `wd_${id}`, reference: `r-${id}` });
      return json(200, { data: [entry(pages - 1), entry(pages)], total: 1000 });
    },
  });
  return { provider, elapsedMs: () => clock - now };
}

test.each([
  ['as it stands', {}],
  ['that may take a minute', { readTimeoutMs: 60_000 }],
  [
    'with four paths',
    {
      readTimeoutMs: 60_000,
      paths: { status: ['/nowhere/{id}', '/nowhere/a/{id}', '/nowhere/b/{id}', '/nowhere/c/{id}'] },
    },
  ],
  ['with a list behind another path', { paths: { list: ['/nowhere', '/api/v1/payouts'] } }],
])('says how long its calls can take, by its configuration: %s', async (_what, changes) => {
  const attempt = { key: 'k', body: createAccount().freezeBody({ request, key: 'k' }) };
  const { quoteMs, statusMs, lookUpMs } = slowest(changes).provider.timeLimits;
  expect(quoteMs).toBe('readTimeoutMs' in changes ? 60_000 : 15_000);

  const reading = slowest(changes);
  await reading.provider.readStatus({ attempt, providerPayoutId: 'wd_1' }, {});
  expect(reading.elapsedMs()).toBeLessThanOrEqual(statusMs);

  const looking = slowest(changes);
  await looking.provider.lookUp?.({ attempt, firstSentAt: now }, {});
  expect(looking.elapsedMs()).toBeLessThanOrEqual(lookUpMs);
  // Some pages at least are read, however long each takes.
  expect(looking.elapsedMs()).toBeGreaterThanOrEqual(3 * quoteMs);
});

test('lets an account be more cautious, and never less', () => {
  const account = (replayWindowMs: number) => createAccount({ common: { contract: { replayWindowMs } } });
  expect(account(minute).contract.replay.windowMs).toBe(minute);
  expect(() => account(15 * minute + 1)).toThrow(UnsafeSettingError);
});

test('shapes keys as printable text of 43 characters', () => {
  expect(createAccount().formatKey(digest)).toBe('po_ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12');
  expect(createAccount().formatKey('a'.repeat(64))).toBe(`po_${'a'.repeat(40)}`);
});

test.each(['', 'ab12', 'g'.repeat(64), 'A'.repeat(64), 'a'.repeat(65)])('makes no key of %j', (text) => {
  expect(() => createAccount().formatKey(text)).toThrow('digest');
});

describe('mode', () => {
  test.each([
    ['a live account', { basics: live, credentials: liveKey }],
    ['a token that tells no mode', { basics: live, credentials: { apiKey: 'eyJhbGciOi.J9.x' } }],
    [
      'a live account on loopback',
      { basics: { ...live, baseUrl: 'http://127.0.0.1:9' }, credentials: liveKey },
    ],
    ['a sandbox anywhere', { basics: { baseUrl: 'http://syncgram:8080/' } }],
    [
      'the successor’s sandbox',
      { basics: { baseUrl: 'https://sandbox-api.bachs.io' }, credentials: { apiKey: 'sk_sandbox_x' } },
    ],
  ])('accepts %s', (_, changes) => {
    expect(createAccount(changes).provider).toBe('syncgram');
  });

  test.each([
    ['a test key in a live account', { basics: live }],
    ['a sandbox key in a live account', { basics: live, credentials: { apiKey: 'sk_sandbox_x' } }],
    ['a live key in a sandbox account', { credentials: liveKey }],
    [
      'plain HTTP in a live account',
      { basics: { ...live, baseUrl: 'http://api.syncgrampay.com' }, credentials: liveKey },
    ],
    [
      'a host that only looks like loopback',
      { basics: { ...live, baseUrl: 'http://127.0.0.1.example.com' }, credentials: liveKey },
    ],
    [
      'the sandbox host in a live account',
      { basics: { ...live, baseUrl: 'https://sandbox-api.bachs.io' }, credentials: liveKey },
    ],
    ['the live host in a sandbox account', { basics: { baseUrl: 'https://api.bachs.io/' } }],
    ['no URL', { basics: { baseUrl: 'pay.example.com' } }],
    ['another protocol', { basics: { baseUrl: 'ftp://pay.example.com' } }],
    ['credentials in the URL', { basics: { baseUrl: 'https://me:secret@pay.example.com' } }],
    ['a query in the URL', { basics: { baseUrl: 'https://pay.example.com/?key=secret' } }],
    [
      'a short look-up window in a live account',
      { basics: live, credentials: liveKey, settings: { scanSkewMs: 599_999 } },
    ],
  ])('refuses %s', (_, changes) => {
    expect(() => createAccount(changes)).toThrow(UnsafeSettingError);
    expect(() => createAccount(changes)).toThrow(/^(?!.*secret)/);
  });
});

test.each([
  ['https://x.example', '/api/v1/payouts', 'https://x.example/api/v1/payouts'],
  ['https://x.example/', '/api/v1/payouts', 'https://x.example/api/v1/payouts'],
  ['https://x.example/api/v1/', '/api/v1/payouts', 'https://x.example/api/v1/payouts'],
  ['https://x.example/pay', '/api/v1/payouts', 'https://x.example/pay/api/v1/payouts'],
])('joins %s and %s', (base, path, url) => {
  expect(joinUrl(base, path)).toBe(url);
});

test('says why a credential cannot be used, and never quotes it', () => {
  const problem = (name: string, value: string) =>
    syncgramCredentials.find((credential) => credential.name === name)?.problem?.(value);
  expect(problem('apiKey', 'sk_test_x')).toBeUndefined();
  expect(problem('apiKey', 'sk test')).toEqual(expect.not.stringContaining('sk test'));
  expect(problem('apiKey', '')).toBeDefined();
  expect(problem('webhookSecret', '12345678')).toBeUndefined();
  expect(problem('webhookSecret', '1234567')).toEqual(expect.not.stringContaining('1234567'));
});
