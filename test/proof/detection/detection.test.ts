import { runSeeds } from '../simulation/run-shards';
import { removedGuards } from './removed-guards';
import { seededBugs } from './seeded-bugs';

/** More seeds than any of them needs by far. */
const mostSeeds = 6_000;
/** As in `seeds.test.ts`. */
const unhurriedMs = 3_600_000;

test('there are sixteen', () => {
  expect(new Set(seededBugs.map(({ name }) => name)).size).toBe(16);
});

test.each([...seededBugs, ...removedGuards])(
  'the simulation notices $name ($guard)',
  async ({ name }) => {
    const { failures } = await runSeeds({ from: 1, count: mostSeeds, shards: 1, seededBug: name, stopAt: 1 });
    expect(failures.flatMap(({ violations }) => violations)).toContainEqual(
      expect.stringMatching(/^I\d+: /) as string,
    );
  },
  unhurriedMs,
);
