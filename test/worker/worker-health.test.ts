import { createWorkerHealth } from '../../src/worker/health/worker-health';
import type { TaskQueueReading, TaskType } from '../../src/worker/temporal/task-queue';

const identity = '7@worker-1';
const checkEveryMs = 10_000;
const noPollMs = 300_000;

type Polls = Readonly<Record<TaskType, TaskQueueReading>>;
type Answer = 'nothing' | Polls;

/** Polls as the server saw them, by its own clock. */
const polled = (workflowAt: number, activityAt = workflowAt, who = identity): Polls => ({
  workflow: { pollers: [{ identity: who, askedAt: workflowAt }] },
  activity: { pollers: [{ identity: who, askedAt: activityAt }] },
});

function stage() {
  const place = { now: 1_000, state: 'RUNNING', answer: polled(1) as Answer, said: [] as string[] };
  const say = (event: string): void => void place.said.push(event);
  const health = createWorkerHealth({
    checkEveryMs,
    noPollMs,
    now: () => place.now,
    logger: { info: say, warn: say },
  });
  const start = (): void =>
    health.watch({ getState: () => place.state, options: { identity } }, async (type) => {
      if (place.answer === 'nothing') throw new Error('no answer');
      return place.answer[type];
    });
  return { place, health, start };
}

test('a worker that has not started is live and not ready', async () => {
  const { health } = stage();
  await health.check();
  expect(health.live()).toEqual([]);
  expect(health.ready()).toEqual(['it has not started yet']);
});

test('one that runs is ready once Temporal has seen its polls, and not before', async () => {
  const { place, health, start } = stage();
  start();
  expect(health.ready()).toEqual(['Temporal was not asked yet']);
  place.answer = { workflow: { pollers: [] }, activity: { pollers: [] } };
  await health.check();
  expect(health.ready()).toEqual(['Temporal has seen no poll for workflow and activity tasks']);
  place.answer = { ...polled(5), activity: { pollers: [] } };
  await health.check();
  expect(health.ready()).toEqual(['Temporal has seen no poll for activity tasks']);
  place.answer = polled(5);
  await health.check();
  expect(health.ready()).toEqual([]);
  expect(place.said).toEqual(['worker ready']);
});

test('polls of other workers are not its own', async () => {
  const { place, health, start } = stage();
  start();
  place.answer = polled(5, 5, '7@worker-2');
  await health.check();
  expect(health.ready()).toEqual(['Temporal has seen no poll for workflow and activity tasks']);
});

test.each(['INITIALIZED', 'STOPPING', 'DRAINING', 'FAILED'])('is not ready in state %s', async (state) => {
  const { place, health, start } = stage();
  start();
  await health.check();
  place.state = state;
  expect(health.ready()).toEqual([`the worker is ${state}`]);
});

test('is not live when it has failed, or has stopped and nobody asked for that', () => {
  const { place, health, start } = stage();
  start();
  place.state = 'FAILED';
  expect(health.live()).toEqual(['the worker is FAILED']);
  place.state = 'STOPPED';
  expect(health.live()).toEqual(['the worker is STOPPED']);
  health.stopping();
  expect(health.live()).toEqual([]);
});

test('a Temporal that is away makes it unready and leaves it live, however long that takes', async () => {
  const { place, health, start } = stage();
  start();
  await health.check();
  place.answer = 'nothing';
  for (let tries = 0; tries < 100; tries += 1) {
    place.now += checkEveryMs;
    await health.check();
  }
  expect(health.ready()).toEqual(['Temporal does not answer']);
  expect(health.live()).toEqual([]);
  // Back again, it may take a moment until it polls: the time in between is not counted against it.
  place.answer = polled(1);
  await health.check();
  expect(health.live()).toEqual([]);
  expect(place.said).toEqual(['worker ready', 'worker not ready', 'worker ready']);
});

test('one that polls no more, while Temporal answers, is neither ready nor live', async () => {
  const { place, health, start } = stage();
  start();
  await health.check();
  const beginning = place.now;
  while (place.now - beginning < noPollMs) {
    place.now += checkEveryMs;
    // Workflow tasks it still asks for.
    place.answer = polled(place.now, 1);
    await health.check();
    if (place.now - beginning <= noPollMs) expect(health.live()).toEqual([]);
  }
  place.now += checkEveryMs;
  await health.check();
  expect(health.live()).toEqual([`no poll for activity tasks for ${noPollMs} ms`]);
  expect(health.ready()).toEqual([`no poll for activity tasks for ${noPollMs} ms`]);
  place.answer = polled(place.now);
  await health.check();
  expect(health.live()).toEqual([]);
  expect(health.ready()).toEqual([]);
});

test('clocks that differ do not matter', async () => {
  const { place, health, start } = stage();
  start();
  for (const askedAt of [9e15, 9e15 + 1, 9e15 + 2]) {
    place.answer = polled(askedAt);
    place.now += noPollMs - 1;
    await health.check();
    expect(health.live()).toEqual([]);
    expect(health.ready()).toEqual([]);
  }
});

test('is not ready when Temporal has not been asked for long: the process was stuck', async () => {
  const { place, health, start } = stage();
  start();
  await health.check();
  place.now += checkEveryMs * 3;
  expect(health.ready()).toEqual([]);
  place.now += 10_001;
  expect(health.ready()).toEqual(['Temporal has not been asked for too long']);
});

test('is not ready from the stop on, and says nothing about it', async () => {
  const { place, health, start } = stage();
  start();
  await health.check();
  health.stopping();
  place.answer = 'nothing';
  await health.check();
  expect(health.ready()).toEqual(['it is stopping']);
  expect(health.live()).toEqual([]);
  expect(place.said).toEqual(['worker ready']);
});
