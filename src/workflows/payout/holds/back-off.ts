import { condition } from '@temporalio/workflow';
import type { ProviderFailure } from '../../../domain/provider-failure';
import type { HeldReason } from '../../../domain/reason';
import type { HoldEnd } from './hold';
import type { PayoutRun } from '../payout-run';
import { recheckAt } from './recheck';
import { waitInHold } from './hold';

const firstBackOffMs = 1_000;
const longestBackOffMs = 60_000;
const longestUnseenMs = 5 * 60_000;
/** After so many tries the payout is held; that is about five minutes. */
const mostBackOffs = 10;
/** Slow tries come to that sooner. */
const longestTryingMs = 5 * 60_000;

/** What is tried again, and what the hold is called when that has lasted for too long. */
export type Retried = {
  /** In the words of a timer's summary. */
  readonly what: string;
  readonly heldAs: HeldReason;
  /** When the first try failed, where tries themselves can take long. */
  readonly since?: number;
  /** Nothing is tried after it, so nothing waits for longer either. */
  readonly until?: number;
};

/** Waits before the same is tried again: 1, 2, 4 … 60 seconds, or as long as the provider asks for; then in a hold. */
export async function backOff(
  run: PayoutRun,
  failure: ProviderFailure,
  tries: number,
  { what, heldAs, since, until = Number.MAX_SAFE_INTEGER }: Retried,
): Promise<HoldEnd> {
  const askedMs = failure.retryAfterMs ?? 0;
  if (tries >= mostBackOffs || (since !== undefined && Date.now() - since >= longestTryingMs))
    return waitInHold(run, heldAs, {
      note: failure.code,
      nextCheckAt: Math.min(Math.max(recheckAt(run, tries - mostBackOffs), Date.now() + askedMs), until),
    });
  // A long pause that the provider asks for is seen, and can be ended by people.
  if (askedMs > longestUnseenMs)
    return waitInHold(run, 'provider_unavailable', {
      note: failure.code,
      nextCheckAt: Math.min(Date.now() + askedMs, until),
    });
  const delayMs = Math.max(askedMs, Math.min(longestBackOffMs, firstBackOffMs * 2 ** tries));
  await condition(() => run.cancelRequested, Math.max(1, Math.min(delayMs, until - Date.now())), {
    summary: `before ${what} again (${failure.code})`,
  });
  return run.cancelRequested ? 'cancelled' : 'again';
}
