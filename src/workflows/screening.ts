import { screenPayout } from './activity-proxies';
import { orHold } from './hold-on-failure';
import type { PayoutRun } from './payout-run';
import type { StepEnd } from './step-end';
import { endHold, endUnsent } from './step-end';
import { recheckAt } from './recheck';

/** Screens the beneficiary and fails closed: unavailable holds, a hit rejects and is never re-routed. */
export async function screenBeneficiary(run: PayoutRun): Promise<StepEnd> {
  run.become('screening');
  for (let tries = 0; ; tries += 1) {
    const screened = await orHold(run, () => screenPayout({ schema: 1, request: run.require('request') }));
    if (screened.kind === 'gave-up') return endHold(run, screened.end);
    const result = screened.value;
    if (result.kind !== 'unavailable') {
      run.release();
      run.record('screened', { code: result.kind, note: result.lists.join(', ') });
      if (result.kind === 'hit') {
        return endUnsent(run, 'rejected', 'screening_hit');
      }
      return run.cancelRequested ? endHold(run, 'cancelled') : 'go-on';
    }
    const end = await run.waitInHold('screening_unavailable', {
      note: result.note,
      nextCheckAt: recheckAt(run, tries),
    });
    if (end !== 'again') return endHold(run, end);
  }
}
