import { temporal } from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import type { ActivityPorts } from '../../activities/activity-ports';

const { PENDING_ACTIVITY_STATE_STARTED: started } = temporal.api.enums.v1.PendingActivityState;
/** A send has five seconds before its first byte: without an answer by then it is not made, and not lost either. */
const patienceMs = 4_000;

/**
 * Asks Temporal whether an attempt is still the one it waits for. Answered from the run's own state, not from visibility;
 * a description writes nothing and is not billed. What cannot be asked is taken for a no.
 */
export const createCurrentAttemptReader =
  (connection: NativeConnection, namespace: string): ActivityPorts['isCurrentAttempt'] =>
  async ({ workflowId, runId, activityId, attempt }) => {
    try {
      const { pendingActivities } = await connection.withDeadline(Date.now() + patienceMs, async () =>
        connection.workflowService.describeWorkflowExecution({
          namespace,
          execution: { workflowId, runId },
        }),
      );
      return (pendingActivities ?? []).some(
        (pending) =>
          pending.activityId === activityId && pending.attempt === attempt && pending.state === started,
      );
    } catch {
      return false;
    }
  };
