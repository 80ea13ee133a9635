/**
 * A provider call that did not do what was asked, as data. `effect` comes before everything else: may money have moved?
 * It speaks of this one call only; what earlier sends did is `submission.ts`'s business.
 */
export type ProviderFailure = {
  /** none: certainly nothing was created. unknown: it may have been. */
  readonly effect: Effect;
  readonly code: ProviderFailureCode;
  /** HTTP status, when a reply was read. */
  readonly httpStatus?: number;
  /** The provider's own error code, when it is a short token; never its message. */
  readonly providerCode?: string;
  /** The provider's id of the request, for its support. */
  readonly requestId?: string;
  /** From Retry-After, milliseconds. */
  readonly retryAfterMs?: number;
};

export type Effect = 'none' | 'unknown';

/**
 * Codes by what follows from them:
 * - definite refusals: `ended_in_another_run` (ours: before a reset the payout had ended without money), `refused`, `invalid_request`,
 *   `payout_limit`, `pair_unsupported`, `screening_refused`;
 * - the same key again later: `rate_limited`, `not_reachable`, `token_expired`, `clock_refused`, `not_sent`;
 * - the same key again once the register knows it: `attempt_unregistered` (ours: we did not write);
 * - wait for money or a date: `insufficient_funds`, `daily_limit`, `monthly_limit`;
 * - price again: `rate_moved`, `quote_expired`;
 * - a person: `credentials_refused`, `account_suspended`, `misconfigured` (the provider does not know the address, shop or
 *   currency), `account_changed` (this worker's account is not the one the plan froze), `account_paused` (somebody paused
 *   it: we did not write), `register_unavailable` and `attempt_conflict` (the register could not say that it is the first send, or
 *   said that it is not: we did not write), `refusal_unclear`;
 * - outcome unknown: `in_progress`, `conflict`, `timeout`, `connection_lost`, `server_error`, `unreadable_reply`,
 *   `interrupted`, `run_reset` (a reset run does not know what its predecessor sent), `reset_conflict` (it sent
 *   something else), `attempt_lost`;
 * - a read that found nothing: `not_found`.
 */
export const providerFailureCodes = [
  'ended_in_another_run',
  'refused',
  'invalid_request',
  'payout_limit',
  'pair_unsupported',
  'screening_refused',
  'rate_limited',
  'not_reachable',
  'token_expired',
  'clock_refused',
  'not_sent',
  'insufficient_funds',
  'daily_limit',
  'monthly_limit',
  'rate_moved',
  'quote_expired',
  'credentials_refused',
  'account_suspended',
  'account_paused',
  'misconfigured',
  'account_changed',
  'register_unavailable',
  'attempt_unregistered',
  'attempt_conflict',
  'refusal_unclear',
  'in_progress',
  'conflict',
  'timeout',
  'connection_lost',
  'server_error',
  'unreadable_reply',
  'interrupted',
  'run_reset',
  'reset_conflict',
  'attempt_lost',
  'not_found',
] as const;
export type ProviderFailureCode = (typeof providerFailureCodes)[number];

/** What the workflow does about a failure whose effect is none, once nothing earlier is unresolved. */
export type Remedy =
  | 'end-refused'
  | 'end-screening'
  | 'send-again'
  | 'enter-again'
  | 'quote-again'
  | 'hold-funds'
  | 'hold-person'
  | 'resolve';

const remedies: Readonly<Record<ProviderFailureCode, Remedy>> = {
  ended_in_another_run: 'end-refused',
  refused: 'end-refused',
  invalid_request: 'end-refused',
  payout_limit: 'end-refused',
  pair_unsupported: 'end-refused',
  screening_refused: 'end-screening',
  rate_limited: 'send-again',
  not_reachable: 'send-again',
  token_expired: 'send-again',
  clock_refused: 'send-again',
  not_sent: 'send-again',
  insufficient_funds: 'hold-funds',
  daily_limit: 'hold-funds',
  monthly_limit: 'hold-funds',
  rate_moved: 'quote-again',
  quote_expired: 'quote-again',
  credentials_refused: 'hold-person',
  account_suspended: 'hold-person',
  account_paused: 'hold-person',
  misconfigured: 'hold-person',
  account_changed: 'hold-person',
  register_unavailable: 'hold-person',
  attempt_unregistered: 'enter-again',
  attempt_conflict: 'hold-person',
  refusal_unclear: 'hold-person',
  in_progress: 'resolve',
  conflict: 'resolve',
  timeout: 'resolve',
  connection_lost: 'resolve',
  server_error: 'resolve',
  unreadable_reply: 'resolve',
  interrupted: 'resolve',
  run_reset: 'resolve',
  reset_conflict: 'resolve',
  attempt_lost: 'resolve',
  not_found: 'hold-person',
};

/** Words that a provider only has for a caller whose credentials it accepted. */
const afterCredentials: ReadonlySet<ProviderFailureCode> = new Set<ProviderFailureCode>([
  'refused',
  'invalid_request',
  'payout_limit',
  'pair_unsupported',
  'screening_refused',
  'insufficient_funds',
  'daily_limit',
  'monthly_limit',
  'rate_moved',
  'quote_expired',
  'account_suspended',
  'in_progress',
  'conflict',
]);

/** Whether the provider looked behind the credentials. An outage, or a filter before it, says nothing about them. */
export const acceptsCredentials = ({ code }: ProviderFailure): boolean => afterCredentials.has(code);

export const remedyFor = (failure: ProviderFailure): Remedy =>
  failure.effect === 'unknown' ? 'resolve' : remedies[failure.code];

/** What the workflow does about a quote that was not given. A quote moves no money, so nothing has to be found out. */
export type QuoteRemedy =
  'ask-again' | Extract<Remedy, 'end-refused' | 'end-screening' | 'hold-funds' | 'hold-person'>;

/** What asks for another send, or leaves a send's outcome open, leaves a quote to be asked for once more. */
export function quoteRemedyFor({ code }: ProviderFailure): QuoteRemedy {
  const remedy = remedies[code];
  return remedy === 'send-again' ||
    remedy === 'enter-again' ||
    remedy === 'quote-again' ||
    remedy === 'resolve'
    ? 'ask-again'
    : remedy;
}
