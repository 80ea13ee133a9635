import { AsyncResource } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { ActivityPorts } from '../../../src/activities/activity-ports';
import { payoutAttemptKeyAttribute } from '../../../src/contract/search-attributes';
import type { ServerModel } from './server-model';
import type { WorkerProcess } from './worker-process';
import type { World } from './world';

/** The activities' ports in a simulated process. */
export function createSimulatedPorts(
  world: World,
  server: ServerModel,
  process: WorkerProcess,
): ActivityPorts {
  return {
    // Counts on while the process is stopped, and knows nothing of a wrong wall clock.
    stopwatch: () => {
      const startedAt = world.now;
      return () => world.now - startedAt;
    },
    // A timer of Node runs in the context in which it was set; the activity's is found there.
    every: (ms, run) => process.every(ms, AsyncResource.bind(run)),
    sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
    isCurrentAttempt: async ({ runId, activityId, attempt }) => {
      await process.delay(world.between(1, 20));
      const open = server.run(runId)?.activities.open ?? [];
      return (
        process.isConnected &&
        open.some(
          (pending) => pending.command.id === activityId && pending.attempt === attempt && pending.started,
        )
      );
    },
    accountPause: async () => ({ paused: false }),
    priorAttemptKeys: async ({ runId, originalRunId }) => {
      await process.delay(world.between(1, 20));
      return process.isConnected ? priorAttemptKeys(server, runId, originalRunId) : 'unavailable';
    },
  };
}

/** As `src/worker/prior-attempts.ts` reads it: from run to the run it was made from, the key that each one published. */
function priorAttemptKeys(
  server: ServerModel,
  runId: string,
  originalRunId: string,
): readonly string[] | 'unavailable' {
  const keys: string[] = [];
  let current = runId;
  while (current !== originalRunId) {
    const base = server.run(current)?.base?.runId;
    if (base === undefined) return 'unavailable';
    const key = server.run(base)?.searchAttributes.get(payoutAttemptKeyAttribute.name);
    if (typeof key === 'string' && key !== '') keys.push(key);
    current = base;
  }
  return keys;
}
