import { allHandlersFinished, CancellationScope, condition } from '@temporalio/workflow';
import type { PayoutSnapshot } from '../domain/payout-snapshot';
import { agreeOnTerms } from './approval-wait';
import { watchForChanges } from './change-watch';
import { registerMessageHandlers } from './message-handlers';
import { openPlan } from './opening';
import { PayoutRun } from './payout-run';
import { screenBeneficiary } from './screening';
import { followStatus } from './status-wait';
import type { StepEnd } from './step-end';
import { submitPayment } from './submission';

/**
 * One payout, from request to its final business state, and through its watch. The input is whatever the run was
 * started with; it is validated before anything believes it. The result is the final snapshot.
 */
export async function payoutWorkflow(input: unknown): Promise<PayoutSnapshot> {
  const run = new PayoutRun();
  registerMessageHandlers(run);
  // Cancel in Temporal's own UI acts as our cancel: it asks, and never interrupts a send.
  CancellationScope.current().cancelRequested.catch(() => run.requestCancel('temporal-cancel'));

  return CancellationScope.nonCancellable(async () => {
    const steps: readonly ((run: PayoutRun) => Promise<StepEnd>)[] = [
      (started) => openPlan(started, input),
      screenBeneficiary,
      agreeOnTerms,
      submitPayment,
      followStatus,
      watchForChanges,
    ];
    for (const step of steps) {
      if ((await step(run)) === 'ended') break;
    }
    run.publish();
    await condition(allHandlersFinished);
    return run.snapshot();
  });
}
