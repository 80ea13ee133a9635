import { cancellationSignal } from '@temporalio/activity';
import type { ActivityDeps } from './activity-ports';
import { accountOfPlan } from './installed-account';
import type { PayoutActivities } from './payout-activities';

/** Looks for payouts that carry the attempt's key; what the provider does not answer is no proof of anything. */
export function createLookUpPayout({ installation }: ActivityDeps): PayoutActivities['lookUpPayout'] {
  return async ({ plan, attempt, firstSentAt }) => {
    const provider = accountOfPlan(installation, plan)?.provider;
    if (!provider?.lookUp) return { kind: 'failed', failure: { effect: 'none', code: 'misconfigured' } };
    return provider.lookUp({ attempt, firstSentAt }, { signal: cancellationSignal() });
  };
}
