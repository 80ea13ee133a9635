import type { PayoutRun } from './payout-run';
import type { StepEnd } from './payout-workflow';
import { moveTo, nextStatus, trustworthy } from './status-wait';

/**
 * Final for the business is not final for the provider. A paid payout is watched for its return where the provider
 * reports returns; one that was accepted and ended unpaid is watched for a late change of the provider's mind.
 */
export async function watchForChanges(run: PayoutRun): Promise<StepEnd> {
  const { contract } = run.require('plan');
  if (run.status === 'failed') await watch(run, contract.unpaid.watchMs);
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
      // Nothing can be read for now, and nothing depends on it but the watch: try again after its longest delay.
      await run.rest(
        Math.min(remainingMs, longest(poll.watchDelaysMs)),
        `watch again (${result.failure.code})`,
      );
      continue;
    }
    const reading = await trustworthy(run, result.reading);
    if (reading === undefined) continue;
    run.providerStatus = reading.providerStatus;
    if (watched === 'paid' && reading.status === 'returned') {
      run.record('provider-status', { code: reading.status, note: reading.providerStatus });
      run.learnAmounts(reading.amounts ?? {});
      moveTo(run, 'returned');
      continue;
    }
    if (watched === 'failed' && (reading.status === 'paid' || reading.status === 'returned')) {
      // Never automatic: somebody may have paid by other means since. A person accepts what the provider says by resuming.
      run.record('provider-status', {
        code: reading.status,
        note: `${reading.providerStatus} after an unpaid end`,
      });
      await run.waitForPerson('status_contradiction', reading.providerStatus);
      moveTo(run, 'paid');
      continue;
    }
    run.record('provider-status-ignored', { code: reading.status, note: reading.providerStatus });
    await run.rest(Math.min(remainingMs, longest(poll.watchDelaysMs)), 'watch on');
  }
}

const longest = (delaysMs: readonly number[]): number => Math.max(...delaysMs, 1_000);
