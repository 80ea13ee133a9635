import { parseWorkerIdentity } from '../contract/worker-identity';
import { assertPayoutAddress } from './payout-address';
import type { PayoutAddress } from './payout-address';
import { describePayout } from './read-payout';
import { readPollers } from './task-queue-pollers';
import type { Poller } from './task-queue-pollers';
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

/** A worker asks again at least once a minute; clocks differ a little. */
const freshForMs = 90_000;

/** Who asks Temporal for the work of a task queue. Costs nothing and wakes nobody. */
export async function pollingWorkers(
  calls: TemporalCalls,
  ownTaskQueue: string,
  options: WorkersOptions,
): Promise<PollingWorkers> {
  const taskQueue = options.taskQueue ?? (await queueOf(calls, options)) ?? ownTaskQueue;
  const { pollers } = await readPollers(calls, taskQueue);
  return {
    taskQueue,
    polled: pollers.some((poller) => poller.asksFor === 'workflow' && isFresh(poller)),
    workers: [...new Set(pollers.map(({ identity }) => identity))]
      .map((identity) => workerOf(pollers.filter((poller) => poller.identity === identity)))
      .toSorted((left, right) => right.lastAskedAt - left.lastAskedAt),
  };
}

const isFresh = ({ lastAskedAt }: { readonly lastAskedAt: number }): boolean =>
  Date.now() - lastAskedAt < freshForMs;

/** All that was said about one worker. */
function workerOf(pollers: readonly Poller[]): PollingWorker {
  const identity = pollers[0]?.identity ?? '';
  const lastAskedAt = Math.max(...pollers.map((poller) => poller.lastAskedAt));
  const { installation, version, build } = parseWorkerIdentity(identity) ?? {};
  const { deployment, buildId } = pollers.find((poller) => poller.deployment !== undefined) ?? {};
  return {
    identity,
    asksFor: [...new Set(pollers.map(({ asksFor }) => asksFor))],
    lastAskedAt,
    polled: isFresh({ lastAskedAt }),
    ...(installation === undefined || version === undefined || build === undefined
      ? {}
      : { installation, version, build }),
    ...(deployment === undefined || buildId === undefined ? {} : { deployment, buildId }),
  };
}

async function queueOf(calls: TemporalCalls, options: WorkersOptions): Promise<string | undefined> {
  if (options.tenant === undefined) return undefined;
  assertPayoutAddress(options);
  return (await describePayout(calls, options)).taskQueue;
}
