import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { payoutSearchAttributes } from '../contract/search-attributes';
import { defaultTaskQueue } from '../contract/task-queues';
import type { RunningSimulators, SimulatorSetups } from '../simulators/start-simulators';
import { simulatorNames, startSimulators } from '../simulators/start-simulators';
import { lockKept } from './kept-lock';
import { keptPorts } from './kept-ports';
import { simulatedConfiguration } from './simulated-configuration';
import { startTogether } from './start-together';
import { prepareNamedTemporal } from './named-temporal';
import { startTemporalServer } from './temporal-server';
import type { WorkerProcess } from './worker-process';
import { startWorkerProcess } from './worker-process';

/** What a command may use of its process. */
export type DevProcess = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
  readonly colour: boolean;
  /** Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
};

export type DevEnvironmentOptions = {
  /** Another server, named explicitly; nothing ambient is ever used. */
  readonly temporalAddress?: string;
  readonly namespace?: string;
  readonly taskQueue?: string;
  /** File of the server's data, over restarts. What else has to stay the same lies beside it. */
  readonly keep?: string;
  readonly port?: number;
  readonly uiPort?: number;
  /** Ports of Temporal and its UI where they are free, and none are given. */
  readonly preferredPorts?: { readonly temporal: number; readonly ui: number };
  /** Temporal's UI. Default: yes. */
  readonly ui?: boolean;
  /** Sections of the worker's configuration, in place of the simulated one's. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** How the simulated providers differ from their development setups. */
  readonly simulators?: SimulatorSetups;
  /** When a payout's status is read. Default: at a pace that people can watch. */
  readonly pollDelaysMs?: readonly number[];
  readonly say: (line: string) => void;
  readonly onWorkerLog?: (line: string) => void;
  readonly env: DevProcess['env'];
  /** Ends a start that is under way: everything is stopped, and `interrupted` thrown. */
  readonly signal?: AbortSignal;
};

export type DevEnvironment = {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly uiUrl: string | undefined;
  /** The Temporal CLI of the server; undefined for another one. */
  readonly cliPath: string | undefined;
  readonly simulators: RunningSimulators;
  readonly worker: WorkerProcess;
  stop(): Promise<void>;
};

/** Temporal server, simulated providers and worker, ready to pay play money. Everything stops together. */
export async function startDevEnvironment(options: DevEnvironmentOptions): Promise<DevEnvironment> {
  const { say, env, keep } = options;
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    // The worker first: what it has under way still needs the other two.
    for (const end of stops.splice(0).toReversed()) await end();
  };
  try {
    if (keep !== undefined) {
      const lock = lockKept(keep);
      stops.push(async () => lock.release());
    }
    const ports = keep === undefined ? {} : await keptPorts(keep, simulatorNames);
    const [server, simulators] = await startTogether<[ReachedTemporal, RunningSimulators]>(
      [
        async (signal) => reachTemporal(options, signal),
        async () =>
          startSimulators({ ...options.simulators, ports, ...(keep === undefined ? {} : { keptIn: keep }) }),
      ],
      options.signal,
    );
    stops.push(
      () => server.stop(),
      () => simulators.stop(),
    );
    // On somebody else's server the queue is ours alone: no other worker may pick these payouts up, nor ours theirs.
    const taskQueue =
      options.taskQueue ??
      (options.temporalAddress === undefined
        ? defaultTaskQueue
        : `payouts-dev-${randomBytes(4).toString('hex')}`);
    const { configuration, env: secrets } = simulatedConfiguration(
      simulators,
      taskQueue,
      options.pollDelaysMs,
    );
    const { address, namespace, uiUrl, cliPath } = server;
    const worker = startWorkerProcess({
      configuration: { ...configuration, ...options.configuration },
      secrets,
      env,
      address,
      namespace,
      say,
      ...(options.onWorkerLog === undefined ? {} : { onLog: options.onWorkerLog }),
    });
    stops.push(() => worker.stop());
    return { address, namespace, taskQueue, uiUrl, cliPath, simulators, worker, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type ReachedTemporal = {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string | undefined;
  readonly cliPath: string | undefined;
  stop(): Promise<void>;
};

async function reachTemporal(options: DevEnvironmentOptions, signal: AbortSignal): Promise<ReachedTemporal> {
  const { temporalAddress: address, namespace = 'default', say, env } = options;
  if (address === undefined) {
    return startTemporalServer({
      say,
      ui: options.ui ?? true,
      namespace,
      searchAttributes: payoutSearchAttributes,
      logLevel: 'error',
      env,
      signal,
      ...(options.keep === undefined ? {} : { keep: options.keep }),
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(options.uiPort === undefined ? {} : { uiPort: options.uiPort }),
      ...(options.preferredPorts === undefined ? {} : { preferredPorts: options.preferredPorts }),
    });
  }
  await prepareNamedTemporal(address, namespace, payoutSearchAttributes, signal);
  say(`Temporal server on ${address}, namespace ${namespace}, as asked`);
  return { address, namespace, uiUrl: undefined, cliPath: undefined, stop: async () => undefined };
}

export type RunDevOptions = Pick<
  DevEnvironmentOptions,
  'temporalAddress' | 'namespace' | 'taskQueue' | 'keep' | 'port' | 'uiPort'
> & {
  readonly json: boolean;
};

/** Where Temporal's own development server and its clients expect it. */
const wellKnownPorts = { temporal: 7233, ui: 8233 };

/** What another terminal has to be told first. */
export function exportLine({ address, namespace }: Pick<DevEnvironment, 'address' | 'namespace'>): string {
  return `export TEMPORAL_ADDRESS=${address}${namespace === 'default' ? '' : ` TEMPORAL_NAMESPACE=${namespace}`}`;
}

/** The command `payouts dev`: stays up until the signal. */
export async function runDev(options: RunDevOptions, context: DevProcess): Promise<void> {
  const { json, ...where } = options;
  const environment = await startDevEnvironment({
    ...where,
    preferredPorts: wellKnownPorts,
    env: context.env,
    signal: context.signal,
    say: (line) => context.err(`${line}\n`),
    onWorkerLog: (line) => context.err(`${line}\n`),
  });
  try {
    const { address, namespace, taskQueue, uiUrl, cliPath, simulators, worker } = environment;
    const { stop: _stop, ...providers } = simulators;
    const addresses = {
      temporal: address,
      namespace,
      taskQueue,
      ui: uiUrl ?? null,
      temporalCli: cliPath ?? null,
      configuration: worker.configurationFile,
      simulators: Object.fromEntries(
        Object.entries(providers).map(([name, { url, adminUrl }]) => [name, { url, adminUrl }]),
      ),
    };
    if (json) context.out(`${JSON.stringify(addresses)}\n`);
    else {
      context.out(
        [
          '',
          `Temporal      ${address} (namespace ${namespace}, task queue ${taskQueue})`,
          ...(uiUrl === undefined ? [] : [`Temporal UI   ${uiUrl}`]),
          ...Object.entries(addresses.simulators).map(
            ([name, { url, adminUrl }]) => `${name.padEnd(13)} ${url} (admin API ${adminUrl})`,
          ),
          `Configuration ${worker.configurationFile}`,
          '',
          'In another terminal, in the folder of the repository:',
          `  ${exportLine(environment)}`,
          `  export ${Object.entries(addresses.simulators)
            .map(([name, { adminUrl }]) => `${name.toUpperCase()}=${adminUrl}`)
            .join(' ')}`,
          ...(cliPath === undefined ? [] : [`  alias temporal='${cliPath}'`]),
          `  npx payouts start config/examples/requests/pontis.json${taskQueue === defaultTaskQueue ? '' : ` --task-queue ${taskQueue}`}`,
          '  npx payouts watch acme/order-17',
          '',
          'Lost replies, reversals and more: docs/simulators.md. Stop with Ctrl-C.',
          '',
        ].join('\n'),
      );
    }
    if (!context.signal.aborted) await once(context.signal, 'abort');
  } finally {
    await environment.stop();
  }
}
