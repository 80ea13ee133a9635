import * as fc from 'fast-check';

/**
 * Random tests print their seed and take it back: `FAST_CHECK_SEED=123 npx jest …` draws the same values again.
 * `FAST_CHECK_RUNS` multiplies the number of runs.
 */
const seed = Number(process.env['FAST_CHECK_SEED'] ?? Math.floor(Math.random() * 0x7fff_ffff));
const runsFactor = Number(process.env['FAST_CHECK_RUNS'] ?? 1);
let announced = false;

/** Holds for every drawn value, or fails with the smallest counterexample and the seed. */
export function holds<Values extends [unknown, ...unknown[]]>(
  arbitraries: { [Index in keyof Values]: fc.Arbitrary<Values[Index]> },
  law: (...values: Values) => void,
  numRuns = 300,
): void {
  if (!announced) process.stderr.write(`random tests draw from FAST_CHECK_SEED=${seed}\n`);
  announced = true;
  const property = fc.property<Values>(...arbitraries, (...values) => law(...values));
  fc.assert(property, { seed, numRuns: numRuns * runsFactor });
}
