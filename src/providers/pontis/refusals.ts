import type { Effect, ProviderFailure, ProviderFailureCode } from '../../domain/provider-failure';
import type { HttpReply } from '../../http/sender';
import { saysItIsThere } from '../existence-words';
import { printableWord, retryAfterMs } from '../send-classification';
import { readError } from './wire';
import type { ErrorReply } from './wire';

export type Operation = 'login' | 'submit' | 'status';

type RefusalRow = {
  /** One status, or a whole class by its first digit. */
  readonly http: number | '3xx' | '4xx' | '5xx' | 'any';
  /** The code in the error envelope; a pattern for any that matches. Absent: whatever the body is, readable or not. */
  readonly code?: string | RegExp;
  /** Any text of the reply says that a payout is there or under way. */
  readonly isThere?: true;
  readonly failure: ProviderFailureCode;
  readonly effect: Effect;
};

const anyCode = /^/;
/**
 * Undocumented codes that hint at something that exists, is under way or broke half way. Comparable providers answer
 * duplicates with 400 and 422, so such a refusal proves nothing.
 */
const hintOfExistence = /duplicate|idempot|exist|conflict|already|in_progress|processing|internal/i;

/**
 * 403 of docs.pontisglobe.com/errors, in Pontis's own envelope: the request was stopped at the door.
 */
const forbiddenByPontis: readonly RefusalRow[] = [
  { http: 403, code: 'forbidden', failure: 'account_suspended', effect: 'none' },
  { http: 403, code: 'account_suspended', failure: 'account_suspended', effect: 'none' },
  { http: 403, code: 'ip_not_allowed', failure: 'credentials_refused', effect: 'none' },
  { http: 403, code: anyCode, failure: 'refusal_unclear', effect: 'none' },
];

/**
 * What a reply to a submit that is no acceptance means. The first matching row decides; the last one matches everything.
 * Sources: docs.pontisglobe.com/api-reference/send-payout ("Responses") and /errors. The same code under another HTTP
 * status is another row: 401 `invalid_signature` is our HMAC, 422 `invalid_signature` a quote's.
 */
const submitRefusals: readonly RefusalRow[] = [
  // Authentication precedes execution: a 401, whatever it says, has no effect.
  { http: 401, code: 'jwt_expired', failure: 'token_expired', effect: 'none' },
  { http: 401, failure: 'credentials_refused', effect: 'none' },
  // A message "must not be parsed", and nothing is concluded from this one but doubt: a replay and people tell.
  { http: '4xx', code: anyCode, isThere: true, failure: 'conflict', effect: 'unknown' },
  ...forbiddenByPontis,
  // In foreign words it may be a filter's that swallowed the reply to a payout that was made.
  { http: 403, failure: 'unreadable_reply', effect: 'unknown' },
  { http: 400, code: 'validation_error', failure: 'invalid_request', effect: 'none' },
  // It says nothing about the cause: people look before a payout ends that they could save.
  { http: 400, code: 'bad_request', failure: 'refusal_unclear', effect: 'none' },
  // Too large (above 64 KB) is found while reading the body, by Pontis or any proxy before it. What is sent is small, so
  // it is something between us that has to be set.
  { http: 413, failure: 'misconfigured', effect: 'none' },
  { http: 404, code: 'quote_not_found', failure: 'quote_expired', effect: 'none' },
  // Any other 404 of Pontis's own means that it does not serve this path: a wrong base URL. A foreign one proves nothing.
  { http: 404, code: anyCode, failure: 'misconfigured', effect: 'none' },
  { http: 409, code: 'wallet_frozen', failure: 'account_suspended', effect: 'none' },
  // quote_used, or a 409 nobody documents: what it conflicts with may be our own payout.
  { http: 409, failure: 'conflict', effect: 'unknown' },
  { http: 422, code: 'insufficient_funds', failure: 'insufficient_funds', effect: 'none' },
  { http: 422, code: 'per_payout_limit_exceeded', failure: 'payout_limit', effect: 'none' },
  { http: 422, code: 'daily_limit_exceeded', failure: 'daily_limit', effect: 'none' },
  { http: 422, code: 'monthly_limit_exceeded', failure: 'monthly_limit', effect: 'none' },
  { http: 422, code: 'rate_moved', failure: 'rate_moved', effect: 'none' },
  { http: 422, code: 'quote_expired', failure: 'quote_expired', effect: 'none' },
  { http: 422, code: 'invalid_signature', failure: 'quote_expired', effect: 'none' },
  { http: 422, code: 'screening_failed', failure: 'screening_refused', effect: 'none' },
  // Refused before execution, also when a gateway throttles with a page of its own.
  { http: 429, failure: 'rate_limited', effect: 'none' },
  // Somebody gave up waiting, or was not willing to decide: the request may have gone on to the application.
  { http: 408, failure: 'timeout', effect: 'unknown' },
  { http: 425, failure: 'unreadable_reply', effect: 'unknown' },
  { http: 499, failure: 'unreadable_reply', effect: 'unknown' },
  // Any other refusal in Pontis's own envelope was decided by Pontis; one that hints at an existing payout is doubted.
  { http: '4xx', code: hintOfExistence, failure: 'conflict', effect: 'unknown' },
  { http: '4xx', code: anyCode, failure: 'refusal_unclear', effect: 'none' },
  // A 4xx in foreign words may come from a proxy that had passed the request on.
  { http: '4xx', failure: 'unreadable_reply', effect: 'unknown' },
  { http: '5xx', failure: 'server_error', effect: 'unknown' },
  // A success without an id, a redirect, garbage.
  { http: 'any', failure: 'unreadable_reply', effect: 'unknown' },
];

/**
 * The same for a login, docs.pontisglobe.com/api-reference/login. Nothing of the payout was sent, so no effect; 500
 * `internal_error` is documented as a misconfigured account ("contact support").
 */
const loginRefusals: readonly RefusalRow[] = [
  { http: 401, failure: 'credentials_refused', effect: 'none' },
  ...forbiddenByPontis,
  { http: 429, failure: 'rate_limited', effect: 'none' },
  { http: 408, failure: 'not_reachable', effect: 'none' },
  { http: 425, failure: 'not_reachable', effect: 'none' },
  { http: 413, failure: 'misconfigured', effect: 'none' },
  { http: '4xx', code: anyCode, failure: 'misconfigured', effect: 'none' },
  // In foreign words it is a filter's or a proxy's, which says nothing about our account: it is tried again.
  { http: '4xx', failure: 'not_reachable', effect: 'none' },
  { http: 500, code: 'internal_error', failure: 'misconfigured', effect: 'none' },
  { http: '3xx', failure: 'misconfigured', effect: 'none' },
  { http: 'any', failure: 'not_reachable', effect: 'none' },
];

/**
 * The same for getPayoutStatus, docs.pontisglobe.com/api-reference/get-payout-status. A read creates nothing, so no
 * effect. 404 `not_found` also covers another account or mode: it never means "not paid".
 */
const statusRefusals: readonly RefusalRow[] = [
  { http: 401, code: 'jwt_expired', failure: 'token_expired', effect: 'none' },
  { http: 401, failure: 'credentials_refused', effect: 'none' },
  ...forbiddenByPontis,
  { http: 404, code: 'not_found', failure: 'not_found', effect: 'none' },
  { http: 404, code: anyCode, failure: 'misconfigured', effect: 'none' },
  // The id is no UUID and does not start with sb_: it cannot be from this provider.
  { http: 400, code: 'validation_error', failure: 'misconfigured', effect: 'none' },
  { http: 429, failure: 'rate_limited', effect: 'none' },
  { http: 408, failure: 'timeout', effect: 'none' },
  { http: 425, failure: 'unreadable_reply', effect: 'none' },
  { http: '4xx', code: anyCode, failure: 'refusal_unclear', effect: 'none' },
  { http: '5xx', failure: 'server_error', effect: 'none' },
  { http: 'any', failure: 'unreadable_reply', effect: 'none' },
];

const refusals: Readonly<Record<Operation, readonly RefusalRow[]>> = {
  login: loginRefusals,
  submit: submitRefusals,
  status: statusRefusals,
};

/** What a reply that is no success (or a success that cannot be read) means. */
export function refusalOf(operation: Operation, reply: HttpReply, now: number): ProviderFailure {
  const error = readError(reply);
  const row = refusals[operation].find((candidate) => rowMatches(candidate, reply.status, error));
  if (row === undefined) throw new Error(`no row for HTTP ${reply.status}`);
  const retryAfter = retryAfterMs(reply, now);
  return {
    effect: row.effect,
    code: row.failure,
    httpStatus: reply.status,
    ...(error ? { providerCode: printableWord(error.code) } : {}),
    ...(error?.requestId ? { requestId: error.requestId } : {}),
    ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter }),
  };
}

function rowMatches(row: RefusalRow, status: number, error: ErrorReply | undefined): boolean {
  const code = error?.code;
  const http =
    typeof row.http === 'number'
      ? row.http === status
      : row.http === 'any' || row.http === `${Math.floor(status / 100)}xx`;
  if (row.isThere !== undefined && !saysItIsThere(error?.everyText ?? [])) return false;
  if (!http || row.code === undefined) return http;
  if (code === undefined) return false;
  return typeof row.code === 'string' ? row.code === code : row.code.test(code);
}
