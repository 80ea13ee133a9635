import { allHandlersFinished, CancellationScope, condition } from '@temporalio/workflow';
import type { PayoutSnapshot } from '../../domain/payout-snapshot';
import { agreeOnTerms } from './people/approval-wait';
import { watchForChanges } from './following/change-watch';
import { registerMessageHandlers } from './message-handlers';
import { openPlan } from './opening';
import { PayoutRun } from './payout-run';
import { screenBeneficiary } from './screening';
import { followStatus } from './following/status-wait';
import type { StepEnd } from './step-end';
import { submitPayment } from './attempt/submission';
import { concludeUnsent } from './attempt/unsent-end';
import { requestCancel } from './cancel-wish';
import { snapshotOf } from './payout-view';
import { publish, showCurrentDetails } from './publishing';

/**
 * One payout, from request to its final business state, and through its watch. The input is whatever the run was
 * started with; it is validated before anything believes it. The result is the final snapshot.
 */
export async function payoutWorkflow(input: unknown): Promise<PayoutSnapshot> {
  const run = new PayoutRun(input);
  registerMessageHandlers(run);
  showCurrentDetails(run);
  // Cancel in Temporal's own UI acts as our cancel: it asks, and never interrupts a send.
  CancellationScope.current().cancelRequested.catch(() => requestCancel(run, 'temporal-cancel'));

  return CancellationScope.nonCancellable(async () => {
    const isAccepted = await inTurn(run, [
      (started) => openPlan(started, input),
      screenBeneficiary,
      agreeOnTerms,
      submitPayment,
    ]);
    const isFollowed =
      isAccepted === 'go-on' ||
      (run.unsentEnd !== undefined && (await concludeUnsent(run, input)) === 'go-on');
    if (isFollowed) await inTurn(run, [followStatus, watchForChanges]);
    publish(run);
    await condition(allHandlersFinished);
    return snapshotOf(run);
  });
}

/** Takes one step after the other, until one of them is the last. */
async function inTurn(
  run: PayoutRun,
  steps: readonly ((run: PayoutRun) => Promise<StepEnd>)[],
): Promise<StepEnd> {
  for (const step of steps) {
    if ((await step(run)) === 'ended') return 'ended';
  }
  return 'go-on';
}
