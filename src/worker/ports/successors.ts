import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { ActivityPorts, TakenPlace } from '../../activities/activity-ports';
import { payoutReferenceAttribute, payoutTenantAttribute } from '../../contract/search-attributes';
import { successorWorkflowId } from '../../contract/workflow-ids';
import { successorIn, successorSummary, successorWorkflowType } from '../../contract/workflow-inputs';
import type { SuccessorMemo } from '../../contract/workflow-inputs';

type Place = Parameters<ActivityPorts['takePlace']>[0];

/** One call to Temporal. */
const patienceMs = 2_000;

/**
 * Takes places by starting a workflow whose id is the place. The server lets one start through, and what it stored with it
 * says whose the place is; a start whose reply was lost is met by the next try, and is ours.
 */
export function createSuccessors(client: Client, taskQueue: string): ActivityPorts['takePlace'] {
  return async (place) => {
    try {
      await withPatience(async () => start(place));
      return { kind: 'taken', by: place.reference };
    } catch (error) {
      return error instanceof WorkflowExecutionAlreadyStartedError
        ? holderOf(place)
        : { kind: 'unavailable' };
    }
  };

  async function start({ replacedWorkflowId, tenant, reference }: Place): Promise<void> {
    const memo: SuccessorMemo = { successor: reference };
    await client.workflow.start(successorWorkflowType, {
      workflowId: successorWorkflowId(replacedWorkflowId),
      taskQueue,
      args: [],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      memo,
      typedSearchAttributes: [
        { key: payoutTenantAttribute, value: tenant },
        { key: payoutReferenceAttribute, value: reference },
      ],
      staticSummary: successorSummary(replacedWorkflowId, reference),
    });
  }

  /** A description is strongly consistent and needs no worker. */
  async function holderOf({ replacedWorkflowId }: Place): Promise<TakenPlace> {
    try {
      const { memo } = await withPatience(async () =>
        client.workflow.getHandle(successorWorkflowId(replacedWorkflowId)).describe(),
      );
      const by = successorIn(memo);
      return by === undefined ? { kind: 'unavailable' } : { kind: 'taken', by };
    } catch {
      return { kind: 'unavailable' };
    }
  }

  async function withPatience<T>(call: () => Promise<T>): Promise<T> {
    return client.withDeadline(Date.now() + patienceMs, call);
  }
}
