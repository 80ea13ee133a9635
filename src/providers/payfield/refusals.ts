import type { Effect, ProviderFailure, ProviderFailureCode } from '../../domain/provider-failure';
import type { HttpReply } from '../../http/sender';
import { saysItIsThere } from '../existence-words';
import { printableWord, retryAfterMs } from '../send-classification';
import { readError } from './wire';
import type { PayfieldError } from './wire';

export type Operation = 'submit' | 'read';

/** One line of the error table. The first row whose every given condition holds decides. */
export type RefusalRow = {
  /** Inclusive range of HTTP statuses. */
  readonly status: readonly [number, number];
  readonly operation?: Operation;
  /** `error`: any readable error body; `none`: no readable one (a proxy's HTML, an empty body). */
  readonly body?: 'error' | 'none';
  readonly code?: string;
  /** Payfield tells business refusals apart by nothing but their message (5. Errors). */
  readonly message?: RegExp;
  /** Any text of the reply says that a payout is there or under way. */
  readonly isThere?: true;
  /** Fields are named, and all of them are this one. */
  readonly onlyField?: string;
  /** This field is among those that are named. */
  readonly field?: string;
  readonly failure: ProviderFailureCode;
  readonly effect: Effect;
};

const only = (status: number): readonly [number, number] => [status, status];

/**
 * Source: 5. Errors and Authentication of bdt-hrs-external-documentation.pages.dev/docs; the effects are our reading.
 * Documented are 200, 201, 401, 403, 404, 422 and 500. The table is total: its last row takes everything.
 *
 * Where a reply is not Payfield's own, the question is whether a proxy may have let the request through:
 * - 401, 413 and 429 are answered instead of passing a request on: nothing happened;
 * - 403 and 404 may also be an outbound filter that swallowed the reply to a payout that was made. Replies repeat whole
 *   card numbers, which is what such filters look for. Unknown costs little here: the look-up tells;
 * - everything else says nothing: unknown.
 *
 * A read moves nothing: what is in foreign words is asked again.
 */
export const refusalRows: readonly RefusalRow[] = [
  // Authentication comes before execution.
  { status: only(401), message: /^Timestamp window exceeded/i, failure: 'clock_refused', effect: 'none' },
  { status: only(401), failure: 'credentials_refused', effect: 'none' },
  // Not documented, and stronger than a code, a field and every row below: a gateway that sent our request twice would be
  // answered so, and the first one was taken. The look-up tells.
  { status: [400, 499], operation: 'submit', isThere: true, failure: 'conflict', effect: 'unknown' },
  { status: only(403), body: 'error', failure: 'credentials_refused', effect: 'none' },
  { status: only(403), failure: 'unreadable_reply', effect: 'unknown' },
  // "Payout not found" is the one 404 that speaks of a payout. Any other means that the address is wrong.
  {
    status: only(404),
    operation: 'read',
    code: 'not_found',
    message: /^Payout not found\.?$/i,
    failure: 'not_found',
    effect: 'none',
  },
  { status: only(404), body: 'error', failure: 'misconfigured', effect: 'none' },
  { status: only(404), failure: 'unreadable_reply', effect: 'unknown' },
  { status: only(413), failure: 'misconfigured', effect: 'none' },
  { status: only(422), operation: 'read', body: 'error', failure: 'misconfigured', effect: 'none' },
  { status: only(422), message: /^Insufficient balance\b/i, failure: 'insufficient_funds', effect: 'none' },
  { status: only(422), message: /^Shop currency mismatch\b/i, failure: 'misconfigured', effect: 'none' },
  { status: only(422), message: /^Invalid paymentData\b/i, failure: 'misconfigured', effect: 'none' },
  // A complaint about our id, whatever its words, is a sign that a payout has it.
  { status: only(422), field: 'external_id', failure: 'conflict', effect: 'unknown' },
  // Whom to pay cannot be changed by a top-up or by anybody's setting.
  { status: only(422), onlyField: 'card_number', failure: 'invalid_request', effect: 'none' },
  { status: only(422), message: /^card_number is required/i, failure: 'invalid_request', effect: 'none' },
  {
    status: only(422),
    message: /^callback_url must be a valid URL/i,
    failure: 'misconfigured',
    effect: 'none',
  },
  // Any other 422, also with other fields or with none, is for people: the rows below.
  { status: only(429), failure: 'rate_limited', effect: 'none' },
  // Not documented. A conflict or an early retry speaks of another send of ours.
  { status: only(408), failure: 'timeout', effect: 'unknown' },
  { status: only(409), failure: 'conflict', effect: 'unknown' },
  { status: only(425), failure: 'in_progress', effect: 'unknown' },
  { status: [400, 499], body: 'error', failure: 'refusal_unclear', effect: 'none' },
  { status: [500, 599], failure: 'server_error', effect: 'unknown' },
  // Also a 2xx whose body cannot be read, and redirects, which are never followed.
  { status: [0, 999], failure: 'unreadable_reply', effect: 'unknown' },
];

/** What a reply that is no success means. A read creates nothing, so its effect is always none. */
export function refusalOf(operation: Operation, reply: HttpReply, now: number): ProviderFailure {
  // A success status with an error body is no refusal: nobody documents what it would mean.
  const error = reply.status < 400 ? undefined : readError(reply);
  const row = refusalRows.find((candidate) => holds(candidate, operation, reply.status, error));
  const retryAfter = retryAfterMs(reply, now);
  return {
    effect: operation === 'read' ? 'none' : (row?.effect ?? 'unknown'),
    code: row?.failure ?? 'unreadable_reply',
    httpStatus: reply.status,
    ...(error === undefined || error.code === '' ? {} : { providerCode: printableWord(error.code) }),
    ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter }),
  };
}

function holds(
  row: RefusalRow,
  operation: Operation,
  status: number,
  error: PayfieldError | undefined,
): boolean {
  const [from, to] = row.status;
  return (
    status >= from &&
    status <= to &&
    (row.operation === undefined || row.operation === operation) &&
    (row.body === undefined || (row.body === 'error') === (error !== undefined)) &&
    (row.code === undefined || row.code === error?.code) &&
    (row.message === undefined || row.message.test(error?.message ?? '')) &&
    (row.isThere === undefined || saysItIsThere(error?.everyText ?? [])) &&
    (row.field === undefined || error?.fields.includes(row.field) === true) &&
    (row.onlyField === undefined ||
      (error !== undefined &&
        error.fields.length > 0 &&
        error.fields.every((name) => name === row.onlyField)))
  );
}
