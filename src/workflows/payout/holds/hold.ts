import { condition, log } from '@temporalio/workflow';
import type { HeldReason } from '../../../domain/reason';
import { ownerOf } from '../../../domain/reason';
import { tellHold } from '../../reporting/run-records';
import type { PayoutRun } from '../payout-run';
import { publish } from '../publishing';

/** What ended a wait in a hold. */
export type HoldEnd = 'again' | 'cancelled' | 'expired';

export type HoldOptions = {
  readonly note?: string;
  /** When the machine tries again by itself; null: only a person ends it. */
  readonly nextCheckAt: number | null;
  /** Ends the wait without ending the hold: people named something that has to be looked at. */
  readonly wakes?: () => boolean;
  /** Whether a cancellation or the deadline may end the payout here, once nothing can have been accepted. Default: yes. */
  readonly mayEnd?: boolean;
};

/** Of runs whose plan is not known yet. */
const defaultDeadlineMs = 72 * 3_600_000;
const deadlineMsOf = (run: PayoutRun): number => run.plan?.holds.deadlineMs ?? defaultDeadlineMs;

/** Puts the hold on (or renews its next check). The same reason keeps its beginning and its deadline. */
export function hold(run: PayoutRun, reason: HeldReason, options: HoldOptions): void {
  const now = Date.now();
  run.heldAt = now;
  const before = run.held?.reason === reason ? run.held : undefined;
  const deadlineMs = deadlineMsOf(run);
  // A hold that waits for a date (a monthly cap) gets its time from that date on.
  const firstCheckAt = options.nextCheckAt ?? 0;
  const isCap = reason === 'daily_limit' || reason === 'monthly_limit';
  const waitsForDate = (isCap && run.isByPolicy) || firstCheckAt > now + deadlineMs;
  const firstDeadlineAt = (waitsForDate ? Math.max(now, firstCheckAt) : now) + deadlineMs;
  run.held = {
    reason,
    owner: ownerOf[reason],
    since: before?.since ?? now,
    deadlineAt: before?.deadlineAt ?? firstDeadlineAt,
    escalated: before?.escalated ?? false,
    ...(options.nextCheckAt === null ? {} : { nextCheckAt: options.nextCheckAt }),
    ...(options.note === undefined ? {} : { note: options.note }),
  };
  if (before === undefined) {
    run.record('held', {
      code: reason,
      note: `${options.note === undefined ? '' : `${options.note}; `}whose turn: ${ownerOf[reason]}`,
    });
    tellHold(run.held, run.plan?.provider);
  }
}

export function release(run: PayoutRun, by?: string, note?: string): void {
  if (run.held === undefined) return;
  const { reason } = run.held;
  run.held = undefined;
  run.record('released', {
    code: reason,
    ...(by === undefined ? {} : { by }),
    ...(note === undefined ? {} : { note }),
  });
}

/**
 * Waits in a hold until it is resumed, its next check is due, or (where nothing can have been accepted) it is
 * cancelled or reaches its deadline. Elsewhere the deadline only escalates.
 */
export async function waitInHold(run: PayoutRun, reason: HeldReason, options: HoldOptions): Promise<HoldEnd> {
  hold(run, reason, options);
  publish(run);
  const resumesSeen = run.resumes;
  const mayEnd = (): boolean =>
    options.mayEnd !== false &&
    !run.isAccepted &&
    !run.sendInFlight &&
    (run.attemptLog?.unresolved ?? 0) === 0;
  const cancelSeen = run.cancelRequested && !mayEnd();
  for (;;) {
    const { held } = run;
    if (held === undefined || run.resumes > resumesSeen || options.wakes?.() === true) return 'again';
    if (run.cancelRequested && !cancelSeen && mayEnd()) return 'cancelled';
    const now = Date.now();
    // A check that is due comes before the deadline: nothing expires untried.
    if (held.nextCheckAt !== undefined && now >= held.nextCheckAt) return 'again';
    if (now >= held.deadlineAt) {
      if (mayEnd()) return 'expired';
      escalate(run);
      continue;
    }
    await condition(
      () =>
        run.held === undefined ||
        run.resumes > resumesSeen ||
        options.wakes?.() === true ||
        (run.cancelRequested && !cancelSeen && mayEnd()),
      Math.min(held.nextCheckAt ?? Number.MAX_SAFE_INTEGER, held.deadlineAt) - now,
      { summary: `held: ${reason}` },
    );
  }
}

/** A hold that only a person ends, where a send may have been accepted: deadlines escalate, nothing else. */
export async function waitForPerson(
  run: PayoutRun,
  reason: HeldReason,
  note: string,
  wakes?: () => boolean,
): Promise<void> {
  const options = { note, nextCheckAt: null, mayEnd: false, ...(wakes === undefined ? {} : { wakes }) };
  while ((await waitInHold(run, reason, options)) !== 'again');
}

/** A person looked and waits on: the deadline begins anew, nothing else changes. */
export function prolongHold(run: PayoutRun, by: string, note: string): void {
  if (run.held === undefined) return;
  run.held = { ...run.held, escalated: false, deadlineAt: Date.now() + deadlineMsOf(run) };
  run.record('kept-waiting', { by, code: run.held.reason, note });
}

/** The hold is older than it may be: it is raised again, loudly, with a new deadline. */
export function escalate(run: PayoutRun): void {
  if (run.held === undefined) return;
  run.held = { ...run.held, escalated: true, deadlineAt: Date.now() + deadlineMsOf(run) };
  const { reason, owner } = run.held;
  run.record('escalated', { code: reason, note: `overdue; whose turn: ${owner}` });
  log.warn('payout hold is overdue', { reason, owner });
  publish(run);
}
