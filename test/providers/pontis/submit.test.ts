import { SendFailure } from '../../../src/http/sender';
import type { SendFailureCode } from '../../../src/http/sender';
import type { ProviderFailure, ProviderFailureCode } from '../../../src/domain/provider-failure';
import {
  accepted,
  attempt,
  fakePontis,
  json,
  loggedIn,
  refusal,
  sandboxId,
  startOf2025,
  transactionId,
} from './pontis-account';

const unverified = ['key', 'amount', 'currency', 'beneficiary', 'account-scope'];
const failed = (failure: Partial<ProviderFailure>): object => ({
  kind: 'failed',
  failure: expect.objectContaining(failure) as unknown,
});
const live = { mode: 'live' as const, baseUrl: 'https://api.pontisglobe.com' };

describe('a submit', () => {
  it('logs in, then sends the frozen body sealed and signed', async () => {
    const pontis = fakePontis({ submit: [accepted()] });
    expect(await pontis.provider.submit(attempt, {})).toEqual({
      kind: 'accepted',
      providerPayoutId: transactionId,
      status: 'accepted',
      providerStatus: 'pending',
      echo: { matched: [], unverified, mismatched: [] },
    });
    const [login, submit] = pontis.seen;
    expect(login).toMatchObject({
      operation: 'login',
      token: undefined,
      plaintext: '{"email":"payouts@merchant.example","password":"fake-password"}',
    });
    expect(submit).toMatchObject({
      operation: 'submit',
      token: 'jwt-1',
      plaintext: attempt.body,
      timestamp: startOf2025 / 1000,
    });
    expect(submit?.request.url).toBe('https://pontis.example/api/v1/payouts/sendPayoutRequest');
    expect(submit?.options).toMatchObject({ timeoutMs: 30_000, maxReplyBytes: 262_144 });
  });

  it('sends the same plaintext under a fresh IV and time again', async () => {
    const pontis = fakePontis({ submit: [accepted()] });
    await pontis.provider.submit(attempt, {});
    pontis.clock.now += 61_000;
    await pontis.provider.submit(attempt, {});
    const [first, second] = pontis.of('submit');
    expect(second?.plaintext).toBe(first?.plaintext);
    expect(second?.request.body).not.toBe(first?.request.body);
    expect((second?.timestamp ?? 0) - (first?.timestamp ?? 0)).toBe(61);
    expect(pontis.of('login')).toHaveLength(1);
  });

  it('takes a base URL with slashes at its end', async () => {
    const pontis = fakePontis({ submit: [accepted()] }, { baseUrl: 'https://pontis.example///' });
    await pontis.provider.submit(attempt, {});
    expect(pontis.seen[1]?.request.url).toBe('https://pontis.example/api/v1/payouts/sendPayoutRequest');
  });

  test.each([
    ['201', accepted()],
    ['200 of a replay', { ...accepted(), status: 200 }],
    ['202', { ...accepted(), status: 202 }],
    ['without ok', json(201, { data: { transaction_id: transactionId, status: 'pending' } })],
    ['flat', json(200, { ok: true, transaction_id: transactionId, status: 'pending' })],
    ['flat with data null', json(200, { data: null, transaction_id: transactionId, status: 'pending' })],
    [
      'with more',
      json(201, { ok: true, data: { transaction_id: transactionId, status: 'pending', fee: 1 } }),
    ],
  ])('is accepted by a reply %s', async (_, reply) => {
    expect(await fakePontis({ submit: [reply] }).provider.submit(attempt, {})).toMatchObject({
      kind: 'accepted',
      providerPayoutId: transactionId,
      status: 'accepted',
    });
  });

  test.each([
    ['pending_approval', 'provider-approval', 'pending_approval'],
    ['completed', 'paid', 'completed'],
    ['failed', 'failed', 'failed'],
    ['on hold', 'unrecognised', 'on_hold'],
    [undefined, 'unrecognised', 'unreadable'],
    [null, 'unrecognised', 'unreadable'],
    [7, 'unrecognised', 'unreadable'],
    ['', 'unrecognised', 'unreadable'],
  ])('with an id is accepted whatever its status, %j', async (status, expected, providerStatus) => {
    const reply = json(201, { ok: true, data: { transaction_id: transactionId, status } });
    expect(await fakePontis({ submit: [reply] }).provider.submit(attempt, {})).toMatchObject({
      kind: 'accepted',
      status: expected,
      providerStatus,
    });
  });

  test.each([
    ['HTML', '<html>'],
    ['nothing', ''],
    ['cut JSON', '{"ok":true,"data":{"transaction_id":"029b'],
    ['no data', { ok: true }],
    ['empty data', { ok: true, data: {} }],
    ['data that is text', { ok: true, data: transactionId }],
    ['ok false', { ok: false, data: { transaction_id: transactionId, status: 'pending' } }],
    ['ok as text', { ok: 'true', data: { transaction_id: transactionId, status: 'pending' } }],
    ['a number as id', { ok: true, data: { transaction_id: 7, status: 'pending' } }],
    ['an empty id', { ok: true, data: { transaction_id: '', status: 'pending' } }],
    ['an id with spaces', { ok: true, data: { transaction_id: 'a b', status: 'pending' } }],
    ['a long id', { ok: true, data: { transaction_id: 'x'.repeat(129), status: 'pending' } }],
    ['an id in the prototype', '{"__proto__":{"data":{"transaction_id":"x","status":"pending"}}}'],
    ['a list', [{ transaction_id: transactionId }]],
    ['deep nesting', '['.repeat(200_000)],
  ])('with a success that holds %s is not known', async (_, body) => {
    const reply = await fakePontis({ submit: [json(201, body)] }).provider.submit(attempt, {});
    expect(reply).toEqual({
      kind: 'failed',
      failure: { effect: 'unknown', code: 'unreadable_reply', httpStatus: 201 },
    });
  });

  it('never adopts a sandbox id in live mode', async () => {
    const pontis = fakePontis({ submit: [accepted(sandboxId)] }, live);
    expect(await pontis.provider.submit(attempt, {})).toMatchObject({
      kind: 'accepted',
      echo: { mismatched: ['account-scope'] },
    });
  });

  it('adopts any id in a sandbox, unless told otherwise', async () => {
    for (const [settings, mismatched] of [
      [{}, []],
      [{ sandboxIds: 'sb-prefixed' }, ['account-scope']],
    ] as const) {
      const pontis = fakePontis({ submit: [accepted()] }, { settings });
      expect(await pontis.provider.submit(attempt, {})).toMatchObject({ echo: { mismatched } });
    }
  });
});

describe('a submit without a reply', () => {
  const cases: readonly [SendFailureCode, boolean, string, string][] = [
    ['not_reachable', false, 'none', 'not_reachable'],
    ['tls_refused', false, 'none', 'not_reachable'],
    ['forbidden', false, 'none', 'not_sent'],
    ['aborted', false, 'none', 'not_sent'],
    ['timeout', false, 'none', 'not_reachable'],
    ['timeout', true, 'unknown', 'timeout'],
    ['connection_lost', true, 'unknown', 'connection_lost'],
    ['aborted', true, 'unknown', 'interrupted'],
    ['reply_too_large', true, 'unknown', 'unreadable_reply'],
  ];
  test.each(cases)('%s, written %s: effect %s, %s', async (code, written, effect, failure) => {
    const pontis = fakePontis({ submit: [new SendFailure(code, written)] });
    expect(await pontis.provider.submit(attempt, {})).toEqual({
      kind: 'failed',
      failure: { effect, code: failure },
    });
    expect(pontis.of('submit')).toHaveLength(1);
  });
});

describe('the guard before the write', () => {
  it('is asked for the submit and not for the login', async () => {
    const pontis = fakePontis({ submit: [accepted()] });
    const asked: number[] = [];
    await pontis.provider.submit(attempt, { beforeWrite: () => asked.push(pontis.seen.length) });
    expect(asked).toEqual([1]);
    expect(pontis.of('login')[0]?.options.beforeWrite).toBeUndefined();
  });

  it('is asked again before the second try after a 401', async () => {
    const pontis = fakePontis({ submit: [refusal(401, 'jwt_expired'), accepted()] });
    let asked = 0;
    const beforeWrite = (): void => {
      asked += 1;
      if (asked === 2) throw new Error('too late');
    };
    expect(await pontis.provider.submit(attempt, { beforeWrite })).toEqual({
      kind: 'failed',
      failure: { effect: 'none', code: 'not_sent' },
    });
    expect(pontis.of('submit')).toHaveLength(1);
  });

  it('keeps a submit from being written at all', async () => {
    const pontis = fakePontis({ submit: [accepted()] });
    const beforeWrite = (): void => {
      throw new Error('no');
    };
    expect(await pontis.provider.submit(attempt, { beforeWrite })).toEqual(failed({ code: 'not_sent' }));
    expect(pontis.of('submit')).toHaveLength(0);
  });
});

describe('a 401 on a submit', () => {
  it('jwt_expired: one login and one send more, with the same body', async () => {
    const pontis = fakePontis({
      login: [loggedIn('jwt-1'), loggedIn('jwt-2')],
      submit: [refusal(401, 'jwt_expired'), accepted()],
    });
    expect(await pontis.provider.submit(attempt, {})).toMatchObject({ kind: 'accepted' });
    expect(pontis.seen.map(({ operation, token }) => [operation, token])).toEqual([
      ['login', undefined],
      ['submit', 'jwt-1'],
      ['login', undefined],
      ['submit', 'jwt-2'],
    ]);
    expect(pontis.of('submit').map(({ plaintext }) => plaintext)).toEqual([attempt.body, attempt.body]);
    const [first, second] = pontis.of('submit');
    expect(first?.request.body).not.toBe(second?.request.body);
  });

  test.each<[string, ProviderFailureCode, number, number]>([
    ['jwt_expired', 'token_expired', 2, 2],
    ['unauthorized', 'credentials_refused', 2, 2],
    ['something_else', 'credentials_refused', 2, 2],
    ['invalid_signature', 'credentials_refused', 1, 2],
  ])('%s for ever is %s after %d logins and %d sends', async (code, failure, logins, submits) => {
    const pontis = fakePontis({ submit: [refusal(401, code)] });
    expect(await pontis.provider.submit(attempt, {})).toEqual(
      failed({ effect: 'none', code: failure, httpStatus: 401 }),
    );
    expect([pontis.of('login').length, pontis.of('submit').length]).toEqual([logins, submits]);
  });

  it('of every kind in a row ends after one login and one signature more', async () => {
    const pontis = fakePontis({
      submit: [refusal(401, 'jwt_expired'), refusal(401, 'invalid_signature'), refusal(401, 'jwt_expired')],
    });
    expect(await pontis.provider.submit(attempt, {})).toEqual(failed({ code: 'token_expired' }));
    expect([pontis.of('login').length, pontis.of('submit').length]).toEqual([2, 3]);
  });

  test.each([
    ['an unknown outcome', new SendFailure('timeout', true), { effect: 'unknown', code: 'timeout' }],
    ['a server error', refusal(500, 'internal_error'), { effect: 'unknown', code: 'server_error' }],
    ['a refusal', refusal(422, 'insufficient_funds'), { effect: 'none', code: 'insufficient_funds' }],
  ] as const)('followed by %s is that', async (_, second, failure) => {
    const pontis = fakePontis({ submit: [refusal(401, 'jwt_expired'), second] });
    expect(await pontis.provider.submit(attempt, {})).toEqual(failed(failure));
    expect(pontis.of('submit')).toHaveLength(2);
  });

  test.each([400, 403, 404, 408, 409, 422, 425, 429, 500, 503])(
    'is the only reply after which a body is sent again at once: %d is not',
    async (status) => {
      const pontis = fakePontis({ submit: [refusal(status, 'jwt_expired'), accepted()] });
      expect(await pontis.provider.submit(attempt, {})).toMatchObject({ kind: 'failed' });
      expect(pontis.of('submit')).toHaveLength(1);
    },
  );

  it('does not log in again for a token that another send has replaced', async () => {
    let submits = 0;
    const pontis = fakePontis({
      login: [loggedIn('jwt-1'), loggedIn('jwt-2')],
      submit: [
        ({ token }) => {
          submits += 1;
          return token === 'jwt-1' ? refusal(401, 'jwt_expired') : accepted();
        },
      ],
    });
    const replies = await Promise.all(Array.from({ length: 20 }, () => pontis.provider.submit(attempt, {})));
    expect(replies.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect([pontis.of('login').length, submits]).toEqual([2, 40]);
  });
});

describe('a clock that differs', () => {
  const date = { date: 'Wed, 01 Jan 2025 00:10:00 GMT' };
  const serverSeconds = startOf2025 / 1000 + 600;
  const strict =
    (code: string) =>
    ({ timestamp }: { readonly timestamp: number }) =>
      Math.abs(timestamp - serverSeconds) > 300 ? refusal(401, code, date) : accepted();

  test.each(['unauthorized', 'invalid_signature', 'timestamp_drift'])(
    'is corrected once by the Date header, told as %s',
    async (code) => {
      const pontis = fakePontis({ submit: [strict(code)] });
      expect(await pontis.provider.submit(attempt, {})).toMatchObject({ kind: 'accepted' });
      expect(pontis.of('submit').map(({ timestamp }) => timestamp)).toEqual([
        startOf2025 / 1000,
        serverSeconds,
      ]);
      expect(pontis.of('login')).toHaveLength(1);
    },
  );

  it('is remembered, and reported', async () => {
    const pontis = fakePontis({ submit: [strict('unauthorized')] });
    await pontis.provider.submit(attempt, {});
    await pontis.provider.submit(attempt, {});
    expect(pontis.of('submit')).toHaveLength(3);
    expect(pontis.logged).toEqual([['pontis_clock_differs', { offsetMs: 600_000 }]]);
  });

  it('is corrected at the login as well', async () => {
    const pontis = fakePontis({
      login: [
        ({ timestamp }) =>
          Math.abs(timestamp - serverSeconds) > 300 ? refusal(401, 'unauthorized', date) : loggedIn(),
      ],
      submit: [strict('unauthorized')],
    });
    expect(await pontis.provider.submit(attempt, {})).toMatchObject({ kind: 'accepted' });
    expect(pontis.seen.map(({ operation }) => operation)).toEqual(['login', 'login', 'submit']);
  });

  it('is not remembered when it did not help', async () => {
    const pontis = fakePontis({
      submit: [refusal(401, 'invalid_signature', date), refusal(401, 'invalid_signature', date), accepted()],
    });
    expect(await pontis.provider.submit(attempt, {})).toEqual(failed({ code: 'credentials_refused' }));
    await pontis.provider.submit(attempt, {});
    expect(pontis.of('submit').at(-1)?.timestamp).toBe(startOf2025 / 1000);
    expect(pontis.logged).toEqual([]);
  });
});

describe('the time of a submit', () => {
  it('is bounded as a whole: a send begins only while a third of it is left', async () => {
    const pontis = fakePontis({
      submit: [
        () => {
          pontis.clock.now += 21_000;
          return refusal(401, 'jwt_expired');
        },
        accepted(),
      ],
    });
    expect(await pontis.provider.submit(attempt, {})).toEqual({
      kind: 'failed',
      failure: { effect: 'none', code: 'not_sent' },
    });
    expect(pontis.seen.map(({ operation }) => operation)).toEqual(['login', 'submit']);
  });

  it('is shortened by what the login took', async () => {
    const pontis = fakePontis(
      {
        login: [
          () => {
            pontis.clock.now += 900;
            return loggedIn();
          },
        ],
        submit: [accepted()],
      },
      { common: { submitTimeoutMs: 3000 } },
    );
    await pontis.provider.submit(attempt, {});
    expect(pontis.seen.map(({ options }) => options.timeoutMs)).toEqual([1000, 2100]);
    expect(pontis.provider.submitTimeoutMs).toBe(3000);
  });

  it('does not grow when the clock is set back', async () => {
    const pontis = fakePontis({
      login: [
        () => {
          pontis.clock.now -= 3_600_000;
          return loggedIn();
        },
      ],
      submit: [accepted()],
    });
    await pontis.provider.submit(attempt, {});
    expect(pontis.of('submit')[0]?.options.timeoutMs).toBe(30_000);
  });
});

describe('secrets and beneficiaries', () => {
  it('are in no failure and no log', async () => {
    const text = 'Juan dela Cruz 1234567890';
    const replies = [
      json(422, { ok: false, error: { code: 'screening_failed', message: text }, request_id: '1' }),
      json(500, { ok: false, error: { code: 'internal_error', message: text } }),
      json(201, { ok: true, data: { transaction_id: text, status: text } }),
    ];
    for (const reply of replies) {
      const pontis = fakePontis({ submit: [reply] });
      const said = JSON.stringify([await pontis.provider.submit(attempt, {}), pontis.logged]);
      expect(said).not.toMatch(/Juan|1234567890|fake|jwt/);
    }
  });
});
