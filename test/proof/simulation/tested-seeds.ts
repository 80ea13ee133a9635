/** The seeds that `npm test` ran, for a report that counts them beside its own. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SimulationSummary } from './summary';

const file = join(__dirname, '..', '..', '..', 'proof-report', 'tested-seeds.json');

export type TestedSeeds = { readonly at: string; readonly summary: SimulationSummary };

export function recordTestedSeeds(summary: SimulationSummary): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ at: new Date().toISOString(), summary } satisfies TestedSeeds));
}

/** Undefined when the tests have not been run here. */
export const readTestedSeeds = (): TestedSeeds | undefined =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TestedSeeds) : undefined;
