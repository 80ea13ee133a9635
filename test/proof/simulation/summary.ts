import { createHash } from 'node:crypto';
import type { RunReport } from './payout-simulation';

export type SeedFailure = {
  readonly seed: number;
  readonly contract: string;
  readonly violations: readonly string[];
};

/** What many runs came to; sums of two shards add up. */
export type SimulationSummary = {
  readonly from: number;
  readonly runs: number;
  /** Runs in which at least one fault fired: only they count. */
  readonly counted: number;
  readonly unresolved: number;
  /** Unresolved runs on the three real contracts, and those of them that ended without a person. */
  readonly unresolvedReal: number;
  readonly unresolvedRealAlone: number;
  readonly traces: number;
  readonly traceHashes: string;
  readonly fired: Readonly<Record<string, number>>;
  readonly pairs: Readonly<Record<string, number>>;
  readonly ends: Readonly<Record<string, number>>;
  readonly failures: readonly SeedFailure[];
};

type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends Readonly<Record<string, number>> ? Record<string, number> : T[K];
};

export const emptySummary = (from: number): SimulationSummary => ({
  from,
  runs: 0,
  counted: 0,
  unresolved: 0,
  unresolvedReal: 0,
  unresolvedRealAlone: 0,
  traces: 0,
  traceHashes: '',
  fired: {},
  pairs: {},
  ends: {},
  failures: [],
});

const seen = new WeakMap<object, Set<string>>();

/** Adds one run, in place: a million objects are not needed to count to a million. */
export function withReport(summary: SimulationSummary, report: RunReport): SimulationSummary {
  const sum = summary as Mutable<SimulationSummary>;
  sum.runs += 1;
  const happened = [...report.fired.values()].some((times) => times > 0);
  if (happened) sum.counted += 1;
  if (report.wasUnresolved) {
    sum.unresolved += 1;
    if (report.contract !== 'nothing') {
      sum.unresolvedReal += 1;
      if (!report.neededPerson) sum.unresolvedRealAlone += 1;
    }
  }
  const traces = seen.get(summary.fired) ?? new Set<string>();
  seen.set(summary.fired, traces);
  traces.add(report.hash);
  sum.traces = traces.size;
  sum.traceHashes = createHash('sha256')
    .update(`${sum.traceHashes}${report.hash}`)
    .digest('hex')
    .slice(0, 16);
  for (const [name, times] of report.fired) add(sum.fired, name, times);
  for (const pair of report.pairs) add(sum.pairs, pair, 1);
  add(
    sum.ends,
    `${report.contract} ${report.status}${report.held === undefined ? '' : ` held ${report.held}`}`,
    1,
  );
  if (report.violations.length > 0) {
    const { seed, contract, violations } = report;
    sum.failures = [...sum.failures, { seed, contract, violations }];
  }
  return sum;
}

function add(counts: Record<string, number>, name: string, times: number): void {
  counts[name] = (counts[name] ?? 0) + times;
}

/** The sum of shards that ran side by side. Traces of different seeds differ, so their numbers add up. */
export function mergeSummaries(parts: readonly SimulationSummary[]): SimulationSummary {
  const sum = emptySummary(Math.min(...parts.map(({ from }) => from))) as Mutable<SimulationSummary>;
  for (const part of parts) {
    sum.runs += part.runs;
    sum.counted += part.counted;
    sum.unresolved += part.unresolved;
    sum.unresolvedReal += part.unresolvedReal;
    sum.unresolvedRealAlone += part.unresolvedRealAlone;
    sum.traces += part.traces;
    sum.traceHashes += part.traceHashes;
    for (const field of ['fired', 'pairs', 'ends'] as const) {
      for (const [name, times] of Object.entries(part[field])) add(sum[field], name, times);
    }
    sum.failures = [...sum.failures, ...part.failures];
  }
  return sum;
}

/** One line for each failing seed, with how to see it again. */
export const describeFailures = ({ failures }: SimulationSummary): readonly string[] =>
  failures.map(
    ({ seed, contract, violations }) =>
      `${violations.join('; ')} (${contract}; npm run prove -- --seed ${seed})`,
  );
