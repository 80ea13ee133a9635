import { ActivityFailure, RetryState } from '@temporalio/common';
import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { StatusResult } from '../../../activities/payout-activities';
import { assertNever } from '../../../domain/assert-never';
import type { ProviderStatus, StatusReading } from '../../../domain/provider-status';
import { isUnpaidEnd, statusStep } from '../../../domain/provider-status';
import type { ReasonCode } from '../../../domain/reason';
import { awaitStatus, readStatus } from '../../activity-proxies';
import { orHoldUnresolved } from '../holds/hold-on-failure';
import { readNamedPayout } from '../attempt/named-payout';
import type { PayoutRun } from '../payout-run';
import type { StepEnd } from '../step-end';
import { recheckAt } from '../holds/recheck';
import { heldReasonFor, refusalDetails } from '../attempt/send';
import { escalate, hold, release, waitInHold } from '../holds/hold';
import { publish } from '../publishing';

/** Follows the provider's status until the payout is paid, returned, or ended unpaid and confirmed so. */
export async function followStatus(run: PayoutRun): Promise<StepEnd> {
  // Two people ended it: there is no payout of the provider's to follow.
  if (run.isOver) return 'go-on';
  const { contract, poll } = run.require('plan');
  let known: ProviderStatus = 'accepted';
  let tries = 0;
  publish(run);
  for (;;) {
    // What people said is answered before anything is read again.
    if (run.recovery.inHand !== undefined) await readNamedPayout(run);
    // After a failure one read tells whether it has passed; the long wait would not say so.
    const result =
      tries > 0
        ? await readNow(run)
        : await nextStatus(run, {
            delaysMs: poll.delaysMs,
            // It was raised already: from then on only now and then.
            deadlineMs: Math.max(
              poll.overdueAfterMs,
              run.held?.reason === 'status_overdue' ? raisedAgainMs : 0,
            ),
            summary: `poll until the status is no longer ${run.providerStatus ?? 'unknown'}`,
          });
    if (result.kind === 'deadline') {
      // Pending can hide an error and last for ever. Time is no proof of anything: people look, reads go on.
      if (run.held?.reason === 'status_overdue') escalate(run);
      else hold(run, 'status_overdue', { nextCheckAt: null });
      publish(run);
      continue;
    }
    if (result.kind === 'failed') {
      run.record('provider-status-ignored', refusalDetails(result.failure));
      const reason =
        result.failure.code === 'not_found' ? 'provider_mismatch' : heldReasonFor(result.failure);
      await waitInHold(run, reason, {
        note: result.failure.code,
        nextCheckAt: recheckAt(run, tries),
        wakes: () => run.recovery.inHand !== undefined,
      });
      tries += 1;
      continue;
    }
    if (!(await isTrustworthy(run, result.reading, tries))) {
      tries += 1;
      continue;
    }
    if (tries > 0) release(run);
    tries = 0;
    const { reading } = result;
    if (reading.providerStatus === run.providerStatus) continue;
    run.providerStatus = reading.providerStatus;
    const step = statusStep(known, reading.status);
    if (step === 'unrecognised' || step === 'regression' || step === 'contradiction') {
      run.record('provider-status-ignored', { code: step, note: reading.providerStatus });
      await slowDown(run);
      continue;
    }
    release(run);
    run.record('provider-status', { code: reading.status, note: reading.providerStatus });
    run.learnAmounts(reading.amounts ?? {});
    if (isUnpaidEnd(reading.status)) {
      if (await isConfirmedUnpaid(run, contract.unpaid.settleMs)) {
        run.become('failed', unpaidReasons[reading.status]);
        return 'go-on';
      }
      await slowDown(run);
      continue;
    }
    const before = run.status;
    known = reading.status;
    if (moveTo(run, reading.status) === 'paid-or-returned') return 'go-on';
    // Two words for one status, or a change that is none of ours, lead nowhere either.
    if (run.status === before) await slowDown(run);
    else publish(run);
  }
}

const raisedAgainMs = 6 * 3_600_000;

const unpaidReasons: Partial<Record<ProviderStatus, ReasonCode>> = {
  failed: 'provider_failed',
  rejected: 'provider_rejected',
  cancelled: 'provider_cancelled',
  expired: 'provider_expired',
};

/** Our status for a provider status that was not ignored and is no unpaid end. */
export function moveTo(run: PayoutRun, status: ProviderStatus): 'paid-or-returned' | 'open' {
  switch (status) {
    case 'accepted':
    case 'provider-approval':
      return 'open';
    case 'processing':
      if (run.status === 'submitted') run.become('processing');
      return 'open';
    case 'paid':
      run.become('paid');
      return 'paid-or-returned';
    case 'returned':
      if (run.status !== 'paid') run.become('paid');
      run.become('returned', 'provider_returned');
      return 'paid-or-returned';
    case 'failed':
    case 'rejected':
    case 'cancelled':
    case 'expired':
    case 'unrecognised':
      throw new Error(`a payout does not simply move to ${status}`);
    default:
      return assertNever(status, 'provider status');
  }
}

/** A terminal unpaid status counts when a second read, after the provider's settle time, says the same. */
export async function isConfirmedUnpaid(run: PayoutRun, settleMs: number): Promise<boolean> {
  const first = run.providerStatus;
  await condition(() => false, Math.max(1, settleMs), {
    summary: `before confirming ${first ?? 'the unpaid end'}`,
  });
  const again = await readNow(run);
  if (
    again.kind !== 'read' ||
    run.recovery.openDifferences(again.reading).length > 0 ||
    !isUnpaidEnd(again.reading.status)
  ) {
    // Let the next wait return at once with whatever the provider says then.
    run.providerStatus = undefined;
    run.record('provider-status-ignored', { code: 'not-confirmed', note: first ?? '' });
    return false;
  }
  run.record('provider-status', {
    code: again.reading.status,
    note: `${again.reading.providerStatus}, confirmed`,
  });
  return true;
}

/** A reading whose echo contradicts what was sent is shown to people and not believed. */
export async function isTrustworthy(run: PayoutRun, reading: StatusReading, tries: number): Promise<boolean> {
  const differences = run.recovery.openDifferences(reading);
  if (differences.length === 0) return true;
  run.recovery.noteDifferences(reading);
  const note = `differs in ${differences.join(', ')}`;
  await waitInHold(run, 'provider_mismatch', {
    note,
    nextCheckAt: recheckAt(run, tries),
    wakes: () => run.recovery.inHand !== undefined,
  });
  // Two people can say that it is ours all the same (the caller carries it out); the next reading is then believed.
  return false;
}

/** Words that lead nowhere are read more and more slowly: a provider that flips between two must not fill the history. */
export async function slowDown(run: PayoutRun): Promise<void> {
  run.oddStatuses += 1;
  if (run.oddStatuses === mostOddStatuses) hold(run, 'status_contradiction', { nextCheckAt: null });
  publish(run);
  if (run.oddStatuses <= 3) return;
  const resumesSeen = run.resumes;
  await condition(
    () => run.resumes > resumesSeen,
    Math.min(6 * 3_600_000, 60_000 * 2 ** Math.min(10, run.oddStatuses - 4)),
    { summary: 'after a provider status that changes nothing' },
  );
}

const mostOddStatuses = 8;

export type StatusWait = StatusResult | { readonly kind: 'deadline' };

type Wait = { readonly delaysMs: readonly number[]; readonly deadlineMs: number; readonly summary: string };

/**
 * The next word of the provider that differs from the known one. One activity waits, retried by the server; a hint or a
 * resume cuts it short and the truth is read back. Too many hints are ignored: the polls find out all the same.
 */
export const nextStatus = (run: PayoutRun, wait: Wait): Promise<StatusWait> =>
  orHoldUnresolved(run, () => pollOrHint(run, wait));

async function pollOrHint(run: PayoutRun, wait: Wait): Promise<StatusWait> {
  const hintsSeen = run.hints;
  const resumesSeen = run.resumes;
  const scope = new CancellationScope();
  const polled = scope.run(() =>
    awaitStatus(
      {
        plan: run.require('plan'),
        attempt: run.require('attempt'),
        providerPayoutId: run.require('providerPayoutId'),
        knownProviderStatus: run.providerStatus ?? '',
        delaysMs: wait.delaysMs,
      },
      { deadlineMs: Math.max(1_000, wait.deadlineMs), summary: wait.summary },
    ),
  );
  const polling: Promise<StatusWait | 'cut-short'> = polled.catch((error: unknown) => {
    if (isCancellation(error)) return 'cut-short' as const;
    // Schedule-to-close ended between two reads; the cause is then the last "still pending".
    if (error instanceof ActivityFailure && error.retryState === RetryState.TIMEOUT)
      return { kind: 'deadline' as const };
    throw error;
  });
  const hint = new CancellationScope();
  const hinted: Promise<'cut-short'> = hint.run(async () => {
    await condition(() => (run.mayTakeHint && run.hints > hintsSeen) || run.resumes > resumesSeen);
    return 'cut-short' as const;
  });
  hinted.catch(() => undefined);
  const first = await Promise.race([polling, hinted]);
  hint.cancel();
  if (first !== 'cut-short') return first;
  if (run.hints > hintsSeen) run.takeHint();
  scope.cancel();
  const cut = await polling;
  return cut === 'cut-short' ? readNow(run) : cut;
}

export async function readNow(run: PayoutRun): Promise<StatusResult> {
  return orHoldUnresolved(run, () =>
    readStatus({
      plan: run.require('plan'),
      attempt: run.require('attempt'),
      providerPayoutId: run.require('providerPayoutId'),
    }),
  );
}
