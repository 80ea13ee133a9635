import { runSeeds } from '../simulation/run-shards';
import { seededBugs } from './seeded-bugs';

/** More seeds than any of them needs by far. */
const mostSeeds = 6_000;

test('there are twelve', () => {
  expect(new Set(seededBugs.map(({ name }) => name)).size).toBe(12);
});

test.each(seededBugs)(
  'the simulation notices $name ($guard)',
  async ({ name }) => {
    const { failures } = await runSeeds({ from: 1, count: mostSeeds, shards: 2, seededBug: name, stopAt: 1 });
    expect(failures.flatMap(({ violations }) => violations)).toContainEqual(
      expect.stringMatching(/^I\d+: /) as string,
    );
  },
  300_000,
);
