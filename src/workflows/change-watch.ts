import { isUnpaidEnd } from '../domain/provider-status';
import { watchForLateAppearance } from './late-appearance';
import type { PayoutRun } from './payout-run';
import type { StepEnd } from './step-end';
import { heldReasonFor } from './send';
import { isTrustworthy, moveTo, nextStatus } from './status-wait';

/**
 * Final for the business is not final for the provider. A paid payout is watched for its return where the provider
 * reports returns; one that was accepted and ended unpaid is watched for a late change of the provider's mind; one of
 * which two people said that it was never accepted is looked for all the same.
 */
export async function watchForChanges(run: PayoutRun): Promise<StepEnd> {
  const { contract } = run.require('plan');
  if (run.status === 'failed' && !run.isAccepted) await watchForLateAppearance(run);
  else if (run.status === 'failed') await watch(run, contract.unpaid.watchMs);
  if (run.status === 'paid' && contract.returns.reported) await watch(run, contract.returns.watchMs);
  run.watchedUntil = undefined;
  return 'ended';
}

async function watch(run: PayoutRun, watchMs: number): Promise<void> {
  if (watchMs <= 0) return;
  const { poll } = run.require('plan');
  const until = Date.now() + watchMs;
  run.watchedUntil = until;
  const watched = run.status;
  const pauseMs = (): number =>
    Math.min(Math.max(1, until - Date.now()), Math.max(...poll.watchDelaysMs, 1_000));
  for (;;) {
    run.publish();
    const remainingMs = until - Date.now();
    if (remainingMs <= 0 || run.status !== watched) return;
    const result = await nextStatus(run, {
      delaysMs: poll.watchDelaysMs,
      deadlineMs: remainingMs,
      summary: watched === 'paid' ? 'watch for a return' : 'watch for a late payment',
    });
    if (result.kind === 'deadline') return;
    if (result.kind === 'failed') {
      // Nobody sees a return while reads are refused: that is a hold, and the watch goes on beside it.
      run.hold(heldReasonFor(result.failure), {
        note: result.failure.code,
        nextCheckAt: Date.now() + pauseMs(),
      });
      run.publish();
      await run.rest(pauseMs(), `watch again (${result.failure.code})`);
      continue;
    }
    run.release();
    if (!(await isTrustworthy(run, result.reading, run.oddStatuses))) continue;
    const { status, providerStatus, amounts } = result.reading;
    run.providerStatus = providerStatus;
    if (watched === 'paid' && status === 'returned') {
      run.record('provider-status', { code: status, note: providerStatus });
      run.learnAmounts(amounts ?? {});
      moveTo(run, 'returned');
      continue;
    }
    const turned = watched === 'paid' ? isUnpaidEnd(status) : status === 'paid' || status === 'returned';
    if (turned) {
      // Never automatic: somebody may have acted on the end since. A person looks, and resumes.
      run.record('provider-status', { code: status, note: `${providerStatus} after ${watched}` });
      await run.waitForPerson('status_contradiction', providerStatus);
      if (watched === 'failed') moveTo(run, status);
      continue;
    }
    run.record('provider-status-ignored', { code: status, note: providerStatus });
    await run.rest(pauseMs(), 'watch on');
  }
}
