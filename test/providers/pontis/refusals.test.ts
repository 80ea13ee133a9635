import type { HttpReply } from '../../../src/http/sender';
import { refusalOf } from '../../../src/providers/pontis/refusals';
import type { Operation } from '../../../src/providers/pontis/refusals';
import { accepted, json, refusal, startOf2025 } from './pontis-account';

/** A reply without a code is a page of somebody else's. */
const page = '<html>nginx</html>';
const replyOf = (status: number, code: string | null): HttpReply =>
  code === null ? json(status, page) : refusal(status, code);

type Case = readonly [number, string | null, string, 'none' | 'unknown'];

const forbiddenByPontis: readonly Case[] = [
  [403, 'forbidden', 'account_suspended', 'none'],
  [403, 'account_suspended', 'account_suspended', 'none'],
  [403, 'ip_not_allowed', 'credentials_refused', 'none'],
  [403, 'something_else', 'refusal_unclear', 'none'],
];

const cases: Readonly<Record<Operation, readonly Case[]>> = {
  submit: [
    [400, 'validation_error', 'invalid_request', 'none'],
    [400, 'bad_request', 'refusal_unclear', 'none'],
    [413, 'bad_request', 'misconfigured', 'none'],
    [413, null, 'misconfigured', 'none'],
    [401, 'jwt_expired', 'token_expired', 'none'],
    [401, 'unauthorized', 'credentials_refused', 'none'],
    [401, 'invalid_signature', 'credentials_refused', 'none'],
    [401, 'something_else', 'credentials_refused', 'none'],
    [401, null, 'credentials_refused', 'none'],
    ...forbiddenByPontis,
    [403, null, 'unreadable_reply', 'unknown'],
    [404, 'quote_not_found', 'quote_expired', 'none'],
    [404, 'not_found', 'misconfigured', 'none'],
    [404, null, 'unreadable_reply', 'unknown'],
    [409, 'quote_used', 'conflict', 'unknown'],
    [409, 'wallet_frozen', 'account_suspended', 'none'],
    [409, 'request_in_progress', 'conflict', 'unknown'],
    [409, null, 'conflict', 'unknown'],
    [422, 'insufficient_funds', 'insufficient_funds', 'none'],
    [422, 'per_payout_limit_exceeded', 'payout_limit', 'none'],
    [422, 'daily_limit_exceeded', 'daily_limit', 'none'],
    [422, 'monthly_limit_exceeded', 'monthly_limit', 'none'],
    [422, 'rate_moved', 'rate_moved', 'none'],
    [422, 'quote_expired', 'quote_expired', 'none'],
    [422, 'invalid_signature', 'quote_expired', 'none'],
    [422, 'screening_failed', 'screening_refused', 'none'],
    [422, 'something_else', 'refusal_unclear', 'none'],
    [422, null, 'unreadable_reply', 'unknown'],
    [429, 'rate_limited', 'rate_limited', 'none'],
    [429, null, 'rate_limited', 'none'],
    [500, 'internal_error', 'server_error', 'unknown'],
    [500, 'insufficient_funds', 'server_error', 'unknown'],
    [500, null, 'server_error', 'unknown'],
    [502, null, 'server_error', 'unknown'],
    [503, null, 'server_error', 'unknown'],
    [504, null, 'server_error', 'unknown'],
    [599, 'validation_error', 'server_error', 'unknown'],
    // The code alone decides nothing.
    [400, 'insufficient_funds', 'refusal_unclear', 'none'],
    [400, 'rate_limited', 'refusal_unclear', 'none'],
    [422, 'validation_error', 'refusal_unclear', 'none'],
    [422, 'unauthorized', 'refusal_unclear', 'none'],
    // Undocumented refusals that hint at something that exists, or broke half way.
    [400, 'duplicate_request', 'conflict', 'unknown'],
    [400, 'idempotency_key_in_use', 'conflict', 'unknown'],
    [422, 'transaction_already_submitted', 'conflict', 'unknown'],
    [422, 'payout_exists', 'conflict', 'unknown'],
    [422, 'in_progress', 'conflict', 'unknown'],
    [422, 'still_processing', 'conflict', 'unknown'],
    [400, 'internal_error', 'conflict', 'unknown'],
    // Statuses that Pontis does not document.
    [100, null, 'unreadable_reply', 'unknown'],
    [302, null, 'unreadable_reply', 'unknown'],
    [302, 'validation_error', 'unreadable_reply', 'unknown'],
    [400, null, 'unreadable_reply', 'unknown'],
    [405, 'method_not_allowed', 'refusal_unclear', 'none'],
    [405, null, 'unreadable_reply', 'unknown'],
    [408, null, 'timeout', 'unknown'],
    [408, 'validation_error', 'timeout', 'unknown'],
    [425, 'validation_error', 'unreadable_reply', 'unknown'],
    [499, null, 'unreadable_reply', 'unknown'],
    // A success that says no.
    [200, 'insufficient_funds', 'unreadable_reply', 'unknown'],
    [201, 'validation_error', 'unreadable_reply', 'unknown'],
    [204, null, 'unreadable_reply', 'unknown'],
  ],
  login: [
    [401, 'unauthorized', 'credentials_refused', 'none'],
    [401, 'invalid_signature', 'credentials_refused', 'none'],
    [401, null, 'credentials_refused', 'none'],
    ...forbiddenByPontis,
    [403, null, 'not_reachable', 'none'],
    [429, 'rate_limited', 'rate_limited', 'none'],
    [429, null, 'rate_limited', 'none'],
    [413, null, 'misconfigured', 'none'],
    [451, null, 'not_reachable', 'none'],
    [500, 'internal_error', 'misconfigured', 'none'],
    [500, null, 'not_reachable', 'none'],
    [502, null, 'not_reachable', 'none'],
    [503, 'internal_error', 'not_reachable', 'none'],
    [400, 'validation_error', 'misconfigured', 'none'],
    [404, 'not_found', 'misconfigured', 'none'],
    [404, null, 'not_reachable', 'none'],
    [408, null, 'not_reachable', 'none'],
    [425, null, 'not_reachable', 'none'],
    [301, null, 'misconfigured', 'none'],
    [200, null, 'not_reachable', 'none'],
    [204, null, 'not_reachable', 'none'],
  ],
  status: [
    [404, 'not_found', 'not_found', 'none'],
    [404, 'something_else', 'misconfigured', 'none'],
    [404, null, 'unreadable_reply', 'none'],
    [400, 'validation_error', 'misconfigured', 'none'],
    [401, 'jwt_expired', 'token_expired', 'none'],
    [401, 'unauthorized', 'credentials_refused', 'none'],
    [401, null, 'credentials_refused', 'none'],
    ...forbiddenByPontis,
    [403, null, 'unreadable_reply', 'none'],
    [429, 'rate_limited', 'rate_limited', 'none'],
    [429, null, 'rate_limited', 'none'],
    [408, null, 'timeout', 'none'],
    [425, null, 'unreadable_reply', 'none'],
    [400, 'something_else', 'refusal_unclear', 'none'],
    [409, 'something_else', 'refusal_unclear', 'none'],
    [422, 'insufficient_funds', 'refusal_unclear', 'none'],
    [400, null, 'unreadable_reply', 'none'],
    [500, 'internal_error', 'server_error', 'none'],
    [503, null, 'server_error', 'none'],
    [302, null, 'unreadable_reply', 'none'],
    [200, null, 'unreadable_reply', 'none'],
  ],
};

describe.each(['submit', 'login', 'status'] as const)('a refusal of %s', (operation) => {
  test.each(cases[operation])('%d %j is %s, effect %s', (status, code, failure, effect) => {
    expect(refusalOf(operation, replyOf(status, code), startOf2025)).toEqual({
      effect,
      code: failure,
      httpStatus: status,
      ...(code === null ? {} : { providerCode: code, requestId: '01J9F5Z4X7Y3K2B1Q0M8N7V6T5' }),
    });
  });

  it('is total: every status from 100 to 999, readable or not, has a meaning', () => {
    for (let status = 100; status < 1000; status += 1) {
      for (const code of ['something_else', 'insufficient_funds', null]) {
        const { effect, code: failure } = refusalOf(operation, replyOf(status, code), startOf2025);
        expect(failure).toMatch(/^[a-z_]+$/);
        if (operation !== 'submit') expect(effect).toBe('none');
        // Nothing but a definite 4xx may claim that a submit had no effect.
        else if (status < 400 || status >= 500) expect(effect).toBe('unknown');
      }
    }
  });
});

/** Messages "must not be parsed": nothing is concluded from them but doubt. */
describe('a message that says that a payout is there or under way', () => {
  const says = (status: number, code: string, message: string): HttpReply =>
    json(status, { ok: false, error: { code, message } });

  test.each([
    'request already accepted',
    'Duplicate idempotency key',
    'payout is being processed',
    'A payout with this key exists',
    'transfer in progress',
  ])('%j is doubted under any code', (message) => {
    for (const [status, code] of [
      [400, 'validation_error'],
      [400, 'bad_request'],
      [403, 'forbidden'],
      [404, 'not_found'],
      [409, 'wallet_frozen'],
      [422, 'insufficient_funds'],
      [422, 'per_payout_limit_exceeded'],
      [422, 'screening_failed'],
      [429, 'rate_limited'],
    ] as const)
      expect(refusalOf('submit', says(status, code, message), startOf2025)).toEqual({
        effect: 'unknown',
        code: 'conflict',
        httpStatus: status,
        providerCode: code,
      });
    expect(refusalOf('submit', says(401, 'unauthorized', message), startOf2025).effect).toBe('none');
    expect(refusalOf('login', says(400, 'validation_error', message), startOf2025).effect).toBe('none');
  });

  test.each(['account does not exist', 'no such bank exists', 'beneficiary not found', 'ifsc is invalid'])(
    '%j is about the beneficiary',
    (message) => {
      expect(refusalOf('submit', says(400, 'validation_error', message), startOf2025)).toMatchObject({
        effect: 'none',
        code: 'invalid_request',
      });
    },
  );
});

describe('an error envelope', () => {
  const unreadable: readonly (readonly [string, unknown])[] = [
    ['no JSON', page],
    ['empty', ''],
    ['null', null],
    ['a list', []],
    ['no error', { ok: false }],
    ['an error that is text', { ok: false, error: 'insufficient_funds' }],
    ['no code', { ok: false, error: { message: 'x' } }],
    ['a code that is a number', { ok: false, error: { code: 422 } }],
    ['an empty code', { ok: false, error: { code: '' } }],
    ['a code with spaces', { ok: false, error: { code: 'insufficient funds' } }],
    ['a long code', { ok: false, error: { code: 'x'.repeat(65) } }],
    ['a success', { ok: true, error: { code: 'insufficient_funds' } }],
    ['an acceptance', JSON.parse(accepted().body)],
    ['a truncated one', '{"ok":false,"error":{"code":"insufficient_funds"'],
    ['a polluting one', '{"__proto__":{"error":{"code":"insufficient_funds"}}}'],
  ];
  test.each(unreadable)('%s proves nothing about a 422', (_, body) => {
    expect(refusalOf('submit', json(422, body), startOf2025)).toEqual({
      effect: 'unknown',
      code: 'unreadable_reply',
      httpStatus: 422,
    });
  });

  it('is read without ok, message and request id, and with more', () => {
    const reply = json(422, { error: { code: 'insufficient_funds', details: [] }, request_id: 7, x: 1 });
    expect(refusalOf('submit', reply, startOf2025)).toEqual({
      effect: 'none',
      code: 'insufficient_funds',
      httpStatus: 422,
      providerCode: 'insufficient_funds',
    });
  });

  it('gives away neither its message nor unprintable ids', () => {
    const reply = json(422, {
      ok: false,
      request_id: 'id with\nJuan dela Cruz',
      error: { code: 'screening_failed', message: 'Juan dela Cruz is listed' },
    });
    const failure = refusalOf('submit', reply, startOf2025);
    expect(failure.requestId).toBe('id_with_Juan_dela_Cruz');
    expect(JSON.stringify(failure)).not.toContain('listed');
  });

  it.each([
    ['7', 7000],
    ['Wed, 01 Jan 2025 00:01:00 GMT', 60_000],
    ['soon', undefined],
  ])('comes with Retry-After %j', (header, expected) => {
    const reply = refusal(429, 'rate_limited', { 'retry-after': header });
    expect(refusalOf('submit', reply, startOf2025).retryAfterMs).toBe(expected);
  });
});
