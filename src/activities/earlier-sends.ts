import { activityInfo } from '@temporalio/activity';
import type { ActivityDeps } from './activity-ports';
import type { PayoutActivities, SubmitPayoutInput } from './payout-activities';

/** The keys under which runs before a reset sent; undefined when there is no such run, or the workflow knows of it. */
export async function keysOfEarlierRuns(
  { ports }: Pick<ActivityDeps, 'ports'>,
  { originalRunId, acknowledgedRunId }: Pick<SubmitPayoutInput, 'originalRunId' | 'acknowledgedRunId'>,
): Promise<readonly string[] | 'unavailable' | undefined> {
  const { workflowExecution } = activityInfo();
  if (workflowExecution === undefined) return undefined;
  const { runId } = workflowExecution;
  if (runId === originalRunId || runId === acknowledgedRunId) return undefined;
  return ports.priorAttemptKeys({ ...workflowExecution, originalRunId });
}

/** Asks before a run ends that sent nothing: "no money moved" has to hold for the runs before a reset, too. */
export function createEarlierSends(deps: ActivityDeps): PayoutActivities['earlierSends'] {
  return async (input) => {
    const keys = await keysOfEarlierRuns(deps, input);
    if (keys === undefined || keys.length === 0) return { kind: 'none' };
    return { kind: keys === 'unavailable' ? 'unreadable' : 'sent' };
  };
}
