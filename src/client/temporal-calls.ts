import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { PayoutClientError } from './errors';
import { toClientError } from './to-client-error';
import type { Attempted } from './to-client-error';

/** Bounded waiting; milliseconds. */
export type CallTimeouts = {
  /** For calls that Temporal itself answers. Default 10,000. */
  readonly callTimeoutMs: number;
  /** For queries and updates, which a worker answers. Default 15,000. */
  readonly answerTimeoutMs: number;
  /** For a start, tries together. Default 30,000. */
  readonly startTimeoutMs: number;
};

export type TemporalCalls = {
  readonly client: Client;
  readonly timeouts: CallTimeouts;
  /** One call within `timeoutMs`, its error translated. A signal cancels it with `aborted`. */
  run<T>(attempted: Attempted, timeoutMs: number, call: () => Promise<T>, signal?: AbortSignal): Promise<T>;
};

/** Every call to Temporal goes through here: nothing waits without a bound, nothing throws untranslated. */
export function createTemporalCalls(client: Client, timeouts: CallTimeouts): TemporalCalls {
  // Only the SDK's own kinds of connection say where they lead.
  const { options } = client.connection as { readonly options?: { readonly address?: unknown } };
  const at = typeof options?.address === 'string' ? { at: options.address } : {};
  return {
    client,
    timeouts,
    async run(attempted, timeoutMs, call, signal) {
      // The SDK adds a listener to the signal per call and never removes it: it gets a signal of this call's own.
      const own = new AbortController();
      const abort = (): void => own.abort();
      if (signal?.aborted) throw aborted(attempted);
      signal?.addEventListener('abort', abort, { once: true });
      try {
        return await client.withAbortSignal(own.signal, async () =>
          client.withDeadline(Date.now() + timeoutMs, call),
        );
      } catch (error) {
        throw signal?.aborted ? aborted(attempted) : toClientError(error, { ...attempted, ...at });
      } finally {
        signal?.removeEventListener('abort', abort);
      }
    },
  };
}

const aborted = ({ what }: Attempted): PayoutClientError =>
  new PayoutClientError('aborted', `stopped waiting to ${what}`);

/** Waits; false when the signal ended the wait. */
export async function pause(ms: number, signal?: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
    return true;
  } catch {
    return false;
  }
}

export const isNotFound = (error: unknown): boolean =>
  error instanceof PayoutClientError && error.code === 'payout_not_found';

/** What is read, or undefined where Temporal says that there is no such run. */
export async function orNothing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
