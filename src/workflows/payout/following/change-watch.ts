import { condition } from '@temporalio/workflow';
import type { PayoutStatus } from '../../../domain/payout-status';
import type { ProviderStatus, StatusReading } from '../../../domain/provider-status';
import { isUnpaidEnd } from '../../../domain/provider-status';
import { watchForLateAppearance } from './late-appearance';
import type { PayoutRun } from '../payout-run';
import type { StepEnd } from '../step-end';
import { heldReasonFor } from '../attempt/send';
import { isTrustworthy, moveTo, nextStatus, readNow } from './status-wait';
import { escalate, hold, release, waitForPerson } from '../holds/hold';
import { publish } from '../publishing';

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
  for (let tries = 0; ;) {
    publish(run);
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
      hold(run, heldReasonFor(result.failure), {
        note: result.failure.code,
        nextCheckAt: Date.now() + pauseMs(),
      });
      if (run.held !== undefined && Date.now() >= run.held.deadlineAt) escalate(run);
      publish(run);
      await pause(run, pauseMs(), `watch again (${result.failure.code})`);
      continue;
    }
    // A reading that differs may be about our money: no end is certain until one is read that can be trusted.
    if (run.recovery.openDifferences(result.reading).length > 0) run.isEndDoubtful = true;
    release(run);
    if (!(await isTrustworthy(run, result.reading, tries))) {
      tries += 1;
      continue;
    }
    tries = 0;
    const { status, providerStatus } = result.reading;
    run.providerStatus = providerStatus;
    if (watched === 'paid' && status === 'returned') {
      run.isEndDoubtful = false;
      settle(run, result.reading);
    } else if (contradicts(watched, status)) {
      // Never automatic: somebody may have acted on the end since. A person looks, and resumes.
      run.record('provider-status', { code: status, note: `${providerStatus} after ${watched}` });
      await clearUp(run, watched, providerStatus);
    } else {
      run.isEndDoubtful = false;
      run.record('provider-status-ignored', { code: status, note: providerStatus });
      await pause(run, pauseMs(), 'watch on');
    }
  }
}

/** Whether the provider's word takes back what was final. Any life in a payout that had ended unpaid does. */
const contradicts = (watched: PayoutStatus, status: ProviderStatus): boolean =>
  watched === 'paid' ? isUnpaidEnd(status) : !isUnpaidEnd(status);

/**
 * Until people have looked and the provider says something that can be final, nobody may rely on either end. Each resume
 * reads again: what the provider said when it was held may be history.
 */
async function clearUp(run: PayoutRun, watched: PayoutStatus, contradiction: string): Promise<void> {
  run.isEndDoubtful = true;
  for (let note = contradiction; ;) {
    await waitForPerson(run, 'status_contradiction', note);
    const result = await readNow(run);
    if (result.kind === 'failed') {
      note = result.failure.code;
      continue;
    }
    const { reading } = result;
    const { status, providerStatus } = reading;
    const differences = run.recovery.openDifferences(reading);
    run.providerStatus = providerStatus;
    const isLate = watched === 'failed' && (status === 'paid' || status === 'returned');
    if (differences.length > 0) note = `differs in ${differences.join(', ')}`;
    else if (contradicts(watched, status) && !isLate && watched !== 'paid')
      note = `${providerStatus}, not final`;
    else {
      run.isEndDoubtful = false;
      if (isLate || status === 'returned') settle(run, reading);
      else run.record('provider-status', { code: status, note: `${providerStatus}, stays ${watched}` });
      return;
    }
  }
}

function settle(run: PayoutRun, { status, providerStatus, amounts }: StatusReading): void {
  run.record('provider-status', { code: status, note: providerStatus });
  run.learnAmounts(amounts ?? {});
  moveTo(run, status);
}

/** A pause in the watch; a resume ends it. */
async function pause(run: PayoutRun, durationMs: number, summary: string): Promise<void> {
  const resumesSeen = run.resumes;
  await condition(() => run.resumes > resumesSeen, Math.max(1, durationMs), { summary });
}
