import type { ActivityDeps } from './activity-ports';
import { createAwaitStatus } from './await-status';
import { createCheckDecision } from './check-decision';
import { createCheckPayout } from './check-payout';
import { createClaimsOn } from './claims-on';
import { createEarlierSends } from './earlier-sends';
import { createLookUpPayout } from './look-up-payout';
import { createOpenPayout } from './open-payout';
import type { PayoutActivities } from './payout-activities';
import { createPrepareAttempt } from './prepare-attempt';
import { createQuotePayout } from './quote-payout';
import { createReadStatus } from './read-status';
import { createScreenPayout } from './screen-payout';
import { createSubmitPayout } from './submit-payout';
import { createWakeHeldPayouts } from './wake-held-payouts';

/** The activities as the worker registers them: the same functions in production, tests and simulation. */
export function createActivities(deps: ActivityDeps): PayoutActivities {
  return {
    openPayout: createOpenPayout(deps),
    checkPayout: createCheckPayout(deps),
    screenPayout: createScreenPayout(deps),
    checkDecision: createCheckDecision(deps),
    quotePayout: createQuotePayout(deps),
    prepareAttempt: createPrepareAttempt(deps),
    earlierSends: createEarlierSends(deps),
    claimsOn: createClaimsOn(deps),
    submitPayout: createSubmitPayout(deps),
    lookUpPayout: createLookUpPayout(deps),
    awaitStatus: createAwaitStatus(deps),
    readStatus: createReadStatus(deps),
    wakeHeldPayouts: createWakeHeldPayouts(deps),
  };
}
