import { ActivityFailure, TimeoutFailure, TimeoutType } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';
import type { SubmitPayoutInput, SubmitPayoutResult } from '../../../activities/payout-activities';
import type { ProviderFailure } from '../../../domain/provider-failure';
import type { HeldReason, ReasonCode } from '../../../domain/reason';
import { replayRoomMs, sendNotMade, sendStarted, sendUnresolved } from '../../../domain/submission';
import type { SendBounds } from '../../activity-proxies';
import { frozenAccount, submitPayout } from '../../activity-proxies';
import { noteSubmitReply, probe } from './credentials';
import type { PayoutRun } from '../payout-run';
import { publish } from '../publishing';

/** Longest wait for a worker to pick a send up, and for its first byte, where nothing shorter binds. */
const pickUpMs = 60_000;
const writeMs = 5_000;

/** Splits the room that a send has into two durations, so that no clock of any worker matters. */
export function boundsOfSend(roomMs: number, submitTimeoutMs: number): SendBounds {
  const writeWithinMs = Math.min(writeMs, Math.floor(roomMs / 2));
  return {
    scheduleToStartMs: Math.min(pickUpMs, Math.floor(roomMs - writeWithinMs)),
    writeWithinMs,
    submitTimeoutMs,
  };
}

/** The bounds of a replay: the key window and nothing else. */
export const boundsOfReplay = (run: PayoutRun): SendBounds => {
  const { contract, submitTimeoutMs } = run.require('plan');
  return boundsOfSend(replayRoomMs(run.require('attemptLog'), contract, Date.now()), submitTimeoutMs);
};

/** What one send came to, with a reset run's answer already turned into an unknown outcome. */
export type SendResult = Exclude<SubmitPayoutResult, { readonly kind: 'reset-run' }>;

/** Sends once and books the outcome. A lost attempt is an unknown one. */
export async function send(
  run: PayoutRun,
  bounds: SendBounds,
  purpose: 'pay' | 'resolve' = 'pay',
): Promise<SendResult> {
  const plan = run.require('plan');
  const attempt = run.require('attempt');
  const log = run.require('attemptLog');
  const scheduledAt = Date.now();
  run.attemptLog = sendStarted(log);
  run.sendInFlight = true;
  run.voidProposal('it was sent again');
  run.record('send-started', {
    note: `to ${plan.account}, send ${run.attemptLog.sends} under key ${attempt.generation}`,
  });
  publish(run);
  try {
    const summary = `${log.sends === 0 ? 'send' : 'send again, same key'} to ${plan.account}`;
    const reply = await submitPayout(
      bounds,
      summary,
    )({
      ...submitInput(run, bounds),
      askOnly: false,
      // A paused account holds back new sends; one that finds out what became of an earlier one goes through.
      ...(purpose === 'resolve' ? { resolves: true } : {}),
      ...probe(run),
    });
    noteSubmitReply(run, reply);
    if (reply.kind === 'reset-run') return resetOutcome(run, reply);
    if (reply.kind === 'failed' && reply.failure.effect === 'unknown')
      markUnresolved(run, scheduledAt, Date.now());
    else if (reply.kind === 'failed' && isUnmade(reply.failure)) bookUnmade(run, reply.mayBeMarked);
    return reply;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    if (error.cause instanceof TimeoutFailure && error.cause.timeoutType === TimeoutType.SCHEDULE_TO_START) {
      // Never handed to a worker, and it never will be.
      bookUnmade(run);
      return { kind: 'failed', failure: { effect: 'none', code: 'not_sent' } };
    }
    // The process may be stopped, not dead: it can still write until its own deadline, and the provider then takes
    // up to the call's timeout. Nothing is replayed before that.
    // It asked Temporal before it wrote, so it asked before now.
    const writtenUntil = Date.now() + bounds.writeWithinMs;
    markUnresolved(run, scheduledAt, writtenUntil, writtenUntil + bounds.submitTimeoutMs);
    return { kind: 'failed', failure: { effect: 'unknown', code: 'attempt_lost' } };
  } finally {
    run.sendInFlight = false;
  }
}

const unmade: ReadonlySet<ProviderFailure['code']> = new Set<ProviderFailure['code']>([
  'not_sent',
  'account_paused',
  'account_changed',
  'ended_in_another_run',
  'register_unavailable',
  'attempt_unregistered',
  'attempt_conflict',
]);

/** Ours, not the provider's: no byte was written. */
export const isUnmade = ({ code }: ProviderFailure): boolean => unmade.has(code);

function bookUnmade(run: PayoutRun, mayBeMarked = false): void {
  run.attemptLog = sendNotMade(run.require('attemptLog'), mayBeMarked);
}

/** Asks once more what earlier runs sent, and sends nothing. */
export async function askEarlierRuns(run: PayoutRun): Promise<'known' | 'conflict'> {
  const bounds = boundsOfSend(Number.MAX_SAFE_INTEGER, run.require('plan').submitTimeoutMs);
  try {
    const reply = await submitPayout(
      bounds,
      'ask what earlier runs sent',
    )({ ...submitInput(run, bounds), askOnly: true });
    if (reply.kind !== 'reset-run') return 'conflict';
    return resetOutcome(run, reply).failure.code === 'run_reset' ? 'known' : 'conflict';
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return 'conflict';
  }
}

const submitInput = (run: PayoutRun, { writeWithinMs }: SendBounds): Omit<SubmitPayoutInput, 'askOnly'> => ({
  schema: 1,
  plan: frozenAccount(run.require('plan')),
  attempt: run.require('attempt'),
  originalRunId: workflowInfo().originalExecutionRunId,
  writeWithinMs,
  ...(run.recovery.acknowledgedRunId === undefined
    ? {}
    : { acknowledgedRunId: run.recovery.acknowledgedRunId }),
});

/** The earlier run can have sent as early as its start, and its last send may still be under way. */
function resetOutcome(
  run: PayoutRun,
  { runId, conflict }: Extract<SubmitPayoutResult, { readonly kind: 'reset-run' }>,
): { readonly kind: 'failed'; readonly failure: ProviderFailure } {
  if (!conflict) run.recovery.acknowledgedRunId = runId;
  const writtenUntil = Date.now() + writeMs;
  markUnresolved(run, run.startedAt, writtenUntil, writtenUntil + run.require('plan').submitTimeoutMs);
  return { kind: 'failed', failure: { effect: 'unknown', code: conflict ? 'reset_conflict' : 'run_reset' } };
}

/** Books a send whose outcome is not known; `quietUntil`: nothing is replayed before it has certainly ended. */
export function markUnresolved(
  run: PayoutRun,
  writtenFrom: number,
  writtenUntil: number,
  quietUntil?: number,
): void {
  run.attemptLog = sendUnresolved(run.require('attemptLog'), {
    writtenFrom,
    writtenUntil,
    ...(quietUntil === undefined ? {} : { quietUntil }),
  });
}

export const refusalDetails = (
  failure: ProviderFailure,
): { readonly code: string; readonly note: string } => ({
  code: failure.code,
  note: [
    failure.httpStatus === undefined ? undefined : `HTTP ${failure.httpStatus}`,
    failure.providerCode,
    failure.requestId === undefined ? undefined : `request ${failure.requestId}`,
  ]
    .filter((part) => part !== undefined)
    .join(', '),
});

const refusedReasons: Partial<Record<ProviderFailure['code'], ReasonCode>> = {
  payout_limit: 'provider_payout_limit',
  pair_unsupported: 'provider_pair_unsupported',
  ended_in_another_run: 'ended_in_another_run',
};

/** Why a payout ended that the provider refused for good. */
export const refusedReasonFor = ({ code }: ProviderFailure): ReasonCode =>
  refusedReasons[code] ?? 'provider_refused';

const heldReasons: Partial<Record<ProviderFailure['code'], HeldReason>> = {
  insufficient_funds: 'insufficient_funds',
  daily_limit: 'daily_limit',
  monthly_limit: 'monthly_limit',
  credentials_refused: 'credentials_refused',
  account_suspended: 'account_suspended',
  account_paused: 'account_paused',
  misconfigured: 'account_misconfigured',
  account_changed: 'account_changed',
  register_unavailable: 'register_unavailable',
  attempt_conflict: 'attempt_conflict',
};

export const heldReasonFor = (failure: ProviderFailure): HeldReason =>
  heldReasons[failure.code] ?? 'provider_refusal_unclear';
