import type { temporal } from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import { keywordOf } from '../ports/keyword-of';

/** A run whose search attribute has this value now. */
export type Published = {
  readonly run: Pick<temporal.api.workflow.v1.IWorkflowExecutionInfo, 'execution' | 'startTime'>;
  readonly attribute: string;
  readonly value: string;
};

/** Since when each of them has it: Unix milliseconds, in the same order. */
export type PublishedSince = (published: readonly Published[]) => Promise<readonly number[]>;

type Connection = Pick<NativeConnection, 'workflowService' | 'withDeadline'>;
/** `isAsked`: its history has told what it can. */
type Found = { readonly at: number; readonly isAsked: boolean };

/** So many histories are asked in one round, a few at once; the rest has its turn in the next ones. */
const mostHistories = 100;
const atOnce = 5;
/** A hold that is tried again for weeks is far back in its history: so far back it is looked for. */
const eventsPerPage = 200;
const mostPages = 5;

/**
 * The newest event that set the attribute says it exactly. What is asked once is remembered while the run keeps the value. One
 * that could not be asked yet counts from when this process first saw it: later than the truth, never earlier.
 */
export function createPublishedSince(
  connection: Connection,
  namespace: string,
  patienceMs: number,
  now: () => number,
): PublishedSince {
  let known = new Map<string, Found>();
  return async (published) => {
    const seenAt = now();
    const found = new Map<string, Found>();
    for (const one of published) {
      const key = keyOf(one);
      found.set(key, known.get(key) ?? { at: seenAt, isAsked: false });
    }
    const unasked = published
      .filter((one) => found.get(keyOf(one))?.isAsked === false)
      .toSorted((one, other) => startOf(one) - startOf(other))
      .slice(0, mostHistories);
    // Kept before anything is asked: a round that fails has still seen them.
    known = found;
    for (let next = 0; next < unasked.length; next += atOnce) {
      const batch = unasked.slice(next, next + atOnce);
      const asked = await Promise.allSettled(
        batch.map(async (one) => {
          const at = await setAt(one);
          if (at === 'gone-on') return;
          found.set(keyOf(one), { at: at ?? found.get(keyOf(one))?.at ?? seenAt, isAsked: true });
        }),
      );
      // A server that does not answer is not asked a hundred times.
      if (asked.every(({ status }) => status === 'rejected')) break;
    }
    return published.map((one) => found.get(keyOf(one))?.at ?? seenAt);
  };

  /** Undefined: so far back that nobody looks. */
  async function setAt({ run, attribute, value }: Published): Promise<number | 'gone-on' | undefined> {
    let nextPageToken: Uint8Array | undefined;
    for (let pages = 0; pages < mostPages; pages += 1) {
      const token = nextPageToken === undefined ? {} : { nextPageToken };
      const { history, nextPageToken: next } = await connection.withDeadline(Date.now() + patienceMs, () =>
        connection.workflowService.getWorkflowExecutionHistoryReverse({
          namespace,
          execution: run.execution ?? {},
          maximumPageSize: eventsPerPage,
          ...token,
        }),
      );
      for (const event of history?.events ?? []) {
        const attributes =
          event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes ??
          event.workflowExecutionStartedEventAttributes?.searchAttributes;
        if (attributes?.indexedFields?.[attribute] === undefined) continue;
        // The list is a little behind: it has gone on meanwhile, and the next list says so.
        return keywordOf(attributes, attribute) === value ? timeOf(event.eventTime) : 'gone-on';
      }
      if (!next || next.length === 0) return undefined;
      nextPageToken = next;
    }
    return undefined;
  }
}

const keyOf = ({ run, attribute, value }: Published): string =>
  `${run.execution?.runId ?? ''} ${attribute} ${value}`;

const startOf = ({ run }: Published): number => timeOf(run.startTime) ?? 0;

const timeOf = (
  time: { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined,
): number | undefined =>
  time ? Number(time.seconds ?? 0) * 1000 + Math.floor((time.nanos ?? 0) / 1e6) : undefined;
