import type { Effect, ProviderFailure, ProviderFailureCode } from '../../domain/provider-failure';
import type { HttpReply } from '../../http/sender';
import { printableToken, printableWord, retryAfterMs } from '../send-classification';
import { readErrorReply } from './wire';
import type { WireError } from './wire';

/** One row: the first that fits a reply decides. Every condition that is given must hold. */
export type ErrorRow = {
  /** One HTTP status, or an inclusive range. */
  readonly http: number | readonly [from: number, to: number];
  /** The reply's code in upper case; one `*` stands for anything. `none`: there is no code. */
  readonly code?: string;
  /** One of the reply's field errors names this field. */
  readonly field?: string;
  /** Field errors are there and all of them name this field. */
  readonly onlyField?: string;
  /** The body must be a JSON object (or need not be: `any`, the meaning when absent). */
  readonly body?: 'json' | 'any';
  readonly means: ProviderFailureCode;
  readonly effect: Effect;
};

const bothRefusals = [400, 422] as const;
const rowsFor = (
  statuses: readonly number[],
  row: Omit<ErrorRow, 'http' | 'effect' | 'means'>,
  means: ProviderFailureCode,
  effect: Effect,
): readonly ErrorRow[] => statuses.map((http) => ({ http, ...row, means, effect }));

/**
 * Replies to "Create withdrawal" that are no 2xx. Its page documents 400, 409 and 422 by the HTTP status alone; the codes
 * are those of the successor's OpenAPI. What a page states is marked with it, everything else is our cautious reading.
 *
 * A 4xx whose body is no JSON may come from something between us and the provider, after the provider acted; it proves
 * nothing. Excepted are 401, 413 and 429, which are answered instead of passing a request on; a 403 or 404 in foreign words
 * can be a filter's that swallowed the reply to a payout that was made.
 */
export const submitErrors: readonly ErrorRow[] = [
  // Successor: UNAUTHORIZED, FORBIDDEN. Authentication precedes execution.
  { http: 401, means: 'credentials_refused', effect: 'none' },
  { http: 403, body: 'json', means: 'account_suspended', effect: 'none' },
  // "Create withdrawal" 409: "currently being processed". It may also mean that the payout is not final yet.
  // Successor: IDEMPOTENCY_IN_PROGRESS (request in flight), CONFLICT (duplicate), IDEMPOTENCY_CONFLICT (other body).
  { http: 409, code: 'IDEMPOTENCY_IN_PROGRESS', means: 'in_progress', effect: 'unknown' },
  { http: 409, code: 'IDEMPOTENCY_CONFLICT', means: 'conflict', effect: 'unknown' },
  { http: 409, code: 'CONFLICT', means: 'conflict', effect: 'unknown' },
  { http: 409, code: 'DUPLICATE*', means: 'conflict', effect: 'unknown' },
  { http: 409, means: 'in_progress', effect: 'unknown' },
  // "Must be unique per organization": a complaint about our reference is a sign that it is already there.
  ...rowsFor(bothRefusals, { field: 'reference' }, 'conflict', 'unknown'),
  ...rowsFor(bothRefusals, { field: 'idempotency_key' }, 'conflict', 'unknown'),
  ...rowsFor(bothRefusals, { code: 'DUPLICATE*' }, 'conflict', 'unknown'),
  ...rowsFor(bothRefusals, { code: 'IDEMPOTENCY*' }, 'conflict', 'unknown'),
  ...rowsFor(bothRefusals, { code: 'CONFLICT' }, 'conflict', 'unknown'),
  // A used quote may have been used by a send of ours.
  ...rowsFor(bothRefusals, { code: 'QUOTE_*USED' }, 'conflict', 'unknown'),
  // No code for a low balance is documented; these are unmistakable where a deployment has one.
  ...rowsFor([400, 402, 422], { code: 'INSUFFICIENT_*' }, 'insufficient_funds', 'none'),
  // No code for an expired quote is documented either: these names, or an error about nothing but `quote_id`.
  ...rowsFor([400, 404, 410, 422], { code: 'QUOTE_EXPIRED' }, 'quote_expired', 'none'),
  ...rowsFor([400, 404, 410, 422], { code: 'EXPIRED_QUOTE' }, 'quote_expired', 'none'),
  ...rowsFor([400, 404, 410, 422], { onlyField: 'quote_id' }, 'quote_expired', 'none'),
  // "Create withdrawal" 400: missing fields, unsupported currency, invalid destination; 422: validation error.
  // Successor: VALIDATION_ERROR (400 in its OpenAPI, 422 in an SDK), BAD_REQUEST.
  ...rowsFor(bothRefusals, { code: 'VALIDATION_ERROR' }, 'invalid_request', 'none'),
  ...rowsFor(bothRefusals, { code: 'BAD_REQUEST' }, 'invalid_request', 'none'),
  ...rowsFor(bothRefusals, { code: 'none', body: 'json' }, 'invalid_request', 'none'),
  ...rowsFor(bothRefusals, { body: 'json' }, 'refused', 'none'),
  // Successor: NOT_FOUND, of a destination or a quote. Without a code: no such route.
  { http: 404, code: 'NOT_FOUND', means: 'refusal_unclear', effect: 'none' },
  { http: 404, body: 'json', means: 'misconfigured', effect: 'none' },
  { http: 405, body: 'json', means: 'misconfigured', effect: 'none' },
  { http: 413, means: 'invalid_request', effect: 'none' },
  { http: 415, body: 'json', means: 'misconfigured', effect: 'none' },
  // Successor: TOO_MANY_REQUESTS, with Retry-After.
  { http: 429, means: 'rate_limited', effect: 'none' },
  // These say that somebody gave up waiting, or that the resource is busy: the payout may be there.
  { http: 408, means: 'timeout', effect: 'unknown' },
  { http: 423, means: 'in_progress', effect: 'unknown' },
  { http: 425, means: 'in_progress', effect: 'unknown' },
  { http: 499, means: 'unreadable_reply', effect: 'unknown' },
  { http: [400, 499], body: 'json', means: 'refusal_unclear', effect: 'none' },
  // Successor: INTERNAL_SERVER_ERROR, BAD_GATEWAY, SERVICE_UNAVAILABLE.
  { http: [500, 599], means: 'server_error', effect: 'unknown' },
];

/** Replies to reads that are no 2xx. A read creates nothing, so every effect is `none`. */
export const readErrors: readonly ErrorRow[] = [
  { http: 401, means: 'credentials_refused', effect: 'none' },
  { http: 403, means: 'account_suspended', effect: 'none' },
  // Of another key, account or mode as well: never a proof that a payout does not exist.
  { http: 404, body: 'json', means: 'not_found', effect: 'none' },
  { http: 404, means: 'misconfigured', effect: 'none' },
  { http: 405, means: 'misconfigured', effect: 'none' },
  { http: 408, means: 'timeout', effect: 'none' },
  { http: 429, means: 'rate_limited', effect: 'none' },
  { http: [400, 499], means: 'refusal_unclear', effect: 'none' },
  { http: [500, 599], means: 'server_error', effect: 'none' },
];

/** Replies to the list that are no 2xx: there, 404 means that the path is not this server's. */
export const listErrors: readonly ErrorRow[] = [
  { http: 404, means: 'misconfigured', effect: 'none' },
  ...readErrors,
];

/** Replies to "Payout quote" that are no 2xx. A quote moves nothing, so every effect is `none`. */
export const quoteErrors: readonly ErrorRow[] = [
  ...rowsFor([400, 402, 422], { code: 'INSUFFICIENT_*' }, 'insufficient_funds', 'none'),
  ...rowsFor(bothRefusals, { code: 'VALIDATION_ERROR' }, 'invalid_request', 'none'),
  ...rowsFor(bothRefusals, { code: 'BAD_REQUEST' }, 'invalid_request', 'none'),
  ...rowsFor(bothRefusals, { code: 'none', body: 'json' }, 'invalid_request', 'none'),
  ...rowsFor(bothRefusals, { body: 'json' }, 'refused', 'none'),
  ...listErrors,
];

/** The failure that a reply means. `quoted`: the frozen body has a quote, so an error can be about its age. */
export function failureOfReply(
  reply: HttpReply,
  rows: readonly ErrorRow[],
  context: { readonly now: number; readonly quoted?: boolean },
): ProviderFailure {
  const error = readErrorReply(reply);
  const about = context.quoted === false ? { ...error, fields: withoutQuote(error.fields) } : error;
  const row = rows.find((candidate) => fits(candidate, reply.status, about));
  const requestId = requestIdOf(reply);
  const wait = retryAfterMs(reply, context.now);
  return {
    // What no row names (1xx, 3xx, a 2xx that is no reply of theirs) tells nothing.
    effect: row?.effect ?? (rows === submitErrors ? 'unknown' : 'none'),
    code: row?.means ?? 'unreadable_reply',
    httpStatus: reply.status,
    ...(error.code !== undefined && { providerCode: printableWord(error.code) }),
    ...(requestId !== undefined && { requestId }),
    ...(wait !== undefined && { retryAfterMs: wait }),
  };
}

/** `x-request-id` (successor): their support finds the request by it. */
export function requestIdOf(reply: HttpReply): string | undefined {
  const value = reply.headers['x-request-id'];
  return value === undefined || value === '' ? undefined : printableToken(value, 64);
}

const withoutQuote = (fields: readonly string[]): readonly string[] =>
  fields.filter((field) => field !== 'quote_id');

function fits(row: ErrorRow, status: number, error: WireError): boolean {
  const [from, to] = typeof row.http === 'number' ? [row.http, row.http] : row.http;
  return (
    status >= from &&
    status <= to &&
    (row.body !== 'json' || error.readable) &&
    (row.code === undefined || isCode(row.code, error.code)) &&
    (row.field === undefined || error.fields.includes(row.field)) &&
    (row.onlyField === undefined ||
      (error.fields.length > 0 && error.fields.every((field) => field === row.onlyField)))
  );
}

function isCode(pattern: string, code: string | undefined): boolean {
  if (code === undefined) return pattern === 'none';
  const star = pattern.indexOf('*');
  if (star === -1) return pattern === code;
  return code.startsWith(pattern.slice(0, star)) && code.endsWith(pattern.slice(star + 1));
}
