import { defaultPayloadConverter } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import type { ActivityPorts, EndOfPayout } from '../../activities/activity-ports';
import { payoutStatusAttribute } from '../../contract/search-attributes';
import { isUnpaidEndOfPayout } from '../../domain/payout-status';
import { keywordOf } from './keyword-of';

const { HistoryEventFilterType, WorkflowExecutionStatus } = temporal.api.enums.v1;

/** `NOT_FOUND` of gRPC. */
const notFound = 5;
const patienceMs = 2_000;

/** Reads how another payout ended: its run's description and result, which are strongly consistent and need no worker. */
export function createEndOfPayoutReader(
  connection: Pick<NativeConnection, 'workflowService' | 'withDeadline'>,
  namespace: string,
): ActivityPorts['endOfPayout'] {
  return async (workflowId) => {
    try {
      return await connection.withDeadline(Date.now() + patienceMs, async () => endOf(workflowId));
    } catch (error) {
      return { kind: (error as { readonly code?: unknown }).code === notFound ? 'missing' : 'unavailable' };
    }
  };

  async function endOf(workflowId: string): Promise<EndOfPayout> {
    const { workflowExecutionInfo: run } = await connection.workflowService.describeWorkflowExecution({
      namespace,
      execution: { workflowId },
    });
    // While it runs it may be watching: an end at the provider can still change.
    if (run?.status !== WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED)
      return { kind: 'otherwise' };
    if (!isUnpaidEndOfPayout(keywordOf(run.searchAttributes, payoutStatusAttribute.name)))
      return { kind: 'otherwise' };
    const { history } = await connection.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: run.execution ?? { workflowId },
      historyEventFilterType: HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
    });
    const [result] =
      history?.events?.at(-1)?.workflowExecutionCompletedEventAttributes?.result?.payloads ?? [];
    const snapshot: unknown = result ? defaultPayloadConverter.fromPayload(result) : undefined;
    const { replacedBy, moneyMoved } = (
      typeof snapshot === 'object' && snapshot !== null ? snapshot : {}
    ) as Readonly<Record<string, unknown>>;
    // Its reference was spent: what became of the payout that had it before, this run never knew.
    if (moneyMoved === 'unknown') return { kind: 'otherwise' };
    return { kind: 'unpaid', ...(typeof replacedBy === 'string' ? { replacedBy } : {}) };
  }
}
