import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Worker } from '@temporalio/worker';
import { NativeConnection, Runtime } from '@temporalio/worker';
import type { LoadedConfiguration } from '../config/load-configuration';
import type { Logger } from '../observability/logger';
import { createLogger } from '../observability/logger';
import { createUndiciSender } from '../http/undici-sender';
import { openInstallation } from './check-configuration';
import { createPayoutWorker } from './create-worker';
import { serverProblems } from './server-requirements';
import { createTemporalLogger } from './temporal-logger';
import { workflowBundle } from './workflow-bundle';

export type RunWorkerOptions = {
  /** The configuration file. */
  readonly config: string;
  readonly temporalAddress?: string;
  readonly namespace?: string;
  readonly taskQueue?: string;
  readonly profile?: string;
};

/** What a worker may use of its process. */
export type WorkerProcess = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ctrl-C and SIGTERM: finish what is under way, then return. */
  readonly signal: AbortSignal;
};

/** A worker that cannot start, and why; `problems` come with paths and without values. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';
  constructor(
    readonly code: 'temporal_unavailable' | 'temporal_namespace_unfit' | 'temporal_settings_invalid',
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** Runs a worker until the signal. Rejects when it cannot start, with everything that is wrong at once. */
export async function runWorker(options: RunWorkerOptions, { env, signal }: WorkerProcess): Promise<void> {
  const sender = createUndiciSender();
  const { configuration, installation, logger } = openInstallation(options.config, env, sender.send);
  try {
    installRuntime(logger);
    const connected = await connect(options, env, configuration);
    const { connection, namespace } = connected;
    try {
      const problems = await serverProblems(connection, namespace, installation.mode);
      if (problems.length > 0) throw new WorkerStartError('temporal_namespace_unfit', problems.join('\n'));
      const taskQueue = options.taskQueue ?? configuration.temporal.taskQueue;
      const worker = await createPayoutWorker({
        connection,
        namespace,
        taskQueue,
        installation,
        workflowBundle: workflowBundle(),
        ...configuration.worker,
      });
      logger.info('worker started', {
        installation: installation.id,
        mode: installation.mode,
        accounts: [...installation.accounts.keys()],
        taskQueue,
        namespace,
        temporal: connected.address,
        configuration: installation.configurationHash,
      });
      await runUntil(worker, signal, logger);
    } finally {
      await connection.close();
    }
  } finally {
    await sender.close();
  }
}

/** The SDK's runtime is one per process, and would swallow SIGTERM: signals are `bin`'s, so it gets none. */
function installRuntime(logger: Logger): void {
  Runtime.install({ logger: createTemporalLogger(logger), shutdownSignals: [] });
}

async function connect(
  options: RunWorkerOptions,
  env: WorkerProcess['env'],
  configuration: LoadedConfiguration,
): Promise<{ readonly connection: NativeConnection; readonly namespace: string; readonly address: string }> {
  let settings: ReturnType<typeof loadClientConnectConfig>;
  try {
    settings = loadClientConnectConfig({
      overrideEnvVars: Object.fromEntries(
        Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
      ...(options.profile === undefined ? {} : { profile: options.profile }),
    });
  } catch (cause) {
    throw new WorkerStartError('temporal_settings_invalid', 'the TEMPORAL_* settings or the profile cannot be read', {
      cause,
    });
  }
  const address = options.temporalAddress ?? settings.connectionOptions.address ?? 'localhost:7233';
  const namespace = options.namespace ?? configuration.temporal.namespace ?? settings.namespace ?? 'default';
  const { tls, apiKey, metadata } = settings.connectionOptions;
  try {
    const connection = await NativeConnection.connect({
      address,
      ...(tls === undefined ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(metadata === undefined ? {} : { metadata: metadata as Record<string, string> }),
    });
    return { connection, namespace, address };
  } catch (cause) {
    throw new WorkerStartError('temporal_unavailable', `Temporal cannot be reached at ${address}`, { cause });
  }
}

async function runUntil(worker: Worker, signal: AbortSignal, logger: Logger): Promise<void> {
  const stop = (): void => {
    logger.info('worker stopping: finishing what is under way');
    worker.shutdown();
  };
  const running = worker.run();
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    await running;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  logger.info('worker stopped');
}
