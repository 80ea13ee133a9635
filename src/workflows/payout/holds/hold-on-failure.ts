import { ActivityFailure, ApplicationFailure, TemporalFailure } from '@temporalio/common';
import { accountChangedFailure } from '../../../contract/failure-types';
import type { HeldReason } from '../../../domain/reason';
import type { HoldEnd } from './hold';
import type { PayoutRun } from '../payout-run';
import { recheckAt } from './recheck';
import { release, waitInHold } from './hold';

/**
 * Runs an activity call; a Temporal failure that reaches this far (attempts used up, an unexpected error of ours) is a
 * hold, not the end: after a fix somebody resumes. Program errors pass through and fail the workflow task, which also
 * waits for a fix.
 */
export async function orHold<T>(
  run: PayoutRun,
  call: () => Promise<T>,
  mayEnd = true,
): Promise<
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'gave-up'; readonly end: Exclude<HoldEnd, 'again'> }
> {
  for (let tries = 0; ; tries += 1) {
    try {
      const value = await call();
      if (tries > 0) release(run);
      return { kind: 'done', value };
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      const end = await waitInHold(run, heldReasonOf(error), { nextCheckAt: recheckAt(run, tries), mayEnd });
      if (end !== 'again') return { kind: 'gave-up', end };
    }
  }
}

/** The one expected failure has a type of its own; everything else is ours to look at. */
function heldReasonOf(error: TemporalFailure): HeldReason {
  const root = error instanceof ActivityFailure ? error.cause : error;
  return root instanceof ApplicationFailure && root.type === accountChangedFailure
    ? 'account_changed'
    : 'unexpected_failure';
}

/** The same where a send may have been accepted: such a hold can neither expire nor be cancelled. */
export async function orHoldUnresolved<T>(run: PayoutRun, call: () => Promise<T>): Promise<T> {
  for (;;) {
    const result = await orHold(run, call, false);
    if (result.kind === 'done') return result.value;
  }
}
