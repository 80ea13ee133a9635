import { performance } from 'node:perf_hooks';
import type { NativeConnection, Worker } from '@temporalio/worker';
import { Runtime } from '@temporalio/worker';
import type { LoadedConfiguration } from '../config/load-configuration';
import { parseListenAddress } from '../config/operation-schema';
import { noLabel, workerInfoMetric } from '../contract/metrics';
import { build } from '../observability/build';
import type { HealthServer } from '../observability/health-server';
import { startHealthServer } from '../observability/health-server';
import type { Logger } from '../observability/logger';
import { version } from '../observability/version';
import type { OpenRegister } from '../register/postgres/postgres-register';
import { createAccountPauseReader } from './ports/account-pause';
import type { ScreenedInstallation } from './installation/create-installation';
import { createWorkerHealth } from './health/worker-health';
import type { WorkerHealth } from './health/worker-health';
import { measuredInstallation } from './metrics/measured-installation';
import type { MeasuredInstallation } from './metrics/measured-installation';
import { createMetricWriter } from './metrics/metric-writer';
import type { MetricWriter } from './metrics/metric-writer';
import { createObserver } from './metrics/observe';
import { createPublishedSince } from './metrics/published-since';
import { createWaitingReader } from './metrics/waiting-payouts';
import { repeat } from './repeat';
import { createTaskQueueReader } from './temporal/task-queue';
import { createStrandedReader } from './versions/stranded-payouts';
import type { WorkerVersion } from './versions/worker-version';
import { WorkerStartError } from './worker-start-error';

export type OperationDeps = {
  readonly configuration: LoadedConfiguration;
  readonly installation: ScreenedInstallation;
  readonly logger: Logger;
  readonly register?: Pick<OpenRegister, 'status'>;
};

export type RunningPlace = {
  readonly worker: Worker;
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly version: WorkerVersion;
};

/** How a worker is watched while it runs: its health over HTTP, and its metrics, each where an address is configured. */
export type Operation = {
  /** The installation to work with: its calls are measured where metrics are on. */
  readonly installation: ScreenedInstallation;
  /** The worker takes work from now on. */
  started(place: RunningPlace): void;
  /** It takes no new work; what is under way goes on. */
  stopping(): void;
  /** Asks Temporal nothing more; to be awaited before its connection is closed. */
  stopped(): Promise<void>;
  close(): Promise<void>;
};

/** One question to Temporal. */
const patienceMs = 5_000;
/** A worker that is not ready is looked at this often, so that it is ready as soon as it can be. */
const impatientMs = 1_000;

/** Serves health from now on. The runtime must be installed: the meter is its. */
export async function openOperation({
  configuration,
  installation,
  logger,
  register,
}: OperationDeps): Promise<Operation> {
  const { metrics, health } = configuration.worker;
  const watch = createWorkerHealth({ ...health, now: () => performance.now(), logger });
  const server = health.bindAddress === undefined ? undefined : await serve(health.bindAddress, watch);
  const writer =
    metrics.bindAddress === undefined ? undefined : createMetricWriter(Runtime.instance().metricMeter);
  const measured = writer === undefined ? undefined : measuredInstallation(installation, writer);
  const running: { readonly stop: () => Promise<void> }[] = [];

  return {
    installation: measured?.installation ?? installation,
    started(place) {
      if (server === undefined && measured === undefined) return;
      watch.watch(place.worker, readerOf(place));
      const isReady = (): boolean => watch.ready().length === 0;
      running.push(
        repeat(
          () => watch.check(),
          () => (isReady() ? health.checkEveryMs : Math.min(impatientMs, health.checkEveryMs)),
        ),
      );
      if (measured === undefined || writer === undefined) return;
      writer.set(workerInfoMetric, 1, {
        version,
        build,
        build_id: place.version.deployment?.buildId ?? noLabel,
      });
      const observe = observerOf(place, measured, writer, isReady);
      running.push(repeat(observe, () => metrics.readEveryMs));
    },
    stopping: () => watch.stopping(),
    async stopped() {
      await Promise.all(running.splice(0).map((one) => one.stop()));
    },
    close: async () => server?.close(),
  };

  function observerOf(
    { connection, namespace, taskQueue, worker, version: { deployment } }: RunningPlace,
    { screening }: MeasuredInstallation,
    writerOfAll: MetricWriter,
    isReady: () => boolean,
  ): () => Promise<void> {
    const now = (): number => Date.now();
    const publishedSince = createPublishedSince(connection, namespace, patienceMs, now);
    return createObserver({
      metrics: writerOfAll,
      accounts: [...installation.accounts.keys()],
      accountPause: createAccountPauseReader(connection, namespace, installation.id).read,
      readWaiting: createWaitingReader(connection, { namespace, taskQueue }, publishedSince, patienceMs),
      readTaskQueue: readerOf({ connection, namespace, taskQueue, worker }),
      ...(deployment === undefined
        ? {}
        : { readStranded: createStrandedReader(connection, namespace, deployment.name, now) }),
      screening,
      ...(register === undefined ? {} : { registerStatus: register.status }),
      listLimitMs: (list) => listLimitMs(configuration.screening, list),
      isReady,
      now,
      logger,
    });
  }
}

async function serve(bindAddress: string, { live, ready }: WorkerHealth): Promise<HealthServer> {
  const address = parseListenAddress(bindAddress);
  try {
    if (address === undefined) throw new Error('no address');
    return await startHealthServer(address, { live, ready });
  } catch (cause) {
    throw new WorkerStartError(
      'configuration_address_unusable',
      `health cannot be served at ${bindAddress} (worker.health.bindAddress): is another process there?`,
      { cause },
    );
  }
}

const readerOf = ({ connection, namespace, taskQueue }: Omit<RunningPlace, 'version'>) =>
  createTaskQueueReader(connection, namespace, taskQueue, patienceMs);

const dayMs = 86_400_000;

/** Names as screening reports them: Watchman's lists begin with its own. */
function listLimitMs(
  { lists, maxListAgeDays, watchman }: LoadedConfiguration['screening'],
  list: string,
): number | undefined {
  if (lists.some(({ name }) => name === list)) return maxListAgeDays * dayMs;
  return list.startsWith('watchman:') && watchman !== undefined ? watchman.maxListAgeDays * dayMs : undefined;
}
