import { sleep } from '@temporalio/workflow';
import type { Duration } from '@temporalio/common';

/** Waits twice, and says at which moments of its own clock it went on. */
export async function waitingWorkflow(first: Duration, second: Duration): Promise<readonly number[]> {
  const start = Date.now();
  await sleep(first);
  const between = Date.now();
  await sleep(second);
  return [between - start, Date.now() - start];
}
