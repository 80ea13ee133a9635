import type { readRecordedFaults } from '../../support/proof-record';
import type { KillRunReport } from '../processes/kill-run';
import type { CaseReport } from '../simulation/submit-case-run';
import type { SimulationSummary } from '../simulation/summary';

/** Everything that one run of the proof saw: `proof-report.json`. */
export type ProofReport = {
  readonly startedAt: string;
  /** Wall time of each part. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly cases: readonly CaseReport[];
  readonly simulation: SimulationSummary;
  /** The part of it that `npm test` ran, and when; absent where it is not counted. */
  readonly tested?: { readonly at: string; readonly runs: number; readonly counted: number };
  /** The same seeds on the production bundle; absent when it was left out. */
  readonly bundle?: { readonly seeds: number; readonly isEqual: boolean; readonly hash: string };
  readonly detected: readonly SeededBugReport[];
  /** What the scenarios with real processes recorded in the last run of the tests. */
  readonly recorded: ReturnType<typeof readRecordedFaults>;
  /** A run of kills of its own; absent when none were asked for. */
  readonly killRun?: KillRunReport;
};

export type SeededBugReport = {
  readonly name: string;
  readonly guard: string;
  /** How many payouts were simulated until it was noticed. */
  readonly seeds: number;
  /** By which check; absent when nothing noticed. */
  readonly violation?: string;
};

/** Nothing was violated, every bug was noticed, and what has to be equal is. */
export const hasPassed = ({ cases, simulation, bundle, detected, killRun }: ProofReport): boolean =>
  cases.every(({ problems }) => problems.length === 0) &&
  simulation.failures.length === 0 &&
  bundle?.isEqual !== false &&
  detected.every(({ violation }) => violation !== undefined) &&
  (killRun?.violations.length ?? 0) === 0;
