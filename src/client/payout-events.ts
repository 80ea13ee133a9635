import type { PayoutEvent } from '../domain/payout-snapshot';
import { PayoutClientError } from './errors';
import type { PayoutAddress } from './payout-address';
import { describePayout, readTimeline } from './read-payout';
import type { RunDescription } from './run-description';
import { pause } from './pause';
import { isAway } from './temporal-calls';
import type { TemporalCalls } from './temporal-calls';

export type EventsOptions = PayoutAddress & {
  /** Only events with a greater `seq`; default 0: all. */
  readonly afterSeq?: number;
  /** How often to look for something new; default 1,000 ms. */
  readonly pollMs?: number;
  /** How long Temporal or the workers may be away before the iteration fails; default 60,000 ms. */
  readonly patienceMs?: number;
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal;
};

/**
 * Follows the timeline. Temporal is asked for the length of the run's history first, which is free; the timeline is
 * queried only when it has grown.
 */
export async function* followEvents(
  calls: TemporalCalls,
  options: EventsOptions,
): AsyncGenerator<PayoutEvent, void, undefined> {
  const { tenant, reference, afterSeq = 0, pollMs = 1_000, patienceMs = 60_000, signal } = options;
  if (!Number.isSafeInteger(afterSeq) || afterSeq < 0) {
    throw new PayoutClientError('arguments_invalid', 'afterSeq must be a number of an event, or 0');
  }
  let lastSeq = afterSeq;
  let seen: Pick<RunDescription, 'runId' | 'historyLength' | 'state'> | undefined;
  let patientUntil = performance.now() + patienceMs;
  for (;;) {
    if (signal?.aborted) return;
    try {
      const run = await describePayout(calls, { tenant, reference }, signal === undefined ? {} : { signal });
      const grown =
        seen?.runId !== run.runId || seen.historyLength !== run.historyLength || seen.state !== run.state;
      if (grown) {
        const events = await readTimeline(calls, run, signal);
        seen = run;
        for (const event of events) {
          if (event.seq <= lastSeq) continue;
          lastSeq = event.seq;
          yield event;
        }
      }
      if (run.state !== 'open') return;
      patientUntil = performance.now() + patienceMs;
    } catch (error) {
      if (signal?.aborted) return;
      if (!isPassing(error) || performance.now() >= patientUntil) throw error;
    }
    if (!(await pause(pollMs, signal))) return;
  }
}

/** A worker or a server that restarts. */
const isPassing = (error: unknown): boolean =>
  isAway(error) || (error instanceof PayoutClientError && error.code === 'worker_not_available');
