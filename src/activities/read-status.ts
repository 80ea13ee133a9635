import { cancellationSignal } from '@temporalio/activity';
import type { ActivityDeps } from './activity-ports';
import { accountOfPlan } from './installed-account';
import type { PayoutActivities } from './payout-activities';

/** Reads the provider's status once. */
export function createReadStatus({ installation }: ActivityDeps): PayoutActivities['readStatus'] {
  return async ({ plan, attempt, providerPayoutId }) => {
    const provider = accountOfPlan(installation, plan)?.provider;
    if (!provider) return { kind: 'failed', failure: { effect: 'none', code: 'misconfigured' } };
    return provider.readStatus({ attempt, providerPayoutId }, { signal: cancellationSignal() });
  };
}
