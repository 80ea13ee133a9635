import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AccountState } from '../domain/account-state';
import type { Decision } from '../domain/approval';
import type { ResolveRequest, ResolveResult } from '../domain/resolution';
import type { CancelOutcome, DecideResult, PayoutEvent, PayoutSnapshot } from '../domain/payout-snapshot';

/** An approver's decision. Refused at once (by the validator) with a `DecisionRefusal` as failure type. */
export const decideUpdate = defineUpdate<DecideResult, [Decision]>('decide');

/** The same decision as a Signal, for people with only Temporal's UI or CLI. A refused one is seen in the timeline. */
export const decideSignal = defineSignal<[Decision]>('decide');

export type CancelRequest = { readonly schema: 1; readonly by: string; readonly reason?: string };
/** Asks to cancel. Waits for a send that is in flight, then tells the truth. */
export const cancelUpdate = defineUpdate<CancelOutcome, [CancelRequest]>('cancel');

/** Of whoever asked for the payout: takes it back. Answers as `cancel`; refused with `not_the_requester`. */
export type RecallRequest = {
  readonly schema: 1;
  readonly by: string;
  readonly reason?: string;
  /** The reference of the payout that is to take its place. */
  readonly replacedBy?: string;
};
export const recallUpdate = defineUpdate<CancelOutcome, [RecallRequest]>('recall');

export type ResumeRequest = { readonly schema: 1; readonly by: string; readonly reason?: string };
/** Ends a hold: the held step is tried again at once. Refused with `not_held` when nothing is held. */
export const resumeUpdate = defineUpdate<{ readonly resumed: string }, [ResumeRequest]>('resume');

/**
 * What people say about an outcome that the machine cannot find out. Refused at once with a `ResolutionRefusal`; the
 * answer comes when it was carried out.
 */
export const resolveUpdate = defineUpdate<ResolveResult, [ResolveRequest]>('resolve');

/** The same as a Signal, without an answer. A refused one is seen in the timeline. */
export const resolveSignal = defineSignal<[ResolveRequest]>('resolve');

/** Something happened at the provider: read the status now. Carries no truth of its own. */
export type ProviderHint = { readonly schema: 1; readonly eventId?: string };
export const providerEventSignal = defineSignal<[ProviderHint]>('providerEvent');

export const payoutSnapshotQuery = defineQuery<PayoutSnapshot>('snapshot');
export const payoutTimelineQuery = defineQuery<readonly PayoutEvent[]>('timeline');

/** Failure types an update can be refused with, beyond `DecisionRefusal`. */
export const updateRefusals = [
  'message_malformed',
  'not_held',
  'decision_needed',
  'not_the_requester',
] as const;
export type UpdateRefusal = (typeof updateRefusals)[number];

/** Of the account workflow: pauses new sends by the account, or renews the reason. */
export type PauseRequest = { readonly schema: 1; readonly by: string; readonly reason: string };
export const pauseAccountUpdate = defineUpdate<AccountState, [PauseRequest]>('pause');

/** Of the account workflow: new sends may go on. Refused with `not_paused`. */
export const resumeAccountUpdate = defineUpdate<AccountState, [ResumeRequest]>('resume');

export const accountRefusals = ['message_malformed', 'not_paused'] as const;
export type AccountRefusal = (typeof accountRefusals)[number];
