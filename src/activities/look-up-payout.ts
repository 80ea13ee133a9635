import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { ActivityDeps } from './activity-ports';
import { runsBesideReset } from './earlier-sends';
import { accountOfPlan } from './installed-account';
import type { LookUpPayoutResult, PayoutActivities } from './payout-activities';
import { reportFailure } from './report-failure';
import { whileBeating } from './while-beating';

/** Looks for payouts that carry the attempt's key; what the provider does not answer is no proof of anything. */
export function createLookUpPayout({ installation, ports }: ActivityDeps): PayoutActivities['lookUpPayout'] {
  return async ({ plan, attempt, firstSentAt, startedAt, originalRunId, mindsOtherKeys }) => {
    const provider = accountOfPlan(installation, plan)?.provider;
    const lookUp = provider?.lookUp?.bind(provider);
    if (!lookUp) return { kind: 'failed', failure: { effect: 'none', code: 'account_changed' } };
    // A run that follows a reset does not know when its predecessors sent; its own first send may have been lost before it
    // could be told.
    const isReset = activityInfo().workflowExecution?.runId !== originalRunId;
    const from = isReset ? Math.min(startedAt, firstSentAt) : firstSentAt;
    const reply = await whileBeating<LookUpPayoutResult>(ports, async () => {
      // From here on it beats: reading what other runs sent can take a while, too.
      const others = mindsOtherKeys ? await runsBesideReset({ ports }, { originalRunId }) : undefined;
      if (others === 'unavailable' || others?.keys.some((key) => key !== attempt.key))
        return { kind: 'failed', failure: { effect: 'none', code: 'reset_conflict' } };
      return lookUp({ attempt, firstSentAt: from }, { signal: cancellationSignal() });
    });
    if (reply.kind === 'failed') reportFailure(plan.account, 'look-up', reply.failure);
    return reply;
  };
}
