import { activityInfo } from '@temporalio/activity';
import type { ActivityDeps, OtherRuns } from './activity-ports';
import type { PayoutActivities, SubmitPayoutInput } from './payout-activities';

/** What the other runs of a payout came to; undefined in a run that follows no reset. */
export async function runsBesideReset(
  { ports }: Pick<ActivityDeps, 'ports'>,
  { originalRunId }: Pick<SubmitPayoutInput, 'originalRunId'>,
): Promise<OtherRuns | 'unavailable' | undefined> {
  const { workflowExecution } = activityInfo();
  if (workflowExecution === undefined || workflowExecution.runId === originalRunId) return undefined;
  return ports.otherRuns({ ...workflowExecution, originalRunId });
}

/** Asks before a run ends that sent nothing: "no money moved" has to hold for the runs before a reset, too. */
export function createEarlierSends(deps: ActivityDeps): PayoutActivities['earlierSends'] {
  return async (input) => {
    if (activityInfo().workflowExecution?.runId === input.acknowledgedRunId) return { kind: 'none' };
    const runs = await runsBesideReset(deps, input);
    if (runs === 'unavailable') return { kind: 'unreadable' };
    return { kind: runs === undefined || runs.keys.length === 0 ? 'none' : 'sent' };
  };
}
