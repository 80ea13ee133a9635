import type { Effect, ProviderFailure, ProviderFailureCode } from '../../domain/provider-failure';
import type { HttpReply } from '../../http/sender';
import { saysItIsThere } from '../existence-words';
import { printableToken, printableWord, retryAfterMs } from '../send-classification';
import { readErrorReply } from './wire';
import type { WireError } from './wire';

/** One row: the first that fits a reply decides. Every condition that is given must hold. */
export type ErrorRow = {
  /** One HTTP status, or an inclusive range. */
  readonly http: number | readonly [from: number, to: number];
  /** The reply's code in upper case; one `*` stands for anything. `none`: there is no code. */
  readonly code?: string | RegExp;
  /** One of the reply's texts says this. */
  readonly says?: RegExp;
  /** None of the reply's texts says this. */
  readonly unless?: RegExp;
  /** Any word of the reply, its code among them, says that a payout is there or under way; or it names one by its id. */
  readonly isThere?: true;
  /** One of the reply's field errors names this field. */
  readonly field?: string;
  /** Field errors are there and all of them name one of these fields. */
  readonly onlyFields?: readonly string[];
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

/** Words that leave no doubt, for codes that say nothing (`BAD_REQUEST`): none is documented for money, prices or currencies. */
const says = {
  lowBalance:
    /\b(insufficient|not enough)( (?!of\b|proof\b|about\b)\w+){0,2} (balance|funds?|liquidity)\b|\b(balance|funds?) (is|are) (too low|insufficient)\b|\bexceeds\b.{0,30}\bbalance\b/i,
  oldQuote: /\bquote\b.{0,30}\b(expired|not found|no longer valid)\b|\bexpired quote\b/i,
  noSuchPair:
    /\b(unsupported|no such) (currency|currencies|corridor)\b|\b(unsupported|unknown|invalid|no such) (currency )?pair\b|\b(currency|currencies|pair|corridor)\b.{0,30}\b(not supported|unsupported|do(es)? not exist|not found)\b/i,
  /** Of a currency that is named as the field: it is none that they exchange. */
  noSuchCurrency:
    /\b(not supported|unsupported|do(es)? not exist|not found|not one of|no such|not a (known|supported|valid) (currency|currencies|pair|corridor)|(unknown|invalid) (currency|currencies|pair|corridor))\b/i,
  /** What may be otherwise tomorrow is no permanent refusal, whatever it is about. */
  passing:
    /\b(temporar(y|ily)|currently|at (the|this) (moment|time)|right now|for now|today|again|later|soon|yet|until|maintenance|unavailable|outage|down|suspended|disabled|paused|blocked|frozen|locked|on hold|restricted|kyc|kyb|kyt|compliance|review|verification|contact|support team)\b/i,
  /** A pair that this account, wallet, rail or amount does not get: somebody can change that, or choose another one. */
  ofOurs:
    /\b(accounts?|wallets?|balances?|your|you|merchant|business|profile|organi[sz]ation|tenant|customer|tier|level|plan|limits?|permissions?|permitted|allowed|enabled?|activated?|configured|approved?|amount|minimum|maximum|rail|method|channel|network|bank|country|region|test|sandbox|live|mode|environment)\b/i,
} as const;

const lowBalanceCode = /^INSUFFICIENT_([A-Z]+_)*(BALANCE|FUNDS?|LIQUIDITY)$/;
const noSuchPairCode =
  /^((CURRENCY|CURRENCY_PAIR|PAIR|CORRIDOR)_(NOT_SUPPORTED|UNSUPPORTED|NOT_FOUND)|UNSUPPORTED_(CURRENCY|CURRENCY_PAIR|PAIR|CORRIDOR))$/;
/** What names the beneficiary's account: no top-up and no person makes another account of it. */
const accountFields = ['account_number', 'bank_code', 'phone_number', 'wallet_address', 'network', 'memo'];

/** Money that is missing: after a top-up the same payout goes through. */
const lowBalance: readonly ErrorRow[] = [
  ...rowsFor([400, 402, 422], { code: lowBalanceCode }, 'insufficient_funds', 'none'),
  ...rowsFor([400, 402, 422], { says: says.lowBalance }, 'insufficient_funds', 'none'),
];

const currencyFields = ['from_currency', 'to_currency'];

/** A pair that is not exchanged, in the forms that a reply can have; not where it may pass, or a person can get it. */
const noSuchPair: readonly ErrorRow[] = [
  ...rowsFor([400, 404, 422], { says: says.passing }, 'refusal_unclear', 'none'),
  ...rowsFor([400, 404, 422], { code: noSuchPairCode, unless: says.ofOurs }, 'pair_unsupported', 'none'),
  ...rowsFor([400, 404, 422], { says: says.noSuchPair, unless: says.ofOurs }, 'pair_unsupported', 'none'),
  ...rowsFor(
    bothRefusals,
    { onlyFields: currencyFields, says: says.noSuchCurrency, unless: says.ofOurs },
    'pair_unsupported',
    'none',
  ),
];

/**
 * Replies to "Create withdrawal" that are no 2xx. Its page documents 400, 409 and 422 by the HTTP status alone; the codes
 * are those of the successor's OpenAPI. What a page states is marked with it, everything else is our cautious reading.
 *
 * A 4xx whose body is no JSON may come from something between us and the provider, after the provider acted; it proves
 * nothing. Excepted are 401, 413 and 429, which are answered instead of passing a request on; a 403 or 404 in foreign words
 * can be a filter's that swallowed the reply to a payout that was made.
 */
export const submitErrors: readonly ErrorRow[] = [
  // Successor: UNAUTHORIZED. Authentication precedes execution.
  { http: 401, means: 'credentials_refused', effect: 'none' },
  // "Create withdrawal" 409: "currently being processed". It may also mean that the payout is not final yet.
  // Successor: IDEMPOTENCY_IN_PROGRESS (request in flight), CONFLICT (duplicate), IDEMPOTENCY_CONFLICT (other body).
  { http: 409, code: 'IDEMPOTENCY_IN_PROGRESS', means: 'in_progress', effect: 'unknown' },
  { http: 409, code: 'IDEMPOTENCY_CONFLICT', means: 'conflict', effect: 'unknown' },
  { http: 409, code: 'CONFLICT', means: 'conflict', effect: 'unknown' },
  { http: 409, code: 'DUPLICATE*', means: 'conflict', effect: 'unknown' },
  { http: 409, means: 'in_progress', effect: 'unknown' },
  // Whatever the status, the code and the fields say: these words are stronger, and doubt costs a look-up alone.
  { http: [400, 499], isThere: true, means: 'conflict', effect: 'unknown' },
  // Successor: FORBIDDEN.
  { http: 403, body: 'json', means: 'account_suspended', effect: 'none' },
  // "Must be unique per organization": a complaint about our reference is a sign that it is already there.
  ...rowsFor(bothRefusals, { field: 'reference' }, 'conflict', 'unknown'),
  ...rowsFor(bothRefusals, { field: 'idempotency_key' }, 'conflict', 'unknown'),
  ...rowsFor(bothRefusals, { code: 'DUPLICATE*' }, 'conflict', 'unknown'),
  ...rowsFor(bothRefusals, { code: 'IDEMPOTENCY*' }, 'conflict', 'unknown'),
  ...rowsFor(bothRefusals, { code: 'CONFLICT' }, 'conflict', 'unknown'),
  // A used quote may have been used by a send of ours.
  ...rowsFor(bothRefusals, { code: 'QUOTE_*USED' }, 'conflict', 'unknown'),
  ...lowBalance,
  // No code for an expired quote is documented: these names and words, or an error about nothing but `quote_id`.
  ...rowsFor([400, 404, 410, 422], { code: 'QUOTE_EXPIRED' }, 'quote_expired', 'none'),
  ...rowsFor([400, 404, 410, 422], { code: 'EXPIRED_QUOTE' }, 'quote_expired', 'none'),
  ...rowsFor([400, 404, 410, 422], { says: says.oldQuote }, 'quote_expired', 'none'),
  ...rowsFor([400, 404, 410, 422], { onlyFields: ['quote_id'] }, 'quote_expired', 'none'),
  // "Create withdrawal" 400: missing fields, unsupported currency, invalid destination; 422: validation error.
  ...noSuchPair,
  ...rowsFor(bothRefusals, { onlyFields: accountFields }, 'invalid_request', 'none'),
  // Successor: VALIDATION_ERROR (400 in its OpenAPI, 422 in an SDK), BAD_REQUEST. They say nothing about the cause: it may be
  // an amount format, an e-mail address or a rail that somebody sets, so people look before it ends.
  ...rowsFor(bothRefusals, { body: 'json' }, 'refusal_unclear', 'none'),
  // Successor: NOT_FOUND, of a destination or a quote. Without a code: no such route.
  { http: 404, code: 'NOT_FOUND', means: 'refusal_unclear', effect: 'none' },
  { http: 404, body: 'json', means: 'misconfigured', effect: 'none' },
  { http: 405, body: 'json', means: 'misconfigured', effect: 'none' },
  // What is sent is small: something between us allows less than the provider does.
  { http: 413, means: 'misconfigured', effect: 'none' },
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
  { http: 403, body: 'json', means: 'account_suspended', effect: 'none' },
  // In foreign words it is a filter's, which says nothing about the account.
  { http: 403, means: 'unreadable_reply', effect: 'none' },
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

/**
 * Replies to "Payout quote" that are no 2xx. A quote moves nothing, so every effect is `none`, and what is not in the
 * provider's words (a filter's or a proxy's page) only means that it has to be asked again.
 */
export const quoteErrors: readonly ErrorRow[] = [
  { http: 401, means: 'credentials_refused', effect: 'none' },
  ...lowBalance,
  ...noSuchPair,
  { http: 403, body: 'json', means: 'account_suspended', effect: 'none' },
  // Successor: NOT_FOUND. Nothing that a quote names can be missing but the path itself.
  { http: 404, body: 'json', means: 'misconfigured', effect: 'none' },
  { http: 405, body: 'json', means: 'misconfigured', effect: 'none' },
  { http: 408, means: 'timeout', effect: 'none' },
  { http: 409, body: 'json', means: 'in_progress', effect: 'none' },
  { http: 413, means: 'misconfigured', effect: 'none' },
  { http: 415, body: 'json', means: 'misconfigured', effect: 'none' },
  { http: 423, means: 'in_progress', effect: 'none' },
  { http: 425, means: 'in_progress', effect: 'none' },
  { http: 429, means: 'rate_limited', effect: 'none' },
  { http: [400, 498], body: 'json', means: 'refusal_unclear', effect: 'none' },
  { http: [400, 499], means: 'unreadable_reply', effect: 'none' },
  { http: [500, 599], means: 'server_error', effect: 'none' },
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
    (row.says === undefined || error.texts.some((text) => row.says?.test(text))) &&
    (row.unless === undefined || !error.texts.some((text) => row.unless?.test(text))) &&
    (row.isThere === undefined || error.namesPayout || saysItIsThere(error.everyText)) &&
    (row.field === undefined || error.fields.includes(row.field)) &&
    (row.onlyFields === undefined ||
      (error.fields.length > 0 && error.fields.every((field) => row.onlyFields?.includes(field))))
  );
}

function isCode(pattern: string | RegExp, code: string | undefined): boolean {
  if (code === undefined) return pattern === 'none';
  if (typeof pattern !== 'string') return pattern.test(code);
  const star = pattern.indexOf('*');
  if (star === -1) return pattern === code;
  return code.startsWith(pattern.slice(0, star)) && code.endsWith(pattern.slice(star + 1));
}
