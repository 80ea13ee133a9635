import type { PayoutClient } from '../../client/payout-client';
import type { PollingWorkers, WorkersOptions } from '../../client/polling-workers';
import { styled } from './printer';
import type { Styled } from './printer';

export const nobodyPolls = (taskQueue: string): Styled =>
  styled('yellow', `Nobody polls task queue ${taskQueue}: its payouts go no further until a worker runs.`);

/** For advice only: where it cannot be found out nothing is said. */
export async function workersOrNothing(
  client: PayoutClient,
  options: WorkersOptions,
): Promise<PollingWorkers | undefined> {
  try {
    return await client.workers(options);
  } catch {
    return undefined;
  }
}
