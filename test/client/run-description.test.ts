import { provenBy } from '../../src/client/run-description';
import type { RunDescription } from '../../src/client/run-description';
import { isFinal, payoutStatuses } from '../../src/domain/payout-status';

const run = (change: Partial<RunDescription>): RunDescription => ({
  workflowId: 'payout/acme/r-1',
  runId: 'run',
  historyLength: 1,
  state: 'open',
  tenant: 'acme',
  reference: 'r-1',
  lastStatus: 'received',
  startedAt: 0,
  ...change,
});
const closings = ['terminated', 'failed', 'timed-out', 'cancelled'] as const;

it.each(payoutStatuses)('%s claims that no money moved only at a proven unpaid end', (lastStatus) => {
  const unpaidEnd = ['failed', 'rejected', 'expired', 'cancelled'].includes(lastStatus);
  const paid = lastStatus === 'paid' || lastStatus === 'returned';
  for (const state of ['open', 'completed'] as const) {
    expect(provenBy(run({ lastStatus, state }))).toEqual({
      final: isFinal(lastStatus),
      status: lastStatus,
      moneyMoved: paid ? 'yes' : unpaidEnd ? 'no' : 'unknown',
    });
  }
  for (const state of closings) {
    expect(provenBy(run({ lastStatus, state }))).toEqual({
      final: isFinal(lastStatus),
      status: isFinal(lastStatus) ? lastStatus : 'unconfirmed',
      moneyMoved: paid ? 'yes' : 'unknown',
      closed: state,
    });
  }
});

it.each(payoutStatuses.filter(isFinal))(
  'does not believe %s when its provider contradicts it',
  (lastStatus) => {
    for (const state of ['open', ...closings] as const) {
      const held = run({ lastStatus, state, heldReason: 'status_contradiction' });
      expect(provenBy(held).moneyMoved).toBe('unknown');
    }
  },
);
