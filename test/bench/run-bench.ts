import { rm } from 'node:fs/promises';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { payoutSearchAttributes } from '../../src/contract/search-attributes';
import { countHistory } from '../../src/dev/history-counts';
import { startTemporalServer } from '../../src/dev/temporal-server';
import { startAddition } from './additions';
import type { AdditionName } from './additions';
import type { BenchReport, CpuMs, StartUp, SubjectCounts, Waiting, Window } from './bench-report';
import { median } from './bench-report';
import { payloadBytesOf } from './payload-bytes';
import { cpuMsOf, cpuMsOfFamily, cpuMsOfMachine } from './process-cpu';
import type { StubCounts, StubOrder } from './provider-stub';
import type { RunningSubject, RunningWorker, Subject } from './subjects';
import { endProcess, forkOwn, nextMessage, startSubject, startWorker } from './subjects';

export type BenchOptions = {
  /** Builds of the project by name: the folders that hold `dist`. */
  readonly builds: Readonly<Record<string, string>>;
  readonly rounds: number;
  /** For each subject in each round, several at a time. */
  readonly payouts: number;
  readonly concurrency: number;
  /** For each subject in each round, one after the other. */
  readonly sequential: number;
  /** Payouts that wait for their provider; 0: not measured. */
  readonly waiting: number;
  /** Status reads of each of them while their cost is measured. */
  readonly reads: number;
  /** Starts of a worker of each build. */
  readonly startUps: number;
  /** The newest build once more with each of these: what they cost. */
  readonly additions: readonly AdditionName[];
  readonly say: (line: string) => void;
};

type Stage = {
  readonly client: Client;
  readonly serverPid: number;
  readonly stubPid: number;
  readonly stub: (order: StubOrder) => Promise<StubCounts>;
};

const persistence = 'development server, SQLite file (WAL, synchronous=normal)';
const { TaskQueueType } = temporal.api.enums.v1;

/** Measures on a server of its own. Whatever happens, every process that it started is gone when it returns. */
export async function runBench(options: BenchOptions): Promise<BenchReport> {
  const { say } = options;
  const folder = mkdtempSync(join(tmpdir(), 'payouts-bench-'));
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const server = await startTemporalServer({
      say,
      keep: join(folder, 'temporal.db'),
      logLevel: 'error',
      searchAttributes: payoutSearchAttributes,
    });
    stops.push(() => server.stop());
    const stub = forkOwn('provider-stub.ts', []);
    stops.push(() => endProcess(stub));
    const { url } = await nextMessage<{ readonly url: string }>(stub);
    const connection = await Connection.connect({
      address: server.address,
      channelArgs: { 'grpc.enable_http_proxy': 0 },
    });
    stops.push(() => connection.close());
    const stage: Stage = {
      client: new Client({ connection }),
      serverPid: server.pid,
      stubPid: stub.pid ?? 0,
      async stub(order) {
        stub.send(order);
        return (await nextMessage<{ readonly counts: StubCounts }>(stub)).counts;
      },
    };
    const around = { address: server.address, provider: url, folder };
    const builds = Object.entries(options.builds).map(([name, place]): Subject => ({
      name,
      kind: 'build',
      folder: place,
    }));
    const [newest] = builds.slice(-1);
    const additional: Subject[] = [];
    for (const name of options.additions) {
      say(`starting what it takes for ${name}`);
      const { stop, ...addition } = await startAddition[name]();
      stops.push(stop);
      if (newest?.kind === 'build') additional.push({ ...newest, ...addition, name });
    }

    const startUps: StartUp[] = [];
    for (let time = 0; time < options.startUps; time += 1) {
      for (const build of builds) {
        say(`start ${time + 1} of ${build.name}`);
        const worker = startWorker(build, around);
        try {
          startUps.push({ subject: build.name, ...(await untilPolling(stage, worker)) });
        } finally {
          await worker.stop();
        }
      }
    }

    const bundle = join(folder, 'floor-bundle.js');
    writeFileSync(bundle, await floorBundle());
    const subjects: readonly Subject[] = [
      { name: 'floor', kind: 'floor', bundle },
      { name: 'plain', kind: 'floor', bundle },
      ...builds,
      ...additional,
    ];
    const running: RunningSubject[] = [];
    for (const subject of subjects) {
      const started = await startSubject(subject, around);
      stops.push(() => started.stop());
      await untilPolling(stage, started);
      running.push(started);
    }

    const windows: Window[] = [];
    // Compilers and caches settle in a round that does not count.
    for (let round = 0; round <= options.rounds; round += 1) {
      // A B B A: what drifts with time meets all of them alike.
      for (const one of round % 2 === 0 ? running : running.toReversed()) {
        const window = await measure(stage, one, round, options);
        say(describe(window));
        if (round > 0) windows.push(window);
      }
    }
    const counts: Record<string, SubjectCounts> = {};
    for (const one of running) counts[one.subject.name] = await countsOf(stage, one, options.payouts);
    const waiting: Waiting[] = [];
    if (options.waiting > 0) {
      for (const one of running) waiting.push(await measureWaiting(stage, one, options));
    }
    return {
      startedAt: new Date().toISOString(),
      machine: { cpus: cpus().length, model: cpus()[0]?.model.trim() ?? '', node: process.versions.node },
      persistence,
      concurrency: options.concurrency,
      floor: 'floor',
      subjects: subjects.map(({ name }) => name),
      additions: options.additions,
      windows,
      counts,
      waiting,
      startUps,
    };
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

async function floorBundle(): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve('./floor-workflows'),
    logger: new DefaultLogger('WARN'),
  });
  return code;
}

/** Two builds on one server share the ids of payouts: a reference names who pays it. */
const referencesOf = ({ subject }: RunningSubject, round: number): string =>
  `${subject.name}-${round === 0 ? 'warm-up' : `round-${round}`}`;

async function measure(
  stage: Stage,
  one: RunningSubject,
  round: number,
  { payouts, sequential, concurrency }: BenchOptions,
): Promise<Window> {
  const prefix = referencesOf(one, round);
  const { latenciesMs } = await one.load({
    do: 'pay',
    prefix: `${prefix}-single`,
    count: sequential,
    concurrency: 1,
  });
  const { result, cpuMs, counts, foreignCores } = await during(stage, one, () =>
    one.load({ do: 'pay', prefix, count: payouts, concurrency }),
  );
  const each = (sum: number): number => sum / payouts;
  return {
    subject: one.subject.name,
    round,
    payouts,
    p50Ms: median(latenciesMs),
    payoutsPerSecond: payouts / (result.elapsedMs / 1_000),
    cpuMsPerPayout: {
      worker: each(cpuMs.worker),
      client: each(cpuMs.client),
      server: each(cpuMs.server),
      database: each(cpuMs.database),
      provider: each(cpuMs.provider),
    },
    callsPerPayout: Object.fromEntries(
      Object.entries(result.calls).map(([method, times]) => [method, each(times)]),
    ),
    providerCallsPerPayout: each(counts.quote + counts.submit + counts.status),
    foreignCores,
  };
}

/** Runs something and tells what each process used meanwhile, and what the provider was asked. */
async function during<T>(
  stage: Stage,
  one: RunningSubject,
  run: () => Promise<T>,
): Promise<{
  readonly result: T;
  readonly cpuMs: CpuMs;
  readonly counts: StubCounts;
  readonly foreignCores: number;
}> {
  const read = (): CpuMs & { readonly own: number; readonly machine: number } => ({
    worker: cpuMsOf(one.pid),
    client: cpuMsOf(one.loadPid),
    server: cpuMsOf(stage.serverPid),
    database:
      one.subject.kind === 'build' && one.subject.databasePid !== undefined
        ? cpuMsOfFamily(one.subject.databasePid)
        : 0,
    provider: cpuMsOf(stage.stubPid),
    own: cpuMsOf(process.pid),
    machine: cpuMsOfMachine(),
  });
  const countsBefore = await stage.stub('count');
  const startedAt = performance.now();
  const before = read();
  const result = await run();
  const after = read();
  const elapsedMs = performance.now() - startedAt;
  const countsAfter = await stage.stub('count');
  const used = (name: keyof typeof before): number => after[name] - before[name];
  const ours =
    used('worker') + used('client') + used('server') + used('database') + used('provider') + used('own');
  const asked = (name: keyof StubCounts): number => countsAfter[name] - countsBefore[name];
  return {
    result,
    cpuMs: {
      worker: used('worker'),
      client: used('client'),
      server: used('server'),
      database: used('database'),
      provider: used('provider'),
    },
    counts: { quote: asked('quote'), submit: asked('submit'), status: asked('status') },
    foreignCores: Math.max(0, used('machine') - ours) / elapsedMs,
  };
}

/** Of the first payout of the last round; others must not differ. */
async function countsOf(stage: Stage, one: RunningSubject, payouts: number): Promise<SubjectCounts> {
  const all: SubjectCounts[] = [];
  for (const number of [0, payouts - 1]) {
    const handle = stage.client.workflow.getHandle(one.workflowId(`${referencesOf(one, 1)}-${number}`));
    await handle.result();
    const { raw, historySize } = await handle.describe();
    const { events } = await handle.fetchHistory();
    all.push({
      ...(await countHistory(handle)),
      payloads: payloadBytesOf(events ?? []),
      historyBytes: historySize ?? 0,
      stateTransitions: Number(raw.workflowExecutionInfo?.stateTransitionCount ?? 0),
    });
  }
  const [first, last] = all;
  if (first === undefined || last === undefined || first.events !== last.events) {
    throw new Error(`payouts of ${one.subject.name} came to different events: ${JSON.stringify(all)}`);
  }
  return first;
}

async function measureWaiting(
  stage: Stage,
  one: RunningSubject,
  { waiting: payouts, reads }: BenchOptions,
): Promise<Waiting> {
  const prefix = `waiting-${one.subject.name}`;
  await stage.stub('hold');
  await one.load({ do: 'start', prefix, count: payouts });
  // Two reads of each, and they have come to the slower pace.
  await untilReads(stage, 2 * payouts);
  const { cpuMs, counts } = await during(stage, one, () => untilReads(stage, reads * payouts));
  await stage.stub('release');
  await one.load({ do: 'finish', prefix, count: payouts });
  return {
    subject: one.subject.name,
    payouts,
    statusReads: counts.status,
    cpuMsPerRead: { worker: cpuMs.worker / counts.status, server: cpuMs.server / counts.status },
  };
}

/** Until the provider was asked for so many more statuses. */
async function untilReads({ stub }: Stage, wanted: number): Promise<void> {
  const { status: before } = await stub('count');
  while ((await stub('count')).status < before + wanted) await sleep(100);
}

const pollingWithinMs = 120_000;

/** CPU and time of a worker until the server knows that it asks for tasks of both kinds. */
async function untilPolling(
  { client }: Stage,
  worker: RunningWorker,
): Promise<{ readonly cpuMs: number; readonly elapsedMs: number }> {
  const startedAt = performance.now();
  const isPolled = async (taskQueueType: temporal.api.enums.v1.TaskQueueType): Promise<boolean> => {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace: 'default',
      taskQueue: { name: worker.taskQueue },
      taskQueueType,
    });
    return (pollers ?? []).length > 0;
  };
  for (;;) {
    const kinds = [TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY];
    const polled = await Promise.all(kinds.map(isPolled));
    const elapsedMs = performance.now() - startedAt;
    if (polled.every(Boolean)) return { cpuMs: cpuMsOf(worker.pid), elapsedMs };
    if (!worker.isRunning() || elapsedMs > pollingWithinMs)
      throw new Error(`nobody polls ${worker.taskQueue}`);
    await sleep(20);
  }
}

const describe = ({ subject, round, cpuMsPerPayout, payoutsPerSecond, p50Ms }: Window): string =>
  `${round === 0 ? 'warm-up' : `round ${round}`}, ${subject}: ${payoutsPerSecond.toFixed(1)} payouts/s, p50 ${p50Ms.toFixed(0)} ms, CPU ms ` +
  Object.entries(cpuMsPerPayout)
    .map(([name, ms]) => `${name} ${ms.toFixed(1)}`)
    .join(', ');
