import type { ProviderFailureCode } from '../../domain/provider-failure';

/** What each failure of a provider call means. `docs/errors.md` holds the same sentences; a test compares. */
export const failureMeanings: Readonly<Record<ProviderFailureCode, string>> = {
  ended_in_another_run: 'Ours: before a reset the payout had ended without money. Not sent.',
  refused: 'A definite refusal that will not change.',
  invalid_request: 'The provider finds the request invalid: a mistake of ours or of the data.',
  payout_limit: 'Above the limit for one payout.',
  pair_unsupported: 'The provider does not exchange these two currencies.',
  screening_refused: "The provider's screening said no.",
  rate_limited: 'Too many requests.',
  not_reachable: 'No connection; not one byte was written.',
  token_expired: 'The login ran out and could not be renewed in the same call.',
  clock_refused: "The signature's time was outside the provider's window.",
  not_sent: 'We did not write: too late, cancelled, or no worker picked it up in time.',
  insufficient_funds: 'The balance is too low.',
  daily_limit: 'The daily cap is used up.',
  monthly_limit: 'The monthly cap is used up.',
  rate_moved: 'The rate moved since the quote.',
  quote_expired: 'The quote is no longer valid.',
  credentials_refused: 'Not logged in, wrong signature, wrong address.',
  account_suspended: 'Suspended, frozen, or documents are missing.',
  account_paused: 'The account is paused: we did not write.',
  misconfigured: 'The provider does not know the address, shop or currency of the account.',
  account_changed: "This worker's account is not the one the plan froze, or the frozen body is damaged.",
  register_unavailable: 'The register could not be asked whether this is the first send: we did not write.',
  attempt_unregistered: 'The register did not know the attempt: we did not write, and enter it again first.',
  attempt_conflict:
    'The register has another text, or another run, for what was to be sent: we did not write.',
  refusal_unclear: 'A refusal that no table names.',
  in_progress: 'A request with this key is being processed.',
  conflict: 'Something with this key, or this quote, exists.',
  timeout: 'No reply in time.',
  connection_lost: 'The connection broke after the first byte.',
  server_error: 'A 5xx.',
  unreadable_reply:
    "A reply that cannot be read: a broken success, or a refusal in words that are not the provider's.",
  interrupted: 'The worker stopped, or Temporal no longer wanted the attempt, after the first byte.',
  run_reset: 'The run was reset: what the run before it sent is not known to it.',
  reset_conflict: 'The run was reset, and an earlier one sent under another key (or it cannot be read).',
  attempt_lost: 'The worker was lost during the send.',
  not_found: 'A read found nothing. Never a proof by itself.',
};

/** Undefined for a code that is no failure of a provider call, or that only newer workers know. */
export const failureMeaning = (code: string): string | undefined =>
  Object.hasOwn(failureMeanings, code) ? failureMeanings[code as ProviderFailureCode] : undefined;
