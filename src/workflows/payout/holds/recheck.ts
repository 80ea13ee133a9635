import { patched } from '@temporalio/workflow';
import type { HeldReason } from '../../../domain/reason';
import type { PayoutRun } from '../payout-run';

const longestRecheckMs = 6 * 3_600_000;
const defaultRecheckMs = 15 * 60_000;

/** When a held step is tried again by itself: the plan's interval, doubling up to six hours, so that weeks stay cheap. */
export function recheckAt(run: PayoutRun, tries: number): number {
  const first = run.plan?.holds.recheckMs ?? defaultRecheckMs;
  return Date.now() + Math.max(first, Math.min(longestRecheckMs, first * 2 ** Math.min(20, tries)));
}

/** A database is away for seconds or for minutes, and all that is held for it comes back by itself: the first tries come soon. */
const firstRegisterRecheckMs = 5_000;

/**
 * When the machine tries again what is held for a reason; null: never, because trying again could send what people have to
 * look at first. `tries`: those that failed for the same reason.
 */
export function nextCheckFor(run: PayoutRun, reason: HeldReason, tries: number): number | null {
  if (reason === 'attempt_conflict') return null;
  if (reason !== 'register_unavailable') return recheckAt(run, tries);
  const longest = run.plan?.holds.recheckMs ?? defaultRecheckMs;
  return Date.now() + Math.min(longest, firstRegisterRecheckMs * 2 ** Math.min(20, tries));
}

/**
 * Caps end at a day's or a month's boundary. The provider's zone is not documented: midnight UTC is taken, with up to
 * five minutes of jitter so that held payouts do not all come back in one second.
 */
export function capRecheckAt(
  run: PayoutRun,
  reason: HeldReason,
  tries: number,
  reasonBefore: HeldReason | undefined,
): number {
  const now = new Date(Date.now());
  const jitterMs = Math.floor(Math.random() * 5 * 60_000);
  if (reason !== 'daily_limit' && reason !== 'monthly_limit') return recheckAt(run, tries);
  // Behind the boundary the cap's own zone is looked for, ever more slowly. A hold for something else is no try of that.
  const isFirst = tries === 0 || (reason !== reasonBefore && patched('boundary-after-another-hold'));
  if (!isFirst) return recheckAt(run, tries);
  const boundary =
    reason === 'daily_limit'
      ? Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1)
      : Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  return boundary + jitterMs;
}
