import { payoutWorkflowId, unfoldedWorkflowId } from '../contract/workflow-ids';
import type { PayoutRequest } from '../domain/payout-request';
import { isSameReference } from '../domain/reference';
import type { RequestProblem } from '../providers/provider';
import type { ActivityDeps, EndOfPayout } from './activity-ports';

type Ports = Pick<ActivityDeps, 'ports'>;

/** What a request names to take the place of, once it may. */
export type ReplacedPayout = { readonly workflowId: string };

/**
 * What is replaced has ended, no money moved, and where it was recalled for another payout, that one is this. Undefined where
 * the request replaces nothing. The place itself is taken by `placeProblem`, last of all.
 */
export async function findReplaced(
  { ports }: Ports,
  { tenant, reference, replaces }: PayoutRequest,
): Promise<ReplacedPayout | RequestProblem | undefined> {
  if (replaces === undefined) return undefined;
  if (isSameReference(replaces, reference)) return problem('a payout cannot take its own place');
  const replaced = { tenant, reference: replaces };
  const workflowId = payoutWorkflowId(replaced);
  // A payout from before references were folded has an id of its own. Where a run stands under both, one of them may be a
  // start that was refused: nothing is replaced while any of them has, or may have, moved money.
  const ids = [workflowId, unfoldedWorkflowId(replaced)].filter((id) => id !== undefined);
  const ends = (await Promise.all(ids.map(read))).filter((end) => end !== undefined);
  if (ends.length === 0) return problem('there is no such payout');
  const successors: string[] = [];
  for (const end of ends) {
    if (end.kind !== 'unpaid') return problem('has not ended unpaid');
    if (end.replacedBy !== undefined) successors.push(end.replacedBy);
  }
  const taken = successors.find((successor) => !isSameReference(successor, reference));
  return taken === undefined ? { workflowId } : isTakenBy(taken);

  async function read(id: string): Promise<EndOfPayout | undefined> {
    const read = await ports.endOfPayout(id);
    // Asked again: Temporal is away for a moment.
    if (read.kind === 'unavailable') throw new Error('the replaced payout cannot be read');
    return read.kind === 'missing' ? undefined : read;
  }
}

/**
 * Takes the place of the replaced payout for good, or says who was first. Called when nothing else speaks against the
 * payout: one that is refused must not keep others from the place. Nothing is planned without an answer.
 */
export async function placeProblem(
  { ports }: Ports,
  replaced: ReplacedPayout,
  { tenant, reference }: PayoutRequest,
): Promise<RequestProblem | undefined> {
  const place = await ports.takePlace({ replacedWorkflowId: replaced.workflowId, tenant, reference });
  if (place.kind === 'unavailable') throw new Error('the place of the replaced payout cannot be taken');
  return isSameReference(place.by, reference) ? undefined : isTakenBy(place.by);
}

const problem = (message: string): RequestProblem => ({ path: 'replaces', message });

const isTakenBy = (reference: string): RequestProblem => problem(`${reference} has taken its place`);
