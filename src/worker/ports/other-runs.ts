import { temporal } from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import type { ActivityPorts } from '../../activities/activity-ports';
import { payoutAttemptKeyAttribute, payoutStatusAttribute } from '../../contract/search-attributes';
import { visibilityLiteral } from '../../contract/visibility-literal';
import { isUnpaidEndOfPayout } from '../../domain/payout-status';
import { keywordOf } from './keyword-of';

/** The server's cause of the failed workflow task that stands at a reset point. */
const { WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW: resetCause } =
  temporal.api.enums.v1.WorkflowTaskFailedCause;

/** Resets of resets, at most; more is nobody's honest operation. */
const mostRuns = 50;
/** All reads together: who asks is a local activity with a time limit, and "it cannot be read" is an answer. */
const patienceMs = 5_000;

/**
 * What the other runs of a payout came to. A reset run's history names the run it was made from, in the failed workflow task
 * at the reset point; every run publishes its attempt key in the same workflow task that schedules a send, so the key
 * in its search attributes is that of its last send. Histories and descriptions are strongly consistent.
 *
 * A run can also be made from one that is not the newest. What stands beside this run's own line is found only in
 * visibility, which is about a second behind: a run that appeared there later than this one asks would be missed.
 */
export const createOtherRunsReader =
  (connection: NativeConnection, namespace: string): ActivityPorts['otherRuns'] =>
  async (run) => {
    try {
      return await connection.withDeadline(Date.now() + patienceMs, async () =>
        readOtherRuns(connection, namespace, run),
      );
    } catch {
      // Beyond retention, no permission, not reachable: not knowing is an answer.
      return 'unavailable';
    }
  };

async function readOtherRuns(
  connection: NativeConnection,
  namespace: string,
  { workflowId, runId, originalRunId }: Parameters<ActivityPorts['otherRuns']>[0],
): ReturnType<ActivityPorts['otherRuns']> {
  const others = new Set<string>();
  for (let current = runId; current !== originalRunId;) {
    const base = await baseRunOf(connection, namespace, workflowId, current);
    if (base === undefined || others.size >= mostRuns) return 'unavailable';
    others.add(base);
    current = base;
  }
  for (const beside of await runsInVisibility(connection, namespace, workflowId)) others.add(beside);
  others.delete(runId);
  if (others.size > mostRuns) return 'unavailable';
  const keys: string[] = [];
  let endedUnpaid = false;
  for (const other of others) {
    const attributes = await attributesOf(connection, namespace, workflowId, other);
    const key = attributes(payoutAttemptKeyAttribute.name);
    if (key !== undefined) keys.push(key);
    endedUnpaid ||= isUnpaidEndOfPayout(attributes(payoutStatusAttribute.name));
  }
  return { keys, endedUnpaid };
}

async function runsInVisibility(
  connection: NativeConnection,
  namespace: string,
  workflowId: string,
): Promise<readonly string[]> {
  const { executions } = await connection.workflowService.listWorkflowExecutions({
    namespace,
    pageSize: mostRuns + 1,
    query: `WorkflowId = ${visibilityLiteral(workflowId)}`,
  });
  return (executions ?? []).flatMap(({ execution }) => execution?.runId ?? []);
}

async function baseRunOf(
  connection: NativeConnection,
  namespace: string,
  workflowId: string,
  runId: string,
): Promise<string | undefined> {
  let base: string | undefined;
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await connection.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId, runId },
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
    for (const event of page.history?.events ?? []) {
      const failed = event.workflowTaskFailedEventAttributes;
      // The newest one counts: the events before a reset point are the earlier run's, with its own resets in them.
      if (failed?.cause === resetCause && failed.newRunId === runId) base = failed.baseRunId ?? base;
    }
    nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
  } while (nextPageToken !== undefined);
  return base;
}

async function attributesOf(
  connection: NativeConnection,
  namespace: string,
  workflowId: string,
  runId: string,
): Promise<(name: string) => string | undefined> {
  const { workflowExecutionInfo } = await connection.workflowService.describeWorkflowExecution({
    namespace,
    execution: { workflowId, runId },
  });
  return (name) => keywordOf(workflowExecutionInfo?.searchAttributes, name);
}
