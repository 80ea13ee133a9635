import { payoutWorkflowId } from '../contract/workflow-ids';
import type { PayoutRequest } from '../domain/payout-request';
import { isSameReference } from '../domain/reference';
import { askWorker } from './check-payout';
import { readRequest } from './check-request';
import type { CheckedRequest } from './check-request';
import { PayoutClientError } from './errors';
import type { PayoutAddress } from './payout-address';
import { recallPayout } from './payout-commands';
import type { OperatorCommand } from './payout-commands';
import { describePayout, existingPayout, readPayout } from './read-payout';
import { isSameContent, referenceReused, startPayout } from './start-payout';
import type { StartedPayout } from './start-payout';
import { pause } from './pause';
import { provenBy } from './run-description';
import type { TemporalCalls } from './temporal-calls';

export type ReplaceCommand = OperatorCommand & {
  /** The payout that is to take its place: same tenant, another reference. `replaces` is filled in. */
  readonly request: PayoutRequest;
};

/** How long a recalled payout may take to close its run. */
const closesWithinMs = 15_000;
/** How long a worker gets to open the new one before the answer is given without it. */
const opensWithinMs = 5_000;

/**
 * An edit: takes a payout back, unless it has ended unpaid already, and starts another one in its place. Safe to repeat after
 * any error. The new payout's run takes the place for good before it is planned, as with every start that names `replaces`.
 */
export async function replacePayout(
  calls: TemporalCalls,
  taskQueue: string,
  command: ReplaceCommand,
): Promise<StartedPayout> {
  const { tenant, reference } = command;
  const old = { tenant, reference };
  const read = readRequest({ ...command.request, replaces: reference });
  const { request } = read;
  if (request.tenant !== tenant || isSameReference(request.reference, reference))
    throw new PayoutClientError(
      'arguments_invalid',
      'the new payout needs the tenant of the old one, and a reference of its own (not only in other case)',
    );
  if ((await describePayout(calls, old)).state === 'open') await assertCanStart(calls, taskQueue, read);
  await recall(calls, command, request.reference);
  const isRecalled = await assertFree(calls, old, request.reference);
  try {
    await awaitClosed(calls, old);
    const started = await startPayout(calls, taskQueue, { ...command.request, replaces: reference });
    await awaitPlace(calls, old, started);
    return started;
  } catch (error) {
    throw isRecalled ? afterRecall(error, old) : error;
  }
}

/** Nothing is recalled for a payout that could not start. Where no worker says what it would come to, none carries out the recall. */
async function assertCanStart(
  calls: TemporalCalls,
  taskQueue: string,
  { request, given }: CheckedRequest,
): Promise<void> {
  const there = await existingPayout(calls, request);
  if (there !== undefined) {
    if (!isSameContent(there.requestDigest, request, given)) throw referenceReused(there, request);
    // This very replacement, begun by a start of somebody's own. One that has ended unpaid never takes the place.
    const { final, moneyMoved } = provenBy(there);
    if (!final || moneyMoved !== 'no') return;
    throw refusedReplacement(`${there.workflowId} was started before, and has ended as ${there.lastStatus}`);
  }
  const { worker } = await askWorker(calls, taskQueue, request, { recalls: true });
  if (!worker.answered || worker.answer.kind !== 'refused') return;
  // A worker of an older version says of what is not recalled yet that it has not ended.
  const problems = worker.answer.problems.filter((problem) => !problem.startsWith('replaces: '));
  if (problems.length === 0) return;
  throw refusedReplacement(
    `${payoutWorkflowId(request)} would be refused (${worker.answer.reason}): ${problems.join('; ')}`,
  );
}

const refusedReplacement = (why: string): PayoutClientError =>
  new PayoutClientError('replacement_refused', `nothing was recalled by this call: ${why}`);

/** Whoever reads that nothing was started must also read that the old payout is gone. */
function afterRecall(error: unknown, { tenant, reference }: PayoutAddress): unknown {
  if (!(error instanceof PayoutClientError)) return error;
  const recalled = `payout/${tenant}/${reference} was recalled`;
  if (error.code === 'reference_reused')
    return new PayoutClientError(
      'replacement_not_started',
      `${recalled}, and nothing took its place: ${error.message}`,
      { cause: error },
    );
  if (error.message.includes(recalled)) return error;
  return new PayoutClientError(error.code, `${error.message}. ${recalled} before that: repeat the call`, {
    cause: error,
  });
}

/** Recalls it for the new payout. The first wish counts: two edits at once both hear that it is cancelled. */
async function recall(
  calls: TemporalCalls,
  { tenant, reference, by, reason }: ReplaceCommand,
  replacedBy: string,
): Promise<void> {
  try {
    await recallPayout(calls, {
      tenant,
      reference,
      by,
      replacedBy,
      ...(reason === undefined ? {} : { reason }),
    });
  } catch (error) {
    // It ended before: by an earlier try of this very call, or unpaid by itself.
    if (!(error instanceof PayoutClientError) || error.code !== 'payout_closed') throw error;
  }
}

/** It was recalled for this payout (true), or ended unpaid and nobody has taken its place (false). */
async function assertFree(
  calls: TemporalCalls,
  address: PayoutAddress,
  replacedBy: string,
): Promise<boolean> {
  const payout = await readPayout(calls, address);
  if (payout.replacedBy !== undefined) {
    if (isSameReference(payout.replacedBy, replacedBy)) return payout.reason === 'recalled';
    throw notFree(
      address,
      `${payout.replacedBy} takes its place`,
      `${replacedBy} was not started by this call`,
    );
  }
  const hasEndedUnpaid = payout.final && payout.moneyMoved === 'no' && payout.watchedUntil === undefined;
  if (hasEndedUnpaid) return false;
  const why = `it is ${payout.status}${payout.reason === undefined ? '' : `, ${payout.reason}`}`;
  throw notFree(
    address,
    payout.watchedUntil === undefined ? why : `${why}, and is watched: its provider may change its mind`,
    `${replacedBy} was not started by this call`,
  );
}

/** The new payout begins by asking whether the old one is over. */
async function awaitClosed(calls: TemporalCalls, payout: PayoutAddress): Promise<void> {
  const deadline = performance.now() + closesWithinMs;
  while ((await describePayout(calls, payout)).state === 'open') {
    if (performance.now() >= deadline)
      throw new PayoutClientError(
        'reply_timed_out',
        `payout/${payout.tenant}/${payout.reference} was recalled and its run is not over yet: repeat the call`,
      );
    await pause(100);
  }
}

/**
 * Whoever starts a payout in the place of one that had ended before may find that somebody else was first: the new run has
 * refused it then. Where no worker opens the new payout soon, its own status tells.
 */
async function awaitPlace(
  calls: TemporalCalls,
  replaced: PayoutAddress,
  { tenant, reference }: StartedPayout,
): Promise<void> {
  const deadline = performance.now() + opensWithinMs;
  while (performance.now() < deadline) {
    // In this order: once the new run is decided, whoever took the place stands there.
    const { state, lastStatus } = await describePayout(calls, { tenant, reference });
    const { replacedBy } = await readPayout(calls, replaced);
    if (replacedBy !== undefined) {
      if (isSameReference(replacedBy, reference)) return;
      throw notFree(replaced, `${replacedBy} takes its place`, `${reference} is refused`);
    }
    if (state !== 'open' || lastStatus !== 'received') return;
    await pause(100);
  }
}

const notFree = ({ tenant, reference }: PayoutAddress, why: string, so: string): PayoutClientError =>
  new PayoutClientError(
    'payout_closed',
    `payout/${tenant}/${reference} is not replaced by this (${why}): ${so}`,
  );
