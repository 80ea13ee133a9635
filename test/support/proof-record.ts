/**
 * What the scenarios with real processes did, in numbers, for the report: how many processes they killed, and which
 * faults fired. Each test file writes one file of its own, because jest runs them in processes of their own.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, '..', '..', 'proof-report', 'real-processes');

export type ProofCounts = Readonly<Record<string, number>>;
type ScenarioRecord = { readonly scenario: string; readonly at: string; readonly counts: ProofCounts };

const counted = new Map<string, Map<string, number>>();

/** Adds to the scenario's counts of this test run; what an earlier run wrote is replaced. */
export function recordFaults(scenario: string, counts: ProofCounts): void {
  const totals = counted.get(scenario) ?? new Map<string, number>();
  counted.set(scenario, totals);
  for (const [name, count] of Object.entries(counts)) totals.set(name, (totals.get(name) ?? 0) + count);
  const record: ScenarioRecord = {
    scenario,
    at: new Date().toISOString(),
    counts: Object.fromEntries(totals),
  };
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${scenario}.json`);
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(record, undefined, 2)}\n`);
  renameSync(`${file}.${process.pid}`, file);
}

/** What the last run of each scenario recorded, and the sum over all of them. */
export function readRecordedFaults(): {
  readonly scenarios: readonly ScenarioRecord[];
  readonly totals: ProofCounts;
} {
  const scenarios = recordFiles().map((file) => JSON.parse(readFileSync(file, 'utf8')) as ScenarioRecord);
  const totals = new Map<string, number>();
  for (const { counts } of scenarios) {
    for (const [name, count] of Object.entries(counts)) totals.set(name, (totals.get(name) ?? 0) + count);
  }
  return { scenarios, totals: Object.fromEntries(totals) };
}

function recordFiles(): readonly string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return names.sort().map((name) => join(folder, name));
  } catch {
    return [];
  }
}
