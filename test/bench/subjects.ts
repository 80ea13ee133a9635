import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withoutTemporalVariables } from '../../src/dev/temporal-environment';
import { spawnWatched } from '../../src/dev/temporal-watchdog';
import type { Addition } from './additions';
import type { LoadOrder, LoadResult } from './load-process';
import { apiKey, firstPollMs, laterPollMs } from './payment';

/** A build of the project, or one of the workflows that it is measured against. */
export type Subject =
  | ({
      readonly name: string;
      readonly kind: 'build';
      /** Where `dist` is. */
      readonly folder: string;
    } & Partial<Omit<Addition, 'stop'>>)
  | { readonly name: 'floor' | 'plain'; readonly kind: 'floor'; readonly bundle: string };

export type RunningWorker = {
  readonly pid: number;
  readonly taskQueue: string;
  isRunning(): boolean;
  stop(): Promise<void>;
};
export type RunningSubject = RunningWorker & {
  readonly subject: Subject;
  readonly loadPid: number;
  load(order: LoadOrder): Promise<LoadResult>;
  workflowId(reference: string): string;
};

export type Surroundings = { readonly address: string; readonly provider: string; readonly folder: string };

const register = require.resolve('../support/register-typescript.cjs');

/** A TypeScript file of ours as a process that ends with us, whatever ends us. */
export function forkOwn(file: string, args: readonly string[]): ChildProcess {
  return fork(join(__dirname, file), args, {
    execArgv: ['--require', register],
    env: withoutTemporalVariables(process.env),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** The next message of a process; rejects when it ends instead. */
export async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const gone = new AbortController();
  try {
    return await Promise.race([
      once(child, 'message', { signal: gone.signal }).then(([message]) => message as T),
      once(child, 'exit', { signal: gone.signal }).then(([code]) => {
        throw new Error(`a process of the bench ended with ${String(code)}`);
      }),
    ]);
  } finally {
    gone.abort();
  }
}

/** The account of the provider stub, with the pace at which the floor's server retries. */
const configurationOf = (provider: string, taskQueue: string, worker: object): object => ({
  schema: 1,
  installation: 'bench',
  mode: 'sandbox',
  temporal: { taskQueue },
  accounts: {
    syncgram: {
      provider: 'syncgram',
      mode: 'sandbox',
      baseUrl: provider,
      credentials: { apiKey: { env: 'BENCH_API_KEY' }, webhookSecret: { env: 'BENCH_WEBHOOK_SECRET' } },
      settings: { defaultEmail: 'payouts@merchant.example', walletOperators: ['mtn'] },
      common: {
        submitTimeoutMs: 3_000,
        readTimeoutMs: 3_000,
        pollPlan: { delaysMs: [firstPollMs, laterPollMs] },
      },
    },
  },
  routes: [{ account: 'syncgram', when: { sourceCurrencies: ['USD'] } }],
  approval: { approvers: ['alice', 'bob'], thresholds: { USD: [{ from: '0', approvals: 0 }] }, otherwise: 1 },
  screening: { testList: true, review: { role: 'approvers' } },
  worker,
  log: { level: 'warn' },
});

let workers = 0;

/** As production runs it: the command line of a build. The floor gets a process of the same kind. */
export function startWorker(subject: Subject, { address, provider, folder }: Surroundings): RunningWorker {
  workers += 1;
  const taskQueue = `bench-${subject.name}-${workers}`;
  if (subject.kind === 'floor') {
    const options = { address, 'task-queue': taskQueue, bundle: subject.bundle, provider };
    const child = forkOwn('floor-worker.ts', asArguments(options));
    return asWorker(child, taskQueue);
  }
  const configuration = join(folder, `${taskQueue}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(configuration, JSON.stringify(configurationOf(provider, taskQueue, subject.worker ?? {})));
  const args = [
    'worker',
    ...asArguments({ config: configuration, 'temporal-address': address, namespace: 'default' }),
  ];
  const { child, stdout, stderr } = spawnWatched(
    process.execPath,
    [join(subject.folder, 'dist', 'bin', 'cli.js'), ...args],
    {
      ...withoutTemporalVariables(process.env),
      TEMPORAL_CONFIG_FILE: join(folder, 'none.toml'),
      BENCH_API_KEY: apiKey,
      BENCH_WEBHOOK_SECRET: 'fake-bench-webhook-secret',
      ...subject.variables,
    },
  );
  for (const stream of [stdout, stderr]) stream.pipe(process.stderr, { end: false });
  return asWorker(child, taskQueue);
}

const asWorker = (child: ChildProcess, taskQueue: string): RunningWorker => ({
  pid: child.pid ?? 0,
  taskQueue,
  isRunning: () => child.exitCode === null && child.signalCode === null,
  stop: () => endProcess(child),
});

export async function startSubject(subject: Subject, around: Surroundings): Promise<RunningSubject> {
  const worker = startWorker(subject, around);
  const child = forkOwn(
    'load-process.ts',
    asArguments({
      address: around.address,
      'task-queue': worker.taskQueue,
      ...(subject.kind === 'build'
        ? { client: join(subject.folder, 'dist', 'client', 'index.js') }
        : { workflow: subject.name }),
    }),
  );
  await nextMessage(child);
  return {
    ...worker,
    subject,
    loadPid: child.pid ?? 0,
    async load(order) {
      child.send(order);
      const { result, error } = await nextMessage<{ readonly result?: LoadResult; readonly error?: string }>(
        child,
      );
      if (result === undefined) throw new Error(`${subject.name}: ${error ?? 'no result'}`);
      return result;
    },
    workflowId: (reference) =>
      subject.kind === 'build' ? `payout/bench/${reference}` : `${subject.name}/${reference}`,
    async stop() {
      await Promise.all([worker.stop(), endProcess(child)]);
    },
  };
}

const asArguments = (options: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(options).map(([name, value]) => `--${name}=${value}`);
