import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { parseAccountWorkflowId } from '../contract/workflow-ids';
import type { ActivityDeps } from './activity-ports';
import type { PayoutActivities } from './payout-activities';
import { whileBeating } from './while-beating';

/** Lists lag behind by fractions of a second: what was held just now is only seen by a later look. */
const looks = 3;
const betweenLooksMs = 1_000;
/** Twenty in a second: a thousand payouts that wait for money do not all reach the provider at once. */
const betweenPayoutsMs = 50;

/** Tells the payouts that wait for their account to go on. Each of them decides by itself what that means for it. */
export function createWakeHeldPayouts({ ports }: ActivityDeps): PayoutActivities['wakeHeldPayouts'] {
  return async ({ account, heldReasons: reasons, by, note }) => {
    const signal = cancellationSignal();
    const { taskQueue, workflowExecution } = activityInfo();
    // Another installation may have an account of that name, which nobody spoke of.
    const whose = parseAccountWorkflowId(workflowExecution?.workflowId ?? '')?.installation;
    const held = { account, reasons, ...(whose === undefined ? {} : { taskQueue }) };
    const seen = new Set<string>();
    let woken = 0;
    await whileBeating(ports, async () => {
      for (let look = 0; look < looks; look += 1) {
        if (look > 0) await ports.pause(betweenLooksMs);
        for (const workflowId of await ports.heldPayouts(held)) {
          signal.throwIfAborted();
          if (seen.has(workflowId)) continue;
          if (seen.size > 0) await ports.pause(betweenPayoutsMs);
          seen.add(workflowId);
          const told = await ports.tellPayout(workflowId, {
            schema: 1,
            account,
            heldReasons: reasons,
            by,
            note,
          });
          if (told) woken += 1;
        }
      }
    });
    return { woken };
  };
}
