import type { PayoutSnapshot } from '../../../src/domain/payout-snapshot';
import type { RunEnd } from '../temporal-model/workflow-run';

/** What became of a payout that was started again after Temporal had forgotten it. `writes`: bytes that went out meanwhile. */
export function problemsOfSecondLife(end: RunEnd | undefined, writes: number): readonly string[] {
  const problems: string[] = [];
  if (writes > 0) problems.push('I1: a reference that came back was sent again');
  if (end?.kind !== 'completed') {
    problems.push('I12: a reference that came back is not refused');
    return problems;
  }
  const { status, reason, moneyMoved } = end.result as PayoutSnapshot;
  const isCancelled = status === 'cancelled' || status === 'expired';
  if (reason !== 'reference_reused' && !isCancelled)
    problems.push(`I12: a reference that came back ended ${status}, ${reason ?? 'without a reason'}`);
  if (moneyMoved !== 'unknown')
    problems.push(`I3: a reference that came back says of the money: ${moneyMoved}`);
  return problems;
}
