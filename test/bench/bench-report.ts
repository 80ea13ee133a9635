/** What was measured, and what it comes to. */
import type { HistoryCounts } from '../../src/dev/history-counts';

/**
 * The processes whose CPU is counted; the provider's is reported, and no part of a sum. `database`: the register's PostgreSQL
 * with all its processes, for the subject that has one.
 */
export const processes = ['worker', 'client', 'server', 'database', 'provider'] as const;
export type CpuMs = Readonly<Record<(typeof processes)[number], number>>;

/** One subject in one round. */
export type Window = {
  readonly subject: string;
  readonly round: number;
  readonly payouts: number;
  /** One payout after the other. */
  readonly p50Ms: number;
  /** Several at a time. */
  readonly payoutsPerSecond: number;
  readonly cpuMsPerPayout: CpuMs;
  readonly callsPerPayout: Readonly<Record<string, number>>;
  readonly providerCallsPerPayout: number;
  /** CPU of everything else on the machine meanwhile, in cores: what makes a window worth less. */
  readonly foreignCores: number;
};

export type SubjectCounts = HistoryCounts & {
  readonly historyBytes: number;
  readonly stateTransitions: number;
  /** By event, in their order. */
  readonly payloads: readonly { readonly what: string; readonly bytes: number }[];
};

/** What payouts cost while they wait for their provider. */
export type Waiting = {
  readonly subject: string;
  readonly payouts: number;
  readonly statusReads: number;
  readonly cpuMsPerRead: Pick<CpuMs, 'worker' | 'server'>;
};

/** A worker process until the server knows that it polls. */
export type StartUp = { readonly subject: string; readonly cpuMs: number; readonly elapsedMs: number };

export type BenchReport = {
  readonly startedAt: string;
  readonly machine: { readonly cpus: number; readonly model: string; readonly node: string };
  readonly persistence: string;
  readonly concurrency: number;
  /** What the others are divided by. */
  readonly floor: string;
  readonly subjects: readonly string[];
  /** Those of them that are the newest build with one thing more. */
  readonly additions: readonly string[];
  readonly windows: readonly Window[];
  /** Of one payout each; every payout of a subject came to the same. */
  readonly counts: Readonly<Record<string, SubjectCounts>>;
  readonly waiting: readonly Waiting[];
  readonly startUps: readonly StartUp[];
};

/** What the build in `dist` is called. */
export const newestBuild = 'payouts';

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const [below, above] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return below === undefined || above === undefined ? Number.NaN : (below + above) / 2;
}

/** CPU of everything that a payout needs, without the provider. */
export const totalCpuMs = ({ worker, client, server, database }: CpuMs): number =>
  worker + client + server + database;

export type Measure = { readonly name: string; readonly of: (window: Window) => number };

/** What is compared. */
export const measures: readonly Measure[] = [
  { name: 'total CPU', of: ({ cpuMsPerPayout }) => totalCpuMs(cpuMsPerPayout) },
  { name: 'worker CPU', of: ({ cpuMsPerPayout }) => cpuMsPerPayout.worker },
  { name: 'client CPU', of: ({ cpuMsPerPayout }) => cpuMsPerPayout.client },
  { name: 'server CPU', of: ({ cpuMsPerPayout }) => cpuMsPerPayout.server },
  { name: 'payouts/s', of: ({ payoutsPerSecond }) => payoutsPerSecond },
  { name: 'p50, one at a time', of: ({ p50Ms }) => p50Ms },
];

export type Ratio = { readonly median: number; readonly least: number; readonly most: number };

/** A subject divided by the floor of the same round, over all rounds: absolute figures of two rounds are not comparable. */
export const ratioToFloor = (report: BenchReport, subject: string, { of }: Measure): Ratio =>
  besideOther(report, { subject, other: report.floor }, (window, floor) => of(window) / of(floor));

/** How much more an addition makes it than the same build without, in the same round, over all rounds. */
export const addedBy = (report: BenchReport, subject: string, of: Measure['of']): Ratio =>
  besideOther(report, { subject, other: newestBuild }, (window, without) => of(window) - of(without));

/** Each round of a subject compared with the same round of another one; a round without that is left out. */
function besideOther(
  { windows }: BenchReport,
  { subject, other }: { readonly subject: string; readonly other: string },
  compare: (window: Window, beside: Window) => number,
): Ratio {
  const compared = windows
    .filter((window) => window.subject === subject)
    .flatMap((window) => {
      const beside = windows.find((one) => one.subject === other && one.round === window.round);
      return beside === undefined ? [] : [compare(window, beside)];
    });
  return { median: median(compared), least: Math.min(...compared), most: Math.max(...compared) };
}

/** The median over all rounds of a subject. */
export const medianOf = (report: BenchReport, subject: string, of: Measure['of']): number =>
  median(report.windows.filter((window) => window.subject === subject).map(of));
