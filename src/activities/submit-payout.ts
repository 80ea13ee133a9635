import { activityInfo, cancellationSignal, log } from '@temporalio/activity';
import type { ProviderFailure } from '../domain/provider-failure';
import type { ActivityDeps } from './activity-ports';
import { runsBesideReset } from './earlier-sends';
import { accountOfPlan } from './installed-account';
import type { PayoutActivities, SubmitPayoutInput, SubmitPayoutResult } from './payout-activities';
import { reportFailure } from './report-failure';
import { whileBeating } from './while-beating';

/**
 * Sends a frozen body once. Everything that could forbid the send is asked first: whether Temporal still waits for this
 * attempt (a task can reach a stopped or cut-off worker long after it timed out), and just before the first byte how much
 * time has passed since the attempt began (a process that was stopped in between wakes up there) and whether it was
 * cancelled. What is left is the moment between that check and the write.
 */
export function createSubmitPayout({ installation, ports }: ActivityDeps): PayoutActivities['submitPayout'] {
  return async (input): Promise<SubmitPayoutResult> => {
    const elapsedMs = ports.stopwatch();
    const { attempt, scheduledTimestampMs, currentAttemptScheduledTimestampMs } = activityInfo();
    // The workflow asks for one attempt only. Somebody raised that by hand, or reset the activity, which counts from one
    // again: an attempt before this one may have sent.
    if (attempt > 1 || currentAttemptScheduledTimestampMs > scheduledTimestampMs)
      return failed({ effect: 'unknown', code: 'attempt_lost' });

    const signal = cancellationSignal();
    let mayHaveWritten = false;
    const beforeWrite = (): void => {
      if (elapsedMs() > input.writeWithinMs) throw new Error('too late to send');
      signal.throwIfAborted();
      mayHaveWritten = true;
    };
    const sendOnce = async (): Promise<SubmitPayoutResult> => {
      const account = accountOfPlan(installation, input.plan);
      if (!account || ports.sha256(input.attempt.body) !== input.attempt.bodyHash) {
        return failed({ effect: 'none', code: 'account_changed' });
      }
      const reset = await barredByReset(input);
      if (reset) return reset;
      if (input.askOnly) return failed({ effect: 'none', code: 'not_sent' });
      const barred = input.resolves ? undefined : await pauseOf(account.id);
      if (barred) return barred;
      if (!(await isCurrent())) return failed({ effect: 'none', code: 'not_sent' });
      const reply = await account.provider.submit(input.attempt, { signal, beforeWrite });
      if (reply.kind === 'failed') {
        reportFailure(account.id, 'submit', reply.failure);
        return reply;
      }
      const { providerPayoutId, status, providerStatus, echo } = reply;
      return { kind: 'accepted', providerPayoutId, status, providerStatus, echo };
    };
    try {
      // From the start: reading what earlier runs sent can take a while, too.
      return await whileBeating(ports, sendOnce);
    } catch (error) {
      // Adapters answer with values, so this is a bug of ours; the money rule holds for bugs too.
      log.error('submit failed unexpectedly', { error });
      return failed(
        mayHaveWritten
          ? { effect: 'unknown', code: 'attempt_lost' }
          : { effect: 'none', code: 'refusal_unclear' },
      );
    }
  };

  /** Whoever pauses an account wants nothing new to go out, so not knowing is a no, for this once. */
  async function pauseOf(account: string): Promise<SubmitPayoutResult | undefined> {
    const state = await ports.accountPause(account);
    if (state === 'unavailable') return failed({ effect: 'none', code: 'not_sent' });
    return state.paused ? failed({ effect: 'none', code: 'account_paused' }) : undefined;
  }

  async function isCurrent(): Promise<boolean> {
    const { workflowExecution, activityId, attempt } = activityInfo();
    return (
      workflowExecution !== undefined && ports.isCurrentAttempt({ ...workflowExecution, activityId, attempt })
    );
  }

  /**
   * A reset run forgets the sends behind its reset point, so nothing is sent in it before the workflow knows: recovery
   * runs first. Where an earlier run sent under another key (its generation was higher, or the configuration changed in
   * between), looking for this key would prove nothing. Where no earlier run ever came to a send there is nothing to
   * recover. And where one has said that the payout ended without money, that word is kept: nothing is sent any more.
   */
  async function barredByReset(input: SubmitPayoutInput): Promise<SubmitPayoutResult | undefined> {
    const runId = activityInfo().workflowExecution?.runId;
    const runs = await runsBesideReset({ ports }, input);
    if (runs === undefined || runId === undefined) return undefined;
    const isKnown = runId === input.acknowledgedRunId;
    const isSent = runs === 'unavailable' || runs.keys.length > 0;
    if (!isKnown && (isSent || input.askOnly)) {
      const conflict = runs === 'unavailable' || runs.keys.some((key) => key !== input.attempt.key);
      return { kind: 'reset-run', runId, conflict };
    }
    if (runs === 'unavailable') return failed({ effect: 'none', code: 'not_sent' });
    return runs.endedUnpaid ? failed({ effect: 'none', code: 'ended_in_another_run' }) : undefined;
  }
}

const failed = (failure: ProviderFailure): SubmitPayoutResult => ({ kind: 'failed', failure });
