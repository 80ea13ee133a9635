import { parseWorkerIdentity } from '../contract/worker-identity';
import { PayoutClientError } from './errors';
import { pause } from './pause';
import type { TemporalCalls } from './temporal-calls';

const firstRepeatMs = 50;
const longestRepeatMs = 1_000;

/** Numbers of `temporal.api.enums.v1`: both kinds of tasks, and the mode that asks every partition of a task queue. */
const bothKinds = [1, 2];
const everyPartition = 1;

/** Whose workers poll a task queue, as they say themselves. */
export type WorkersThere = {
  readonly installations: readonly string[];
  /** Some do not say it: they are of an older version, and read only the account workflow that all installations share. */
  readonly areSomeUnnamed: boolean;
};

/** Waits for a worker as an answer does: without one nobody would carry a message out. */
export async function workersAt(calls: TemporalCalls, taskQueue: string): Promise<WorkersThere> {
  const deadline = performance.now() + calls.timeouts.answerTimeoutMs;
  for (let delayMs = firstRepeatMs; ; delayMs = Math.min(delayMs * 2, longestRepeatMs)) {
    const identities = await calls.run(
      { what: `ask who works on task queue ${taskQueue}` },
      calls.timeouts.callTimeoutMs,
      async () => pollersOf(calls, taskQueue),
    );
    if (identities.length > 0) {
      const named = identities.map((identity) => parseWorkerIdentity(identity)?.installation);
      return {
        installations: [...new Set(named.filter((installation) => installation !== undefined))],
        areSomeUnnamed: named.includes(undefined),
      };
    }
    if (performance.now() + delayMs >= deadline)
      throw new PayoutClientError('worker_not_available', `no worker works on task queue ${taskQueue}`);
    await pause(delayMs);
  }
}

/**
 * The installation whose account workflow all those workers read. Undefined: some are of an older version, or of more than one
 * installation, and only the workflow that all of them read keeps every one of them from sending.
 */
export const onlyInstallation = ({ installations, areSomeUnnamed }: WorkersThere): string | undefined =>
  areSomeUnnamed || installations.length !== 1 ? undefined : installations[0];

/**
 * Asked twice over. The plain question hears of workers of every deployment, but only of those who asked the queue's first
 * partition; the other one asks every partition, and some servers do not know it.
 */
async function pollersOf(calls: TemporalCalls, taskQueue: string): Promise<readonly string[]> {
  const { workflowService, options } = calls.client;
  const asked = { namespace: options.namespace, taskQueue: { name: taskQueue } };
  const [everywhere, ...plain] = await Promise.all([
    workflowService
      .describeTaskQueue({
        ...asked,
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enums are in a package that is none of ours
        apiMode: everyPartition,
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- as above
        taskQueueTypes: bothKinds,
        reportPollers: true,
        versions: { unversioned: true, allActive: true },
      })
      .catch(() => undefined),
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- as above
    ...bothKinds.map(async (taskQueueType) => workflowService.describeTaskQueue({ ...asked, taskQueueType })),
  ]);
  return [
    ...Object.values(everywhere?.versionsInfo ?? {}).flatMap(({ typesInfo }) =>
      Object.values(typesInfo ?? {}),
    ),
    ...plain,
  ].flatMap(({ pollers }) => (pollers ?? []).map(({ identity }) => identity ?? ''));
}
