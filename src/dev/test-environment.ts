import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { z } from 'zod';
import {
  assertArguments,
  milliseconds,
  optional,
  someFunction,
  someObject,
  text,
  truthValue,
} from '../client/arguments';
import type { FieldsOf } from '../client/arguments';
import { createPayoutClient } from '../client/create-payout-client';
import type { PayoutClient } from '../client/payout-client';
import { processEnvironment } from '../config/environment';
import type { Simulator } from '../simulators/simulator';
import type { RunningSimulator } from '../simulators/simulator-server';
import type { RunningSimulators, SimulatorName, SimulatorSetups } from '../simulators/start-simulators';
import type { DevEnvironment } from './dev-environment';
import { startDevEnvironment } from './dev-environment';

export type TestEnvironmentOptions = {
  /**
   * Sections of the worker's configuration file that take the place of the simulated one's: `approval`, `policy`,
   * `screening`, `holds` and so on, as in `docs/configuration.md`.
   */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** A Temporal server that runs already, instead of one of its own; the worker then has a task queue of its own. */
  readonly temporalAddress?: string;
  /** Default: `default`. Of another server it must exist. */
  readonly namespace?: string;
  /** Temporal's own UI, to look into a test that fails. Default: none. */
  readonly ui?: boolean;
  /** Gets what is done, and each log line of the worker. Default: nobody does. */
  readonly onLogLine?: (line: string) => void;
  /** How long the worker may take until it takes work. Default: 60 s, for machines that are very busy. */
  readonly readyWithinMs?: number;
};

/** A simulated provider: what it did, and what it is to do next. `docs/simulators.md` has every fault. */
export type TestProvider = Pick<
  Simulator,
  'addFault' | 'clearFaults' | 'script' | 'setBalance' | 'ledger' | 'payouts' | 'requests' | 'reset'
> &
  Pick<RunningSimulator, 'url' | 'adminUrl' | 'advanceClock'>;

/** An installation on this machine that pays play money. */
export type TestEnvironment = {
  /** `host:port` of Temporal, for `TEMPORAL_ADDRESS`. */
  readonly address: string;
  readonly namespace: string;
  /** Where the worker listens; clients name it unless it is `payouts`, their default. */
  readonly taskQueue: string;
  readonly uiUrl: string | undefined;
  /** Leads here, and is closed by `stop`. */
  readonly client: PayoutClient;
  readonly providers: { readonly [Name in SimulatorName]: TestProvider };
  /** Process id of the worker that runs now: kill it, and it is started again. */
  workerPid(): number | undefined;
  /** Ends everything that was started. Can be called more than once. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

const optionFields: FieldsOf<TestEnvironmentOptions> = {
  configuration: optional(someObject),
  temporalAddress: optional(text(1, 300)),
  namespace: optional(text(1, 255)),
  ui: optional(truthValue),
  onLogLine: optional(someFunction),
  readyWithinMs: optional(milliseconds(1)),
};

const readyWithinMs = 60_000;
const lookEveryMs = 25;
const keptLines = 20;

/** Providers that settle at once: no test waits for what it does not ask for (`script` says what takes longer). */
const promptly: SimulatorSetups = {
  pontis: { delays: { processingMs: 50, settlementMs: 50 } },
  payfield: { delays: { successAfterMs: 100 } },
  syncgram: { delays: { processingAfterMs: 50, completedAfterMs: 50 } },
};
const pollDelaysMs = [50, 100, 200, 400, 1_000];

/**
 * Starts a Temporal server (found, or fetched once), the simulated providers and a worker, each on a free port of
 * 127.0.0.1, and resolves when payouts are carried out. Nothing of it outlives this process, however it ends. Ambient
 * `TEMPORAL_*` settings are ignored: it never reaches another server unless told to. Throws `arguments_invalid` for options
 * that it does not know, and names what is wrong with a configuration.
 */
export async function startTestEnvironment(options: TestEnvironmentOptions = {}): Promise<TestEnvironment> {
  assertArguments('startTestEnvironment', options, optionFields);
  const { temporalAddress, namespace, configuration, ui = false } = options;
  const lastLines: string[] = [];
  const say = (line: string): void => {
    lastLines.push(line);
    if (lastLines.length > keptLines) lastLines.shift();
    options.onLogLine?.(line);
  };
  const environment = await startDevEnvironment({
    say,
    onWorkerLog: say,
    env: processEnvironment(),
    ui,
    simulators: promptly,
    pollDelaysMs,
    ...(configuration === undefined ? {} : { configuration }),
    ...(temporalAddress === undefined ? {} : { temporalAddress }),
    ...(namespace === undefined ? {} : { namespace }),
  });
  let connection: Connection | undefined;
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> =>
    (stopping ??= (async () => {
      await connection?.close();
      await environment.stop();
    })());
  try {
    connection = await Connection.connect({
      address: environment.address,
      channelArgs: { 'grpc.enable_http_proxy': 0 },
    });
    const ready = new AbortController();
    try {
      await Promise.race([
        untilWorkerPolls(connection, environment, options.readyWithinMs ?? readyWithinMs, ready.signal),
        environment.worker.gaveUp.then((lastWords) => {
          throw new Error(`the worker does not start:\n${problemsIn(lastWords) ?? lastLines.join('\n')}`);
        }),
      ]);
    } finally {
      ready.abort();
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    address: environment.address,
    namespace: environment.namespace,
    taskQueue: environment.taskQueue,
    uiUrl: environment.uiUrl,
    client: createPayoutClient({
      client: new Client({ connection, namespace: environment.namespace }),
      taskQueue: environment.taskQueue,
    }),
    providers: providersOf(environment.simulators),
    workerPid: () => environment.worker.pid(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The problems that a worker's last line names, one a line; undefined where it names none. */
function problemsIn(lastWords: string): string | undefined {
  try {
    return workerFailure
      .parse(JSON.parse(lastWords))
      .problems.map(({ path, problem }) => `  ${path === '' ? '' : `${path}: `}${problem}`)
      .join('\n');
  } catch {
    return undefined;
  }
}
const workerFailure = z.object({
  problems: z.array(z.object({ path: z.string().default(''), problem: z.string() })).min(1),
});

async function untilWorkerPolls(
  connection: Connection,
  { namespace, taskQueue }: DevEnvironment,
  withinMs: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!signal.aborted) {
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
    });
    if ((pollers ?? []).length > 0) return;
    if (performance.now() > deadline) throw new Error(`no worker took work within ${withinMs / 1000} s`);
    await sleep(lookEveryMs);
  }
}

function providersOf(simulators: RunningSimulators): TestEnvironment['providers'] {
  const provider = (running: RunningSimulator): TestProvider => ({
    ...running.simulator,
    url: running.url,
    adminUrl: running.adminUrl,
    advanceClock: (byMs) => running.advanceClock(byMs),
  });
  const { pontis, payfield, syncgram } = simulators;
  return { pontis: provider(pontis), payfield: provider(payfield), syncgram: provider(syncgram) };
}
