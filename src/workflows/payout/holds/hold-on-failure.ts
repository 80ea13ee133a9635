import { ActivityFailure, ApplicationFailure, TemporalFailure } from '@temporalio/common';
import {
  accountChangedFailure,
  attemptConflictFailure,
  registerUnavailableFailure,
} from '../../../contract/failure-types';
import type { HeldReason } from '../../../domain/reason';
import type { HoldEnd } from './hold';
import type { PayoutRun } from '../payout-run';
import { nextCheckFor } from './recheck';
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
  let heldBefore: HeldReason | undefined;
  let triesBefore = 0;
  let isConflict = false;
  for (let tries = 0; ; tries += 1) {
    try {
      const value = await call();
      if (tries > 0) release(run);
      return { kind: 'done', value };
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      const { reason, note } = holdOf(error);
      isConflict ||= reason === 'attempt_conflict';
      if (reason !== heldBefore) triesBefore = tries;
      heldBefore = reason;
      // Another reason's tries are no tries of a register that is away.
      const sameTries = reason === 'register_unavailable' ? tries - triesBefore : tries;
      const end = await waitInHold(run, reason, {
        ...(note === undefined ? {} : { note }),
        nextCheckAt: nextCheckFor(run, reason, sameTries),
        // Until the register says otherwise, another text or another run may have been sent.
        mayEnd: mayEnd && !isConflict,
      });
      if (end !== 'again') return { kind: 'gave-up', end };
    }
  }
}

const reasonOfType: ReadonlyMap<string, HeldReason> = new Map([
  [accountChangedFailure, 'account_changed'],
  [registerUnavailableFailure, 'register_unavailable'],
  [attemptConflictFailure, 'attempt_conflict'],
]);

/** Expected failures have types of their own; everything else is ours to look at. */
function holdOf(error: TemporalFailure): { readonly reason: HeldReason; readonly note?: string } {
  const root = error instanceof ActivityFailure ? error.cause : error;
  const reason = root instanceof ApplicationFailure ? reasonOfType.get(root.type ?? '') : undefined;
  if (root === undefined || reason === undefined) return { reason: 'unexpected_failure' };
  // What the register is about is written for people.
  return reason === 'account_changed' ? { reason } : { reason, note: root.message };
}

/** The same where a send may have been accepted: such a hold can neither expire nor be cancelled. */
export async function orHoldUnresolved<T>(run: PayoutRun, call: () => Promise<T>): Promise<T> {
  for (;;) {
    const result = await orHold(run, call, false);
    if (result.kind === 'done') return result.value;
  }
}
