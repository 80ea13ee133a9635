import { SendFailure } from '../../../src/http/sender';
import type { HttpReply } from '../../../src/http/sender';
import { createAttempt, digest, html, json, now } from './syncgram-account';
import type { AccountChanges, Answer, Sent } from './syncgram-account';

const key = `po_${digest.slice(0, 40)}`;
const minute = 60_000;
type Item = Readonly<Record<string, unknown>>;

/** An entry of the list; `age` in minutes before our first send. */
const item = (n: number, age: number, changes: Item = {}): Item => ({
  withdrawal_id: `wd_${n}`,
  reference: `other-${n}`,
  status: 'COMPLETED',
  from_amount: '125.00',
  from_currency: 'USD',
  to_currency: 'NGN',
  created_at: new Date(now - age * minute).toISOString(),
  ...changes,
});
const ours = (n: number, age: number, changes: Item = {}): Item =>
  item(n, age, { reference: key, ...changes });
/** `count` entries, newest first, ten a minute from `age` minutes on. */
const others = (count: number, age: number, firstId = 1000): Item[] =>
  Array.from({ length: count }, (_, index) => item(firstId + index, age + index / 10));

const pageOf = ({ request }: Sent): { readonly limit: number; readonly offset: number } => {
  const { searchParams } = new URL(request.url);
  return { limit: Number(searchParams.get('limit')), offset: Number(searchParams.get('offset')) };
};
/** A server that pages through `list`, which may change with each call. */
const listing = (
  list: readonly Item[] | ((call: number) => readonly Item[]),
  cap = 1000,
): ((sent: Sent) => HttpReply) => {
  let call = 0;
  return (sent) => {
    call += 1;
    const { limit, offset } = pageOf(sent);
    const items = typeof list === 'function' ? list(call) : list;
    return json(200, { data: items.slice(offset, offset + Math.min(limit, cap)) });
  };
};

const lookUp = async (answers: Answer | readonly Answer[], changes: AccountChanges = {}) => {
  const { provider, attempt, sent } = createAttempt(
    Array.isArray(answers) ? answers : [answers as Answer],
    changes,
  );
  const reply = await provider.lookUp?.({ attempt, firstSentAt: now }, {});
  if (reply === undefined) throw new Error('no look-up');
  return { reply, sent, offsets: sent.map((call) => pageOf(call).offset) };
};
const failed = { kind: 'failed', failure: { effect: 'none', code: 'unreadable_reply' } };
const nothing = { kind: 'complete', found: [] };

test('asks for a page of a hundred with the bearer token', async () => {
  const { sent } = await lookUp(listing([]));
  expect(sent[0]?.request).toEqual({
    method: 'GET',
    url: 'https://pay.example.com/api/v1/payouts?limit=100&offset=0',
    headers: { authorization: 'Bearer sk_test_fake_key', accept: 'application/json' },
  });
  expect(sent[0]?.options).toEqual({ timeoutMs: 15_000, maxReplyBytes: 1_048_576 });
});

test('finds our payout and compares what it shows', async () => {
  const { reply } = await lookUp(listing([item(1, -1), ours(2, 0), item(3, 1)]));
  expect(reply).toEqual({
    kind: 'complete',
    found: [
      {
        providerPayoutId: 'wd_2',
        status: 'paid',
        providerStatus: 'COMPLETED',
        echo: { matched: ['key', 'amount', 'currency'], unverified: ['beneficiary'], mismatched: [] },
        amounts: { source: { value: '125.00', currency: 'USD' } },
      },
    ],
  });
});

test('finds nothing when the whole list was seen', async () => {
  expect(await lookUp(listing([]))).toMatchObject({ reply: nothing, offsets: [0] });
  expect(await lookUp(listing([item(1, 0)]))).toMatchObject({ reply: nothing, offsets: [0, 1] });
  expect(await lookUp(listing([item(1, 0), item(2, 1), item(3, 2)]))).toMatchObject({
    reply: nothing,
    offsets: [0, 2],
  });
});

test('reports another amount, currency or account under our reference as a mismatch', async () => {
  const { reply } = await lookUp(
    listing([ours(1, 0, { from_amount: '125.01', to_currency: 'GHS', account_number: '9' })]),
  );
  expect(reply).toMatchObject({ found: [{ echo: { mismatched: ['amount', 'currency', 'beneficiary'] } }] });
});

test('returns every payout that carries our reference', async () => {
  const { reply } = await lookUp(listing([ours(1, 0), ...others(150, 0), ours(2, 5)]));
  expect(reply).toMatchObject({ found: [{ providerPayoutId: 'wd_1' }, { providerPayoutId: 'wd_2' }] });
});

test('returns every part of a split payout, and takes none for paid', async () => {
  const part = (n: number) => ours(n, 0, { parent_withdrawal_id: 'wd_0', batch_index: n, batch_total: 2 });
  const { reply } = await lookUp(listing([part(1), part(2)]));
  expect(reply).toMatchObject({
    found: [
      { providerPayoutId: 'wd_1', status: 'unrecognised', providerStatus: 'split:COMPLETED' },
      { providerPayoutId: 'wd_2', status: 'unrecognised', providerStatus: 'split:COMPLETED' },
    ],
  });
});

test('finds a payout by its key where the list shows no reference', async () => {
  const { reply } = await lookUp(listing([ours(1, 0, { reference: undefined, idempotency_key: key })]));
  expect(reply).toMatchObject({
    found: [{ providerPayoutId: 'wd_1', echo: { matched: ['key', 'amount', 'currency'] } }],
  });
});

describe('where the scan ends', () => {
  test('ends at the first page that reaches behind the window', async () => {
    const { reply, offsets } = await lookUp(listing([...others(95, 0), ...others(500, 11.1, 5000)]));
    expect(reply).toEqual(nothing);
    expect(offsets).toEqual([0]);
  });

  test('finds a payout that the provider dates ten minutes before our first send', async () => {
    const { reply } = await lookUp(listing([...others(95, 0), ours(1, 9.9), ...others(500, 11.1, 5000)]));
    expect(reply).toMatchObject({ found: [{ providerPayoutId: 'wd_1' }] });
  });

  test('goes on while the window is not left, with overlapping pages', async () => {
    const { reply, offsets } = await lookUp(listing([...others(250, -20), ours(1, 6)]));
    expect(reply).toMatchObject({ found: [{ providerPayoutId: 'wd_1' }] });
    expect(offsets).toEqual([0, 90, 180, 241]);
  });

  test('is not ended by entries without a readable time', async () => {
    const timeless = others(100, 0).map((entry) => ({ ...entry, created_at: 'yesterday' }));
    const { reply, offsets } = await lookUp(listing([...timeless, ours(1, 0)]));
    expect(reply).toMatchObject({ found: [{ providerPayoutId: 'wd_1' }] });
    expect(offsets.length).toBeGreaterThan(1);
  });

  test('is not ended by an old entry out of order', async () => {
    const list = [item(1, 500), ...others(120, 0), ours(2, 0)];
    expect((await lookUp(listing(list))).reply).toMatchObject({ found: [{ providerPayoutId: 'wd_2' }] });
  });

  test('reads a list that is sorted oldest first to its end', async () => {
    const list = [...others(120, 30).toReversed(), ours(1, 0)];
    expect((await lookUp(listing(list))).reply).toMatchObject({ found: [{ providerPayoutId: 'wd_1' }] });
  });

  test('is not ended by a page of one time alone, which has no order', async () => {
    const list = [
      ...others(100, 60).map((entry) => ({ ...entry, created_at: '2020-01-01T00:00:00Z' })),
      ours(1, 0),
    ];
    expect((await lookUp(listing(list))).reply).toMatchObject({ found: [{ providerPayoutId: 'wd_1' }] });
  });

  test('follows a server that returns fewer entries than were asked for', async () => {
    const { reply } = await lookUp(listing([...others(70, 0), ours(1, 8)], 20));
    expect(reply).toMatchObject({ found: [{ providerPayoutId: 'wd_1' }] });
  });

  test('accepts the whole list from a server that does not page', async () => {
    const all = (count: number) => json(200, [ours(1, 0), ...others(count, 0)]);
    expect((await lookUp(all(3))).reply).toMatchObject({ found: [{ providerPayoutId: 'wd_1' }] });
    expect((await lookUp(all(150))).reply).toMatchObject({ found: [{ providerPayoutId: 'wd_1' }] });
  });

  test('fails when the same full page comes again', async () => {
    expect((await lookUp(json(200, others(100, 0)))).reply).toMatchObject(failed);
  });

  test('fails when a server that does not page may have capped what it shows', async () => {
    expect((await lookUp(json(200, others(20, 0)))).reply).toMatchObject(failed);
    expect((await lookUp(json(200, others(25, 0)))).reply).toMatchObject(failed);
  });

  test('fails in time when the pages come slowly', async () => {
    let clock = now;
    const slowly = () => (clock += 10_000);
    const { reply, sent } = await lookUp(listing(others(1000, -200)), { now: slowly });
    expect(reply).toEqual({ kind: 'failed', failure: { effect: 'none', code: 'timeout' } });
    expect(sent.length).toBeLessThan(7);
  });

  test('fails when a page is empty where it should repeat the end of the one before', async () => {
    const { reply, sent } = await lookUp([json(200, [item(1, 0), item(2, 0)]), json(200, [])]);
    expect(reply).toMatchObject(failed);
    expect(sent).toHaveLength(2);
  });

  test('fails when the list is longer than it may read', async () => {
    const { reply, sent } = await lookUp(listing(others(1000, -200)), { settings: { maxPages: 3 } });
    expect(reply).toMatchObject(failed);
    expect(sent).toHaveLength(3);
  });
});

describe('a list that changes while it is read', () => {
  const list = [...others(150, -15), ours(1, 2), ...others(100, 3, 5000)];
  /** The newest first; those of an earlier call are still there. */
  const newcomers = (count: number): Item[] =>
    Array.from({ length: count }, (_, index) => item(90_000 + count - index, -60 - (count - index) / 100));

  test.each([0, 1, 9, 30, 60])('sees ours though %d payouts are created between pages', async (created) => {
    const changing = (call: number) => [...newcomers(created * (call - 1)), ...list];
    const { reply } = await lookUp(listing(changing));
    expect(reply).toMatchObject({ found: [{ providerPayoutId: 'wd_1' }] });
  });

  test.each([90, 100, 150])(
    'fails when %d are created between pages, and says nothing false',
    async (created) => {
      const changing = (call: number) => [...newcomers(created * (call - 1)), ...list];
      expect((await lookUp(listing(changing))).reply).toMatchObject(failed);
    },
  );

  test('never says that nothing is there when entries leave by less than the overlap', async () => {
    const { reply } = await lookUp(listing((call) => list.slice(9 * (call - 1))));
    expect(reply).toMatchObject({ found: [{ providerPayoutId: 'wd_1' }] });
  });

  test.each([10, 60, 99, 240])('fails when %d entries leave and open a gap', async (left) => {
    expect((await lookUp(listing((call) => list.slice(call === 1 ? 0 : left)))).reply).toMatchObject(failed);
  });

  test('takes the later reading of a payout that it sees twice', async () => {
    const status = (call: number) => (call === 1 ? 'PROCESSING' : 'COMPLETED');
    const changing = (call: number) => [
      ...others(95, 0),
      ours(1, 3, { status: status(call) }),
      ...others(50, 3, 5000),
    ];
    expect((await lookUp(listing(changing))).reply).toMatchObject({
      found: [{ providerPayoutId: 'wd_1', status: 'paid' }],
    });
  });
});

describe('names that the documentation leaves open', () => {
  const entry = {
    id: 'wd_1',
    reference: key,
    status: 'PENDING',
    amount: 125,
    currency: 'USD',
    createdAt: now / 1000,
  };
  test.each<[string, unknown]>([
    ['a bare array', [entry]],
    ['data', { data: [entry] }],
    ['items', { items: [entry], total: 1 }],
    ['withdrawals', { withdrawals: [entry] }],
    ['results', { results: [entry] }],
    ['payouts', { payouts: [entry] }],
    ['a list inside data', { success: true, data: { items: [entry], total: 1 } }],
    ['payout_id', [{ ...entry, id: undefined, payout_id: 'wd_1' }]],
    ['withdrawal_id beside an id', [{ ...entry, id: 7, withdrawal_id: 'wd_1' }]],
  ])('reads %s', async (_, body) => {
    const { reply } = await lookUp(json(200, body));
    expect(reply).toMatchObject({
      found: [
        { providerPayoutId: 'wd_1', status: 'accepted', echo: { matched: ['key', 'amount', 'currency'] } },
      ],
    });
  });

  test.each([
    '2023-11-15T22:13:20Z',
    '2023-11-15T22:13:20.123456Z',
    '2023-11-15 22:13:20',
    '2023-11-15T22:13:20',
    '2023-11-15T23:13:20+01:00',
    '2023-11-15T23:13:20+0100',
    1_700_086_400,
    1_700_086_400_000,
  ])('reads the time %j', async (createdAt) => {
    const shifted = others(99, -1).map((other) => ({ ...other, created_at: createdAt }));
    const old = item(1, 600);
    // Only readable times let the scan end with its first page.
    expect((await lookUp(listing([...shifted, old, ours(2, 0)]))).offsets).toEqual([0]);
  });

  test.each(['0123', 'Wed, 15 Nov 2023', '2023-13-45T00:00:00Z', true, {}, null, ''])(
    'takes %j for no time',
    async (createdAt) => {
      const timeless = others(100, 0).map((other) => ({ ...other, created_at: createdAt }));
      const { reply } = await lookUp(listing([...timeless, ours(2, 0)]));
      expect(reply).toMatchObject({ found: [{ providerPayoutId: 'wd_2' }] });
    },
  );

  test('reads an empty list that is written as null with a total of zero', async () => {
    expect((await lookUp(json(200, { data: null, total: 0 }))).reply).toEqual(nothing);
  });
});

describe('what proves nothing', () => {
  test.each<[string, Answer]>([
    ['no JSON', html(200)],
    ['half a JSON text', { status: 200, headers: {}, body: '{"data":[' }],
    ['no list', json(200, { success: false })],
    ['null', json(200, { data: null })],
    ['an error', json(200, { error: { code: 'X' } })],
    ['an entry without id', json(200, [item(1, 0, { withdrawal_id: undefined })])],
    ['an entry with a bad id', json(200, [item(1, 0, { withdrawal_id: '../x' })])],
    ['an entry that is a text', json(200, [item(1, 0), 'wd_2'])],
    ['an entry that is null', json(200, [null])],
  ])('fails for a page with %s', async (_, answer) => {
    expect((await lookUp(answer)).reply).toMatchObject(failed);
  });

  test('fails when a later page is unreadable, whatever was found before', async () => {
    const first = json(200, [ours(1, 0), ...others(99, 0)]);
    expect((await lookUp([first, html(200)])).reply).toMatchObject(failed);
  });

  test('fails when an entry in the window has no reference and could be ours', async () => {
    expect((await lookUp(listing([item(1, 0, { reference: null })]))).reply).toMatchObject(failed);
    expect((await lookUp(listing([item(1, 0, { reference: '', created_at: null })]))).reply).toMatchObject(
      failed,
    );
  });

  test('passes over one without reference that cannot be ours', async () => {
    const nameless = { reference: null };
    expect((await lookUp(listing([item(1, 0, { ...nameless, from_amount: '1.00' })]))).reply).toEqual(
      nothing,
    );
    expect((await lookUp(listing([item(1, 11, nameless)]))).reply).toEqual(nothing);
    expect((await lookUp(listing([item(1, 0, nameless), ours(2, 0)]))).reply).toMatchObject({
      found: [{ providerPayoutId: 'wd_2' }],
    });
  });

  test.each<[string, Answer, object]>([
    ['401', json(401, { error_code: 'UNAUTHORIZED' }), { code: 'credentials_refused', httpStatus: 401 }],
    ['403', json(403, {}), { code: 'account_suspended' }],
    ['404 on every path', html(404), { code: 'misconfigured', httpStatus: 404 }],
    ['405', html(405), { code: 'misconfigured' }],
    ['429', json(429, {}, { 'retry-after': '3' }), { code: 'rate_limited', retryAfterMs: 3_000 }],
    ['500', json(500, {}), { code: 'server_error' }],
    ['a redirect', { status: 301, headers: {}, body: '' }, { code: 'unreadable_reply' }],
    ['a timeout', new SendFailure('timeout', true), { code: 'timeout' }],
    ['a page too large', new SendFailure('reply_too_large', true), { code: 'unreadable_reply' }],
    ['no connection', new SendFailure('not_reachable', false), { code: 'not_reachable' }],
  ])('fails after %s, without effect', async (_, answer, failure) => {
    expect((await lookUp(answer)).reply).toMatchObject({
      kind: 'failed',
      failure: { effect: 'none', ...failure },
    });
  });
});

test('tries the next path where one is not served, and stays with it', async () => {
  const serve = listing([...others(120, 0), ours(1, 12)]);
  const { reply, sent } = await lookUp((call) =>
    call.request.url.includes('/payouts/withdrawals') ? serve(call) : html(404),
  );
  expect(reply).toMatchObject({ found: [{ providerPayoutId: 'wd_1' }] });
  expect(sent.map(({ request }) => new URL(request.url).pathname)).toEqual([
    '/api/v1/payouts',
    ...Array<string>(2).fill('/api/v1/payouts/withdrawals'),
  ]);
});

test('searches as far back and in pages as large as the account says', async () => {
  const settings = { scanSkewMs: 60 * minute, pageSize: 20, paths: { list: '/v1/payouts' } };
  const { reply, sent } = await lookUp(listing([...others(30, 20), ours(1, 55), ...others(50, 61, 5000)]), {
    settings,
  });
  expect(reply).toMatchObject({ found: [{ providerPayoutId: 'wd_1' }] });
  expect(sent[0]?.request.url).toBe('https://pay.example.com/v1/payouts?limit=20&offset=0');
});
