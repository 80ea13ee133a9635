/**
 * Why a payout ended as it did: the closed list of reason codes. Codes are public and are never renamed;
 * `docs/errors.md` explains each, and a test keeps the two equal.
 */
export const reasonCodes = [
  /** The workflow's input is no valid request (only a run started by hand can get here). */
  'request_invalid',
  /** No routing rule matched. */
  'no_route',
  /** The routed provider account cannot pay this request as asked (method, currency, side, missing field). */
  'request_unsupported',
  /** The policy says that such payouts are not made. */
  'policy_blocked',
  /** The reference belongs to an earlier run, which Temporal has forgotten: what became of that one, this one does not know. */
  'reference_reused',
  /** The beneficiary is on a screening list. */
  'screening_hit',
  /** The name is in a script that no list was compared in, and the configuration names nobody who may look at it. */
  'screening_not_comparable',
  /** Somebody of the screening review said that it is the listed one. */
  'screening_confirmed',
  /** The provider's own screening refused the beneficiary. Never re-routed. */
  'provider_screening',
  /** An approver rejected it. */
  'approval_rejected',
  /** Nobody decided in time. */
  'approval_expired',
  /** The request's `notAfter` passed before the first send. */
  'not_after_passed',
  /** A hold reached its deadline while certainly nothing had been accepted. */
  'hold_expired',
  /** Cancelled on request. */
  'cancelled_on_request',
  /** Whoever asked for it took it back. */
  'recalled',
  /** The provider refused the payout; nothing was created. */
  'provider_refused',
  /** The amount is above the provider's limit for one payout. */
  'provider_payout_limit',
  /** The provider does not exchange these currencies. */
  'provider_pair_unsupported',
  'ended_in_another_run',
  /** The provider accepted it and later ended it as failed. */
  'provider_failed',
  /** The provider accepted it and later ended it as rejected before processing. */
  'provider_rejected',
  /** The provider accepted it and later ended it as cancelled. */
  'provider_cancelled',
  /** The provider accepted it and later ended it as expired. */
  'provider_expired',
  /** Two people confirmed, with evidence, that the provider never accepted it. */
  'confirmed_never_accepted',
  /** Paid, and the money came back. */
  'provider_returned',
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

/** Why a payout is held. Same rules as reason codes. */
export const heldReasons = [
  /** A send may have been accepted and the machine cannot find out. */
  'outcome_unknown',
  /** What the provider shows differs from what was sent, or two payouts carry our key. */
  'provider_mismatch',
  /** The provider account's balance is too low. */
  'insufficient_funds',
  /** The provider's daily cap is used up. */
  'daily_limit',
  /** The provider's monthly cap is used up. */
  'monthly_limit',
  /** The provider does not accept our credentials, signature or address. */
  'credentials_refused',
  /** The provider suspended or froze the account, or asks for documents. */
  'account_suspended',
  /** Somebody paused the provider account: new sends wait until it is resumed. */
  'account_paused',
  /** The provider does not know the address, shop or currency that the account is configured with. */
  'account_misconfigured',
  /** The provider cannot be reached, is throttling us, or answers nothing usable. */
  'provider_unavailable',
  /** The provider refused in a way that a person must look at. */
  'provider_refusal_unclear',
  /** Screening cannot be done right now: nothing passes unscreened. */
  'screening_unavailable',
  /** The beneficiary is similar to a listed name: people decide whether it is somebody else. */
  'screening_review',
  /** Nobody may decide about it: too few people have the roles that the policy asks for. */
  'approval_blocked',
  /** No usable quote, or the rate is outside the request's limits. */
  'quote_unavailable',
  /** The provider has shown no final status for longer than planned. */
  'status_overdue',
  /** The provider shows a status that contradicts what it said before. */
  'status_contradiction',
  /** The worker's configuration lacks the account, or it is not the one the plan froze. */
  'account_changed',
  /** The register cannot be asked: nothing is sent for the first time. */
  'register_unavailable',
  /** The register has another text, or another run, for what is about to be sent. */
  'attempt_conflict',
  /** An unexpected failure of ours; engineers look at the run. */
  'unexpected_failure',
] as const;
export type HeldReason = (typeof heldReasons)[number];

/** Who has to act on a hold. */
export type OwnerRole = 'operations' | 'treasury' | 'compliance' | 'engineering';

export const ownerOf: Readonly<Record<HeldReason, OwnerRole>> = {
  outcome_unknown: 'operations',
  provider_mismatch: 'operations',
  insufficient_funds: 'treasury',
  daily_limit: 'treasury',
  monthly_limit: 'treasury',
  credentials_refused: 'engineering',
  account_suspended: 'operations',
  account_paused: 'operations',
  account_misconfigured: 'engineering',
  provider_unavailable: 'operations',
  provider_refusal_unclear: 'operations',
  screening_unavailable: 'compliance',
  screening_review: 'compliance',
  approval_blocked: 'operations',
  quote_unavailable: 'treasury',
  status_overdue: 'operations',
  status_contradiction: 'operations',
  account_changed: 'engineering',
  register_unavailable: 'engineering',
  attempt_conflict: 'engineering',
  unexpected_failure: 'engineering',
};

/** The overlay. Times are Unix milliseconds of the workflow's clock. */
export type Held = {
  readonly reason: HeldReason;
  readonly owner: OwnerRole;
  readonly since: number;
  /** When the machine tries again by itself; absent when only a person can go on. */
  readonly nextCheckAt?: number;
  /** When the hold escalates (or ends the payout, where nothing can have been accepted). */
  readonly deadlineAt: number;
  readonly escalated: boolean;
  /** A few words for people; no personal data, no text of the provider's. */
  readonly note?: string;
};
