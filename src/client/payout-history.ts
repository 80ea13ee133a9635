import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { payoutWorkflowId } from '../contract/workflow-ids';
import { assertPayoutAddress } from './payout-address';
import type { PayoutAddress } from './payout-address';
import type { TemporalCalls } from './temporal-calls';

export type HistoryOptions = PayoutAddress & {
  /** This run instead of the newest one. */
  readonly runId?: string;
};

export async function readHistory(
  calls: TemporalCalls,
  { runId, ...address }: HistoryOptions,
): Promise<string> {
  assertPayoutAddress(address);
  const workflowId = payoutWorkflowId(address);
  const history = await calls.run(
    { what: `read the history of ${workflowId}` },
    calls.timeouts.startTimeoutMs,
    async () => calls.client.workflow.getHandle(workflowId, runId).fetchHistory(),
  );
  return historyToJSON(history);
}
