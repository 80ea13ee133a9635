import { condition } from '@temporalio/workflow';
import type { StatusReading } from '../domain/provider-status';
import { isUnpaidEnd } from '../domain/provider-status';
import { settled } from '../domain/submission';
import { orHoldUnresolved } from './hold-on-failure';
import type { PayoutRun } from './payout-run';
import { askProvider } from './adoption';
import { markUnresolved, refusalDetails } from './send';
import { isConfirmedUnpaid, moveTo, readNow } from './status-wait';

const firstLookMs = 5 * 60_000;
const slowestLookMs = 6 * 3_600_000;

/**
 * Two people confirmed that the provider never accepted it, and people can be wrong: a provider may book a request long
 * after its connection was cut. Where it can be looked up it is, ever more slowly, for as long as an unpaid end is watched.
 */
export async function watchForLateAppearance(run: PayoutRun): Promise<void> {
  const { contract } = run.require('plan');
  if (contract.lookUp.kind === 'none' || contract.unpaid.watchMs <= 0) return;
  const until = Date.now() + contract.unpaid.watchMs;
  run.watchedUntil = until;
  for (let looks = 0; ; looks += 1) {
    run.publish();
    const leftMs = until - Date.now();
    if (leftMs <= 0) return;
    const hintsSeen = run.hints;
    await condition(
      () => run.hints > hintsSeen,
      Math.min(leftMs, slowestLookMs, firstLookMs * 2 ** Math.min(looks, 10)),
      { summary: 'before looking for a late appearance' },
    );
    const result = await orHoldUnresolved(run, () => askProvider(run));
    if (result.kind === 'failed') {
      run.record('looked-up', refusalDetails(result.failure));
      continue;
    }
    // What two people said is not ours has not appeared late.
    const first = result.found.find((payout) => !run.isKnownToDiffer(payout));
    if (first === undefined) continue;
    run.record('looked-up', { code: 'found', note: 'after people had confirmed that it was never accepted' });
    await followLateAppearance(run, first);
    return;
  }
}

/**
 * It is there after all. Somebody may have paid by other means since, so nothing is automatic: held, with money unknown,
 * until a person has looked and the provider has come to an end.
 */
async function followLateAppearance(run: PayoutRun, { providerPayoutId }: StatusReading): Promise<void> {
  const { poll, contract } = run.require('plan');
  const pauseMs = Math.max(60_000, ...poll.delaysMs);
  run.providerPayoutId = providerPayoutId;
  markUnresolved(run, Date.now(), Date.now());
  await run.waitForPerson('status_contradiction', `${providerPayoutId} appeared late`);
  let note = `${providerPayoutId} is followed`;
  for (;;) {
    // Without a hold a final status would say that no money moved.
    const nextCheckAt = Date.now() + pauseMs;
    run.hold('status_contradiction', { note, nextCheckAt });
    run.publish();
    const result = await readNow(run);
    const { mismatched } = result.kind === 'read' ? result.reading.echo : { mismatched: [] };
    if (result.kind === 'failed') note = result.failure.code;
    else if (mismatched.length > 0) note = `differs in ${mismatched.join(', ')}`;
    else {
      const { status, providerStatus, amounts } = result.reading;
      run.providerStatus = providerStatus;
      const isPaid = status === 'paid' || status === 'returned';
      if (isPaid || (isUnpaidEnd(status) && (await isConfirmedUnpaid(run, contract.unpaid.settleMs)))) {
        run.record('provider-status', { code: status, note: providerStatus });
        run.attemptLog = settled(run.require('attemptLog'));
        run.learnAmounts(amounts ?? {});
        run.release();
        if (isPaid) moveTo(run, status);
        run.publish();
        return;
      }
      note = `${providerStatus}, after it appeared late`;
    }
    await run.waitInHold('status_contradiction', { note, nextCheckAt, mayEnd: false });
  }
}
