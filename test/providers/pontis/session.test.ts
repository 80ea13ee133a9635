import { SendFailure } from '../../../src/http/sender';
import type { HttpReply } from '../../../src/http/sender';
import { accepted, attempt, fakePontis, json, loggedIn, refusal, transactionId } from './pontis-account';

const minute = 60_000;
const bounded = (headers: Readonly<Record<string, string>> = {}): HttpReply =>
  refusal(429, 'rate_limited', headers);

/** A reply that comes when told to. */
function late(): {
  readonly answer: () => Promise<HttpReply>;
  readonly come: (reply: HttpReply) => void;
} {
  let come: (reply: HttpReply) => void = () => undefined;
  const reply = new Promise<HttpReply>((resolve) => {
    come = resolve;
  });
  return { answer: () => reply, come: (given) => come(given) };
}
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the token', () => {
  it('is shared by all sends, of which the first logs in', async () => {
    const pontis = fakePontis({ submit: [accepted()], status: [json(200, { status: 'pending' })] });
    await Promise.all([
      ...Array.from({ length: 50 }, () => pontis.provider.submit(attempt, {})),
      pontis.provider.readStatus({ attempt, providerPayoutId: transactionId }, {}),
    ]);
    expect(pontis.of('login')).toHaveLength(1);
    expect(pontis.of('submit')).toHaveLength(50);
  });

  test.each([
    [900, 12 * minute],
    [600, 8 * minute],
    ['900', 12 * minute],
    [undefined, 12 * minute],
    [0, 12 * minute],
    [-5, 12 * minute],
    ['soon', 12 * minute],
    [1e12, 12 * minute],
  ])('that lives %j s is replaced after %d ms', async (expiresIn, refreshedAt) => {
    const pontis = fakePontis({
      login: [loggedIn('jwt-1', expiresIn), loggedIn('jwt-2')],
      submit: [accepted()],
    });
    const start = pontis.clock.now;
    for (const after of [0, refreshedAt - 1, refreshedAt]) {
      pontis.clock.now = start + after;
      await pontis.provider.submit(attempt, {});
    }
    expect(pontis.of('submit').map(({ token }) => token)).toEqual(['jwt-1', 'jwt-1', 'jwt-2']);
    expect(pontis.of('login')).toHaveLength(2);
  });

  it('is used to its end when its replacement cannot be had', async () => {
    const pontis = fakePontis({ login: [loggedIn('jwt-1'), bounded()], submit: [accepted()] });
    const start = pontis.clock.now;
    const kinds: string[] = [];
    for (const after of [0, 13 * minute, 15 * minute]) {
      pontis.clock.now = start + after;
      kinds.push((await pontis.provider.submit(attempt, {})).kind);
    }
    expect(kinds).toEqual(['accepted', 'accepted', 'failed']);
    expect(pontis.of('submit').map(({ token }) => token)).toEqual(['jwt-1', 'jwt-1']);
  });

  it('is not believed when the clock was set back', async () => {
    const pontis = fakePontis({ submit: [accepted()] });
    await pontis.provider.submit(attempt, {});
    pontis.clock.now -= minute;
    await pontis.provider.submit(attempt, {});
    expect(pontis.of('login')).toHaveLength(2);
  });

  it('is awaited by others when the send that began the login is aborted', async () => {
    const login = late();
    const pontis = fakePontis({ login: [login.answer], submit: [accepted()] });
    const controller = new AbortController();
    const first = pontis.provider.submit(attempt, { signal: controller.signal });
    const second = pontis.provider.submit(attempt, { signal: new AbortController().signal });
    await settle();
    controller.abort();
    expect(await first).toEqual({ kind: 'failed', failure: { effect: 'none', code: 'not_sent' } });
    login.come(loggedIn());
    expect(await second).toMatchObject({ kind: 'accepted' });
    expect(pontis.seen.map(({ operation }) => operation)).toEqual(['login', 'submit']);
    expect(pontis.of('login')[0]?.options.signal).toBeUndefined();
  });

  it('is not asked for when the send is aborted already', async () => {
    const pontis = fakePontis({ submit: [accepted()] });
    expect(await pontis.provider.submit(attempt, { signal: AbortSignal.abort() })).toEqual({
      kind: 'failed',
      failure: { effect: 'none', code: 'not_sent' },
    });
    expect(pontis.seen).toEqual([]);
  });
});

describe('a failed login', () => {
  const unreadable = { effect: 'none', code: 'not_reachable' };
  test.each([
    ['401', refusal(401, 'unauthorized'), 'credentials_refused'],
    ['401 invalid_signature', refusal(401, 'invalid_signature'), 'credentials_refused'],
    ['403', refusal(403, 'account_suspended'), 'account_suspended'],
    ['403 address', refusal(403, 'ip_not_allowed'), 'credentials_refused'],
    ['429', bounded(), 'rate_limited'],
    ['500', refusal(500, 'internal_error'), 'misconfigured'],
    ['502', json(502, '<html>'), 'not_reachable'],
    ['404', json(404, '<html>'), 'not_reachable'],
  ])('%s means that nothing was sent', async (_, reply, code) => {
    const pontis = fakePontis({ login: [reply], submit: [accepted()] });
    expect(await pontis.provider.submit(attempt, {})).toEqual({
      kind: 'failed',
      failure: expect.objectContaining({ effect: 'none', code, httpStatus: reply.status }) as unknown,
    });
    expect(pontis.of('submit')).toEqual([]);
  });

  test.each([
    ['timeout', true],
    ['connection_lost', true],
    ['reply_too_large', true],
    ['not_reachable', false],
    ['tls_refused', false],
  ] as const)('%s means that nothing was sent', async (code, written) => {
    const pontis = fakePontis({ login: [new SendFailure(code, written)], submit: [accepted()] });
    expect(await pontis.provider.submit(attempt, {})).toEqual({ kind: 'failed', failure: unreadable });
  });

  test.each([
    ['no JSON', 'ok'],
    ['no token', { ok: true, data: { expires_in: 900 } }],
    ['an empty token', { ok: true, data: { access_token: '' } }],
    ['a token that breaks the header', { ok: true, data: { access_token: 'a\r\nx-evil: 1' } }],
    ['a token that is a number', { ok: true, data: { access_token: 7 } }],
    ['ok false', { ok: false, data: { access_token: 'jwt' } }],
  ])('by a success with %s means that nothing was sent', async (_, body) => {
    const pontis = fakePontis({ login: [json(200, body)], submit: [accepted()] });
    expect(await pontis.provider.submit(attempt, {})).toEqual({
      kind: 'failed',
      failure: { ...unreadable, httpStatus: 200 },
    });
  });

  it('is read flat as well', async () => {
    const login = json(200, { access_token: 'jwt-flat', expires_in: 900 });
    const pontis = fakePontis({ login: [login], submit: [accepted()] });
    await pontis.provider.submit(attempt, {});
    expect(pontis.of('submit')[0]?.token).toBe('jwt-flat');
  });

  it('is shared by all that waited for it', async () => {
    const pontis = fakePontis({ login: [refusal(401, 'unauthorized')], submit: [accepted()] });
    const replies = await Promise.all(Array.from({ length: 10 }, () => pontis.provider.submit(attempt, {})));
    expect(replies.every(({ kind }) => kind === 'failed')).toBe(true);
    expect(pontis.of('login')).toHaveLength(1);
  });

  it('is repeated at once the first time, then after growing pauses', async () => {
    const pontis = fakePontis({ login: [bounded()], submit: [accepted()] });
    const logins: number[] = [];
    for (let second = 0; second <= 8; second += 1) {
      await pontis.provider.submit(attempt, {});
      logins.push(pontis.of('login').length);
      pontis.clock.now += 1000;
    }
    // Refusals at 0, 1, 2, 4 and 8 s.
    expect(logins).toEqual([1, 2, 3, 3, 4, 4, 4, 4, 5]);
  });

  it('tells during a pause what the last one said, and how long to wait', async () => {
    const pontis = fakePontis({
      login: [bounded({ 'retry-after': '30' }), loggedIn()],
      submit: [accepted()],
    });
    await pontis.provider.submit(attempt, {});
    pontis.clock.now += 10_000;
    expect(await pontis.provider.submit(attempt, {})).toMatchObject({
      failure: { effect: 'none', code: 'rate_limited', retryAfterMs: 20_000 },
    });
    expect(pontis.of('login')).toHaveLength(1);
    pontis.clock.now += 20_000;
    expect(await pontis.provider.submit(attempt, {})).toMatchObject({ kind: 'accepted' });
  });

  it('pauses for at most fifteen minutes, also when the clock is set back', async () => {
    const pontis = fakePontis({
      login: [bounded({ 'retry-after': '86400' }), bounded({ 'retry-after': '86400' }), loggedIn()],
      submit: [accepted()],
    });
    await pontis.provider.submit(attempt, {});
    pontis.clock.now += 15 * minute;
    await pontis.provider.submit(attempt, {});
    expect(pontis.of('login')).toHaveLength(2);
    pontis.clock.now -= minute;
    expect(await pontis.provider.submit(attempt, {})).toMatchObject({ kind: 'accepted' });
  });

  it('is not paused after a network failure', async () => {
    const pontis = fakePontis({
      login: [new SendFailure('timeout', true), new SendFailure('not_reachable', false), loggedIn()],
      submit: [accepted()],
    });
    await pontis.provider.submit(attempt, {});
    await pontis.provider.submit(attempt, {});
    expect(await pontis.provider.submit(attempt, {})).toMatchObject({ kind: 'accepted' });
  });

  it('is not repeated by a wrong password, unless the clock differs', async () => {
    const pontis = fakePontis({ login: [refusal(401, 'unauthorized')], submit: [accepted()] });
    await pontis.provider.submit(attempt, {});
    expect(pontis.of('login')).toHaveLength(1);
  });
});
