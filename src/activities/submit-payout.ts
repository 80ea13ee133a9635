import { activityInfo, cancellationSignal, log } from '@temporalio/activity';
import { isCredentialsPause } from '../domain/account-state';
import { assertNever } from '../domain/assert-never';
import type { ProviderFailure } from '../domain/provider-failure';
import { acceptsCredentials } from '../domain/provider-failure';
import type { SubmitReply } from '../providers/provider';
import type { RegisterUnavailable, SendAnswer } from '../register/register';
import type { ActivityDeps } from './activity-ports';
import { followsReset } from './claim-intent';
import type { Passage } from './credentials-probe';
import { passageAt, reportCredentials } from './credentials-probe';
import { runsBesideReset } from './earlier-sends';
import { accountOfPlan } from './installed-account';
import { markSent } from './mark-sent';
import type { PayoutActivities, SubmitPayoutInput, SubmitPayoutResult } from './payout-activities';
import { reportFailure } from './report-failure';
import { whileBeating } from './while-beating';

/**
 * Sends a frozen body once. Everything that could forbid the send is asked first: whether Temporal still waits for this
 * attempt (a task can reach a stopped or cut-off worker long after it timed out), and just before the first byte how much
 * time has passed since the attempt began (a process that was stopped in between wakes up there) and whether it was
 * cancelled. What is left is the moment between that check and the write.
 */
export function createSubmitPayout(deps: ActivityDeps): PayoutActivities['submitPayout'] {
  const { installation, ports } = deps;
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
      const passage = input.resolves
        ? undefined
        : await passageAt(ports, account.id, input.probesCredentials);
      // Whoever pauses an account wants nothing new to go out, so not knowing is a no, for this once.
      if (passage?.kind === 'unavailable') return failed({ effect: 'none', code: 'not_sent' });
      if (passage?.kind === 'barred') return failed({ effect: 'none', code: 'account_paused' });
      const marked = await markSent(deps, input, signal);
      const unmarked = barredByRegister(marked, input);
      if (unmarked !== undefined) return unmarked;
      // Last of all, because asking takes time; the first byte asks the stopwatch once more.
      if (!(await isCurrent())) return notSent(failed({ effect: 'none', code: 'not_sent' }));
      const reply = await account.provider.submit(input.attempt, { signal, beforeWrite });
      await noteCredentials(account.id, input, passage, reply);
      if (reply.kind === 'failed') {
        reportFailure(account.id, 'submit', reply.failure);
        return reply.failure.code === 'not_sent' ? notSent(reply) : reply;
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

  /** By now the register may have it for sent, although it was not: the workflow has to know before it freezes another text. */
  function notSent(
    reply: Extract<SubmitPayoutResult, { readonly kind: 'failed' }>,
  ): Extract<SubmitPayoutResult, { readonly kind: 'failed' }> {
    return installation.register === undefined ? reply : { ...reply, mayBeMarked: true };
  }

  /**
   * No first send without its row in the register, and not knowing is a no. A send that finds out what became of an earlier one
   * goes through although the register is away, or has forgotten; another text under the key goes out in no case.
   */
  function barredByRegister(
    marked: SendAnswer | RegisterUnavailable,
    { resolves, originalRunId }: SubmitPayoutInput,
  ): SubmitPayoutResult | undefined {
    // A reset run may have come here without a claim, and what it finds out may never have been sent.
    const mayPass = resolves === true && !followsReset(originalRunId);
    switch (marked.kind) {
      case 'marked':
        return undefined;
      case 'conflict':
        return failed({ effect: 'none', code: 'attempt_conflict' });
      case 'unknown-attempt':
        return mayPass ? undefined : failed({ effect: 'none', code: 'attempt_unregistered' });
      case 'unavailable':
        if (mayPass) return undefined;
        log.warn('the register could not be asked before a send', { note: marked.note });
        return notSent(failed({ effect: 'none', code: 'register_unavailable' }));
      default:
        return assertNever(marked, 'answer of the register');
    }
  }

  /** Refused credentials pause the account; a send that tried them out, and was let in, ends that pause. */
  async function noteCredentials(
    account: string,
    { resolves, probesCredentials }: SubmitPayoutInput,
    passage: Passage | undefined,
    reply: SubmitReply,
  ): Promise<void> {
    if (reply.kind === 'failed' && reply.failure.code === 'credentials_refused') {
      await reportCredentials(ports, account, { said: 'refused' });
      return;
    }
    if (reply.kind === 'failed' && !acceptsCredentials(reply.failure)) return;
    if (passage?.kind === 'probes') {
      await reportCredentials(ports, account, { said: 'accepted', since: passage.pause.since });
    } else if (resolves && probesCredentials) {
      // It asked nobody for leave, and tells as much.
      const state = await ports.accountPause(account);
      if (state !== 'unavailable' && isCredentialsPause(state))
        await reportCredentials(ports, account, { said: 'accepted', since: state.since });
    }
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

const failed = (failure: ProviderFailure): Extract<SubmitPayoutResult, { readonly kind: 'failed' }> => ({
  kind: 'failed',
  failure,
});
