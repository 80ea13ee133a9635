import { randomBytes } from 'node:crypto';
import { IllegalStateError, Runtime } from '@temporalio/worker';
import type { Worker, WorkflowBundleOption } from '@temporalio/worker';
import { createActivities } from '../activities/create-activities';
import { formatConfigurationProblem } from '../config/configuration-problem';
import type { ConfigurationProblem } from '../config/configuration-problem';
import { processEnvironment } from '../config/environment';
import type { Environment } from '../config/environment';
import { loadConfiguration } from '../config/load-configuration';
import type { LoadedConfiguration } from '../config/load-configuration';
import { createUndiciSender } from '../http/undici-sender';
import { createLogger } from '../observability/logger';
import type { Logger } from '../observability/logger';
import type { ProviderPorts } from '../providers/provider';
import { createProviderRegistry } from '../providers/provider-registry';
import type { ProviderRegistry } from '../providers/provider-registry';
import { checkNamespace } from './check-namespace';
import { connectTemporal } from './connect-temporal';
import type { TemporalTarget } from './connect-temporal';
import { createInstallation } from './create-installation';
import type { CreatedInstallation } from './create-installation';
import { createPayoutWorker } from './create-worker';
import { createMachinePorts } from './machine-ports';
import { createPriorAttemptReader } from './prior-attempts';
import { createTemporalLogger } from './temporal-logger';
import { WorkerStartError } from './worker-start-error';
import { loadWorkflowBundle } from './workflow-bundle';

export type RunWorkerOptions = {
  /** Default: `PAYOUTS_CONFIG`. */
  readonly configPath?: string | undefined;
  /** Instead of the process's own. */
  readonly environment?: Environment;
  /** Exactly this server, whatever `TEMPORAL_*` says: for `dev` and `demo`. */
  readonly temporal?: TemporalTarget;
  /** Instead of the configuration's. */
  readonly taskQueue?: string;
  /** Default: JSON lines on stdout, at the configuration's level. */
  readonly logger?: Logger;
  /** Stops the worker, as SIGTERM and SIGINT do. */
  readonly stop?: AbortSignal;
  /** Called when the worker takes work. */
  readonly onStarted?: () => void;
  readonly registry?: ProviderRegistry;
  readonly workflowBundle?: WorkflowBundleOption;
};

/**
 * Runs a worker until it is told to stop, and resolves with the exit code of its process: 0 after a clean stop, 2 for
 * bad configuration, 4 when the namespace is refused, 5 when Temporal cannot be reached, 1 for anything else. Every
 * reason is in the log. Never rejects.
 *
 * SIGTERM and SIGINT stop it gracefully: no new work, and what is under way may end within `worker.shutdownGraceMs`.
 */
export async function runWorker(options: RunWorkerOptions = {}): Promise<number> {
  const environment = options.environment ?? processEnvironment();
  const loaded = loadConfiguration({ path: options.configPath, environment });
  if (!loaded.ok) {
    const logger = options.logger ?? createLogger({ to: 'stdout' });
    logger.error('configuration refused', {
      ...(loaded.file === undefined ? {} : { file: loaded.file }),
      problems: loaded.problems.map(formatConfigurationProblem),
    });
    return 2;
  }
  const { configuration, warnings } = loaded;
  const logger = options.logger ?? createLogger({ to: 'stdout', level: configuration.log.level });
  for (const warning of warnings) {
    logger.warn('configuration warning', { warning: formatConfigurationProblem(warning) });
  }
  try {
    await serve(options, environment, configuration, logger);
    return 0;
  } catch (error) {
    if (error instanceof WorkerStartError) {
      logger.error('worker not started', { code: error.code, problems: error.problems, cause: error.cause });
      return error.exitCode;
    }
    logger.error('worker failed', { error });
    return 1;
  }
}

/** Everything a configuration can be told about without a server: for `payouts config check`. */
export function checkConfiguration(
  options: Pick<RunWorkerOptions, 'configPath' | 'environment' | 'registry'> = {},
):
  | { readonly ok: true; readonly configuration: LoadedConfiguration; readonly warnings: readonly ConfigurationProblem[] }
  | { readonly ok: false; readonly file?: string; readonly problems: readonly ConfigurationProblem[] } {
  const loaded = loadConfiguration({
    path: options.configPath,
    ...(options.environment === undefined ? {} : { environment: options.environment }),
  });
  if (!loaded.ok) return loaded;
  const { configuration } = loaded;
  const sender = createUndiciSender();
  const created = createInstallation({
    configuration,
    registry: options.registry ?? createProviderRegistry(),
    ports: machineProviderPorts(sender.send),
  });
  return created.ok ? loaded : { ok: false, file: configuration.file, problems: created.problems };
}

async function serve(
  options: RunWorkerOptions,
  environment: Environment,
  configuration: LoadedConfiguration,
  logger: Logger,
): Promise<void> {
  const sender = createUndiciSender();
  const installation = composed(
    createInstallation({
      configuration,
      registry: options.registry ?? createProviderRegistry(),
      ports: machineProviderPorts(sender.send, (event, fields) => logger.warn(event, fields)),
    }),
  );
  const workflowBundle = options.workflowBundle ?? loadWorkflowBundle();
  installRuntime(logger);
  const { connection, namespace, address } = await connectTemporal({
    target: options.temporal,
    environment,
    pinnedNamespace: configuration.temporal.namespace,
  });
  try {
    const { warnings } = await checkNamespace(connection, namespace, configuration.mode);
    for (const warning of warnings) logger.warn('namespace warning', { warning });
    const taskQueue = options.taskQueue ?? configuration.temporal.taskQueue;
    const worker = await createPayoutWorker({
      connection,
      namespace,
      taskQueue,
      workflowBundle,
      settings: configuration.worker,
      activities: createActivities({
        installation,
        ports: createMachinePorts(createPriorAttemptReader(connection, namespace)),
      }),
    });
    logger.info('worker starting', {
      installation: installation.id,
      mode: installation.mode,
      configurationHash: installation.configurationHash,
      file: configuration.file,
      target: address,
      namespace,
      taskQueue,
      accounts: [...installation.accounts.values()].map(({ id, mode, fingerprint, provider }) => ({
        id,
        provider: provider.provider,
        mode,
        fingerprint,
      })),
    });
    // Not fatal: payouts wait, held as screening_unavailable, and go on when the list is mended.
    const problems = await installation.screener.problems();
    if (problems.length > 0) logger.error('screening unavailable: every payout will be held', { problems });
    await runUntilStopped(worker, logger, options);
    logger.info('worker stopped', { taskQueue });
  } finally {
    await sender.close();
    await connection.close();
  }
}

function composed(created: CreatedInstallation): Extract<CreatedInstallation, { ok: true }>['installation'] {
  if (created.ok) return created.installation;
  throw new WorkerStartError('configuration_invalid', created.problems.map(formatConfigurationProblem));
}

const machineProviderPorts = (
  send: ProviderPorts['send'],
  log?: NonNullable<ProviderPorts['log']>,
): ProviderPorts => ({
  send,
  now: () => Date.now(),
  randomBytes: (length) => randomBytes(length),
  ...(log === undefined ? {} : { log }),
});

async function runUntilStopped(worker: Worker, logger: Logger, options: RunWorkerOptions): Promise<void> {
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info('worker stopping', { signal });
    worker.shutdown();
  };
  const onSignal = (signal: NodeJS.Signals): void => stop(signal);
  const onAbort = (): void => stop('stop');
  const signals = ['SIGTERM', 'SIGINT'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  options.stop?.addEventListener('abort', onAbort, { once: true });
  try {
    const ran = worker.run();
    // A stop that was asked for while we were starting; a worker can only be stopped once it runs.
    if (options.stop?.aborted) onAbort();
    options.onStarted?.();
    await ran;
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    options.stop?.removeEventListener('abort', onAbort);
  }
}

/** The SDK's log goes through our redaction, and its own signal handling is off: signals belong to `runUntilStopped`. */
function installRuntime(logger: Logger): void {
  try {
    Runtime.install({
      logger: createTemporalLogger(logger),
      shutdownSignals: [],
      telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
    });
  } catch (error) {
    if (!(error instanceof IllegalStateError)) throw error;
    // A process has one runtime, and one stands already (tests, dev): whoever made it decides about the log.
    logger.warn('the Temporal runtime was installed before: its own log settings stay');
  }
}
