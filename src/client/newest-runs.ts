import { comparePositions } from './list-position';
import type { ListPosition } from './list-position';
import { describeRun } from './run-description';
import type { RunDescription } from './run-description';
import type { TemporalCalls } from './temporal-calls';

export type RunsAsked = {
  /** In Temporal's query language, without a condition on the start. */
  readonly query: string;
  /** Runs per call. */
  readonly pageSize: number;
  /** Started at or after; Unix milliseconds. */
  readonly since?: number;
  /** Started before. */
  readonly until?: number;
  /** Only what comes later in the list. */
  readonly after?: ListPosition;
};

/** A first guess of how far back so many payouts go as fit one page; it adapts. */
const firstSpanMs = 24 * 3_600_000;
const step = 8;
/** Longer than any list: from here on everything that is left is asked for at once. */
const longestSpanMs = 10 * 365 * 24 * 3_600_000;

/**
 * Runs by their start, newest first. Temporal lists the open ones first, then the others by their end, and the stores that it
 * keeps its lists in take no other order. So the time is cut into windows, each of which fits one page, and each is sorted
 * here: what is asked for and held in memory is bounded, however many payouts there are. Where everything fits one page, that
 * is the only call.
 */
export async function* newestRuns(
  calls: TemporalCalls,
  { query, pageSize, since, until, after }: RunsAsked,
): AsyncGenerator<RunDescription, void, undefined> {
  let before = earliest(until, after === undefined ? undefined : after.startedAt + 1);
  /** Undefined: everything that is left. */
  let spanMs: number | undefined;
  for (;;) {
    const top = before ?? Date.now();
    const from = spanMs === undefined ? since : Math.max(top - spanMs, since ?? 0);
    const isWhole = spanMs === 1;
    const found = await readWindow(calls, windowQuery(query, from, before), pageSize, isWhole);
    if (found === 'more-than-a-page') {
      const widthMs = from === undefined ? firstSpanMs * step : Math.max(1, top - from);
      spanMs = Math.max(1, Math.floor(Math.min(spanMs ?? firstSpanMs * step, widthMs) / step));
      continue;
    }
    for (const run of found.toSorted(comparePositions))
      if (after === undefined || comparePositions(after, run) < 0) yield run;
    if (spanMs === undefined || from === undefined || from <= (since ?? 0)) return;
    before = from;
    if (found.length < pageSize / step) spanMs = spanMs * step > longestSpanMs ? undefined : spanMs * step;
  }
}

/** All runs of a window, or word that a page does not hold them. `isWhole`: it cannot be cut any further. */
async function readWindow(
  calls: TemporalCalls,
  query: string,
  pageSize: number,
  isWhole: boolean,
): Promise<readonly RunDescription[] | 'more-than-a-page'> {
  return calls.run({ what: 'list payouts' }, calls.timeouts.callTimeoutMs, async () => {
    // By run id: one that ends between two pages would be read twice.
    const found = new Map<string, RunDescription>();
    // An iterator that has thrown says that it is at its end: each try begins one of its own.
    for await (const run of calls.client.workflow.list({ query, pageSize })) {
      found.set(run.runId, describeRun(run));
      if (!isWhole && found.size >= pageSize) return 'more-than-a-page';
    }
    return [...found.values()];
  });
}

const windowQuery = (query: string, from: number | undefined, before: number | undefined): string =>
  [
    query,
    ...(from === undefined ? [] : [`StartTime >= '${new Date(from).toISOString()}'`]),
    ...(before === undefined ? [] : [`StartTime < '${new Date(before).toISOString()}'`]),
  ].join(' AND ');

const earliest = (left: number | undefined, right: number | undefined): number | undefined =>
  left === undefined || right === undefined ? (left ?? right) : Math.min(left, right);
