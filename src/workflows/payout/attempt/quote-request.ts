import { ActivityFailure, TimeoutFailure } from '@temporalio/common';
import { CancellationScope, condition } from '@temporalio/workflow';
import type { QuotePayoutInput, QuotePayoutResult } from '../../../activities/payout-activities';
import { quotePayout, quotePayoutSlowly } from '../../activity-proxies';
import type { PayoutRun } from '../payout-run';

export type QuoteAnswer = Exclude<QuotePayoutResult, { readonly kind: 'slow' }>;

/**
 * Asks for a price once. Most providers answer while a local activity may wait, which costs one event; one that takes longer
 * is asked by a regular activity, now and for the rest of the run. What takes longer than the account allows is a value, too.
 */
export async function askForQuote(
  run: PayoutRun,
  input: QuotePayoutInput,
): Promise<QuoteAnswer | 'cancelled'> {
  try {
    if (!run.isQuoteSlow) {
      const answer = await quotePayout(run.localTurn, input);
      if (answer.kind !== 'slow') return answer;
      run.isQuoteSlow = true;
    }
    return await unlessCancelled(run, () => quotePayoutSlowly(input));
  } catch (error) {
    const isTimeout = error instanceof ActivityFailure && error.cause instanceof TimeoutFailure;
    // Runs from before there were time limits in their plans were held for engineering, and replay so.
    if (!isTimeout || input.plan.timeLimits === undefined) throw error;
    return { kind: 'failed', failure: { effect: 'none', code: 'timeout' } };
  }
}

/** A price moves no money: who wishes the payout cancelled need not wait for it. */
async function unlessCancelled(
  run: PayoutRun,
  ask: () => Promise<QuotePayoutResult>,
): Promise<QuoteAnswer | 'cancelled'> {
  const asking = new CancellationScope();
  const wishing = new CancellationScope();
  const asked = asking.run(ask);
  const wished = wishing.run(async () => {
    await condition(() => run.cancelRequested);
    return 'cancelled' as const;
  });
  wished.catch(() => undefined);
  try {
    const first = await Promise.race([asked, wished]);
    if (first === 'cancelled') {
      asking.cancel();
      await asked.catch(() => undefined);
      return 'cancelled';
    }
    if (first.kind === 'slow') throw new Error('only a local activity answers that it has no time');
    return first;
  } finally {
    wishing.cancel();
  }
}
