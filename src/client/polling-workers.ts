import { parseWorkerIdentity } from '../contract/worker-identity';
import { assertPayoutAddress } from './payout-address';
import type { PayoutAddress } from './payout-address';
import { describePayout } from './read-payout';
import type { TemporalCalls } from './temporal-calls';

/** Which task queue: the client's own, another one by its name, or the one that a payout waits in. */
export type WorkersOptions =
  | { readonly taskQueue?: string; readonly tenant?: undefined; readonly reference?: undefined }
  | (PayoutAddress & { readonly taskQueue?: undefined });

export type PollingWorkers = {
  readonly taskQueue: string;
  /** Somebody asked for work a moment ago. Where this is false, nothing in the queue goes on. */
  readonly polled: boolean;
  /** Whoever asked within the last minutes, the newest first; one that was stopped is still there for as long. */
  readonly workers: readonly PollingWorker[];
};

export type PollingWorker = {
  readonly identity: string;
  /** A payout needs workers that ask for both. */
  readonly asksFor: readonly ('workflow' | 'activity')[];
  /** Unix milliseconds, by the server's clock. */
  readonly lastAskedAt: number;
  readonly polled: boolean;
  /** What the worker says of itself: our workers of this version and later do. */
  readonly installation?: string;
  readonly version?: string;
  readonly build?: string;
  /** The worker deployment that it belongs to, and as which of its versions, where it belongs to one. */
  readonly deployment?: string;
  readonly buildId?: string;
};

/** `temporal.api.enums.v1.TaskQueueType`; `@temporalio/proto` is a large package for two numbers. */
const types = { workflow: 1, activity: 2 } as const;
/** A worker asks again at least once a minute; clocks differ a little. */
const freshForMs = 90_000;

/** Who asks Temporal for the work of a task queue. Costs nothing and wakes nobody. */
export async function pollingWorkers(
  calls: TemporalCalls,
  ownTaskQueue: string,
  options: WorkersOptions,
): Promise<PollingWorkers> {
  const taskQueue = options.taskQueue ?? (await queueOf(calls, options)) ?? ownTaskQueue;
  const [workflow, activity] = await Promise.all([
    pollersOf(calls, taskQueue, 'workflow'),
    pollersOf(calls, taskQueue, 'activity'),
  ]);
  const found = new Map<string, PollingWorker>();
  for (const poller of [...workflow, ...activity]) {
    const before = found.get(poller.identity);
    found.set(poller.identity, {
      ...before,
      ...poller,
      asksFor: [...(before?.asksFor ?? []), ...poller.asksFor],
      lastAskedAt: Math.max(before?.lastAskedAt ?? 0, poller.lastAskedAt),
      polled: before?.polled === true || poller.polled,
    });
  }
  return {
    taskQueue,
    polled: workflow.some(({ polled }) => polled),
    workers: [...found.values()].toSorted((left, right) => right.lastAskedAt - left.lastAskedAt),
  };
}

async function queueOf(calls: TemporalCalls, options: WorkersOptions): Promise<string | undefined> {
  if (options.tenant === undefined) return undefined;
  assertPayoutAddress(options);
  return (await describePayout(calls, options)).taskQueue;
}

async function pollersOf(
  calls: TemporalCalls,
  taskQueue: string,
  type: keyof typeof types,
): Promise<readonly PollingWorker[]> {
  const { client } = calls;
  const { pollers } = await calls.run(
    { what: `read who polls task queue ${taskQueue}` },
    calls.timeouts.callTimeoutMs,
    async () =>
      client.workflowService.describeTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name: taskQueue },
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- as said above
        taskQueueType: types[type],
      }),
  );
  return (pollers ?? []).map(({ identity, lastAccessTime, deploymentOptions }) => {
    const lastAskedAt = Number(lastAccessTime?.seconds ?? 0) * 1000;
    const { installation, version, build } = parseWorkerIdentity(identity ?? '') ?? {};
    const deployment = deploymentOptions?.deploymentName || undefined;
    const buildId = deploymentOptions?.buildId;
    return {
      identity: identity || 'unknown',
      asksFor: [type],
      lastAskedAt,
      polled: Date.now() - lastAskedAt < freshForMs,
      ...(installation === undefined || version === undefined || build === undefined
        ? {}
        : { installation, version, build }),
      // A worker without versioning has a build id of the SDK's, which says nothing.
      ...(deployment === undefined || !buildId ? {} : { deployment, buildId }),
    };
  });
}
