import { cancellationSignal } from '@temporalio/activity';
import { approvalDigest } from './approval-digest';
import type { ActivityDeps } from './activity-ports';
import { passageAt, reportCredentials } from './credentials-probe';
import { accountOfPlan } from './installed-account';
import type { PayoutActivities } from './payout-activities';
import { reportFailure } from './report-failure';

/** Asks the plan's account for a price. */
export function createQuotePayout({ installation, ports }: ActivityDeps): PayoutActivities['quotePayout'] {
  return async ({ request, plan, probesCredentials }) => {
    const provider = accountOfPlan(installation, plan)?.provider;
    if (!provider?.quote) return { kind: 'failed', failure: { effect: 'none', code: 'account_changed' } };
    const passage = await passageAt(ports, plan.account, probesCredentials);
    // A price moves no money: people's pause holds none back, but credentials are not shown again and again.
    if (passage.kind === 'barred' && passage.by === 'credentials')
      return { kind: 'failed', failure: { effect: 'none', code: 'account_paused' } };
    const reply = await provider.quote(request, { signal: cancellationSignal() });
    if (reply.kind === 'failed') {
      if (reply.failure.code === 'credentials_refused')
        await reportCredentials(ports, plan.account, { said: 'refused' });
      reportFailure(plan.account, 'quote', reply.failure);
      return reply;
    }
    const digest = approvalDigest({ ...plan, request, quote: reply.quote }, ports.sha256);
    // Whether the provider takes a send is only known by one: it gets leave with this price.
    const probes = passage.kind === 'probes' ? { probesCredentials: true } : {};
    return { kind: 'quoted', quote: reply.quote, digest, ...probes };
  };
}
