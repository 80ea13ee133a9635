import { TypedSearchAttributes } from '@temporalio/common';
import * as fc from 'fast-check';
import { cursorAt, positionOf } from '../../src/client/list-position';
import type { ListPosition } from '../../src/client/list-position';
import { newestRuns } from '../../src/client/newest-runs';
import type { TemporalCalls } from '../../src/client/temporal-calls';

type RunOnServer = ListPosition & { readonly closedAt?: number };
type Asked = Omit<Parameters<typeof newestRuns>[1], 'query' | 'pageSize'>;

const now = Date.now();
const minute = 60_000;
const day = 24 * 60 * minute;

/** Temporal's lists: open runs by their start, then the others by their end, in pages; and how many pages were read. */
function temporalWith(runs: () => readonly RunOnServer[]) {
  let pages = 0;
  let largest = 0;
  async function* list({ query, pageSize }: { query: string; pageSize: number }) {
    const bound = (operator: string): number | undefined => {
      const [, text] = new RegExp(`StartTime ${operator} '([^']+)'`).exec(query) ?? [];
      return text === undefined ? undefined : Date.parse(text);
    };
    const [from = -Infinity, before = Infinity] = [bound('>='), bound('<')];
    const rows = runs()
      .filter(({ startedAt }) => startedAt >= from && startedAt < before)
      .toSorted(
        (left, right) =>
          (right.closedAt ?? Infinity) - (left.closedAt ?? Infinity) || right.startedAt - left.startedAt || 0,
      );
    for (const [index, { startedAt, runId, closedAt }] of rows.entries()) {
      if (index % pageSize === 0) pages += 1;
      largest = Math.max(largest, index + 1);
      yield {
        workflowId: `payout/acme/${runId}`,
        runId,
        historyLength: 5,
        status: { name: closedAt === undefined ? 'RUNNING' : 'COMPLETED' },
        typedSearchAttributes: new TypedSearchAttributes([]),
        startTime: new Date(startedAt),
        ...(closedAt === undefined ? {} : { closeTime: new Date(closedAt) }),
      };
    }
    if (rows.length === 0) pages += 1;
  }
  const calls = {
    client: { workflow: { list } },
    timeouts: { callTimeoutMs: 1 },
    run: async (_what: unknown, _ms: number, call: () => Promise<unknown>) => call(),
  } as unknown as TemporalCalls;
  const read = async (asked: Asked = {}, limit = Infinity, pageSize = 50): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const { runId } of newestRuns(calls, { query: 'x', pageSize, ...asked })) {
      found.push(runId);
      if (found.length >= limit) break;
    }
    return found;
  };
  return { read, pages: () => pages, largest: () => largest };
}

const byStart = (runs: readonly RunOnServer[]): readonly string[] =>
  runs
    .toSorted((a, b) => b.startedAt - a.startedAt || (a.runId < b.runId ? -1 : 1))
    .map(({ runId }) => runId);

const some = (count: number, startedAt: (index: number) => number, isOpen = false): readonly RunOnServer[] =>
  Array.from({ length: count }, (_, index) => ({
    startedAt: startedAt(index),
    runId: `run-${isOpen ? 'open' : 'ended'}-${String(index).padStart(6, '0')}`,
    ...(isOpen ? {} : { closedAt: startedAt(index) + (index % 7) * day }),
  }));

/** Few, many at the same moment, long gaps, and long watches: what lists are like. */
const anyRuns = fc
  .array(
    fc.record({
      startedAt: fc.oneof(
        fc.integer({ min: now - 900 * day, max: now }),
        fc.integer({ min: now - 2 * minute, max: now + minute }),
        fc.constantFrom(now - day, now - day + 1, now - 200 * day),
      ),
      openFor: fc.option(fc.integer({ min: 0, max: 30 * day }), { nil: undefined }),
    }),
    { maxLength: 400 },
  )
  .map((drawn) =>
    drawn.map(({ startedAt, openFor }, index): RunOnServer => ({
      startedAt,
      runId: `run-${index}`,
      ...(openFor === undefined ? {} : { closedAt: startedAt + openFor }),
    })),
  );

it('lists every run once, newest first by its start, whatever is open and whatever has ended when', async () => {
  await fc.assert(
    fc.asyncProperty(anyRuns, fc.constantFrom(1, 3, 50), async (runs, pageSize) => {
      expect(await temporalWith(() => runs).read({}, Infinity, pageSize)).toEqual(byStart(runs));
    }),
    { numRuns: 60 },
  );
});

it('lists what was started within two times', async () => {
  await fc.assert(
    fc.asyncProperty(anyRuns, fc.nat(900), fc.nat(900), async (runs, one, other) => {
      const [since, until] = [now - Math.max(one, other) * day, now - Math.min(one, other) * day];
      expect(await temporalWith(() => runs).read({ since, until })).toEqual(
        byStart(runs.filter(({ startedAt }) => startedAt >= since && startedAt < until)),
      );
    }),
    { numRuns: 60 },
  );
});

it('goes on exactly where a page ended, while new payouts start', async () => {
  await fc.assert(
    fc.asyncProperty(anyRuns, fc.integer({ min: 1, max: 60 }), async (runs, pageSize) => {
      let there = runs;
      const { read } = temporalWith(() => there);
      const positions = new Map(runs.map((run) => [run.runId, run]));
      const found: string[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await read(cursor === undefined ? {} : { after: positionOf(cursor) }, pageSize);
        found.push(...page);
        const last = positions.get(page.at(-1) ?? '');
        if (last === undefined || page.length < pageSize) break;
        cursor = cursorAt(last);
        there = [...there, { startedAt: now + 2 * minute + found.length, runId: `later-${found.length}` }];
      }
      expect(found).toEqual(byStart(runs));
    }),
    { numRuns: 40 },
  );
});

it('shows the ended ones that began last, also behind more open ones than a page holds', async () => {
  const open = some(300, (index) => now - 10 * day - index * minute, true);
  const ended = some(5, (index) => now - index * minute);
  expect(await temporalWith(() => [...open, ...ended]).read({}, 7)).toEqual([
    ...byStart(ended),
    'run-open-000000',
    'run-open-000001',
  ]);
});

it('is one call where a page holds everything', async () => {
  const temporal = temporalWith(() => some(49, (index) => now - index * 30 * day));
  expect(await temporal.read()).toHaveLength(49);
  expect(temporal.pages()).toBe(1);
});

it('reads little of a large installation, and holds no more than a page of it', async () => {
  // Ten in a second, for two hours.
  const temporal = temporalWith(() => runs);
  const runs = some(72_000, (index) => now - index * 100);
  expect(await temporal.read({}, 50)).toEqual(byStart(runs).slice(0, 50));
  expect(temporal.pages()).toBeLessThan(15);
  expect(temporal.largest()).toBeLessThanOrEqual(50);
});

it('reads a whole millisecond, however many started in it', async () => {
  const runs = some(180, () => now - day);
  expect(await temporalWith(() => runs).read({}, 120)).toEqual(byStart(runs).slice(0, 120));
});

it('sees what the server started after this machine’s clock', async () => {
  const runs = some(200, (index) => now + 3 * day + index * minute, true);
  expect(await temporalWith(() => runs).read({}, 3)).toEqual(byStart(runs).slice(0, 3));
});

it.each(['', '1', '1.', '.a', "1.x' OR 'a", 'a.b', '1.2.3', '-1.a', '1e3.a'])(
  'takes %j for no cursor',
  (text) => {
    expect(() => positionOf(text)).toThrow(expect.objectContaining({ code: 'arguments_invalid' }) as Error);
  },
);
