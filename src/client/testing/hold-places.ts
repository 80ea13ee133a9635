import type { IdempotencyContract } from '../../domain/idempotency-contract';
import type { PayoutStatus } from '../../domain/payout-status';
import type { HeldReason } from '../../domain/reason';

const anywhere: readonly PayoutStatus[] = [
  'submitting',
  'received',
  'screening',
  'awaiting-approval',
  'unconfirmed',
  'submitted',
  'processing',
];
const beforeSend: readonly PayoutStatus[] = ['submitting'];
const afterAcceptance: readonly PayoutStatus[] = ['submitted', 'processing'];

/** Where a payout can be held for each reason; the first one is where it is driven to when it is elsewhere. */
export const canBeHeldAs: Readonly<Record<HeldReason, readonly PayoutStatus[]>> = {
  outcome_unknown: ['unconfirmed'],
  provider_mismatch: ['unconfirmed', ...afterAcceptance],
  insufficient_funds: beforeSend,
  daily_limit: beforeSend,
  monthly_limit: beforeSend,
  credentials_refused: beforeSend,
  account_suspended: beforeSend,
  account_paused: beforeSend,
  account_misconfigured: beforeSend,
  provider_unavailable: ['submitting', 'screening', 'unconfirmed', ...afterAcceptance],
  provider_refusal_unclear: beforeSend,
  screening_unavailable: ['screening', 'submitting'],
  screening_review: ['screening'],
  approval_blocked: ['screening', 'awaiting-approval'],
  quote_unavailable: ['screening', 'awaiting-approval', 'submitting'],
  status_overdue: afterAcceptance,
  status_contradiction: [...afterAcceptance, 'paid', 'failed', 'returned'],
  account_changed: anywhere,
  register_unavailable: ['submitting', 'received', 'screening', 'awaiting-approval'],
  attempt_conflict: ['submitting', 'received', 'screening', 'awaiting-approval'],
  unexpected_failure: anywhere,
};

/** A provider that promises nothing, and whose silence people may judge at once. */
export const promisesNothing: IdempotencyContract = {
  replay: { windowMs: 0, afterEmptyLookUps: 0, verifyByLookUp: false },
  lookUp: { kind: 'none', graceMs: 0, absence: null },
  refusalsRemembered: false,
  recoveryPlanMs: [],
  personAfterMs: 0,
  echoes: { submit: [], lookUp: [], status: [] },
  returns: { reported: true, watchMs: 0 },
  unpaid: { settleMs: 0, watchMs: 0 },
};
