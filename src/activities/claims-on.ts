import { activityInfo } from '@temporalio/activity';
import type { ActivityDeps } from './activity-ports';
import type { PayoutActivities } from './payout-activities';

/** Asks, before people's word makes a provider's payout ours, whether it is another payout's already. */
export function createClaimsOn({ ports }: ActivityDeps): PayoutActivities['claimsOn'] {
  return async ({ account, providerPayoutId }) => {
    const claims = await ports.claimsOn({ account, providerPayoutId });
    if (claims === 'unavailable') return { kind: 'unreadable' };
    const other = claims.find((workflowId) => workflowId !== activityInfo().workflowExecution?.workflowId);
    return other === undefined ? { kind: 'free' } : { kind: 'claimed', by: other };
  };
}
