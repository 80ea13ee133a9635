import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { PayoutAddress } from './payout-address';
import { describePayout } from './read-payout';
import type { TemporalCalls } from './temporal-calls';

export type HistoryOptions = PayoutAddress & {
  /** This run instead of the newest one. */
  readonly runId?: string;
};

export async function readHistory(
  calls: TemporalCalls,
  { runId, ...address }: HistoryOptions,
): Promise<string> {
  const { workflowId } = await describePayout(calls, address);
  const history = await calls.run(
    { what: `read the history of ${workflowId}` },
    calls.timeouts.startTimeoutMs,
    async () => calls.client.workflow.getHandle(workflowId, runId).fetchHistory(),
  );
  return historyToJSON(history);
}
