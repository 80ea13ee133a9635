import { contracts, outcomes } from '../expectations/submit-cases';
import { keptSeeds } from './kept-seeds';
import { runSeeds, runShard } from './run-shards';
import { describeFailures } from './summary';
import { recordTestedSeeds } from './tested-seeds';

/** Some draw no fault that can happen to them, and do not count. */
const runs = 20_900;
const leastCounted = 20_000;

test(`${leastCounted} payouts under injected faults: nobody is paid twice, none is lost, none is parked without need`, async () => {
  const summary = await runSeeds({ from: 1, count: runs, shards: 2 });
  recordTestedSeeds(summary);
  expect(describeFailures(summary)).toEqual([]);
  expect(summary.runs).toBe(runs);
  expect(summary.traces).toBe(runs);
  expect(summary.counted).toBeGreaterThanOrEqual(leastCounted);
  expect(summary.unresolved / summary.counted).toBeGreaterThanOrEqual(0.3);
  expect(summary.unresolvedRealAlone / summary.unresolvedReal).toBeGreaterThanOrEqual(0.8);
  const pairs = outcomes.flatMap((outcome) => contracts.map((contract) => `${outcome}/${contract}`));
  expect(Object.keys(summary.pairs).sort()).toEqual(pairs.sort());
}, 900_000);

test.each(keptSeeds)('seed $seed: $found', async ({ seed }) => {
  expect(describeFailures(await runSeeds({ from: seed, count: 1, shards: 1 }))).toEqual([]);
});

test('a seed is the same payout, event for event, whenever it is run', async () => {
  const options = ['--from=1', '--count=40'];
  expect(await runShard(options)).toEqual(await runShard(options));
});

test('the production bundle in the worker’s own VM does the same, event for event', async () => {
  const [here, bundle] = await Promise.all(
    (['sdk', 'vm'] as const).map((host) => runSeeds({ from: 1, count: 400, shards: 1, host })),
  );
  expect(bundle).toEqual(here);
}, 300_000);
