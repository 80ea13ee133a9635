import type { ReasonCode } from '../../domain/reason';
import type { PayoutRun, UnsentEnd } from './payout-run';

/** What each step says about the run: go on with the next one, or it has come to its end. */
export type StepEnd = 'go-on' | 'ended';

/**
 * The end of a payout of which this run has sent nothing that may have been accepted. It is carried out by
 * `concludeUnsent`, which asks first what runs before a reset have sent.
 */
export function endUnsent(run: PayoutRun, status: UnsentEnd['status'], reason: ReasonCode): 'ended' {
  run.unsentEnd = { status, reason };
  return 'ended';
}

/** The same, for a wait that was cancelled or came to its deadline. */
export const endHold = (run: PayoutRun, end: 'cancelled' | 'expired'): 'ended' =>
  end === 'cancelled'
    ? endUnsent(run, 'cancelled', run.recall === undefined ? 'cancelled_on_request' : 'recalled')
    : endUnsent(run, 'expired', 'hold_expired');
