import type { ActivityPorts } from '../../src/activities/activity-ports';
import { scriptedProvider } from '../support/scripted-provider';
import { fakeMachine, stage } from './activity-stage';

const input = {
  schema: 1,
  account: 'main',
  heldReasons: ['insufficient_funds'],
  by: 'tess',
  note: 'topped up',
} as const;

/** Each look shows what the test says; who is told is noted with the pauses between. */
function waking(
  looks: readonly (readonly string[])[],
  tellPayout: ActivityPorts['tellPayout'] = async () => true,
) {
  const machine = fakeMachine();
  const done: (string | number)[] = [];
  let look = 0;
  const ports: ActivityPorts = {
    ...machine.ports,
    heldPayouts: async () => looks[Math.min(look++, looks.length - 1)] ?? [],
    tellPayout: async (workflowId, change) => {
      done.push(workflowId);
      return tellPayout(workflowId, change);
    },
    pause: async (ms) => void done.push(ms),
  };
  return { done, ...stage(scriptedProvider({}), { machine: { ...machine, ports } }) };
}

it('tells each payout once, slowly, also one that lists show only later', async () => {
  const { run, done } = waking([
    ['a', 'b'],
    ['b', 'a'],
    ['a', 'b', 'c'],
  ]);
  expect(await run('wakeHeldPayouts', input)).toEqual({ woken: 3 });
  expect(done).toEqual(['a', 50, 'b', 1_000, 1_000, 50, 'c']);
});

it('tells the payouts what changed, for whom, by whom', async () => {
  const told: unknown[] = [];
  const { run } = waking([['a']], async (_workflowId, change) => told.push(change) > 0);
  await run('wakeHeldPayouts', input);
  expect(told).toEqual([input]);
});

it('does not count a payout that has ended meanwhile', async () => {
  const { run } = waking([['a', 'b']], async (workflowId) => workflowId === 'b');
  expect(await run('wakeHeldPayouts', input)).toEqual({ woken: 1 });
});

it('fails as a whole when Temporal cannot be asked, so that it is repeated', async () => {
  const { run } = waking([['a']], () => Promise.reject(new Error('away')));
  await expect(run('wakeHeldPayouts', input)).rejects.toThrow('away');
});

it('ends when it is cancelled', async () => {
  const set = waking([['a', 'b']]);
  set.environment.cancel();
  await expect(set.run('wakeHeldPayouts', input)).rejects.toMatchObject({ name: 'CancelledFailure' });
  expect(set.done).toEqual([]);
});
