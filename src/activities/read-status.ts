import { cancellationSignal } from '@temporalio/activity';
import type { ActivityDeps } from './activity-ports';
import { accountOfPlan } from './installed-account';
import type { PayoutActivities } from './payout-activities';
import { reportFailure } from './report-failure';
import { whileBeating } from './while-beating';

/** Reads the provider's status once. */
export function createReadStatus({ installation, ports }: ActivityDeps): PayoutActivities['readStatus'] {
  return async ({ plan, attempt, providerPayoutId }) => {
    const provider = accountOfPlan(installation, plan)?.provider;
    if (!provider) return { kind: 'failed', failure: { effect: 'none', code: 'account_changed' } };
    const reply = await whileBeating(ports, () =>
      provider.readStatus({ attempt, providerPayoutId }, { signal: cancellationSignal() }),
    );
    if (reply.kind === 'failed') reportFailure(plan.account, 'status', reply.failure);
    return reply;
  };
}
