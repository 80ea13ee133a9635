import { activityInfo, cancellationSignal, heartbeat, log } from '@temporalio/activity';
import type { ProviderFailure } from '../domain/provider-failure';
import type { ActivityDeps } from './create-activities';
import { accountOfPlan } from './installed-account';
import type { PayoutActivities, SubmitPayoutInput, SubmitPayoutResult } from './payout-activities';

/** Beats only when a call takes longer than this: a quick one then costs no heartbeat at all. */
const heartbeatMs = 1_000;

/**
 * Sends a frozen body once. Everything that could forbid the send is asked again just before the first byte is
 * written: the time that may have passed since the attempt began (a stopped process wakes up here), and whether Temporal still wants this attempt. What is left is the moment between that check and the write.
 */
export function createSubmitPayout({ installation, ports }: ActivityDeps): PayoutActivities['submitPayout'] {
  return async (input): Promise<SubmitPayoutResult> => {
    const elapsedMs = ports.stopwatch();
    const account = accountOfPlan(installation, input.plan);
    if (!account || ports.sha256(input.attempt.body) !== input.attempt.bodyHash) {
      return failed({ effect: 'none', code: 'misconfigured' });
    }
    const unknownPast = await firstSendAfterReset(input);
    if (unknownPast) return failed(unknownPast);

    const signal = cancellationSignal();
    let mayHaveWritten = false;
    const beforeWrite = (): void => {
      if (elapsedMs() > input.writeWithinMs) throw new Error('too late to send');
      signal.throwIfAborted();
      mayHaveWritten = true;
    };
    const stopBeating = ports.every(heartbeatMs, () => heartbeat());
    try {
      const reply = await account.provider.submit(input.attempt, { signal, beforeWrite });
      if (reply.kind === 'failed') return reply;
      const { providerPayoutId, status, providerStatus, echo } = reply;
      return { kind: 'accepted', providerPayoutId, status, providerStatus, echo };
    } catch (error) {
      // Adapters answer with values, so this is a bug of ours; the money rule holds for bugs too.
      log.error('submit failed unexpectedly', { error });
      return failed(
        mayHaveWritten
          ? { effect: 'unknown', code: 'attempt_lost' }
          : { effect: 'none', code: 'refusal_unclear' },
      );
    } finally {
      stopBeating();
    }
  };

  /**
   * A reset run forgets the sends behind its reset point, so its first send is never made: recovery runs instead. Where
   * an earlier run sent under another key (its generation was higher, or the configuration changed in between),
   * looking for this key would prove nothing.
   */
  async function firstSendAfterReset(input: SubmitPayoutInput): Promise<ProviderFailure | undefined> {
    const { workflowExecution } = activityInfo();
    if (input.kind !== 'first' || workflowExecution === undefined) return undefined;
    if (workflowExecution.runId === input.originalRunId) return undefined;
    const keys = await ports.priorAttemptKeys({ ...workflowExecution, originalRunId: input.originalRunId });
    const conflict = keys === 'unavailable' || keys.some((key) => key !== input.attempt.key);
    return { effect: 'unknown', code: conflict ? 'reset_conflict' : 'run_reset' };
  }
}

const failed = (failure: ProviderFailure): SubmitPayoutResult => ({ kind: 'failed', failure });
