import { condition } from '@temporalio/workflow';
import type { StatusReading } from '../../../domain/provider-status';
import { isUnpaidEnd } from '../../../domain/provider-status';
import { settled } from '../../../domain/submission';
import { orHoldUnresolved } from '../holds/hold-on-failure';
import type { PayoutRun } from '../payout-run';
import { askProvider } from '../attempt/adoption';
import { recheckAt } from '../holds/recheck';
import { markUnresolved, refusalDetails } from '../attempt/send';
import { isConfirmedUnpaid, moveTo, readNow } from './status-wait';
import { release, waitForPerson, waitInHold } from '../holds/hold';
import { publish } from '../publishing';

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
  /** Payouts that appeared and came to an unpaid end, confirmed so. */
  const ended = new Set<string>();
  let mustLook = false;
  for (let looks = 0; ; looks += 1) {
    publish(run);
    const leftMs = until - Date.now();
    // After an appearance one more look has to find nothing new, however long people took.
    if (leftMs <= 0 && !mustLook) return;
    const pauseMs = Math.min(slowestLookMs, firstLookMs * 2 ** Math.min(looks, 10));
    const hintsSeen = run.hints;
    const isHinted = (): boolean => run.hints > hintsSeen && run.mayTakeHint;
    await condition(isHinted, leftMs > 0 ? Math.min(leftMs, pauseMs) : pauseMs, {
      summary: 'before looking for a late appearance',
    });
    if (isHinted()) run.takeHint();
    const result = await orHoldUnresolved(run, () => askProvider(run));
    if (result.kind === 'failed') {
      run.record('looked-up', refusalDetails(result.failure));
      continue;
    }
    // What two people said is not ours has not appeared late, nor has what ended unpaid and stays so.
    const appeared = result.found.filter(
      (payout) =>
        !run.recovery.isKnownToDiffer(payout) &&
        !(ended.has(payout.providerPayoutId) && isUnpaidEnd(payout.status)),
    );
    mustLook = appeared.length > 0;
    if (!mustLook) continue;
    run.record('looked-up', { code: 'found', note: 'after people had confirmed that it was never accepted' });
    for (const payout of appeared) {
      const also = appeared.flatMap(({ providerPayoutId: id }) =>
        id === payout.providerPayoutId ? [] : [id],
      );
      if ((await followLateAppearance(run, payout, also)) === 'paid') return;
      ended.add(payout.providerPayoutId);
    }
    run.attemptLog = settled(run.require('attemptLog'));
    run.isEndDoubtful = false;
  }
}

/**
 * It is there after all. Somebody may have paid by other means since, so nothing is automatic: held, with money unknown,
 * until a person has looked and the provider has come to an end. One that differs is not ours when a person resumes.
 */
async function followLateAppearance(
  run: PayoutRun,
  appeared: StatusReading,
  also: readonly string[],
): Promise<'paid' | 'not-paid'> {
  const { contract } = run.require('plan');
  const { providerPayoutId } = appeared;
  run.providerPayoutId = providerPayoutId;
  run.isEndDoubtful = true;
  markUnresolved(run, Date.now(), Date.now());
  const beside = also.length === 0 ? '' : `, and so did ${also.join(', ')}`;
  await waitForPerson(run, 'status_contradiction', `${providerPayoutId} appeared late${beside}`);
  for (let tries = 0; ; tries += 1) {
    const result = await readNow(run);
    if (result.kind === 'read') {
      const { status, providerStatus, amounts } = result.reading;
      const differences = run.recovery.differencesOf(result.reading);
      if (differences.length > 0) {
        const note = `${providerPayoutId} differs in ${differences.join(', ')}: resume if it is not ours`;
        await waitForPerson(run, 'status_contradiction', note);
        run.recovery.noteDifferences(result.reading);
        run.record('looked-up', { code: 'differs', note: providerPayoutId });
        run.providerPayoutId = undefined;
        release(run);
        return 'not-paid';
      }
      run.providerStatus = providerStatus;
      const isPaid = status === 'paid' || status === 'returned';
      if (isPaid || (isUnpaidEnd(status) && (await isConfirmedUnpaid(run, contract.unpaid.settleMs)))) {
        run.record('provider-status', { code: status, note: providerStatus });
        run.learnAmounts(amounts ?? {});
        release(run);
        if (!isPaid) return 'not-paid';
        run.attemptLog = settled(run.require('attemptLog'));
        run.isEndDoubtful = false;
        moveTo(run, status);
        publish(run);
        return 'paid';
      }
    }
    const note = result.kind === 'failed' ? result.failure.code : `${providerPayoutId} is followed`;
    await waitInHold(run, 'status_contradiction', {
      note,
      nextCheckAt: recheckAt(run, tries),
      mayEnd: false,
    });
  }
}
