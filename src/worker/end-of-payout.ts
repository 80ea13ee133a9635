import { defaultPayloadConverter } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import type { ActivityPorts } from '../activities/activity-ports';
import { payoutStatusAttribute } from '../contract/search-attributes';
import { isUnpaidEndOfPayout } from '../domain/payout-status';

const { WorkflowExecutionStatus } = temporal.api.enums.v1;

/** `NOT_FOUND` of gRPC. */
const notFound = 5;
const patienceMs = 2_000;

/** Reads how another payout ended: by description, which is strongly consistent and needs no worker. */
export function createEndOfPayoutReader(
  connection: Pick<NativeConnection, 'workflowService' | 'withDeadline'>,
  namespace: string,
): ActivityPorts['endOfPayout'] {
  return async (workflowId) => {
    try {
      const { workflowExecutionInfo } = await connection.withDeadline(Date.now() + patienceMs, () =>
        connection.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } }),
      );
      // While it runs it may be watching: an end at the provider can still change.
      if (workflowExecutionInfo?.status !== WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED)
        return 'otherwise';
      const payload = workflowExecutionInfo?.searchAttributes?.indexedFields?.[payoutStatusAttribute.name];
      const status: unknown = payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
      return isUnpaidEndOfPayout(Array.isArray(status) ? status[0] : status) ? 'unpaid' : 'otherwise';
    } catch (error) {
      return (error as { readonly code?: unknown }).code === notFound ? 'missing' : 'unavailable';
    }
  };
}
