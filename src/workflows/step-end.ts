import type { PayoutRun } from './payout-run';

/** What each step says about the run: go on with the next one, or it has come to its end. */
export type StepEnd = 'go-on' | 'ended';

/** The end of a payout of which certainly nothing was accepted. */
export function endUnsent(run: PayoutRun, end: 'cancelled' | 'expired'): StepEnd {
  if (end === 'cancelled') run.become('cancelled', 'cancelled_on_request');
  else run.become('expired', 'hold_expired');
  return 'ended';
}
