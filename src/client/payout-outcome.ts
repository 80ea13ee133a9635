import type { PayoutStatus, MoneyMoved } from '../domain/payout-status';
import { PayoutClientError } from './errors';
import type { PayoutAddress } from './payout-address';
import { completedSnapshot, describePayout } from './read-payout';
import { provenBy } from './run-description';
import type { ClosedOtherwise, RunDescription } from './run-description';
import { pause } from './temporal-calls';
import type { TemporalCalls } from './temporal-calls';

/** Where a payout stands, by what Temporal itself stores. */
export type PayoutOutcome = {
  readonly tenant: string;
  readonly reference: string;
  /** The payout has a final business status; the run may go on watching it. */
  readonly final: boolean;
  /** The last milestone; `unconfirmed` when the run was ended from outside before a final status. */
  readonly status: PayoutStatus;
  /** `no` and `yes` are proven. Always `unknown` before a final status. */
  readonly moneyMoved: MoneyMoved;
  /** A `HeldReason`; newer workers may know more. */
  readonly heldReason?: string;
  readonly account?: string;
  readonly providerPayoutId?: string;
  /** The run was ended from outside: waiting longer will not change anything. */
  readonly closed?: ClosedOtherwise;
};

export type OutcomeOptions = PayoutAddress & {
  /** How long to wait for a final status; default 0: read once. Milliseconds. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 2_000;
/** So much a read gets at the end of the wait, or in a very short one: connecting takes a moment, too. */
const shortestReadMs = 500;

export async function awaitOutcome(calls: TemporalCalls, options: OutcomeOptions): Promise<PayoutOutcome> {
  const { tenant, reference, timeoutMs = 0, signal } = options;
  const deadline = performance.now() + timeoutMs;
  let last: PayoutOutcome | undefined;
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 1.5, LONGEST_DELAY_MS)) {
    const leftBeforeMs = deadline - performance.now();
    try {
      const run = await describePayout(
        calls,
        { tenant, reference },
        {
          // Without a wait this is one read, with the time that any call has; a wait bounds its reads, the first included.
          timeoutMs:
            timeoutMs > 0
              ? Math.min(calls.timeouts.callTimeoutMs, Math.max(shortestReadMs, leftBeforeMs))
              : calls.timeouts.callTimeoutMs,
          ...(signal === undefined ? {} : { signal }),
        },
      );
      last = await outcomeOf(calls, run);
    } catch (error) {
      // Temporal may be away for a moment during a long wait; what was read before stays true to its time.
      const away = error instanceof PayoutClientError && error.code === 'temporal_unavailable';
      if (!away || (last === undefined && performance.now() >= deadline)) throw error;
    }
    if (last !== undefined && (last.final || last.closed !== undefined)) return last;
    const leftMs = deadline - performance.now();
    if (leftMs <= 0 && last !== undefined) return last;
    if (!(await pause(Math.max(0, Math.min(delayMs, leftMs)), signal))) {
      throw new PayoutClientError('aborted', `stopped waiting for the outcome of ${tenant}/${reference}`);
    }
  }
}

async function outcomeOf(calls: TemporalCalls, run: RunDescription): Promise<PayoutOutcome> {
  const { tenant, reference, heldReason, account, providerPayoutId } = run;
  const known = {
    tenant,
    reference,
    ...(heldReason === undefined ? {} : { heldReason }),
    ...(account === undefined ? {} : { account }),
    ...(providerPayoutId === undefined ? {} : { providerPayoutId }),
  };
  const proven = provenBy(run);
  // The attributes of a run that ended by itself should be final; its result certainly is.
  if (run.state === 'completed' && !proven.final) {
    const { final, status, moneyMoved } = await completedSnapshot(calls, run);
    return { ...known, final, status, moneyMoved };
  }
  return { ...known, ...proven };
}
