import { createHmac } from 'node:crypto';
import { SendFailure } from '../../../src/http/sender';
import type { HttpReply, SendFailureCode } from '../../../src/http/sender';
import { signatureOf, signedHeaders } from '../../../src/providers/payfield/auth';
import { refusalRows } from '../../../src/providers/payfield/refusals';
import type { SubmitReply } from '../../../src/providers/provider';
import { account, errorBody, frozen, now, payout, providerAnswering, reply } from './payfield-account';

const submitAnswered = (...answers: (HttpReply | SendFailure)[]): Promise<SubmitReply> =>
  providerAnswering(answers).provider.submit(frozen(), {});

describe('signing', () => {
  it('has the vector of its doc comment', () => {
    const signature = 'e5bee431c11662ed0e9553f358c01d53220b4c9dec73a7ab8a2b46694ad7e379';
    expect(signatureOf('1764928800', '{"external_id":"PAY-BDT-001"}', 'fake-secret')).toBe(signature);
    expect(signatureOf('1764928800', '{"external_id":"PAY-BDT-001"}', 'fake-secret', 'base64')).toBe(
      Buffer.from(signature, 'hex').toString('base64'),
    );
  });

  it('puts nothing between timestamp and body, and signs UTF-8', () => {
    expect(signatureOf('17', '64{"n":"রহিম"}', 's')).toBe(signatureOf('1764', '{"n":"রহিম"}', 's'));
    expect(signatureOf('', 'é', 's')).toBe(
      createHmac('sha256', 's')
        .update(Buffer.from([0xc3, 0xa9]))
        .digest('hex'),
    );
  });

  it('writes whole UNIX seconds', () => {
    const headers = signedHeaders({
      apiKey: 'k',
      secret: 's',
      encoding: 'hex',
      body: '',
      at: 1_764_928_800_999,
    });
    expect(headers['x-timestamp']).toBe('1764928800');
    expect(headers['x-signature']).toBe(signatureOf('1764928800', '', 's'));
  });
});

describe('a submit', () => {
  it('sends the frozen body as it is, signed at the time of sending', async () => {
    const { provider, sent } = providerAnswering([reply(201, payout)]);
    const attempt = { ...frozen(), body: `${frozen().body} ` };
    const beforeWrite = (): void => undefined;
    const { signal } = new AbortController();
    await provider.submit(attempt, { signal, beforeWrite });
    const timestamp = String(now / 1000);
    expect(sent).toEqual([
      {
        request: {
          method: 'POST',
          url: 'http://127.0.0.1:4000/api/v1/payouts',
          body: attempt.body,
          headers: {
            accept: 'application/json',
            'content-type': 'application/json',
            'x-api-key': 'fake-api-key',
            'x-timestamp': timestamp,
            'x-signature': signatureOf(timestamp, attempt.body, 'fake-secret'),
          },
        },
        options: { timeoutMs: 30_000, maxReplyBytes: 262_144, signal, beforeWrite },
      },
    ]);
  });

  it.each([
    ['a new payout', 201],
    ['one that exists', 200],
    ['another success', 202],
  ])('accepts %s', async (_name, status) => {
    expect(await submitAnswered(reply(status, payout))).toEqual({
      kind: 'accepted',
      providerPayoutId: '12345',
      status: 'accepted',
      providerStatus: 'pending',
      echo: {
        matched: ['key', 'amount', 'currency', 'beneficiary', 'account-scope'],
        unverified: [],
        mismatched: [],
      },
    });
  });

  it.each([
    ['external_id', 'PAY-BDT-001', 'key'],
    ['amount', '5000.01', 'amount'],
    ['amount', 'NaN', 'amount'],
    ['amount', '', 'amount'],
    ['currency', 'USD', 'currency'],
    ['card_number', '4111111111111112', 'beneficiary'],
    ['card_number', '4111********1112', 'beneficiary'],
    ['card_number', '****', 'beneficiary'],
    ['card_number', '******111', 'beneficiary'],
    ['card_number', '41111111111111*111111111', 'beneficiary'],
    ['shop_code', 'other_shop', 'account-scope'],
  ])('sees that %s %j is not what was sent', async (field, value, echo) => {
    const answer = await submitAnswered(reply(200, { ...payout, [field]: value }));
    expect(answer).toMatchObject({ kind: 'accepted', echo: { mismatched: [echo] } });
  });

  it.each([
    ['amount', '5000'],
    ['amount', 5000],
    ['amount', '5000.000'],
    ['currency', 'bdt'],
    ['card_number', '411111******1111'],
    ['card_number', '************1111'],
    ['id', '12345'],
  ])('takes %s %j for what was sent', async (field, value) => {
    const answer = await submitAnswered(reply(200, { ...payout, [field]: value }));
    expect(answer).toMatchObject({ kind: 'accepted', providerPayoutId: '12345', echo: { mismatched: [] } });
  });

  it.each(['external_id', 'amount', 'currency', 'card_number', 'shop_code'])(
    'counts a missing or null %s as unverified',
    async (field) => {
      for (const value of [undefined, null]) {
        const answer = await submitAnswered(reply(201, { ...payout, [field]: value }));
        expect(answer).toMatchObject({
          kind: 'accepted',
          echo: { mismatched: [], unverified: [expect.any(String)] },
        });
      }
    },
  );

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '<html>502</html>',
    '{"id":12345',
    { ...payout, id: undefined },
    { ...payout, id: null },
    { ...payout, id: -1 },
    { ...payout, id: 1.5 },
    '{"id":12345678901234567890,"status":"pending"}',
    { ...payout, id: '../../x' },
    { ...payout, id: { toString: 1 } },
    { ...payout, status: undefined },
    { ...payout, status: '' },
    { ...payout, status: 7 },
    { ...payout, status: 'x'.repeat(65) },
    { ...payout, card_number: '4'.repeat(257) },
    { __proto__: payout },
    '{"__proto__":{"id":1,"status":"pending"}}',
    errorBody('validation_error', 'amount must be a positive decimal string'),
  ])('a success that cannot be read leaves the outcome unknown: %#', async (body) => {
    for (const status of [200, 201]) {
      expect(await submitAnswered(reply(status, body))).toEqual({
        kind: 'failed',
        failure: { effect: 'unknown', code: 'unreadable_reply', httpStatus: status },
      });
    }
  });
});

describe('refusals of a submit', () => {
  const validation = (message: string): object => errorBody('validation_error', message);
  const fields = errorBody('validation_error', 'amount must be a positive decimal string', [
    { field: 'amount', message: 'amount must be a positive decimal string' },
  ]);
  const about = (...names: readonly string[]): object =>
    errorBody(
      'validation_error',
      'Validation failed',
      names.map((field) => ({ field, message: `${field} is invalid` })),
    );
  const says = (field: string, message: string): object =>
    errorBody('validation_error', 'Validation failed', [{ field, message }]);
  const html = '<html><h1>Gateway</h1></html>';
  const cases: readonly [number, unknown, string, string, string?][] = [
    [401, errorBody('unauthorized', 'Timestamp window exceeded'), 'none', 'clock_refused'],
    [401, errorBody('unauthorized', 'API key required'), 'none', 'credentials_refused'],
    [401, errorBody('unauthorized', 'Invalid API key'), 'none', 'credentials_refused'],
    [401, errorBody('unauthorized', 'Timestamp required'), 'none', 'credentials_refused'],
    [401, errorBody('unauthorized', 'Signature required'), 'none', 'credentials_refused'],
    [401, errorBody('unauthorized', 'Invalid timestamp format'), 'none', 'credentials_refused'],
    [401, errorBody('unauthorized', 'Invalid signature'), 'none', 'credentials_refused'],
    [401, html, 'none', 'credentials_refused'],
    [403, errorBody('forbidden', 'Forbidden'), 'none', 'credentials_refused'],
    [403, html, 'unknown', 'unreadable_reply'],
    [404, errorBody('not_found', 'Payout not found'), 'none', 'misconfigured'],
    [404, html, 'unknown', 'unreadable_reply'],
    [413, html, 'none', 'misconfigured'],
    [422, validation('Insufficient balance...'), 'none', 'insufficient_funds'],
    [422, validation('Insufficient balance. Available: 5.00 BDT'), 'none', 'insufficient_funds'],
    [422, validation('Shop currency mismatch. Expected USD.'), 'none', 'misconfigured'],
    [422, validation('Invalid paymentData'), 'none', 'misconfigured'],
    // Only whom to pay can be changed by nobody; a complaint about our id is a sign that a payout has it.
    [422, fields, 'none', 'refusal_unclear'],
    [422, about('card_number'), 'none', 'invalid_request'],
    [422, about('card_number', 'amount'), 'none', 'refusal_unclear'],
    [422, about('shop_code'), 'none', 'refusal_unclear'],
    [422, about('external_id'), 'unknown', 'conflict'],
    [422, about('amount', 'external_id'), 'unknown', 'conflict'],
    [422, { message: 'Invalid.', errors: { external_id: ['has been taken'] } }, 'unknown', 'conflict', ''],
    [422, says('card_number', 'A payout to this card is already being processed'), 'unknown', 'conflict'],
    [422, says('card_number', 'has a pending payout'), 'unknown', 'conflict'],
    [422, says('amount', 'duplicate'), 'unknown', 'conflict'],
    [422, says('card_number', 'card does not exist'), 'none', 'invalid_request'],
    [422, { ...about('card_number'), message: 'Payout in progress' }, 'unknown', 'conflict'],
    [422, validation('Insufficient balance. Payout already created.'), 'unknown', 'conflict'],
    [422, validation('Insufficient balance. Pending: 5.00 BDT'), 'none', 'insufficient_funds'],
    [400, validation('Request was accepted'), 'unknown', 'conflict'],
    [404, errorBody('not_found', 'Payout already exists'), 'unknown', 'conflict'],
    [403, errorBody('forbidden', 'Payout is being processed'), 'unknown', 'conflict', 'forbidden'],
    [422, { message: 'Invalid.', errors: { card_number: ['is no card'] } }, 'none', 'invalid_request', ''],
    [422, { message: 'Invalid.', errors: ['card_number'] }, 'none', 'refusal_unclear', ''],
    [422, validation('Validation failed'), 'none', 'refusal_unclear'],
    [422, validation('external_id is required'), 'none', 'refusal_unclear'],
    [422, validation('card_number is required'), 'none', 'invalid_request'],
    [422, validation('callback_url must be a valid URL'), 'none', 'misconfigured'],
    [422, validation('Default active shop not found'), 'none', 'refusal_unclear'],
    [422, validation('My balance: Insufficient balance'), 'none', 'refusal_unclear'],
    [422, errorBody('limit', 'Too much'), 'none', 'refusal_unclear', 'limit'],
    [422, html, 'unknown', 'unreadable_reply'],
    [422, '', 'unknown', 'unreadable_reply'],
    [429, errorBody('too_many', 'Slow down'), 'none', 'rate_limited', 'too_many'],
    [429, html, 'none', 'rate_limited'],
    [400, validation('Bad'), 'none', 'refusal_unclear'],
    [400, html, 'unknown', 'unreadable_reply'],
    [405, errorBody('method_not_allowed', 'No'), 'none', 'refusal_unclear'],
    [405, html, 'unknown', 'unreadable_reply'],
    [408, html, 'unknown', 'timeout'],
    [409, errorBody('conflict', 'Request is already in progress'), 'unknown', 'conflict'],
    [409, html, 'unknown', 'conflict'],
    [425, html, 'unknown', 'in_progress'],
    [500, errorBody('internal_error', 'Internal server error'), 'unknown', 'server_error'],
    [500, errorBody('validation_error', 'Insufficient balance...'), 'unknown', 'server_error'],
    [502, html, 'unknown', 'server_error'],
    [503, '', 'unknown', 'server_error'],
    [504, html, 'unknown', 'server_error'],
    [599, '', 'unknown', 'server_error'],
    [302, '', 'unknown', 'unreadable_reply'],
    [307, payout, 'unknown', 'unreadable_reply'],
    [204, '', 'unknown', 'unreadable_reply'],
    [600, '', 'unknown', 'unreadable_reply'],
  ];

  test.each(cases)('%i %j: effect %s, %s', async (status, body, effect, code) => {
    expect(await submitAnswered(reply(status, body))).toMatchObject({
      kind: 'failed',
      failure: { effect, code, httpStatus: status },
    });
  });

  it('covers every row of the table that a submit can reach', () => {
    const reached = new Set(cases.map(([, , effect, code]) => `${effect} ${code}`));
    for (const row of refusalRows.filter(({ operation }) => operation !== 'read')) {
      expect(reached).toContain(`${row.effect} ${row.failure}`);
    }
  });

  it('is total: every status from 100 to 999 has an answer, and only named ones are without effect', async () => {
    const harmless: number[] = [];
    for (let status = 100; status < 1000; status += 1) {
      const answer = await submitAnswered(reply(status, 'no JSON'));
      if (answer.kind !== 'failed') throw new Error(`${status} was accepted`);
      if (answer.failure.effect === 'none') harmless.push(status);
    }
    expect(harmless).toEqual([401, 413, 429]);
  });

  it('passes on codes, never messages', async () => {
    const answer = await submitAnswered(
      reply(
        422,
        errorBody('validation error\n4111111111111111'.padEnd(60, 'x'), 'card 4111111111111111 of Rahim'),
      ),
    );
    const text = JSON.stringify(answer);
    expect(text).not.toContain('Rahim');
    expect(text).not.toContain('card 4111');
    expect(text).toContain('validation_error_');
  });

  it('reads Retry-After', async () => {
    expect(await submitAnswered(reply(429, '', { 'retry-after': '7' }))).toMatchObject({
      failure: { code: 'rate_limited', retryAfterMs: 7000 },
    });
    expect(await submitAnswered(reply(429, '', { 'retry-after': 'soon' }))).toEqual({
      kind: 'failed',
      failure: { effect: 'none', code: 'rate_limited', httpStatus: 429 },
    });
  });
});

describe('a submit without a reply', () => {
  const cases: readonly [SendFailureCode, boolean, string, string][] = [
    ['not_reachable', false, 'none', 'not_reachable'],
    ['forbidden', false, 'none', 'not_sent'],
    ['aborted', false, 'none', 'not_sent'],
    ['timeout', true, 'unknown', 'timeout'],
    ['connection_lost', true, 'unknown', 'connection_lost'],
    ['aborted', true, 'unknown', 'interrupted'],
    ['reply_too_large', true, 'unknown', 'unreadable_reply'],
  ];
  test.each(cases)('%s, written %s: effect %s, %s', async (code, written, effect, failure) => {
    expect(await submitAnswered(new SendFailure(code, written))).toEqual({
      kind: 'failed',
      failure: { effect, code: failure },
    });
  });
});

describe('a clock that differs', () => {
  const refusedClock = (date: string | undefined): HttpReply =>
    reply(401, errorBody('unauthorized', 'Timestamp window exceeded'), date === undefined ? {} : { date });

  it('is corrected once by the Date header, with the same body and the same guard', async () => {
    const { provider, sent } = providerAnswering([
      refusedClock('Fri, 05 Dec 2025 10:05:00 GMT'),
      reply(201, payout),
    ]);
    const beforeWrite = (): void => undefined;
    const attempt = frozen();
    expect(await provider.submit(attempt, { beforeWrite })).toMatchObject({ kind: 'accepted' });
    expect(sent.map(({ request }) => request.headers['x-timestamp'])).toEqual([
      String(now / 1000),
      String(now / 1000 + 300),
    ]);
    expect(sent.map(({ request }) => request.body)).toEqual([attempt.body, attempt.body]);
    expect(sent.map(({ options }) => options.beforeWrite)).toEqual([beforeWrite, beforeWrite]);
    expect(sent[1]?.request.headers['x-signature']).toBe(
      signatureOf(String(now / 1000 + 300), attempt.body, 'fake-secret'),
    );
  });

  it('that stays refused is an answer without effect', async () => {
    const { provider, sent } = providerAnswering([
      refusedClock('Fri, 05 Dec 2025 10:05:00 GMT'),
      refusedClock('Fri, 05 Dec 2025 10:05:00 GMT'),
    ]);
    expect(await provider.submit(frozen(), {})).toMatchObject({
      failure: { effect: 'none', code: 'clock_refused' },
    });
    expect(sent).toHaveLength(2);
  });

  it('whose second send is lost leaves the outcome unknown', async () => {
    const { provider } = providerAnswering([
      refusedClock('Fri, 05 Dec 2025 10:05:00 GMT'),
      new SendFailure('connection_lost', true),
    ]);
    expect(await provider.submit(frozen(), {})).toMatchObject({
      failure: { effect: 'unknown', code: 'connection_lost' },
    });
  });

  it.each([undefined, 'yesterday', 'Fri, 05 Dec 2025 10:00:02 GMT'])(
    'is not guessed from Date %j',
    async (date) => {
      const { provider, sent } = providerAnswering([refusedClock(date)]);
      expect(await provider.submit(frozen(), {})).toMatchObject({ failure: { code: 'clock_refused' } });
      expect(sent).toHaveLength(1);
    },
  );

  it('is corrected for reads too', async () => {
    const { provider, sent } = providerAnswering([
      refusedClock('Fri, 05 Dec 2025 09:00:00 GMT'),
      reply(404, errorBody('not_found', 'Payout not found')),
    ]);
    expect(await provider.lookUp?.({ attempt: frozen(), firstSentAt: now }, {})).toEqual({
      kind: 'complete',
      found: [],
    });
    expect(sent[1]?.request.headers['x-timestamp']).toBe(String(now / 1000 - 3600));
  });
});

it('prints no secret', () => {
  expect(JSON.stringify(account)).not.toContain('fake-secret');
});
