import { createSdkHosts } from '../temporal-model/sdk-host';
import { defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { assertNever } from '../../../src/domain/assert-never';
import type { Failure, WorkflowHostFactory } from '../temporal-model/commands-and-jobs';
import { runByEventLoop, runSynchronously } from '../temporal-model/drive';
import { ServerModel } from '../temporal-model/server-model';
import type { UpdateOutcome } from '../temporal-model/updates';
import { installVirtualGlobals } from '../temporal-model/virtual-globals';
import { WorkerModel } from '../temporal-model/worker-model';
import type { WorkerFaults } from '../temporal-model/worker-process';
import type { RunEnd } from '../temporal-model/workflow-run';
import { World } from '../temporal-model/world';
import { wordsOf } from './failure-words';
import { playProbe } from './play-probe';
import type { Probe, ProbeAnswer } from './probe-script';
import * as workflows from './probe-workflows';

export const createProbeHosts = (): WorkflowHostFactory => createSdkHosts(workflows);

export type ModelPlay = {
  readonly seed?: number;
  readonly createHost?: WorkflowHostFactory;
  readonly driver?: 'synchronous' | 'event-loop';
  readonly faults?: WorkerFaults;
  readonly keepTrace?: boolean;
};

export type PlayedOnModel = { readonly answer: ProbeAnswer; readonly hash: string; readonly trace: string };

const workflowId = 'probe';
const mostSteps = 20_000;

/** Must be called in a macrotask when it drives synchronously. */
export async function playOnModel(probe: Probe, play: ModelPlay = {}): Promise<PlayedOnModel> {
  const world = new World(play.seed ?? 1, { keepTrace: play.keepTrace ?? false });
  const restore = installVirtualGlobals(world);
  let answer: ProbeAnswer | undefined;
  let problem: unknown;
  try {
    playProbe(probe, probeWorldOf(world, probe, play)).then(
      (played) => {
        answer = played;
      },
      (error: unknown) => {
        problem = error;
      },
    );
    const isOver = (): boolean => answer !== undefined || problem !== undefined;
    const end =
      play.driver === 'event-loop'
        ? await runByEventLoop(world, isOver, mostSteps)
        : runSynchronously(world, isOver, mostSteps);
    if (answer === undefined) throw problem ?? new Error(`${probe.workflow}: ${end}\n${world.trace}`);
    return { answer, hash: world.hash(), trace: world.trace };
  } finally {
    restore();
  }
}

function probeWorldOf(world: World, probe: Probe, play: ModelPlay): Parameters<typeof playProbe>[1] {
  const server = new ServerModel(world);
  const createHost = play.createHost ?? createProbeHosts();
  let worker: WorkerModel | undefined;
  const done = Promise.resolve();
  const run = () => server.current(workflowId);
  return {
    now: () => world.now,
    delay: (ms) => world.delay(ms),
    startWorker: (activities) => {
      worker = new WorkerModel(world, server, {
        createHost,
        createActivities: () => ({
          act: (...args: Parameters<typeof activities.act>) => activities.act(...args),
        }),
        faults: play.faults ?? {},
      });
      return done;
    },
    shutDownWorker: (graceMs) => {
      worker?.shutDownGracefully(graceMs);
      return done;
    },
    start: () => {
      server.start({ workflowId, workflowType: probe.workflow, args: [] });
      return done;
    },
    signal: (text) => {
      server.signal(workflowId, 'poke', text);
      return done;
    },
    update: (id, text) =>
      new Promise((resolve) => {
        const tell = (outcome: UpdateOutcome): void => resolve(told(outcome));
        const isThere = server.update(workflowId, { id, name: 'ask', args: [text] }, tell);
        if (!isThere) resolve('WorkflowNotFoundError');
      }),
    cancel: () => {
      server.cancel(workflowId);
      return done;
    },
    reset: (task) => {
      server.reset(workflowId, { to: 'task', index: task });
      return done;
    },
    searchAttributes: () => {
      const { searchAttributes } = run();
      const read = (name: string): string => {
        const value = searchAttributes.get(name);
        return typeof value === 'string' ? value : 'nothing';
      };
      return Promise.resolve(`${read('PayoutStatus')}, ${read('PayoutAttemptKey')}`);
    },
    result: async () => {
      for (;;) {
        const { end, taskFailures } = run();
        if (taskFailures.length > 0) throw taskFailures[0];
        if (end !== undefined) return resultOf(end);
        await world.delay(20);
      }
    },
  };
}

const inWords = (failure: Failure): string =>
  wordsOf(defaultFailureConverter.failureToError(failure, defaultPayloadConverter));

function told(outcome: UpdateOutcome): string {
  switch (outcome.kind) {
    case 'completed':
      return String(outcome.result);
    case 'failed':
    case 'rejected':
      return inWords(outcome.failure);
    case 'aborted':
      return outcome.accepted
        ? 'ApplicationFailure(AcceptedUpdateCompletedWorkflow, non-retryable)'
        : 'WorkflowNotFoundError';
    default:
      return assertNever(outcome, 'outcome');
  }
}

function resultOf(end: RunEnd): unknown {
  switch (end.kind) {
    case 'completed':
      return end.result;
    case 'failed':
      return inWords(end.failure);
    case 'cancelled':
    case 'terminated':
      return end.kind;
    default:
      return assertNever(end, 'end');
  }
}
