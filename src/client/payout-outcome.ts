import type { PayoutSnapshot } from '../domain/payout-snapshot';
import type { PayoutStatus, MoneyMoved } from '../domain/payout-status';
import { PayoutClientError } from './errors';
import { awaitNews } from './run-news';
import type { KnownRun } from './run-news';
import type { PayoutAddress } from './payout-address';
import { completedSnapshot, describePayout } from './read-payout';
import type { ReadOptions } from './read-payout';
import { provenBy } from './run-description';
import type { ClosedOtherwise, RunDescription } from './run-description';
import { pause } from './pause';
import { isAway } from './temporal-calls';
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

/** So much a read gets at the end of the wait, or in a very short one: connecting takes a moment, too. */
const shortestReadMs = 500;
const firstRepeatMs = 100;
const longestRepeatMs = 2_000;

/**
 * Reads where the run stands, and again whenever Temporal says that it has news of a kind that may end the wait. A run that has
 * only just begun (`begun`) need not be read first where there is time to wait.
 */
export async function awaitOutcome(
  calls: TemporalCalls,
  options: OutcomeOptions,
  begun?: KnownRun,
): Promise<PayoutOutcome> {
  const { tenant, reference, timeoutMs = 0, signal } = options;
  const deadline = performance.now() + timeoutMs;
  const leftMs = (): number => deadline - performance.now();
  const withSignal = signal === undefined ? {} : { signal };
  let last: PayoutOutcome | undefined;
  let known = timeoutMs > 0 ? begun : undefined;
  for (let delayMs = firstRepeatMs; ;) {
    try {
      let run = known;
      // Whatever comes of the wait, the next round reads first.
      known = undefined;
      if (run === undefined) {
        // Without a wait this is one read, with the time that any call has; a wait bounds its reads, the first included.
        const readMs = timeoutMs > 0 ? Math.max(shortestReadMs, leftMs()) : Number.POSITIVE_INFINITY;
        const readEnds = performance.now() + readMs;
        const described = await describePayout(
          calls,
          { tenant, reference },
          { timeoutMs: readMs, ...withSignal },
        );
        last = await outcomeOf(calls, described, {
          timeoutMs: Math.max(1, readEnds - performance.now()),
          ...withSignal,
        });
        if (last.final || last.closed !== undefined || leftMs() <= 0) return last;
        run = described;
      }
      const ended = await awaitNews(calls, run, leftMs(), signal);
      if (ended !== undefined && !isDoubtful(ended)) return outcomeIn(ended);
      delayMs = firstRepeatMs;
    } catch (error) {
      // Temporal may be away for a moment during a long wait; what was read before stays true to its time.
      if (!isAway(error) || (last === undefined && leftMs() <= 0)) throw error;
      if (leftMs() <= 0 && last !== undefined) return last;
      await pause(Math.max(0, Math.min(delayMs, leftMs())), signal);
      if (signal?.aborted)
        throw new PayoutClientError('aborted', `stopped waiting for the outcome of ${tenant}/${reference}`);
      delayMs = Math.min(delayMs * 2, longestRepeatMs);
    }
  }
}

/** Why nobody may rely on an end stands in the run's attributes alone. */
const isDoubtful = ({ final, moneyMoved }: PayoutSnapshot): boolean => !final || moneyMoved === 'unknown';

/** What a run said as it ended by itself. */
const outcomeIn = ({
  tenant,
  reference,
  final,
  status,
  moneyMoved,
  held,
  account,
  providerPayoutId,
}: PayoutSnapshot): PayoutOutcome => ({
  tenant,
  reference,
  ...(held === undefined ? {} : { heldReason: held.reason }),
  ...(account === undefined ? {} : { account: account.id }),
  ...(providerPayoutId === undefined ? {} : { providerPayoutId }),
  final,
  status,
  moneyMoved,
});

/** What a description proves, and what it knows beside that. */
export function provenOutcome(run: RunDescription): PayoutOutcome {
  const { tenant, reference, heldReason, account, providerPayoutId } = run;
  return {
    tenant,
    reference,
    ...(heldReason === undefined ? {} : { heldReason }),
    ...(account === undefined ? {} : { account }),
    ...(providerPayoutId === undefined ? {} : { providerPayoutId }),
    ...provenBy(run),
  };
}

async function outcomeOf(
  calls: TemporalCalls,
  run: RunDescription,
  options: ReadOptions,
): Promise<PayoutOutcome> {
  const outcome = provenOutcome(run);
  // The attributes of a run that ended by itself should be final; its result certainly is.
  if (run.state !== 'completed' || outcome.final) return outcome;
  const { final, status, moneyMoved } = await completedSnapshot(calls, run, options);
  return { ...outcome, final, status, moneyMoved };
}
