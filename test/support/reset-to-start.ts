import { randomUUID } from 'node:crypto';
import { temporal } from '@temporalio/proto';
import type { PayoutHarness, StartedPayout } from './payout-harness';

const { EventType } = temporal.api.enums.v1;

/** Resets a payout (its newest run, or `ofRun`) to its first workflow task, as an operator does. */
export async function resetToStart(
  harness: Pick<PayoutHarness, 'client'>,
  payout: { readonly handle: Pick<StartedPayout['handle'], 'workflowId' | 'describe'> },
  ofRun?: string,
): Promise<void> {
  const { workflowId } = payout.handle;
  const { events } = await harness.client.workflow.getHandle(workflowId, ofRun).fetchHistory();
  const first = (events ?? []).find(
    ({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
  );
  const runId = ofRun ?? (await payout.handle.describe()).runId;
  await harness.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: first?.eventId ?? null,
    requestId: randomUUID(),
    reason: 'test',
  });
}
