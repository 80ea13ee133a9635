import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { ActivityPorts } from '../../activities/activity-ports';
import { accountChangedSignal } from '../../contract/messages';
import { payoutHeldReasonAttribute, payoutProviderAccountAttribute } from '../../contract/search-attributes';
import { visibilityLiteral } from '../../contract/visibility-literal';
import { payoutWorkflowType } from '../../contract/workflow-inputs';

/** One call to Temporal. */
const patienceMs = 10_000;

/** Finds the payouts that wait for their account, by visibility, and tells them by signal. */
export const createHeldPayouts = (client: Client): Pick<ActivityPorts, 'heldPayouts' | 'tellPayout'> => ({
  async heldPayouts({ account, reasons, taskQueue }) {
    const query = [
      `WorkflowType = ${visibilityLiteral(payoutWorkflowType)}`,
      "ExecutionStatus = 'Running'",
      `${payoutProviderAccountAttribute.name} = ${visibilityLiteral(account)}`,
      `${payoutHeldReasonAttribute.name} IN (${reasons.map(visibilityLiteral).join(', ')})`,
    ].join(' AND ');
    const found = client.workflow.list({ query })[Symbol.asyncIterator]();
    const workflowIds: string[] = [];
    for (;;) {
      const next = await client.withDeadline(Date.now() + patienceMs, async () => found.next());
      if (next.done === true) return workflowIds;
      // Not in the query: a queue's name need not be one that a query can hold.
      if (taskQueue === undefined || next.value.taskQueue === taskQueue)
        workflowIds.push(next.value.workflowId);
    }
  },
  async tellPayout(workflowId, change) {
    try {
      await client.withDeadline(Date.now() + patienceMs, async () =>
        client.workflow.getHandle(workflowId).signal(accountChangedSignal, change),
      );
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  },
});
