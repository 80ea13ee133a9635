import { cancellationSignal } from '@temporalio/activity';
import { approvalDigest } from './approval-digest';
import type { ActivityDeps } from './activity-ports';
import { accountOfPlan } from './installed-account';
import type { PayoutActivities } from './payout-activities';
import { reportFailure } from './report-failure';

/** Asks the plan's account for a price. */
export function createQuotePayout({ installation, ports }: ActivityDeps): PayoutActivities['quotePayout'] {
  return async ({ request, plan }) => {
    const provider = accountOfPlan(installation, plan)?.provider;
    if (!provider?.quote) return { kind: 'failed', failure: { effect: 'none', code: 'account_changed' } };
    const reply = await provider.quote(request, { signal: cancellationSignal() });
    if (reply.kind === 'failed') {
      reportFailure(plan.account, 'quote', reply.failure);
      return reply;
    }
    const digest = approvalDigest({ ...plan, request, quote: reply.quote }, ports.sha256);
    return { kind: 'quoted', quote: reply.quote, digest };
  };
}
