import { defaultPayloadConverter } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';
import { createPublishedSince } from '../../src/worker/metrics/published-since';
import { createWaitingReader } from '../../src/worker/metrics/waiting-payouts';

const taskQueue = 'payouts';

type Attributes = Readonly<Record<string, string>>;
type RunOnServer = {
  readonly id: string;
  readonly attributes: Attributes;
  readonly startedAt: number;
  readonly taskQueue?: string;
  /** Newest last: what was published when, and other events in between. */
  readonly history: readonly { readonly at: number; readonly attributes?: Attributes }[];
};

const searchAttributes = (attributes: Attributes): object => ({
  indexedFields: Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, defaultPayloadConverter.toPayload(value)]),
  ),
});
const timestamp = (ms: number): object => ({ seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6 });

/** The two calls of Temporal that are used, over runs in memory, in pages. */
function temporalWith(runs: RunOnServer[], pages: { readonly list?: number } = {}) {
  const asked = { lists: [] as string[], histories: [] as string[] };
  const failing = { lists: false, histories: false };
  const page = <T>(all: readonly T[], token: Uint8Array | undefined, size: number) => {
    const from = token === undefined ? 0 : Number(Buffer.from(token).toString());
    const next = from + size;
    return {
      items: all.slice(from, next),
      nextPageToken: next < all.length ? Buffer.from(String(next)) : new Uint8Array(),
    };
  };
  const connection = {
    withDeadline: (_deadline: number, work: () => Promise<unknown>) => work(),
    workflowService: {
      listWorkflowExecutions: async ({
        query,
        nextPageToken,
      }: {
        query: string;
        nextPageToken?: Uint8Array;
      }) => {
        if (failing.lists) throw new Error('away');
        asked.lists.push(query);
        const { items, nextPageToken: next } = page(runs, nextPageToken, pages.list ?? 1_000);
        return {
          nextPageToken: next,
          executions: items.map(({ id, attributes, startedAt, taskQueue: queue = taskQueue }) => ({
            execution: { workflowId: `payout/acme/${id}`, runId: id },
            taskQueue: queue,
            startTime: timestamp(startedAt),
            searchAttributes: searchAttributes(attributes),
          })),
        };
      },
      getWorkflowExecutionHistoryReverse: async ({
        execution,
        maximumPageSize,
        nextPageToken,
      }: {
        execution: { runId: string };
        maximumPageSize: number;
        nextPageToken?: Uint8Array;
      }) => {
        if (failing.histories) throw new Error('away');
        asked.histories.push(execution.runId);
        const run = runs.find(({ id }) => id === execution.runId);
        const { items, nextPageToken: next } = page(
          run?.history.toReversed() ?? [],
          nextPageToken,
          maximumPageSize,
        );
        return {
          nextPageToken: next,
          history: {
            events: items.map(({ at, attributes }) => ({
              eventTime: timestamp(at),
              ...(attributes === undefined
                ? {}
                : {
                    upsertWorkflowSearchAttributesEventAttributes: {
                      searchAttributes: searchAttributes(attributes),
                    },
                  }),
            })),
          },
        };
      },
    },
  } as unknown as NativeConnection;
  return { connection, asked, failing };
}

function readerOf(
  { connection }: ReturnType<typeof temporalWith>,
  clock: { now: number } = { now: 1_000_000 },
  queue = taskQueue,
) {
  const since = createPublishedSince(connection, 'default', 5_000, () => clock.now);
  return createWaitingReader(connection, { namespace: 'default', taskQueue: queue }, since, 5_000);
}

const held = (id: string, reason: string, since: number, status = 'submitting'): RunOnServer => ({
  id,
  attributes: { PayoutStatus: status, PayoutHeldReason: reason },
  startedAt: 1_000,
  history: [
    { at: 1_000, attributes: { PayoutStatus: status } },
    { at: since, attributes: { PayoutHeldReason: reason } },
    { at: since + 50 },
  ],
});

test('counts by what they wait for, and says since when the first one does', async () => {
  const read = readerOf(
    temporalWith([
      held('a', 'insufficient_funds', 5_000),
      held('b', 'insufficient_funds', 4_000),
      held('c', 'outcome_unknown', 6_000, 'unconfirmed'),
      {
        id: 'd',
        attributes: { PayoutStatus: 'awaiting-approval', PayoutAttention: 'escalated' },
        startedAt: 1_000,
        history: [{ at: 7_000, attributes: { PayoutStatus: 'awaiting-approval' } }],
      },
    ]),
  );
  expect(await read()).toEqual({
    held: new Map([
      ['insufficient_funds', { count: 2, oldestSince: 4_000 }],
      ['outcome_unknown', { count: 1, oldestSince: 6_000 }],
    ]),
    unconfirmed: { count: 1, oldestSince: 1_000 },
    awaitingApproval: { count: 1, oldestSince: 7_000 },
    attention: new Map([['escalated', 1]]),
  });
});

test('where nothing waits it says so', async () => {
  const temporal = temporalWith([]);
  expect(await readerOf(temporal)()).toEqual({
    held: new Map(),
    unconfirmed: { count: 0 },
    awaitingApproval: { count: 0 },
    attention: new Map(),
  });
  expect(temporal.asked.lists).toEqual([
    "TaskQueue = 'payouts' AND WorkflowType = 'payoutWorkflow' AND ExecutionStatus = 'Running' AND " +
      "(PayoutHeldReason IS NOT NULL OR PayoutStatus IN ('unconfirmed', 'awaiting-approval') OR PayoutAttention IS NOT NULL)",
  ]);
});

test('payouts of another installation in the same namespace are not counted', async () => {
  const other = { ...held('a', 'insufficient_funds', 5_000), taskQueue: 'others' };
  expect((await readerOf(temporalWith([other]))()).held.size).toBe(0);
  // A queue whose name no query can hold.
  const odd = { ...held('b', 'insufficient_funds', 5_000), taskQueue: "odd 'queue'" };
  const temporal = temporalWith([other, odd]);
  expect((await readerOf(temporal, undefined, "odd 'queue'")()).held.get('insufficient_funds')?.count).toBe(
    1,
  );
  expect(temporal.asked.lists.join()).not.toContain('odd');
});

test('reads every page', async () => {
  const runs = Array.from({ length: 7 }, (_, index) => held(`r${index}`, 'daily_limit', 9_000 - index));
  const { held: found } = await readerOf(temporalWith(runs, { list: 3 }))();
  expect(found.get('daily_limit')).toEqual({ count: 7, oldestSince: 8_994 });
});

test('a history is asked once for one hold, and again for the next', async () => {
  const run = held('a', 'insufficient_funds', 5_000);
  const runs = [run];
  const temporal = temporalWith(runs);
  const read = readerOf(temporal);
  for (let rounds = 0; rounds < 3; rounds += 1) await read();
  expect(temporal.asked.histories).toEqual(['a']);
  runs[0] = {
    ...run,
    attributes: { ...run.attributes, PayoutHeldReason: 'daily_limit' },
    history: [...run.history, { at: 8_000, attributes: { PayoutHeldReason: 'daily_limit' } }],
  };
  expect((await read()).held.get('daily_limit')).toEqual({ count: 1, oldestSince: 8_000 });
  expect(temporal.asked.histories).toEqual(['a', 'a']);
});

test('finds the beginning of a hold behind hundreds of events', async () => {
  const run = held('a', 'insufficient_funds', 5_000);
  const long = {
    ...run,
    history: [...run.history, ...Array.from({ length: 700 }, (_, n) => ({ at: 6_000 + n }))],
  };
  expect((await readerOf(temporalWith([long]))()).held.get('insufficient_funds')?.oldestSince).toBe(5_000);
});

test('a hold that ended and began again counts from its last beginning', async () => {
  const run = held('a', 'insufficient_funds', 5_000);
  const again = { at: 9_000, attributes: { PayoutHeldReason: 'insufficient_funds' } };
  const temporal = temporalWith([{ ...run, history: [...run.history, again] }]);
  expect((await readerOf(temporal)()).held.get('insufficient_funds')?.oldestSince).toBe(9_000);
});

test('what a history does not tell counts from when it was first seen, and never from earlier', async () => {
  const clock = { now: 50_000 };
  const temporal = temporalWith([{ ...held('a', 'insufficient_funds', 5_000), history: [{ at: 1_000 }] }]);
  const read = readerOf(temporal, clock);
  expect((await read()).held.get('insufficient_funds')?.oldestSince).toBe(50_000);
  clock.now = 90_000;
  expect((await read()).held.get('insufficient_funds')?.oldestSince).toBe(50_000);
  // It has told what it can.
  expect(temporal.asked.histories).toEqual(['a']);
});

test('one that has gone on since the list was made is asked again', async () => {
  const run = held('a', 'insufficient_funds', 5_000);
  const behind = {
    ...run,
    history: [...run.history, { at: 9_000, attributes: { PayoutHeldReason: 'daily_limit' } }],
  };
  const temporal = temporalWith([behind]);
  const read = readerOf(temporal, { now: 50_000 });
  expect((await read()).held.get('insufficient_funds')?.oldestSince).toBe(50_000);
  await read();
  expect(temporal.asked.histories).toEqual(['a', 'a']);
});

test('a history that cannot be read does not hide that the payout waits', async () => {
  const temporal = temporalWith([held('a', 'insufficient_funds', 5_000)]);
  temporal.failing.histories = true;
  const read = readerOf(temporal, { now: 70_000 });
  expect((await read()).held.get('insufficient_funds')).toEqual({ count: 1, oldestSince: 70_000 });
  temporal.failing.histories = false;
  expect((await read()).held.get('insufficient_funds')?.oldestSince).toBe(5_000);
});

test('of very many, the oldest histories are asked first, and all after some rounds', async () => {
  const runs = Array.from({ length: 250 }, (_, index) => ({
    ...held(`r${index}`, 'insufficient_funds', 5_000 + index),
    startedAt: 1_000 + index,
  })).toReversed();
  const temporal = temporalWith(runs);
  const read = readerOf(temporal, { now: 99_000 });
  expect((await read()).held.get('insufficient_funds')).toEqual({ count: 250, oldestSince: 5_000 });
  expect(temporal.asked.histories).toHaveLength(100);
  await read();
  await read();
  await read();
  expect(new Set(temporal.asked.histories).size).toBe(250);
  expect(temporal.asked.histories).toHaveLength(250);
});

test('rejects when Temporal does not answer, so that nothing is said', async () => {
  const temporal = temporalWith([]);
  temporal.failing.lists = true;
  await expect(readerOf(temporal)()).rejects.toThrow('away');
});
