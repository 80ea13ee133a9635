import type { ProviderFailure } from '../../../domain/provider-failure';
import { waitInHold } from '../holds/hold';
import { recheckAt } from '../holds/recheck';
import type { PayoutRun } from '../payout-run';
import { endHold } from '../step-end';
import type { NextSend } from './ready-attempt';
import { lookUpBeforeNewKey } from './recovery';
import { heldReasonFor } from './send';
import { leastRoomMs, quoteRoomMs } from './send-gate';

/**
 * A refusal that the provider may remember under the key, and that does not say why: of the payout, not of a login or an
 * account. (Runs from before there were time limits in their plans send the same key again, whenever that is.)
 */
export const leavesKeyUnclear = (run: PayoutRun, { code, httpStatus }: ProviderFailure): boolean => {
  const { contract, timeLimits } = run.require('plan');
  return (
    code === 'refusal_unclear' &&
    httpStatus !== undefined &&
    contract.refusalsRemembered &&
    timeLimits !== undefined
  );
};

export type UnclearEnd = NextSend | 'ended' | 'resolved';

/**
 * The hold behind a refusal that may be none. By itself only the same key is sent again, and only for as long as the provider
 * is sure to know it; past that the provider is looked at for the key. Another key takes a person who resumed the payout.
 */
export async function waitWithUnclear(
  run: PayoutRun,
  failure: ProviderFailure,
  before: { readonly sentAt: number; readonly tries: number; readonly isResumed: boolean },
): Promise<UnclearEnd> {
  const { contract } = run.require('plan');
  const resumesSeen = run.resumes;
  for (let waits = 0; ; waits += 1) {
    const end = await waitInHold(run, heldReasonFor(failure), {
      ...(waits === 0 && before.isResumed ? { wakes: () => true } : {}),
      nextCheckAt: recheckAt(run, before.tries + waits),
      ...(failure.providerCode === undefined ? {} : { note: failure.providerCode }),
    });
    if (end !== 'again') return endHold(run, end);
    if (run.resumes > resumesSeen) return 'fresh-attempt';
    const roomMs = Math.min(sameKeyUntil(run, before.sentAt) - Date.now(), quoteRoomMs(run));
    if (roomMs >= leastRoomMs) return 'same-attempt';
    if (contract.lookUp.kind === 'none') continue;
    const seen = await lookUpBeforeNewKey(run);
    if (seen === 'accepted' || seen === 'confirmed-absent') return 'resolved';
    if (seen !== 'nothing') return endHold(run, seen);
    if (run.resumes > resumesSeen) return 'fresh-attempt';
  }
}

/** Until then the provider is sure to know a key that was first sent at `sentAt`. */
export const sameKeyUntil = (run: PayoutRun, sentAt: number): number =>
  sentAt + run.require('plan').contract.replay.windowMs;
