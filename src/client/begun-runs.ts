import { payoutWorkflowId } from '../contract/workflow-ids';
import type { PayoutAddress } from './payout-address';
import type { KnownRun } from './run-news';
import type { StartedPayout } from './start-payout';

/** Whoever starts more than this before asking for an outcome has some of them read first. */
const most = 1_000;

/** Runs that this client has begun and not yet asked about: nothing need be read before they are waited for. */
export function begunRuns(): {
  readonly note: (started: StartedPayout) => StartedPayout;
  readonly take: (payout: PayoutAddress) => KnownRun | undefined;
} {
  const begun = new Map<string, KnownRun>();
  return {
    note(payout) {
      const { workflowId, runId, started } = payout;
      if (!started || runId === undefined) return payout;
      begun.set(workflowId, { workflowId, runId, historyLength: 0 });
      const [oldest] = begun.keys();
      if (begun.size > most && oldest !== undefined) begun.delete(oldest);
      return payout;
    },
    take(payout) {
      const workflowId = payoutWorkflowId(payout);
      const run = begun.get(workflowId);
      begun.delete(workflowId);
      return run;
    },
  };
}
