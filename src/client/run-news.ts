import type { Client } from '@temporalio/client';
import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow';
import { payoutStatusAttribute } from '../contract/search-attributes';
import { isFinal, isPayoutStatus } from '../domain/payout-status';
import type { PayoutSnapshot } from '../domain/payout-snapshot';
import { pause } from './pause';
import { asSnapshot } from './read-payout';
import type { RunDescription } from './run-description';
import type { TemporalCalls } from './temporal-calls';

type Page = Awaited<ReturnType<Client['workflowService']['getWorkflowExecutionHistory']>>;
type HistoryEvent = NonNullable<NonNullable<Page['history']>['events']>[number];

/** Temporal's `HistoryEventFilterType`: every event as it comes, or only the one that closes the run. */
const filterTypes = { events: 1, close: 2 } as const;

/** The server answers a long poll after twenty seconds at the latest; a connection that died answers never. */
const longestPollMs = 30_000;
/** What is over, and closed, sooner, is told by its one long poll, and its events are never read. */
const readsEventsAfterMs = 300;
/** Between two reads of events: a quarter of the time waited so far, so that a run of many events is read few times. */
const shortestGapMs = 300;
const longestGapMs = 1_000;

/** Which run, and how many of its events are known. */
export type KnownRun = Pick<RunDescription, 'workflowId' | 'runId' | 'historyLength'>;

/**
 * Waits until the run has closed, or has written a final status that it did not have when it was described (it may go on
 * watching the payout for weeks), or the time is up. By long polls alone: Temporal answers when there is something to say.
 * A run that ended by itself says with its last event what it came to, and that is returned.
 *
 * Two of them, because Temporal wakes nobody for a search attribute: the close of the run, which is one answer, and, for those
 * that stay open, new events, among which is the status.
 */
export async function awaitNews(
  calls: TemporalCalls,
  run: KnownRun,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<PayoutSnapshot | undefined> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  const ends = performance.now() + timeoutMs;
  try {
    return await Promise.race([
      closeOf(calls, run, over.signal),
      finalStatusOf(calls, run, ends, over.signal),
      pause(timeoutMs, over.signal).then(() => undefined),
    ]);
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

/** One long poll; whoever has not closed by then is followed by its events alone, which tell of the close, too. */
async function closeOf(
  calls: TemporalCalls,
  run: KnownRun,
  signal: AbortSignal,
): Promise<PayoutSnapshot | undefined> {
  const { history } = await poll(calls, run, 'close', undefined, signal);
  const [closed] = history?.events ?? [];
  return closed === undefined ? never() : resultIn(calls, run, closed);
}

/** Whoever cannot read it asks again, and is told why. */
async function resultIn(
  { client }: TemporalCalls,
  { workflowId }: KnownRun,
  { workflowExecutionCompletedEventAttributes: completed }: HistoryEvent,
): Promise<PayoutSnapshot | undefined> {
  if (completed == null) return undefined;
  const { namespace, loadedDataConverter } = client.options;
  try {
    const result: unknown = await decodeFromPayloadsAtIndex(
      loadedDataConverter,
      0,
      completed.result?.payloads,
      { type: 'workflow', namespace, workflowId },
    );
    return asSnapshot(result, workflowId);
  } catch {
    return undefined;
  }
}

async function finalStatusOf(
  calls: TemporalCalls,
  run: KnownRun,
  ends: number,
  signal: AbortSignal,
): Promise<undefined> {
  const began = performance.now();
  let token: Uint8Array | undefined;
  let seen = 0;
  await pause(Math.min(readsEventsAfterMs, ends - began), signal);
  for (;;) {
    if (performance.now() >= ends || signal.aborted) return undefined;
    const { history, nextPageToken } = await poll(calls, run, 'events', token, signal);
    const events = history?.events ?? [];
    // What it had written before is described already.
    if (events.some((event) => Number(event.eventId) > run.historyLength && mayEndWait(event)))
      return undefined;
    token = nextPageToken ?? undefined;
    if ((token?.length ?? 0) === 0) return undefined;
    seen = Math.max(seen, ...events.map(({ eventId }) => Number(eventId)));
    // Pages of what is there already follow each other at once.
    if (events.length === 0 || seen < run.historyLength) continue;
    const gapMs = Math.min(longestGapMs, Math.max(shortestGapMs, (performance.now() - began) / 4));
    await pause(gapMs, signal);
  }
}

async function poll(
  calls: TemporalCalls,
  { workflowId, runId }: KnownRun,
  filter: keyof typeof filterTypes,
  nextPageToken: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<Page> {
  const { client } = calls;
  return calls.run(
    { what: `wait for ${workflowId}` },
    longestPollMs,
    async () =>
      client.workflowService.getWorkflowExecutionHistory({
        namespace: client.options.namespace,
        execution: { workflowId, runId },
        waitNewEvent: true,
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum is in a package that is none of ours
        historyEventFilterType: filterTypes[filter],
        ...(nextPageToken === undefined ? {} : { nextPageToken }),
      }),
    signal,
  );
}

/** A final status was written, or the run has closed. */
function mayEndWait(event: HistoryEvent): boolean {
  if (closingAttributes.some((attributes) => event[attributes] != null)) return true;
  const fields = event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields;
  const status = readJson(fields?.[payoutStatusAttribute.name]?.data);
  return typeof status === 'string' && isPayoutStatus(status) && isFinal(status);
}

const closingAttributes = [
  'workflowExecutionCompletedEventAttributes',
  'workflowExecutionFailedEventAttributes',
  'workflowExecutionTimedOutEventAttributes',
  'workflowExecutionCanceledEventAttributes',
  'workflowExecutionTerminatedEventAttributes',
  'workflowExecutionContinuedAsNewEventAttributes',
] as const satisfies readonly (keyof HistoryEvent)[];

/** Search attributes are plain JSON, whatever the codec. */
function readJson(data: Uint8Array | null | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(data ?? []).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** A promise of its own for each: one for all would remember everybody who ever awaited it. */
const never = async (): Promise<never> => new Promise<never>(() => undefined);
