import type { Worker } from '@temporalio/worker';
import type { ConfigurationProblem } from '../config/configuration-problem';
import { processEnvironment } from '../config/environment';
import type { Environment } from '../config/environment';
import { createUndiciSender } from '../http/undici-sender';
import { build } from '../observability/build';
import type { Logger } from '../observability/logger';
import { createLogger } from '../observability/logger';
import type { LoggerOptions } from '../observability/logger';
import { version } from '../observability/version';
import { ConfigurationError, openInstallation } from './installation/check-configuration';
import { connectTemporal } from './temporal/connect-temporal';
import type { TemporalOptions } from './temporal/connect-temporal';
import { createPayoutWorker } from './create-worker';
import { openOperation } from './operation';
import type { Operation } from './operation';
import { installRuntime } from './temporal/install-runtime';
import type * as OpenTracing from './traces/open-tracing';
import type { Tracing } from './traces/open-tracing';
import { checkServer } from './temporal/server-requirements';
import { workflowBundle } from './workflow-bundle';
import { openVersion } from './versions/open-version';
import { readRouting, routingWarnings } from './versions/routing-warnings';
import { WorkerStartError } from './worker-start-error';

export type RunWorkerOptions = TemporalOptions & {
  /** The configuration file; default `PAYOUTS_CONFIG`. */
  readonly config?: string | undefined;
  /** Instead of the configuration's. */
  readonly taskQueue?: string | undefined;
  /** Instead of the configuration's, and of the variables'. */
  readonly deploymentName?: string | undefined;
  readonly buildId?: string | undefined;
};

/** What a worker may use of its process. */
export type WorkerProcess = {
  /** Instead of the process's own. */
  readonly env?: Environment;
  /** Ctrl-C and SIGTERM: finish what is under way, then return. */
  readonly signal: AbortSignal;
  /** Called when the worker takes work. */
  readonly onStarted?: () => void;
};

/**
 * Runs a worker until the signal. Takes no new work then, and resolves when what was under way has ended, within
 * `worker.shutdownGraceMs`. Rejects when it cannot start: `ConfigurationError` with everything that is wrong at once, or
 * `WorkerStartError`. Logs JSON lines.
 */
export async function runWorker(
  options: RunWorkerOptions,
  { env, signal, onStarted }: WorkerProcess,
): Promise<void> {
  const environment = env ?? processEnvironment();
  const sender = createUndiciSender();
  try {
    const opened = openInstallation(options.config, environment, sender.send);
    const { logger, warnings } = opened;
    logger.info('worker starting', { version, build, installation: opened.installation.id });
    logConfigurationWarnings(logger, warnings);
    installRuntime(opened);
    const { traces } = opened.configuration;
    const tracing =
      traces === undefined
        ? undefined
        : (require('./traces/open-tracing') as typeof OpenTracing).openTracing(
            traces,
            opened.installation,
            sender.send,
            logger,
          );
    const operation = await openOperation({
      ...opened,
      installation: tracing?.installation ?? opened.installation,
    });
    try {
      await takeWork(operation, opened, options, {
        environment,
        signal,
        onStarted,
        interceptors: tracing?.interceptors,
      });
    } finally {
      await operation.close();
      await tracing?.close();
    }
  } finally {
    await sender.close();
  }
}

/**
 * Says that a worker could not start, or had to end, where its log is and as its log is: one JSON line. Sentences of ours are
 * printed; of any other error only its class and place, as everywhere in the log.
 */
export function logWorkerFailure(error: unknown, to: NonNullable<LoggerOptions['to']>): void {
  const logger = createLogger({ to });
  const about = { version, build };
  if (error instanceof ConfigurationError) {
    logger.error('worker failed', { ...about, code: error.code, problems: error.problems.map(inTwo) });
  } else if (error instanceof WorkerStartError) {
    const problems = error.message.split('\n').map((problem) => ({ problem }));
    // An expected end: what is behind it may tell more, and where in the code that was does not.
    const cause = error.cause instanceof Error ? { error: withoutFrames(error.cause) } : {};
    logger.error('worker failed', { ...about, code: error.code, problems, ...cause });
  } else logger.error('worker failed', { ...about, error });
}

const withoutFrames = (error: Error): Error => Object.create(error, { stack: { value: undefined } }) as Error;

/** What is allowed and better otherwise, a line each. */
export function logConfigurationWarnings(logger: Logger, warnings: readonly ConfigurationProblem[]): void {
  for (const { problem: warning, ...where } of warnings.map(inTwo))
    logger.warn('configuration', { ...where, warning });
}

/** Path and sentence apart: together some read like a secret, which the log would blot out. */
const inTwo = ({
  path,
  message,
}: ConfigurationProblem): { readonly path?: string; readonly problem: string } => ({
  ...(path === '' ? {} : { path }),
  problem: message,
});

/** From the connection to Temporal until the signal. */
async function takeWork(
  operation: Operation,
  { configuration, logger }: ReturnType<typeof openInstallation>,
  options: RunWorkerOptions,
  {
    environment,
    signal,
    onStarted,
    interceptors,
  }: {
    readonly environment: Environment;
    readonly signal: AbortSignal;
    readonly onStarted: (() => void) | undefined;
    readonly interceptors: Tracing['interceptors'] | undefined;
  },
): Promise<void> {
  const {
    metrics: _metrics,
    health: _health,
    traces: _traces,
    workflowStackTraces: stackTraces,
    versioning,
    ...limits
  } = configuration.worker;
  const { installation } = operation;
  const own = openVersion(versioning, options, environment);
  const { connection, namespace, address } = await connectTemporal(
    options,
    environment,
    configuration.temporal.namespace,
  );
  try {
    const { problems, warnings: aboutServer, remarks } = await serverReport();
    for (const remark of remarks) logger.info('temporal server', { namespace, remark });
    for (const warning of aboutServer) logger.warn('temporal server', { warning });
    if (problems.length > 0) throw new WorkerStartError('temporal_namespace_unfit', problems.join('\n'));
    const taskQueue = options.taskQueue ?? configuration.temporal.taskQueue;
    const worker = await createPayoutWorker({
      connection,
      namespace,
      taskQueue,
      installation,
      workflowBundle: workflowBundle({ stackTraces }),
      version: own,
      ...(interceptors === undefined ? {} : { interceptors }),
      ...limits,
    });
    // Not fatal: payouts are held as screening_unavailable and go on when it is mended, and those that were sent
    // already need a worker whatever happens to the lists.
    const unusable = await installation.screener.problems();
    if (unusable.length > 0) {
      logger.error('nothing can be screened: every new payout is held', {
        problems: unusable.map(({ key, message }) => inTwo({ path: `screening.${key}`, message })),
      });
    }
    // Not fatal either: decisions are refused as proof_unavailable until the keys can be had.
    const unread = (await installation.proofs?.problems()) ?? [];
    if (unread.length > 0) {
      logger.error('keys of issuers cannot be used: nobody can prove a decision by them', {
        problems: unread.map(inTwo),
      });
    }
    logger.info('worker started', {
      version,
      build,
      installation: installation.id,
      mode: installation.mode,
      accounts: [...installation.accounts.values()].map(({ id, provider, fingerprint }) => ({
        id,
        provider: provider.provider,
        fingerprint,
      })),
      taskQueue,
      namespace,
      target: address,
      file: configuration.file,
      configurationHash: installation.configurationHash,
      ...(own.deployment === undefined
        ? {}
        : { deploymentName: own.deployment.name, buildId: own.deployment.buildId }),
    });
    for (const warning of await routing(taskQueue)) logger.warn('worker version', { warning });
    operation.started({ worker, connection, namespace, taskQueue, version: own });
    try {
      await runUntil(worker, signal, logger, { onStarted, onStopping: () => operation.stopping() });
    } finally {
      await operation.stopped();
    }
  } finally {
    await connection.close();
  }

  /** Not fatal: a version is promoted after its workers are there. */
  async function routing(taskQueue: string): Promise<readonly string[]> {
    try {
      return routingWarnings(await readRouting(connection, namespace, taskQueue), own.deployment, taskQueue);
    } catch {
      return ['Temporal does not tell which version the payouts of this task queue go to'];
    }
  }

  async function serverReport(): ReturnType<typeof checkServer> {
    try {
      return await checkServer(connection, namespace, {
        mode: installation.mode,
        retentionDays: configuration.temporal.retentionDays,
      });
    } catch (cause) {
      throw new WorkerStartError('temporal_unavailable', `Temporal at ${address} does not answer`, {
        cause,
      });
    }
  }
}

async function runUntil(
  worker: Worker,
  signal: AbortSignal,
  logger: Logger,
  {
    onStarted,
    onStopping,
  }: { readonly onStarted: (() => void) | undefined; readonly onStopping: () => void },
): Promise<void> {
  const stop = (): void => {
    onStopping();
    logger.info('worker stopping: finishing what is under way');
    worker.shutdown();
  };
  const running = worker.run();
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    onStarted?.();
    await running;
  } catch (error) {
    logger.error('worker failed', { error });
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  logger.info('worker stopped');
}
