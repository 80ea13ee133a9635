import { SendFailure } from '../../../src/http/sender';
import type { SendFailureCode } from '../../../src/http/sender';
import { syncgramStatuses } from '../../../src/providers/syncgram/mapping';
import type { SyncgramStatus } from '../../../src/providers/syncgram/mapping';
import type { ProviderStatus } from '../../../src/domain/provider-status';
import { apiKey, createAttempt, digest, html, json, request } from './syncgram-account';
import type { Answer } from './syncgram-account';

const submit = async (answer: Answer, changes = {}) => {
  const { provider, attempt } = createAttempt([answer], changes);
  return provider.submit(attempt, {});
};
const failureOf = async (answer: Answer) => {
  const reply = await submit(answer);
  if (reply.kind !== 'failed') throw new Error('accepted');
  return reply.failure;
};
const created = { withdrawal_id: 'wd_1', status: 'PENDING', provider_reference: null };

test('posts the frozen body as it is, with the bearer token and the key in the header', async () => {
  const { provider, attempt, key, sent } = createAttempt([json(201, created)]);
  const beforeWrite = (): void => undefined;
  const { signal } = new AbortController();
  await provider.submit(attempt, { signal, beforeWrite });
  expect(sent).toEqual([
    {
      request: {
        method: 'POST',
        url: 'https://pay.example.com/api/v1/payouts/withdrawals',
        headers: {
          authorization: `Bearer ${apiKey}`,
          accept: 'application/json',
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: attempt.body,
      },
      options: { timeoutMs: 30_000, maxReplyBytes: 262_144, signal, beforeWrite },
    },
  ]);
});

test('sends no header that this generation does not know when told so', async () => {
  const { provider, attempt, sent } = createAttempt([json(201, created)], {
    settings: { idempotencyHeader: false, paths: { submit: '/v1/payouts/withdrawals' } },
    common: { submitTimeoutMs: 5_000 },
  });
  await provider.submit(attempt, {});
  expect(sent[0]?.request.headers).not.toHaveProperty('idempotency-key');
  expect(sent[0]?.request.url).toBe('https://pay.example.com/v1/payouts/withdrawals');
  expect(sent[0]?.options.timeoutMs).toBe(5_000);
});

test('sends a resend with the same bytes', async () => {
  const { provider, attempt, sent } = createAttempt([json(500, {}), json(201, created)]);
  await provider.submit(attempt, {});
  await provider.submit(attempt, {});
  expect(sent[1]?.request).toEqual(sent[0]?.request);
});

test.each([
  ['bare, 201', json(201, created)],
  ['bare, 200', json(200, created)],
  ['in data', json(201, { success: true, data: created })],
  ['in withdrawal', json(201, { withdrawal: created })],
  ['with a reply id outside', json(201, { id: 'req_9', data: { id: 'wd_1', status: 'pending' } })],
  ['as id', json(201, { id: 'wd_1', status: 'Pending' })],
  ['as payout_id', json(201, { payout_id: 'wd_1', status: 'PENDING' })],
  ['with unknown fields', json(201, { ...created, surprise: { deep: [1] } })],
])('reads an accepted payout %s', async (_, reply) => {
  expect(await submit(reply)).toMatchObject({
    kind: 'accepted',
    providerPayoutId: 'wd_1',
    status: 'accepted',
  });
});

test('reads a numeric id exactly', async () => {
  const reply = { status: 201, headers: {}, body: '{"id":9007199254740993,"status":"PENDING"}' };
  expect(await submit(reply)).toMatchObject({ providerPayoutId: '9007199254740993' });
});

test('keeps the id of a payout whose status is missing or unknown', async () => {
  expect(await submit(json(201, { withdrawal_id: 'wd_1' }))).toMatchObject({
    kind: 'accepted',
    status: 'unrecognised',
    providerStatus: 'absent',
  });
  expect(await submit(json(201, { withdrawal_id: 'wd_1', status: 'Öde é<b>' }))).toMatchObject({
    kind: 'accepted',
    status: 'unrecognised',
    providerStatus: '_de___b_',
  });
});

test('verifies nothing by a reply that repeats nothing, as documented', async () => {
  expect(await submit(json(201, created, { 'x-request-id': 'rq 1' }))).toMatchObject({
    echo: { matched: [], unverified: ['key', 'amount', 'currency', 'beneficiary'], mismatched: [] },
    requestId: 'rq_1',
  });
});

const key = `po_${digest.slice(0, 40)}`;
test.each<[string, object, object]>([
  [
    'everything',
    { reference: key, from_amount: '125.0', from_currency: 'usd' },
    { matched: ['key', 'amount', 'currency'] },
  ],
  ['a number', { amount: 125 }, { matched: ['amount'] }],
  ['another reference', { reference: 'po_other' }, { mismatched: ['key'] }],
  ['a derived key beside our reference', { reference: key, idempotency_key: 'h1' }, { matched: ['key'] }],
  ['another amount', { from_amount: '125.01' }, { mismatched: ['amount'] }],
  ['another currency', { from_currency: 'EUR' }, { mismatched: ['currency'] }],
  ['another currency to arrive', { from_currency: 'USD', to_currency: 'GHS' }, { mismatched: ['currency'] }],
  [
    'the amount that arrives',
    { amount: '187500', currency: 'NGN' },
    { matched: ['currency'], mismatched: [] },
  ],
  ['the account', { account_number: '0123456785' }, { matched: ['beneficiary'] }],
  ['a masked account', { destination: { account_number: '******6785' } }, { matched: ['beneficiary'] }],
  ['another account', { account_number: '0123456780' }, { mismatched: ['beneficiary'] }],
  ['another masked account', { recipient: { account_number: 'XXXX6780' } }, { mismatched: ['beneficiary'] }],
  ['a fully masked account', { account_number: '**********' }, { matched: [], mismatched: [] }],
])('compares what a reply shows: %s', async (_, shown, expected) => {
  expect(await submit(json(201, { ...created, ...shown }))).toMatchObject({
    kind: 'accepted',
    echo: expected,
  });
});

test.each([
  ['+2348012345678', '08012345678', 'matched'],
  ['08012345678', '2348012345678', 'matched'],
  ['+2348012345678', '+2348012345679', 'mismatched'],
  ['+2348012345678', '234801***5678', 'mismatched'],
  ['+2348012345678', '+23480****5678', 'matched'],
] as const)('takes %s and %s for %s', async (phoneNumber, shown, outcome) => {
  const { provider } = createAttempt([json(201, { ...created, phone_number: shown })]);
  const body = provider.freezeBody({
    request: { ...request, beneficiary: { method: 'mobile-wallet', name: 'A', account: { phoneNumber } } },
    key,
  });
  expect(await provider.submit({ key, body }, {})).toMatchObject({ echo: { [outcome]: ['beneficiary'] } });
});

const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
test.each<[string, string]>([
  ['nothing', ''],
  ['HTML', '<html></html>'],
  ['half a JSON text', '{"withdrawal_id":"wd_1","sta'],
  ['no object', '[]'],
  ['null', 'null'],
  ['an object without id', '{"status":"PENDING"}'],
  ['an empty id', '{"withdrawal_id":"","status":"PENDING"}'],
  ['an id that walks up', '{"withdrawal_id":"..","status":"PENDING"}'],
  ['an id with a slash', '{"withdrawal_id":"../quotes","status":"PENDING"}'],
  ['an id that is an object', '{"withdrawal_id":{},"status":"PENDING"}'],
  ['an endless id', `{"withdrawal_id":"${'x'.repeat(129)}"}`],
  ['an id by the prototype', '{"__proto__":{"withdrawal_id":"wd_1"}}'],
  ['a depth that breaks parsers', deep],
  ['an error with 200', '{"success":false,"error":{"code":"BAD_REQUEST"}}'],
])('does not know the outcome after a 2xx with %s', async (_, body) => {
  expect(await failureOf({ status: 201, headers: {}, body })).toEqual({
    effect: 'unknown',
    code: 'unreadable_reply',
    httpStatus: 201,
  });
});

describe('statuses', () => {
  const expected: Record<SyncgramStatus, ProviderStatus> = {
    pending: 'accepted',
    processing: 'processing',
    completed: 'paid',
    failed: 'failed',
    pending_submission: 'accepted',
    pending_collection: 'processing',
    manual_review: 'provider-approval',
    successful: 'paid',
    cancelled: 'cancelled',
    expired: 'expired',
    reconciled: 'paid',
    requested: 'provider-approval',
    approved: 'processing',
    rejected: 'rejected',
    created: 'accepted',
    paid: 'paid',
  };

  test.each(syncgramStatuses)('reads %s in any case', async (word) => {
    for (const written of [word, word.toUpperCase(), ` ${word[0]?.toUpperCase()}${word.slice(1)}`]) {
      expect(await submit(json(201, { withdrawal_id: 'wd_1', status: written }))).toMatchObject({
        status: expected[word],
      });
    }
  });

  test.each(['PAUSED', 'complete', 'constructor', '__proto__', 'toString', 'paid!'])(
    'does not recognise %s',
    async (word) => {
      expect(await submit(json(201, { withdrawal_id: 'wd_1', status: word }))).toMatchObject({
        status: 'unrecognised',
      });
    },
  );

  test.each<[object, string, string]>([
    [{ parent_withdrawal_id: 'wd_0', batch_index: 0, batch_total: 3 }, 'unrecognised', 'split:COMPLETED'],
    [{ batch_total: 2 }, 'unrecognised', 'split:COMPLETED'],
    [{ parent_withdrawal_id: 'wd_0' }, 'unrecognised', 'split:COMPLETED'],
    [{ batch_total: 'many' }, 'unrecognised', 'split:COMPLETED'],
    [{ parent_withdrawal_id: null, batch_total: 1 }, 'paid', 'COMPLETED'],
    [{ parent_withdrawal_id: 'wd_1' }, 'paid', 'COMPLETED'],
    [{ parent_withdrawal_id: null, batch_total: null }, 'paid', 'COMPLETED'],
  ])('never takes a part for the whole: %j is %s', async (split, status, providerStatus) => {
    expect(await submit(json(201, { withdrawal_id: 'wd_1', status: 'COMPLETED', ...split }))).toMatchObject({
      status,
      providerStatus,
    });
  });
});

describe('failures of the connection', () => {
  test.each<[SendFailureCode, boolean, object]>([
    ['not_reachable', false, { effect: 'none', code: 'not_reachable' }],
    ['tls_refused', false, { effect: 'none', code: 'not_reachable' }],
    ['forbidden', false, { effect: 'none', code: 'not_sent' }],
    ['aborted', false, { effect: 'none', code: 'not_sent' }],
    ['aborted', true, { effect: 'unknown', code: 'interrupted' }],
    ['timeout', true, { effect: 'unknown', code: 'timeout' }],
    ['connection_lost', true, { effect: 'unknown', code: 'connection_lost' }],
    ['reply_too_large', true, { effect: 'unknown', code: 'unreadable_reply' }],
  ])('%s, written: %s', async (code, written, expected) => {
    expect(await failureOf(new SendFailure(code, written))).toEqual(expected);
  });

  test('lets a bug of ours through', async () => {
    await expect(submit(new TypeError('bug'))).rejects.toThrow('bug');
  });
});

describe('refusals', () => {
  const error = (error_code?: string, errors?: unknown) => ({ detail: 'secret text', error_code, errors });
  type Row = readonly [name: string, answer: Answer, effect: 'none' | 'unknown', code: string];

  test.each<Row>([
    // "Create withdrawal" documents these by the HTTP status alone.
    ['400', json(400, {}), 'none', 'refusal_unclear'],
    ['422', json(422, {}), 'none', 'refusal_unclear'],
    ['409', json(409, {}), 'unknown', 'in_progress'],
    ['409 without a body', { status: 409, headers: {}, body: '' }, 'unknown', 'in_progress'],
    // The successor's codes.
    ['400 VALIDATION_ERROR', json(400, error('VALIDATION_ERROR')), 'none', 'refusal_unclear'],
    ['422 VALIDATION_ERROR', json(422, error('VALIDATION_ERROR')), 'none', 'refusal_unclear'],
    ['400 BAD_REQUEST', json(400, error('BAD_REQUEST')), 'none', 'refusal_unclear'],
    ['422 BAD_REQUEST', json(422, error('BAD_REQUEST')), 'none', 'refusal_unclear'],
    ['401 UNAUTHORIZED', json(401, error('UNAUTHORIZED')), 'none', 'credentials_refused'],
    ['403 FORBIDDEN', json(403, error('FORBIDDEN')), 'none', 'account_suspended'],
    ['404 NOT_FOUND', json(404, error('NOT_FOUND')), 'none', 'refusal_unclear'],
    ['409 CONFLICT', json(409, error('CONFLICT')), 'unknown', 'conflict'],
    ['409 IDEMPOTENCY_CONFLICT', json(409, error('IDEMPOTENCY_CONFLICT')), 'unknown', 'conflict'],
    ['409 IDEMPOTENCY_IN_PROGRESS', json(409, error('IDEMPOTENCY_IN_PROGRESS')), 'unknown', 'in_progress'],
    ['409 INSUFFICIENT_FUNDS', json(409, error('INSUFFICIENT_FUNDS')), 'unknown', 'in_progress'],
    ['429 TOO_MANY_REQUESTS', json(429, error('TOO_MANY_REQUESTS')), 'none', 'rate_limited'],
    ['500 INTERNAL_SERVER_ERROR', json(500, error('INTERNAL_SERVER_ERROR')), 'unknown', 'server_error'],
    ['502 BAD_GATEWAY', json(502, error('BAD_GATEWAY')), 'unknown', 'server_error'],
    ['503 SERVICE_UNAVAILABLE', json(503, error('SERVICE_UNAVAILABLE')), 'unknown', 'server_error'],
    ['504 by a gateway', html(504), 'unknown', 'server_error'],
    // Money, quotes, duplicates.
    ['422 INSUFFICIENT_FUNDS', json(422, error('INSUFFICIENT_FUNDS')), 'none', 'insufficient_funds'],
    [
      '400 insufficient_balance',
      json(400, { error: { code: 'insufficient_balance' } }),
      'none',
      'insufficient_funds',
    ],
    ['402 INSUFFICIENT_FUNDS', json(402, error('INSUFFICIENT_FUNDS')), 'none', 'insufficient_funds'],
    ['500 INSUFFICIENT_FUNDS', json(500, error('INSUFFICIENT_FUNDS')), 'unknown', 'server_error'],
    ['422 QUOTE_EXPIRED', json(422, error('QUOTE_EXPIRED')), 'none', 'quote_expired'],
    ['400 QUOTE_ALREADY_USED', json(400, error('QUOTE_ALREADY_USED')), 'unknown', 'conflict'],
    [
      '422 about the reference',
      json(422, error('VALIDATION_ERROR', [{ field: 'reference' }])),
      'unknown',
      'conflict',
    ],
    [
      '400 about the key',
      json(400, error('BAD_REQUEST', { idempotency_key: ['taken'] })),
      'unknown',
      'conflict',
    ],
    ['422 DUPLICATE_REFERENCE', json(422, error('DUPLICATE_REFERENCE')), 'unknown', 'conflict'],
    ['400 CONFLICT', json(400, error('CONFLICT')), 'unknown', 'conflict'],
    [
      '422 about a field',
      json(422, error('VALIDATION_ERROR', [{ field: 'bank_code' }])),
      'none',
      'invalid_request',
    ],
    [
      '422 about fields by place',
      json(422, { detail: [{ loc: ['body', 'reference'], msg: 'x' }] }),
      'unknown',
      'conflict',
    ],
    ['422 with another code', json(422, error('LIMIT_EXCEEDED')), 'none', 'refusal_unclear'],
    [
      '422 about a quote that we did not send',
      json(422, error('VALIDATION_ERROR', [{ field: 'quote_id' }])),
      'none',
      'refusal_unclear',
    ],
    // Everything else.
    ['404 in foreign words', html(404), 'unknown', 'unreadable_reply'],
    ['404 without a code', json(404, { detail: 'Not Found' }), 'none', 'misconfigured'],
    ['401 by a gateway', html(401), 'none', 'credentials_refused'],
    ['403 in foreign words', html(403), 'unknown', 'unreadable_reply'],
    ['405 in foreign words', html(405), 'unknown', 'unreadable_reply'],
    ['406 in foreign words', html(406), 'unknown', 'unreadable_reply'],
    ['411 in foreign words', html(411), 'unknown', 'unreadable_reply'],
    ['405', json(405, {}), 'none', 'misconfigured'],
    ['413', html(413), 'none', 'misconfigured'],
    ['414 in foreign words', html(414), 'unknown', 'unreadable_reply'],
    ['415', json(415, {}), 'none', 'misconfigured'],
    ['431 in foreign words', html(431), 'unknown', 'unreadable_reply'],
    ['429 by a gateway', html(429), 'none', 'rate_limited'],
    ['408', html(408), 'unknown', 'timeout'],
    ['423', json(423, {}), 'unknown', 'in_progress'],
    ['425', json(425, {}), 'unknown', 'in_progress'],
    ['499', json(499, {}), 'unknown', 'unreadable_reply'],
    ['418 with a body', json(418, error('TEAPOT')), 'none', 'refusal_unclear'],
    ['402 with a body', json(402, {}), 'none', 'refusal_unclear'],
    ['400 by a gateway', html(400), 'unknown', 'unreadable_reply'],
    ['422 without a body', { status: 422, headers: {}, body: '' }, 'unknown', 'unreadable_reply'],
    ['418 by a gateway', html(418), 'unknown', 'unreadable_reply'],
    ['a redirect', { status: 302, headers: { location: '/' }, body: '' }, 'unknown', 'unreadable_reply'],
    ['101', { status: 101, headers: {}, body: '' }, 'unknown', 'unreadable_reply'],
    ['600', json(600, {}), 'unknown', 'unreadable_reply'],
    ['204', { status: 204, headers: {}, body: '' }, 'unknown', 'unreadable_reply'],
  ])('%s', async (_, answer, effect, code) => {
    expect(await failureOf(answer)).toMatchObject({ effect, code });
  });

  // The code says nothing, and its words leave no doubt.
  test.each<readonly [text: string, effect: 'none' | 'unknown', code: string]>([
    ['Insufficient balance', 'none', 'insufficient_funds'],
    ['INSUFFICIENT FUNDS', 'none', 'insufficient_funds'],
    ['Insufficient available USD balance for this payout', 'none', 'insufficient_funds'],
    ['Not enough funds in the wallet', 'none', 'insufficient_funds'],
    ['Your balance is too low', 'none', 'insufficient_funds'],
    ['Amount exceeds the available balance', 'none', 'insufficient_funds'],
    ['Quote has expired', 'none', 'quote_expired'],
    ['Quote not found', 'none', 'quote_expired'],
    ['Unsupported currency pair USD to JPY', 'none', 'pair_unsupported'],
    ['The pair USD/JPY is not supported', 'none', 'pair_unsupported'],
    ['Currency JPY does not exist', 'none', 'pair_unsupported'],
    ['Quote has already been used', 'unknown', 'conflict'],
    ['A withdrawal with this reference already exists', 'unknown', 'conflict'],
    ['Duplicate request', 'unknown', 'conflict'],
    // It may pass, or it is about something else: people look.
    ['The pair USD/NGN is temporarily not supported', 'none', 'refusal_unclear'],
    ['Currency pair not supported at the moment, try again later', 'none', 'refusal_unclear'],
    ['Insufficient proof of funds', 'none', 'refusal_unclear'],
    ['Insufficient information about the source of funds', 'none', 'refusal_unclear'],
    ['Invalid payout destination', 'none', 'refusal_unclear'],
    ['Amount exceeds your daily limit', 'none', 'refusal_unclear'],
    ['Payouts are disabled', 'none', 'refusal_unclear'],
    ['Quote does not match the withdrawal', 'none', 'refusal_unclear'],
    ['secret text', 'none', 'refusal_unclear'],
  ])('BAD_REQUEST, %s', async (text, effect, code) => {
    const shapes: readonly object[] = [
      { detail: text, error_code: 'BAD_REQUEST' },
      { message: text },
      { error: { code: 'BAD_REQUEST', message: text } },
      { error_code: 'VALIDATION_ERROR', detail: 'x', errors: [{ message: text }] },
    ];
    for (const status of [400, 422])
      for (const shape of shapes) {
        const failure = await failureOf(json(status, shape));
        expect(failure).toMatchObject({ effect, code });
        expect(JSON.stringify(failure)).not.toContain(text);
      }
  });

  // Ours is there, or on its way: no code, no field and no status may say otherwise.
  test.each([
    'Request is currently being processed',
    'already created',
    'already paid out',
    'Withdrawal already pending',
    'A withdrawal to this account is already in progress',
    'Withdrawal with this destination exists',
    'duplicate: already submitted',
    'Payout in progress',
    'Your transfer was accepted',
    'The request has been queued',
    'Another withdrawal is under way',
    'To currency must match the pair of your existing payout; currency not found',
    'alreadyProcessed',
    'PENDING_WITHDRAWAL',
    'The account does not exist, or the withdrawal already exists',
  ])('doubts every refusal that says %j', async (text) => {
    const shapes: readonly object[] = [
      { error_code: 'BAD_REQUEST', detail: text },
      { error_code: 'INSUFFICIENT_FUNDS', detail: text },
      { error_code: 'UNSUPPORTED_PAIR', message: text },
      { error_code: 'QUOTE_EXPIRED', error: { code: 'X', message: text } },
      { error_code: 'VALIDATION_ERROR', detail: 'x', errors: [{ field: 'account_number', message: text }] },
      { errors: { wallet_address: [text] } },
      { errors: { phone_number: { notes: [{ text }] } } },
      { detail: 'Invalid account', meta: { hint: text } },
    ];
    for (const status of [400, 402, 403, 404, 410, 422, 429])
      for (const shape of shapes)
        expect(await failureOf(json(status, shape))).toMatchObject({ effect: 'unknown', code: 'conflict' });
    expect(await failureOf(json(401, { error_code: 'UNAUTHORIZED', detail: text }))).toMatchObject({
      effect: 'none',
      code: 'credentials_refused',
    });
  });

  test.each<object>([
    { withdrawal_id: 'wd_1', detail: 'x' },
    { error_code: 'VALIDATION_ERROR', data: { withdrawal_id: 'wd_1' } },
    { error: { code: 'INSUFFICIENT_FUNDS', payout_id: 'po-1' } },
  ])('doubts a refusal that names a payout: %j', async (body) => {
    for (const status of [400, 422])
      expect(await failureOf(json(status, body))).toMatchObject({ effect: 'unknown' });
  });

  test.each(['PENDING_WITHDRAWAL', 'ALREADY_PAID', 'PAYOUT_IN_PROGRESS', 'withdrawalExists', 'DUPLICATE'])(
    'doubts a refusal with the code %s',
    async (code) => {
      const errors = [{ field: 'wallet_address', message: 'is invalid' }];
      for (const status of [400, 404, 422])
        expect(await failureOf(json(status, error(code, errors)))).toMatchObject({ effect: 'unknown' });
    },
  );

  test.each<[fields: readonly string[], code: string, message?: string]>([
    [['account_number'], 'invalid_request'],
    [['account_number', 'bank_code'], 'invalid_request'],
    [['phone_number'], 'invalid_request'],
    [['wallet_address', 'network'], 'invalid_request'],
    [['to_currency'], 'pair_unsupported', 'is not supported'],
    [['from_currency', 'to_currency'], 'pair_unsupported', 'unsupported currency pair'],
    // What is wrong about it is not said, or a person can change it.
    [['to_currency'], 'refusal_unclear'],
    [['from_currency', 'to_currency'], 'refusal_unclear', 'is not supported for your account'],
    [['from_currency'], 'refusal_unclear', 'wallet is frozen'],
    [['from_currency'], 'refusal_unclear', 'account not found'],
    [['account_number'], 'refusal_unclear', 'bank is under compliance review'],
    [['account_number'], 'invalid_request', 'no such account exists'],
    [['account_number'], 'invalid_request', 'account does not exist'],
    [['account_number', 'bank_code'], 'invalid_request', 'bank doesn’t exist'],
    [['wallet_address'], 'invalid_request', 'not found'],
    // Somebody can set these, or they are about more than the account.
    [['email'], 'refusal_unclear'],
    [['amount'], 'refusal_unclear'],
    [['payment_rail'], 'refusal_unclear'],
    [['payout_destination_id'], 'refusal_unclear'],
    [['account_number', 'amount'], 'refusal_unclear'],
    [['account_number'], 'refusal_unclear', 'cannot be verified right now'],
    [['bank_code'], 'refusal_unclear', 'bank is temporarily unavailable'],
    [['to_currency'], 'refusal_unclear', 'currently not available'],
    [['amount'], 'insufficient_funds', 'exceeds your balance'],
  ])('field errors about %j: %s', async (fields, code, message = 'is invalid') => {
    const lists = [
      fields.map((field) => ({ field, message })),
      Object.fromEntries(fields.map((field) => [field, [message]])),
    ];
    for (const errors of lists)
      for (const error_code of ['VALIDATION_ERROR', 'BAD_REQUEST', undefined])
        expect(await failureOf(json(422, error(error_code, errors)))).toMatchObject({ effect: 'none', code });
  });

  test.each(['INSUFFICIENT_PERMISSIONS', 'INSUFFICIENT_AMOUNT', 'INSUFFICIENT_KYC'])(
    'takes %s for no lack of money',
    async (code) => {
      expect(await failureOf(json(422, error(code)))).toMatchObject({
        effect: 'none',
        code: 'refusal_unclear',
      });
    },
  );

  test('an error about nothing but the quote that was sent means that it expired', async () => {
    const { provider } = createAttempt([json(422, error('VALIDATION_ERROR', [{ field: 'quote_id' }]))]);
    const quote = {
      quoteId: 'qt_1',
      source: { value: '125.00', currency: 'USD' },
      destination: { value: '1', currency: 'NGN' },
      rate: '1',
      validForMs: 1,
    };
    const body = provider.freezeBody({ request, key, quote });
    expect(await provider.submit({ key, body }, {})).toMatchObject({
      failure: { effect: 'none', code: 'quote_expired' },
    });
  });

  test('carries code, request id and wait, and never a text of the provider’s', async () => {
    const failure = await failureOf(
      json(429, error('too-many.requests'), { 'retry-after': '7', 'x-request-id': 'req_1' }),
    );
    expect(failure).toEqual({
      effect: 'none',
      code: 'rate_limited',
      httpStatus: 429,
      providerCode: 'TOO_MANY_REQUESTS',
      requestId: 'req_1',
      retryAfterMs: 7_000,
    });
  });

  test.each([
    { error_code: 'account 0123456789 <b>' },
    { error_code: 7 },
    { code: 400 },
    { error: 'Bad request text' },
  ])('takes no code from %j', async (body) => {
    expect(await failureOf(json(418, body))).not.toHaveProperty('providerCode');
  });
});
