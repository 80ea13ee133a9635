import type { PayoutRequest } from '../domain/payout-request';
import { checkRequest } from './check-request';
import { PayoutClientError } from './errors';
import type { PayoutAddress } from './payout-address';
import { recallPayout } from './payout-commands';
import type { OperatorCommand } from './payout-commands';
import { describePayout, readPayout } from './read-payout';
import { startPayout } from './start-payout';
import type { StartedPayout } from './start-payout';
import { pause } from './temporal-calls';
import type { TemporalCalls } from './temporal-calls';

export type ReplaceCommand = OperatorCommand & {
  /** The payout that is to take its place: same tenant, another reference. `replaces` is filled in. */
  readonly request: PayoutRequest;
};

/** How long a recalled payout may take to close its run. */
const closesWithinMs = 15_000;

/** An edit: takes a payout back, and starts another one in its place. Safe to repeat after any error. */
export async function replacePayout(
  calls: TemporalCalls,
  taskQueue: string,
  command: ReplaceCommand,
): Promise<StartedPayout> {
  const { tenant, reference } = command;
  const request = checkRequest({ ...command.request, replaces: reference });
  if (request.tenant !== tenant || request.reference === reference)
    throw new PayoutClientError(
      'arguments_invalid',
      'the new payout needs the tenant of the old one, and a reference of its own',
    );
  await recall(calls, command, request.reference);
  await awaitClosed(calls, { tenant, reference });
  return startPayout(calls, taskQueue, { ...command.request, replaces: reference });
}

/** Recalls it for the new payout, and sees in the old one that it was: two edits at once both hear that it is cancelled. */
async function recall(calls: TemporalCalls, command: ReplaceCommand, replacedBy: string): Promise<void> {
  const { tenant, reference, by, reason } = command;
  try {
    await recallPayout(calls, {
      tenant,
      reference,
      by,
      replacedBy,
      ...(reason === undefined ? {} : { reason }),
    });
  } catch (error) {
    // An earlier try of this very call may have come so far.
    if (!(error instanceof PayoutClientError) || error.code !== 'payout_closed') throw error;
  }
  const payout = await readPayout(calls, { tenant, reference });
  if (payout.replacedBy === replacedBy) return;
  const why =
    payout.replacedBy === undefined
      ? `it is ${payout.status}${payout.reason === undefined ? '' : `, ${payout.reason}`}`
      : `${payout.replacedBy} takes its place`;
  throw new PayoutClientError(
    'payout_closed',
    `payout/${tenant}/${reference} was not recalled for this (${why}): ${replacedBy} was not started by this call`,
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
