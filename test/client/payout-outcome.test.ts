import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter, TypedSearchAttributes } from '@temporalio/common';
import { PayoutClientError } from '../../src/client/errors';
import { awaitOutcome } from '../../src/client/payout-outcome';
import { awaitNews } from '../../src/client/run-news';
import type { RunDescription } from '../../src/client/run-description';
import type { TemporalCalls } from '../../src/client/temporal-calls';
import {
  payoutHeldReasonAttribute,
  payoutReferenceAttribute,
  payoutStatusAttribute,
  payoutTenantAttribute,
} from '../../src/contract/search-attributes';

const address = { tenant: 'acme', reference: 'r-1' };

type Read = { readonly what: string; readonly timeoutMs: number; readonly signal: AbortSignal | undefined };

/** A run that has ended, and whose attributes lag behind; each read takes a moment. */
function ended(missingId?: string) {
  const reads: Read[] = [];
  const info = {
    workflowId: 'payout/acme/r-1',
    runId: 'run-1',
    historyLength: 5,
    status: { name: 'COMPLETED' },
    typedSearchAttributes: new TypedSearchAttributes([]),
    startTime: new Date(),
  };
  const calls = {
    client: {} as Client,
    timeouts: { callTimeoutMs: 10_000, answerTimeoutMs: 10_000, startTimeoutMs: 10_000 },
    run: async ({ what }: { what: string }, timeoutMs: number, _: unknown, signal?: AbortSignal) => {
      reads.push({ what, timeoutMs, signal });
      for (const until = performance.now() + 5; performance.now() < until;);
      if (what === `read ${missingId}`) throw new PayoutClientError('payout_not_found', 'as the test says');
      return what.startsWith('read the result')
        ? { schema: 1, status: 'paid', moneyMoved: 'yes', events: 3, final: true }
        : info;
    },
  } as unknown as TemporalCalls;
  return { calls, reads };
}

it('reads the result of a run within the time and the signal of the wait', async () => {
  const { calls, reads } = ended();
  const { signal } = new AbortController();
  const outcome = await awaitOutcome(calls, { tenant: 'acme', reference: 'r-1', timeoutMs: 2_000, signal });
  expect(outcome).toMatchObject({ final: true, status: 'paid' });
  expect(reads.map((read) => read.what)).toEqual([
    'read payout/acme/r-1',
    'read the result of payout/acme/r-1',
  ]);
  const [described, result] = reads;
  expect(described?.timeoutMs).toBeLessThanOrEqual(2_000);
  expect(result?.timeoutMs).toBeLessThanOrEqual((described?.timeoutMs ?? 0) - 5);
  expect(reads.map((read) => read.signal)).toEqual([signal, signal]);
});

it('gives a reference with capitals, which takes two reads, the time of one', async () => {
  const { calls, reads } = ended('payout/acme/order-a');
  await awaitOutcome(calls, { tenant: 'acme', reference: 'Order-A', timeoutMs: 2_000 });
  expect(reads.map((read) => read.what)).toEqual([
    'read payout/acme/order-a',
    'read payout/acme/Order-A',
    'read the result of payout/acme/r-1',
  ]);
  const [first = 0, second = 0, third = 0] = reads.map((read) => read.timeoutMs);
  expect([second <= first - 5, third <= second - 5]).toEqual([true, true]);
});

it('gives every read the time that any call has where nothing is waited for', async () => {
  const { calls, reads } = ended('payout/acme/order-a');
  await awaitOutcome(calls, { tenant: 'acme', reference: 'Order-A' });
  expect(reads.map((read) => read.timeoutMs)).toEqual([10_000, 10_000, 10_000]);
});

it.each([
  ['no', []],
  ['unknown', ['read payout/acme/r-1']],
] as const)(
  'takes the word of a run that ended, unless it doubts itself: money moved %s',
  async (moneyMoved, asked) => {
    const reads: string[] = [];
    const said = { schema: 1, ...address, status: 'rejected', final: true, moneyMoved, events: 3 };
    const attributes = new TypedSearchAttributes([
      { key: payoutStatusAttribute, value: 'rejected' },
      { key: payoutHeldReasonAttribute, value: moneyMoved === 'no' ? '' : 'reference_reused' },
      { key: payoutTenantAttribute, value: address.tenant },
      { key: payoutReferenceAttribute, value: address.reference },
    ]);
    const result = { payloads: [defaultPayloadConverter.toPayload(said)] };
    const closed = { workflowExecutionCompletedEventAttributes: { result } };
    const loadedDataConverter = { payloadConverter: defaultPayloadConverter, payloadCodecs: [] };
    const calls = {
      client: { options: { namespace: 'default', loadedDataConverter } },
      timeouts: { callTimeoutMs: 10_000, answerTimeoutMs: 10_000, startTimeoutMs: 10_000 },
      run: async ({ what }: { what: string }) => {
        if (what.startsWith('wait for')) return { history: { events: [closed] } };
        reads.push(what);
        return {
          workflowId: 'payout/acme/r-1',
          runId: 'run-1',
          historyLength: 5,
          status: { name: 'COMPLETED' },
          typedSearchAttributes: attributes,
          startTime: new Date(),
        };
      },
    } as unknown as TemporalCalls;
    const begun = { workflowId: 'payout/acme/r-1', runId: 'run-1', historyLength: 0 };
    expect(await awaitOutcome(calls, { ...address, timeoutMs: 2_000 }, begun)).toEqual({
      ...address,
      status: 'rejected',
      final: true,
      moneyMoved,
      ...(moneyMoved === 'no' ? {} : { heldReason: 'reference_reused' }),
    });
    expect(reads).toEqual(asked);
  },
);

it('keeps nothing of a wait that is over', async () => {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const waited: WeakRef<RunDescription>[] = [];
  const answered = { run: async () => ({ history: { events: [] } }) } as unknown as TemporalCalls;
  const wait = async (): Promise<void> => {
    const run = { workflowId: 'payout/acme/r-1', runId: 'run-1' } as RunDescription;
    waited.push(new WeakRef(run));
    await awaitNews({ ...answered, client: { options: {} } as Client }, run, 1);
  };
  await wait();
  await wait();
  for (let tries = 0; tries < 10 && waited.some((run) => run.deref() !== undefined); tries += 1) {
    await new Promise((done) => setImmediate(done));
    collect();
  }
  expect(waited.map((run) => run.deref())).toEqual([undefined, undefined]);
});
