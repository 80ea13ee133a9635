import { setMaxListeners } from 'node:events';
import type { Client } from '@temporalio/client';
import { PayoutClientError } from './errors';
import { toClientError } from './to-client-error';
import type { Attempted } from './to-client-error';
import { pause } from './pause';
import { isUnpolled } from './task-queue-pollers';
import { NobodyPollsError, unpolledQueue } from './unpolled-queue';
import { TemporalUnreachableError } from './unreachable-temporal';
import type { Unreachable } from './unreachable-temporal';

/** Bounded waiting; milliseconds. */
export type CallTimeouts = {
  /** For calls that Temporal itself answers. Default 10,000. */
  readonly callTimeoutMs: number;
  /** For queries and updates, which a worker answers. Default 15,000. */
  readonly answerTimeoutMs: number;
  /** For a start, tries together. Default 30,000. */
  readonly startTimeoutMs: number;
};

export type CallAttempted = Attempted & {
  /**
   * Whether it changes anything: one that was cut off may have been carried out, and the error says so. Default: where a worker
   * is asked.
   */
  readonly changes?: boolean;
  /** Where the worker listens that has to answer. Asked only when no answer comes soon: nobody may be there. */
  readonly waitsIn?: () => Promise<string | undefined>;
};

export type TemporalCalls = {
  readonly client: Client;
  readonly timeouts: CallTimeouts;
  /**
   * One call within `timeoutMs`, its error translated. A signal cancels it with `aborted`. `call` may be made anew where its
   * first try never left this machine, so all that it uses up it makes itself.
   */
  run<T>(
    attempted: CallAttempted,
    timeoutMs: number,
    call: () => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>;
};

/** What a client's connection tells about itself. */
export type Contact = {
  /**
   * Whether there ever was a connection to it, or an answer. From then on a server that is away is waited for, and a call that
   * it cut off may have been carried out.
   */
  readonly isMade: () => boolean;
  /** Whether every connection is noticed. Where not, a call may have been sent although no contact seems to be made. */
  readonly isWatched: boolean;
  /** It has answered. */
  readonly made: () => void;
  /** Finds out why it does not answer, or that it does (undefined). One try serves everybody who asks meanwhile. */
  readonly tryContact: () => Promise<Unreachable | undefined>;
};

/** Nothing that only Temporal can have said. */
const isSilence = (error: unknown): boolean =>
  error instanceof PayoutClientError &&
  (error.code === 'temporal_unavailable' ||
    error.code === 'worker_not_available' ||
    error.code === 'reply_timed_out');

/** A call that is not answered sooner than this, before Temporal was ever reached, has us find out why. */
const patienceAtFirstMs = 150;

/** Every call to Temporal goes through here: nothing waits without a bound, nothing throws untranslated. */
export function createTemporalCalls(
  client: Client,
  timeouts: CallTimeouts,
  contact?: Contact,
): TemporalCalls & {
  /** Ends every call that is under way, and all later ones, with `client_closed`. */
  close(): void;
} {
  let isClosed = false;
  const underWay = new Set<() => void>();
  // Only the SDK's own kinds of connection say where they lead.
  const { options } = client.connection as { readonly options?: { readonly address?: unknown } };
  const at = typeof options?.address === 'string' ? { at: options.address } : {};

  async function once<T>(
    attempted: Attempted,
    deadline: number,
    call: () => Promise<T>,
    own: AbortSignal,
  ): Promise<T> {
    try {
      return await client.withAbortSignal(own, async () => client.withDeadline(deadline, call));
    } catch (error) {
      throw toClientError(error, { ...attempted, ...at });
    }
  }

  /** Before Temporal was ever reached: the call itself and, where it is not answered soon, the question why. */
  async function first<T>(
    attempted: Attempted,
    deadline: number,
    call: () => Promise<T>,
    own: AbortController,
    { isMade, made, tryContact }: Contact,
  ): Promise<T> {
    const answer = once(attempted, deadline, call, own.signal);
    let hasFailed = false;
    const failed = new Promise<'failed'>((resolve) => {
      answer.catch((error: unknown) => {
        // Where there was a connection, it was sent, and repeated, as every later call is.
        if (!isSilence(error) || isMade()) return;
        hasFailed = true;
        resolve('failed');
      });
    });
    const heard = new Promise<'heard'>((resolve) => {
      answer.then(
        () => resolve('heard'),
        (error: unknown) => (isSilence(error) && !isMade()) || resolve('heard'),
      );
    });
    // A timer that nobody waits for any more would keep the process from ending.
    const isSettled = new AbortController();
    const waited = (ms: number): Promise<'over'> => pause(ms, isSettled.signal).then(() => 'over' as const);
    const end = await Promise.race([heard, failed, waited(patienceAtFirstMs)]);
    if (end !== 'heard' && !isMade()) {
      const found = await Promise.race([heard, tryContact(), waited(Math.max(0, deadline - Date.now()))]);
      isSettled.abort();
      // It may have been reached meanwhile, and be gone again.
      if (typeof found === 'object' && !isMade()) {
        // There never was a connection that it could have been sent by: nobody waits for it.
        own.abort();
        const why = `could not ${attempted.what}: ${found.why}`;
        throw new TemporalUnreachableError(found.reason, found.address, why, { cause: found.cause });
      }
      if (found === 'over') return answer;
    }
    isSettled.abort();
    made();
    // The failed try was never sent, and it can be reached by now.
    return hasFailed ? once(attempted, deadline, call, own.signal) : answer;
  }

  /** Rejects once it is known that nobody is there to answer; otherwise it never settles. */
  async function nobodyPolls(
    attempted: CallAttempted,
    waitsIn: () => Promise<string | undefined>,
    isSettled: AbortSignal,
  ): Promise<never> {
    const taskQueue = await unpolledQueue({
      taskQueue: waitsIn,
      isUnpolled: async (name) => isUnpolled(client, name, timeouts.callTimeoutMs),
      pause: async (ms) => pause(ms, isSettled),
    });
    if (taskQueue === undefined) return new Promise<never>(() => undefined);
    throw new NobodyPollsError(attempted, taskQueue);
  }

  return {
    client,
    timeouts,
    async run(attempted, timeoutMs, call, signal) {
      if (isClosed) throw clientClosed(attempted);
      if (signal?.aborted) throw aborted(attempted);
      // The SDK adds a listener to the signal per request and never removes it: it gets a signal of this call's own, which a
      // long wait asks many requests by.
      const own = new AbortController();
      setMaxListeners(Number.POSITIVE_INFINITY, own.signal);
      const abort = (): void => own.abort();
      signal?.addEventListener('abort', abort, { once: true });
      underWay.add(abort);
      const deadline = Date.now() + timeoutMs;
      const isSettled = new AbortController();
      try {
        const answer =
          contact === undefined || contact.isMade()
            ? once(attempted, deadline, call, own.signal)
            : first(attempted, deadline, call, own, contact);
        return await (attempted.waitsIn === undefined
          ? answer
          : Promise.race([answer, nobodyPolls(attempted, attempted.waitsIn, isSettled.signal)]));
      } catch (error) {
        if (signal?.aborted) throw aborted(attempted);
        if (isClosed) throw clientClosed(attempted);
        const { changes = attempted.asks === 'worker' } = attempted;
        const wasNeverSent = contact?.isWatched === true && !contact.isMade();
        throw changes && !wasNeverSent ? mayBeCarriedOut(error) : error;
      } finally {
        isSettled.abort();
        // What nobody waits for any more.
        own.abort();
        signal?.removeEventListener('abort', abort);
        underWay.delete(abort);
      }
    },
    close() {
      isClosed = true;
      for (const abort of underWay) abort();
    },
  };
}

const aborted = ({ what }: Attempted): PayoutClientError =>
  new PayoutClientError('aborted', `stopped waiting to ${what}`);

/** For whoever goes on asking a client that was closed. */
const clientClosed = ({ what }: Attempted): PayoutClientError =>
  new PayoutClientError('client_closed', `could not ${what}: this client was closed (\`close\`)`);

/** What is called off in the middle is not undone by that: every call that changes something can be repeated, and says so. */
function mayBeCarriedOut(error: unknown): unknown {
  if (!(error instanceof PayoutClientError) || error.code !== 'temporal_unavailable') return error;
  // Whoever answers as another program than Temporal carries out nothing.
  if (error instanceof TemporalUnreachableError && error.reason === 'no_temporal') return error;
  const message = `${error.message}; it may have been carried out all the same: repeat the call`;
  return error instanceof TemporalUnreachableError
    ? new TemporalUnreachableError(error.reason, error.address, message, { cause: error.cause })
    : new PayoutClientError(error.code, message, { cause: error.cause });
}

/** A server that was there before and may come back: worth another try. One that was never reached is not. */
export const isAway = (error: unknown): boolean =>
  error instanceof PayoutClientError &&
  error.code === 'temporal_unavailable' &&
  !(error instanceof TemporalUnreachableError);

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
