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
  const outcome = await recall(calls, command, request.reference);
  if (outcome !== 'recalled')
    throw new PayoutClientError(
      'payout_closed',
      `payout/${tenant}/${reference} was not recalled (${outcome}): nothing was started in its place`,
    );
  await awaitClosed(calls, { tenant, reference });
  return startPayout(calls, taskQueue, request);
}

async function recall(calls: TemporalCalls, command: ReplaceCommand, replacedBy: string): Promise<string> {
  const { tenant, reference, by, reason } = command;
  try {
    const answer = await recallPayout(calls, {
      tenant,
      reference,
      by,
      replacedBy,
      ...(reason === undefined ? {} : { reason }),
    });
    return answer === 'cancelled' ? 'recalled' : answer;
  } catch (error) {
    // An earlier try of this very call may have come so far.
    if (!(error instanceof PayoutClientError) || error.code !== 'payout_closed') throw error;
    const payout = await readPayout(calls, { tenant, reference });
    return payout.replacedBy === replacedBy ? 'recalled' : payout.status;
  }
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
