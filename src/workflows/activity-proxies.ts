import type { ActivityOptions } from '@temporalio/workflow';
import {
  ActivityCancellationType,
  CancellationScope,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type {
  AwaitStatusInput,
  CheckDecisionInput,
  ClaimsOnInput,
  EarlierSendsInput,
  FrozenAccount,
  LookUpPayoutInput,
  OpenPayoutInput,
  PayoutActivities,
  PayoutPlan,
  PrepareAttemptInput,
  PreparedAttempt,
  QuotePayoutInput,
  ReadStatusInput,
  ScreenPayoutInput,
  StatusResult,
} from '../activities/payout-activities';
import { lostAttemptTypes } from '../contract/failure-types';
import type { LocalTurn } from './local-turn';

/**
 * Every activity with its timeouts, and why. Local activities read or decide and may be repeated; they share one
 * workflow task with the steps around them, so they cost one history event each. One is open at a time
 * (`local-turn.ts`).
 */

/**
 * Decisions and cheap reads. A local activity's schedule-to-close does not stop its retries, so the attempts are counted:
 * three, for a worker's hiccup; what still fails becomes a hold.
 */
const decisions: Parameters<typeof proxyLocalActivities>[0] = {
  startToCloseTimeout: '8s',
  retry: { initialInterval: '200ms', maximumAttempts: 3 },
};

const local = (summary: string) => proxyLocalActivities<PayoutActivities>({ ...decisions, summary });

export const openPayout = (turn: LocalTurn, input: OpenPayoutInput) =>
  turn.take(() => local('freeze the plan').openPayout(input));
/** A person waits for it, and asks again. */
export const checkPayout = (...args: Parameters<PayoutActivities['checkPayout']>) =>
  proxyLocalActivities<PayoutActivities>({
    startToCloseTimeout: '8s',
    retry: { maximumAttempts: 1 },
    summary: 'check a request',
  }).checkPayout(...args);
export const screenPayout = (turn: LocalTurn, input: ScreenPayoutInput) =>
  turn.take(() => local('screen the beneficiary').screenPayout(input));
/** Beside the main line, in the scope of whoever sent the decision: a cancellation of the run leaves it alone. */
export const checkDecision = (turn: LocalTurn, input: CheckDecisionInput) =>
  turn.take(() => CancellationScope.nonCancellable(() => local('check who decides').checkDecision(input)));
/** Bounds itself below the time limit, and answers `slow` where the provider takes longer. */
export const quotePayout = (turn: LocalTurn, input: QuotePayoutInput) =>
  turn.take(() => local('ask the provider for a quote').quotePayout(input));
export const prepareAttempt = (turn: LocalTurn, input: PrepareAttemptInput) =>
  turn.take(() => local('freeze key and body').prepareAttempt(input));

export const earlierSends = (turn: LocalTurn, input: EarlierSendsInput) =>
  turn.take(() => local('ask what earlier runs sent').earlierSends(input));

export const claimsOn = (turn: LocalTurn, input: ClaimsOnInput) =>
  turn.take(() => local('ask whose payout it is').claimsOn(input));

/** The bounds of one send, all durations: see `boundsOfSend` in `send.ts`. */
export type SendBounds = {
  /** The attempt must be picked up within this. */
  readonly scheduleToStartMs: number;
  /** Its first byte must be written within this, after it was picked up. */
  readonly writeWithinMs: number;
  readonly submitTimeoutMs: number;
};

/** A lost worker is noticed after this; activities beat every second once they have run for one. */
const heartbeatTimeout = 5_000;

/**
 * The one activity that moves money. `maximumAttempts: 1`: a second attempt that the server starts blindly would hide
 * the first one from the rule that a refusal proves nothing while an earlier send is unresolved. A lost attempt comes
 * back as a timeout instead, and the workflow decides. The cancellation type never matters: it runs in a
 * non-cancellable scope.
 */
export function submitPayout(bounds: SendBounds, summary: string): PayoutActivities['submitPayout'] {
  return proxyActivities<PayoutActivities>({
    summary,
    scheduleToStartTimeout: bounds.scheduleToStartMs,
    // Slack for the worker's own work around the call.
    startToCloseTimeout: bounds.writeWithinMs + bounds.submitTimeoutMs + 5_000,
    heartbeatTimeout,
    retry: { maximumAttempts: 1, nonRetryableErrorTypes: [...lostAttemptTypes] },
  }).submitPayout;
}

/** Of plans from before they had time limits. */
const formerLimitMs = 60_000;
/** For the worker's own work around a call: what it asks Temporal meanwhile is given up after seconds. */
const slackMs = 10_000;
const limitMs = (plan: PayoutPlan, call: keyof NonNullable<PayoutPlan['timeLimits']>): number =>
  (plan.timeLimits?.[call] ?? formerLimitMs) + slackMs;

/** Reads are repeated freely: a few attempts over a lost worker, the workflow's own rounds do the rest. */
const reads: ActivityOptions = {
  heartbeatTimeout,
  retry: { initialInterval: '1s', maximumInterval: '30s', maximumAttempts: 5 },
};

/**
 * The same for a provider that takes its time. A local activity would keep a workflow task open all the while, and with it one
 * of the worker's slots for decisions; a wish to cancel would wait, too.
 */
export const quotePayoutSlowly = (input: Parameters<PayoutActivities['quotePayout']>[0]) =>
  proxyActivities<PayoutActivities>({
    ...reads,
    startToCloseTimeout: limitMs(input.plan, 'quoteMs'),
    summary: 'ask the provider for a quote, for as long as the account allows',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  }).quotePayout(input);

/** What a call at the account carries of plan and attempt: a history need not hold the same again and again. */
export const frozenAccount = ({ account, mode, accountFingerprint }: PayoutPlan): FrozenAccount => ({
  account,
  mode,
  accountFingerprint,
});
const asSent = ({ plan, attempt }: Sent): Pick<ReadStatusInput, 'schema' | 'plan' | 'attempt'> => ({
  schema: 1,
  plan: frozenAccount(plan),
  attempt: { key: attempt.key, body: attempt.body },
});
type Sent = { readonly plan: PayoutPlan; readonly attempt: PreparedAttempt };
type OfSent<Input> = Sent & Omit<Input, 'schema' | 'plan' | 'attempt'>;

export const lookUpPayout = ({ plan, attempt, ...asked }: OfSent<LookUpPayoutInput>) =>
  proxyActivities<PayoutActivities>({
    ...reads,
    startToCloseTimeout: limitMs(plan, 'lookUpMs'),
    summary: 'look for the payout by our key',
  }).lookUpPayout({ ...asSent({ plan, attempt }), ...asked });
export const readStatus = ({ plan, attempt, providerPayoutId }: OfSent<ReadStatusInput>) =>
  proxyActivities<PayoutActivities>({
    ...reads,
    startToCloseTimeout: limitMs(plan, 'statusMs'),
    summary: 'read the status now',
  }).readStatus({ ...asSent({ plan, attempt }), providerPayoutId });

/**
 * Telling thousands of payouts takes minutes, because it is done slowly; a lost worker's successor begins again, and whoever
 * was told already is told once more.
 */
export const wakeHeldPayouts = (...args: Parameters<PayoutActivities['wakeHeldPayouts']>) =>
  proxyActivities<PayoutActivities>({
    summary: 'tell the payouts that wait',
    startToCloseTimeout: '1 hour',
    heartbeatTimeout,
    retry: { initialInterval: '1s', maximumInterval: '1 minute', maximumAttempts: 10 },
  }).wakeHeldPayouts(...args);

/**
 * Waiting costs nothing: the server retries this activity by the poll plan (`nextRetryDelay`), which writes no history.
 * Schedule-to-close is the state's next deadline. The retry policy only matters when a worker is lost in mid-read.
 */
export function awaitStatus(
  { plan, attempt, ...asked }: OfSent<AwaitStatusInput>,
  { deadlineMs, summary }: { readonly deadlineMs: number; readonly summary: string },
): Promise<StatusResult> {
  const firstDelayMs = asked.delaysMs[0] ?? 1_000;
  return proxyActivities<PayoutActivities>({
    summary,
    startToCloseTimeout: limitMs(plan, 'statusMs'),
    heartbeatTimeout,
    scheduleToCloseTimeout: deadlineMs,
    retry: { initialInterval: Math.max(1, firstDelayMs), backoffCoefficient: 1 },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  }).awaitStatus({ ...asSent({ plan, attempt }), ...asked });
}
