import { parseWorkerIdentity } from '../contract/worker-identity';
import { PayoutClientError } from './errors';
import { pause } from './pause';
import { readPollers } from './task-queue-pollers';
import type { TemporalCalls } from './temporal-calls';

const firstRepeatMs = 50;
const longestRepeatMs = 1_000;
/** A worker that starts in the same moment is seen within it. */
const silentForMs = 2_500;

/** Whose workers poll a task queue, as they say themselves. */
export type WorkersThere = {
  readonly installations: readonly string[];
  /** Some do not say it: they are of an older version, and read only the account workflow that all installations share. */
  readonly areSomeUnnamed: boolean;
};

/** Waits for a worker as an answer does: without one nobody would carry a message out. */
export async function workersAt(calls: TemporalCalls, taskQueue: string): Promise<WorkersThere> {
  const deadline = performance.now() + calls.timeouts.answerTimeoutMs;
  const silentUntil = performance.now() + silentForMs;
  for (let delayMs = firstRepeatMs; ; delayMs = Math.min(delayMs * 2, longestRepeatMs)) {
    const { pollers, isWhole } = await readPollers(calls, taskQueue);
    if (pollers.length > 0) {
      const named = pollers.map(({ identity }) => parseWorkerIdentity(identity)?.installation);
      return {
        installations: [...new Set(named.filter((installation) => installation !== undefined))],
        areSomeUnnamed: named.includes(undefined),
      };
    }
    // One that was there within the last minutes is among them: whoever is restarting is waited for by the call itself.
    const isSilent = isWhole && performance.now() >= silentUntil;
    if (isSilent || performance.now() + delayMs >= deadline)
      throw new PayoutClientError(
        'worker_not_available',
        `no worker works on task queue ${taskQueue}: nothing was carried out`,
      );
    await pause(delayMs);
  }
}

/**
 * The installation whose account workflow all those workers read. Undefined: some are of an older version, or of more than one
 * installation, and only the workflow that all of them read keeps every one of them from sending.
 */
export const onlyInstallation = ({ installations, areSomeUnnamed }: WorkersThere): string | undefined =>
  areSomeUnnamed || installations.length !== 1 ? undefined : installations[0];
