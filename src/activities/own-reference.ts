import { activityInfo } from '@temporalio/activity';
import { payoutWorkflowId, unfoldedWorkflowId } from '../contract/workflow-ids';
import type { PayoutRequest } from '../domain/payout-request';
import type { RequestProblem } from '../providers/provider';
import type { ActivityDeps } from './activity-ports';
import { runsBesideReset } from './earlier-sends';
import type { OpenPayoutInput } from './payout-activities';

type Asked = Pick<OpenPayoutInput, 'originalRunId' | 'mayHaveUnfoldedId'>;

/**
 * Keys come from tenant and reference: another workflow id for the same payout would be a second run of it. References that
 * differ only by case are one, and have one id; runs that began before that was so keep theirs, and nothing is planned
 * beside them. Undefined where this run is the payout's.
 */
export async function referenceProblem(
  deps: ActivityDeps,
  request: PayoutRequest,
  { originalRunId, mayHaveUnfoldedId }: Asked,
): Promise<RequestProblem | undefined> {
  const { workflowId, runId } = activityInfo().workflowExecution ?? {};
  const folded = payoutWorkflowId(request);
  const unfolded = unfoldedWorkflowId(request);
  if (workflowId === folded)
    return unfolded !== undefined && (await exists(deps, unfolded)) ? isTakenBy(unfolded) : undefined;
  if (workflowId === unfolded && workflowId !== undefined) {
    if (mayHaveUnfoldedId === true) return undefined;
    if (runId !== originalRunId) return resetProblem();
  }
  return { path: 'reference', message: `the workflow id must be ${folded}` };

  /** Of an old run, reset today. What it may have sent has to be found out; otherwise the payout of the new id is first. */
  async function resetProblem(): Promise<RequestProblem | undefined> {
    const runs = await runsBesideReset(deps, { originalRunId });
    if (runs === 'unavailable') throw new Error('the earlier runs of the payout cannot be read');
    if (runs !== undefined && runs.keys.length > 0) return undefined;
    return (await exists(deps, folded)) ? isTakenBy(folded) : undefined;
  }
}

const isTakenBy = (workflowId: string): RequestProblem => ({
  path: 'reference',
  message: `is taken by ${workflowId}: references that differ only by case are one`,
});

/** Asked again when Temporal is away for a moment: nothing is planned without an answer. */
async function exists({ ports }: ActivityDeps, workflowId: string): Promise<boolean> {
  const { kind } = await ports.endOfPayout(workflowId);
  if (kind === 'unavailable') throw new Error(`${workflowId} cannot be read`);
  return kind !== 'missing';
}
