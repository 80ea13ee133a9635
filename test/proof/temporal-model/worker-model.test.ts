import { createSdkHosts } from './sdk-host';
import { heartbeat, cancellationSignal } from '@temporalio/activity';
import { payoutTimelineQuery } from '../../../src/contract/messages';
import type { PayoutEvent } from '../../../src/domain/payout-snapshot';
import * as productionWorkflows from '../../../src/workflows';
import * as probeWorkflows from '../probes/probe-workflows';
import { inMacrotask, runSynchronously } from './drive';
import { startPayoutOnModel } from './payout-on-model';
import { ServerModel } from './server-model';
import type { ServerOptions } from './server-options';
import type { ActivityEvent } from './task-protocol';
import { WorkerModel } from './worker-model';
import type { WorkerProcess } from './worker-process';
import { World } from './world';

const createHost = createSdkHosts(probeWorkflows);
const workflowId = 'worked-on';
const seconds = 1_000;

type Act = (process: WorkerProcess, attempt: number) => Promise<string>;

/** One activity, at most one attempt of 20 s: what becomes of it is the workflow's result. */
function stage(act: Act, options: { readonly workers?: number; readonly server?: ServerOptions } = {}) {
  const world = new World(7, { keepTrace: true });
  const server = new ServerModel(world, options.server);
  const events: ActivityEvent[] = [];
  server.onActivityEvent((event) => events.push(event));
  let attempts = 0;
  const workers = Array.from(
    { length: options.workers ?? 1 },
    (_, index) =>
      new WorkerModel(world, server, {
        name: `worker-${index}`,
        createHost,
        createActivities: (process) => ({
          act: () => {
            attempts += 1;
            return act(process, attempts);
          },
        }),
      }),
  );
  const [worker] = workers;
  if (worker === undefined) throw new Error('no worker');
  const run = server.start({ workflowId, workflowType: 'oneAttempt', args: [] });
  const runFor = (ms: number): Promise<unknown> =>
    inMacrotask(() => {
      let isOver = false;
      world.after(ms, () => (isOver = true));
      return runSynchronously(world, () => isOver, 10_000);
    });
  const result = async (): Promise<string> => {
    await inMacrotask(() => runSynchronously(world, () => run.end !== undefined, 10_000));
    return run.end?.kind === 'completed' ? String((run.end.result as string[])[0]) : String(run.end?.kind);
  };
  const moments = (): string[] => events.map(({ moment }) => moment);
  return { world, server, worker, workers, run, runFor, result, moments };
}

const timedOut = expect.stringContaining('TimeoutFailure(START_TO_CLOSE');
const lateAct =
  (seen: string[], ms = 5 * seconds): Act =>
  async (process) => {
    seen.push('begins');
    await process.delay(ms);
    seen.push('ends');
    return 'done';
  };

describe('a killed process', () => {
  it('does nothing ever again: its activity neither ends nor fails', async () => {
    const seen: string[] = [];
    const { worker, runFor, result } = stage(lateAct(seen));
    await runFor(1 * seconds);
    worker.kill();
    await runFor(1 * seconds);
    worker.restart();
    expect(await result()).toEqual(timedOut);
    expect(seen).toEqual(['begins']);
  });

  it('stops beating, too', async () => {
    let beats = 0;
    const { worker, runFor } = stage((process) => {
      process.every(100, () => (beats += 1));
      return new Promise(() => undefined);
    });
    await runFor(1 * seconds);
    worker.kill();
    const beatsThen = beats;
    await runFor(5 * seconds);
    expect(beatsThen).toBeGreaterThan(5);
    expect(beats).toBe(beatsThen);
  });

  it('can die between the end of an activity and its report', async () => {
    const seen: string[] = [];
    const { server, worker, result, moments } = stage(lateAct(seen));
    server.onActivityEvent(({ moment }) => {
      if (moment === 'completed-in-worker') worker.restart();
    });
    expect(await result()).toEqual(timedOut);
    expect(seen).toEqual(['begins', 'ends']);
    expect(moments()).not.toContain('reported');
  });

  it('can die between the hand-out and the first line of an activity', async () => {
    const seen: string[] = [];
    const { server, worker, result } = stage(lateAct(seen));
    server.onActivityEvent(({ moment }) => {
      if (moment === 'picked-up') worker.restart();
    });
    expect(await result()).toEqual(timedOut);
    expect(seen).toEqual([]);
  });

  it('leaves its runs to the next one, which replays them', async () => {
    const { world, server, worker, result } = stage(async (process) => {
      await process.delay(10);
      return 'done';
    });
    let kills = 0;
    server.onWorkflowTaskEvent(({ moment }) => {
      if (moment === 'reported' && kills === 0) {
        kills += 1;
        worker.restart();
      }
    });
    expect(await result()).toBe('once: done');
    expect(world.trace).toContain('replay of 1 activations');
  });
});

describe('a stopped process', () => {
  it('goes on where it was, and its time has passed', async () => {
    const seen: string[] = [];
    const { worker, runFor, result } = stage(lateAct(seen));
    await runFor(1 * seconds);
    worker.stop();
    await runFor(10 * seconds);
    expect(seen).toEqual(['begins']);
    worker.continue();
    expect(await result()).toBe('once: done');
  });

  it('is not believed when the attempt has timed out meanwhile', async () => {
    const seen: string[] = [];
    const { world, worker, workers, runFor, result, moments } = stage(lateAct(seen), { workers: 2 });
    await runFor(1 * seconds);
    for (const each of workers) each.stop();
    await runFor(30 * seconds);
    for (const each of workers) each.continue();
    expect(await result()).toEqual(timedOut);
    await runFor(1 * seconds);
    expect(worker.process.isRunning).toBe(true);
    expect(seen).toEqual(['begins', 'ends']);
    expect(moments()).toContain('report-refused');
    expect(world.fired.get('report refused')).toBe(1);
  });

  it('may be handed a task that it sees only when it goes on', async () => {
    const waits: number[] = [];
    const { world, server, worker, runFor } = stage(async (process) => {
      waits.push(world.now);
      await process.delay(1);
      return 'done';
    });
    let handedOutAt = 0;
    server.onActivityEvent(({ moment }) => {
      if (moment === 'scheduled') worker.stop();
      if (moment === 'handed-out') handedOutAt = world.now;
    });
    await runFor(12 * seconds);
    expect(waits).toEqual([]);
    worker.continue();
    await runFor(1 * seconds);
    expect(world.fired.get('handed to a stopped process')).toBe(1);
    expect((waits[0] ?? 0) - handedOutAt).toBeGreaterThan(10 * seconds);
  });
});

describe('a process that is cut off', () => {
  it('reports late, and is believed in time', async () => {
    const { worker, runFor, result } = stage(lateAct([], 2 * seconds));
    await runFor(1 * seconds);
    worker.partition(8 * seconds);
    expect(await result()).toBe('once: done');
  });

  it('reports too late, and is not', async () => {
    const { worker, runFor, result, moments } = stage(lateAct([], 2 * seconds));
    await runFor(1 * seconds);
    worker.partition(60 * seconds);
    expect(await result()).toEqual(timedOut);
    await runFor(60 * seconds);
    expect(moments()).toContain('report-refused');
  });
});

describe('a graceful stop', () => {
  it('waits for what runs, and then the process is gone', async () => {
    const { worker, runFor, result } = stage(lateAct([]));
    await runFor(1 * seconds);
    worker.shutDownGracefully(10 * seconds);
    await runFor(5 * seconds);
    expect(worker.process.isGone).toBe(true);
    worker.restart();
    expect(await result()).toBe('once: done');
  });

  it('cancels after the grace, and at last takes the process away', async () => {
    const seen: string[] = [];
    const { worker, runFor, result } = stage((process) => {
      const signal = cancellationSignal();
      signal.addEventListener('abort', () => seen.push((signal.reason as Error).message));
      process.every(1_000, () => heartbeat());
      return new Promise(() => undefined);
    });
    await runFor(1 * seconds);
    worker.shutDownGracefully(3 * seconds, 6 * seconds);
    await runFor(4 * seconds);
    expect(seen).toEqual(['WORKER_SHUTDOWN']);
    expect(worker.process.isGone).toBe(false);
    await runFor(3 * seconds);
    expect(worker.process.isGone).toBe(true);
    worker.restart();
    expect(await result()).toEqual(timedOut);
  });
});

it('hands one attempt out once, to one of several workers', async () => {
  const { result, moments } = stage(lateAct([]), { workers: 3 });
  expect(await result()).toBe('once: done');
  expect(moments()).toEqual(['scheduled', 'handed-out', 'picked-up', 'completed-in-worker', 'reported']);
});

it('loses an attempt whose hand-out is lost, and never starts it a second time', async () => {
  const seen: string[] = [];
  const { result, moments } = stage(lateAct(seen), { server: { faults: { lostHandOut: 1 } } });
  expect(await result()).toEqual(timedOut);
  expect(seen).toEqual([]);
  expect(moments()).toEqual(['scheduled', 'handed-out', 'timed-out']);
});

it('has a wall clock of its own, and its stopwatch is right', () => {
  const { world, worker } = stage(lateAct([]));
  worker.clockErrorMs = -600_000;
  expect(worker.process.wallClock).toBe(world.now - 600_000);
});

describe('a payout that is reset to before its send', () => {
  it('asks the provider instead of sending again', async () => {
    const { sends, story } = await inMacrotask(() => {
      const payout = startPayoutOnModel({
        seed: 5,
        createHost: createSdkHosts(productionWorkflows),
        statuses: 'pending',
      });
      try {
        payout.runUntil(() => payout.status() === 'submitted');
        payout.server.reset(payout.workflowId, { to: 'before-activity', type: 'submitPayout' });
        payout.runUntil(() => payout.status() === 'submitted');
        const answer = payout.server.query(payout.workflowId, payoutTimelineQuery.name);
        const events = answer?.kind === 'answered' ? (answer.value as readonly PayoutEvent[]) : [];
        return { sends: payout.sends, story: events.map(({ code, type }) => code ?? type) };
      } finally {
        payout.restore();
      }
    });
    expect(sends).toHaveLength(1);
    expect(story).toContain('run_reset');
  });
});
