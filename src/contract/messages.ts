import type { AccountState } from '../domain/account-state';
import type { Decision } from '../domain/approval';
import type { PayeeView } from '../domain/payee-view';
import type { HeldReason } from '../domain/reason';
import type { ResolveRequest, ResolveResult } from '../domain/resolution';
import type { CancelOutcome, DecideResult, PayoutEvent, PayoutSnapshot } from '../domain/payout-snapshot';
import { defineQuery, defineSignal, defineUpdate } from './message-definitions';

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

/** Whom it pays, identifiers masked; `reveal` shows them whole. Older workers do not know the question. */
export type PayeeQuestion = { readonly reveal?: boolean };
export const payoutPayeeQuery = defineQuery<PayeeView, [PayeeQuestion?]>('payee');

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

/** Of the account workflow: somebody put money on the account. Every payout that waits for it is tried again. */
export type TopUpNotice = { readonly schema: 1; readonly by: string; readonly reason?: string };
export const toppedUpUpdate = defineUpdate<AccountState, [TopUpNotice]>('toppedUp');

/** The same as a Signal, without an answer. A refused one is seen in the current details. */
export const toppedUpSignal = defineSignal<[TopUpNotice]>('toppedUp');

/**
 * Of the account workflow, by workers: what the provider said to the account's credentials. Refused ones pause the account;
 * accepted ones end exactly the pause that began at `since`, and none of people. Refused with `nothing_to_change`.
 */
export type CredentialsReport =
  { readonly said: 'refused' } | { readonly said: 'accepted'; readonly since: number };
export const credentialsUpdate = defineUpdate<AccountState, [CredentialsReport & { readonly schema: 1 }]>(
  'credentials',
);

/**
 * Of the account workflow, by workers: asks for leave to try refused credentials again, with one send. Refused with
 * `nothing_to_change` when they were tried a short time ago.
 */
export const probeUpdate = defineUpdate<AccountState, [{ readonly schema: 1 }]>('probe');

/**
 * Of a payout, by the account workflow: something about its account changed. Held for one of these reasons it is tried
 * again at once; otherwise nothing happens.
 */
export type AccountChange = {
  readonly schema: 1;
  readonly account: string;
  readonly heldReasons: readonly HeldReason[];
  readonly by: string;
  readonly note: string;
};
export const accountChangedSignal = defineSignal<[AccountChange]>('accountChanged');

export const accountRefusals = ['message_malformed', 'not_paused', 'nothing_to_change'] as const;
export type AccountRefusal = (typeof accountRefusals)[number];
