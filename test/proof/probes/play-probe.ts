import type { ProbeStage } from './probe-activities';
import { createProbeActivities } from './probe-activities';
import type { ProbeActivities } from './probe-activities';
import type { Probe, ProbeAction, ProbeAnswer, ProbeCall, ProbeStep } from './probe-script';
import { callsInWords } from './probe-script';

/** A world that a probe can be played in. */
export type ProbeWorld = {
  readonly now: () => number;
  readonly delay: (ms: number) => Promise<void>;
  readonly startWorker: (activities: ProbeActivities) => Promise<void>;
  readonly shutDownWorker: (graceMs: number) => Promise<void>;
  readonly start: () => Promise<void>;
  readonly signal: (text: string) => Promise<void>;
  /** Resolves to what the caller is told in the end. */
  readonly update: (id: string, text: string) => Promise<string>;
  readonly cancel: () => Promise<void>;
  readonly reset: (task: number) => Promise<void>;
  /** Of the newest run. */
  readonly searchAttributes: () => Promise<string>;
  /** Of the newest run. */
  readonly result: () => Promise<unknown>;
};

/** Waits of the script itself. */
const lookEveryMs = 20;

/** Plays a probe's script; the same code on the real server and on the model. */
export async function playProbe(probe: Probe, world: ProbeWorld): Promise<ProbeAnswer> {
  const calls: ProbeCall[] = [];
  const answers: string[] = [];
  const openGates = new Set<string>();
  let isOver = false;
  const until = async (isReached: () => boolean): Promise<void> => {
    while (!isReached()) await world.delay(lookEveryMs);
  };
  const stage: ProbeStage = {
    called: (name, attempt) => void calls.push({ name, attempt, at: world.now() }),
    tell: (line) => void answers.push(line),
    delay: world.delay,
    // What waits for ever ends with the probe, or the worker could not.
    gate: (name) => until(() => openGates.has(name) || isOver),
  };
  const activities = createProbeActivities(stage);
  const updates: Promise<void>[] = [];
  let told = 0;

  const act = async (step: ProbeAction): Promise<void> => {
    switch (step.do) {
      case 'signal':
        return world.signal(step.text);
      case 'update':
        updates.push(
          world.update(step.id, step.text).then((words) => {
            answers.push(`${step.id} ${step.text}: ${words}`);
            told += 1;
          }),
        );
        return undefined;
      case 'cancel':
        return world.cancel();
      case 'open':
        openGates.add(step.gate);
        return undefined;
      case 'start-worker':
        return world.startWorker(activities);
      case 'shut-down-worker':
        return world.shutDownWorker(step.graceMs);
      case 'reset':
        return world.reset(step.task);
      case 'read-search-attributes':
        answers.push(`read: ${await world.searchAttributes()}`);
        return undefined;
      case 'nothing':
        return undefined;
    }
  };
  const play = async (step: ProbeStep): Promise<void> => {
    const { whenCalled, times = 1, whenTold = 0, pauseMs = 0 } = step;
    if (whenCalled !== undefined) {
      await until(() => calls.filter(({ name }) => name === whenCalled).length >= times);
    }
    await until(() => told >= whenTold);
    if (pauseMs > 0) await world.delay(pauseMs);
    await act(step);
  };

  try {
    if (probe.startsWithoutWorker !== true) await world.startWorker(activities);
    await world.start();
    for (const step of probe.steps) await play(step);
    const result = await world.result();
    await Promise.all(updates);
    answers.push(`at the end: ${await world.searchAttributes()}`);
    return { result, calls: callsInWords(calls), answers: answers.sort() };
  } finally {
    isOver = true;
  }
}
