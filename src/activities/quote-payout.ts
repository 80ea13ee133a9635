import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { QuoteReply } from '../providers/provider';
import { approvalDigest } from './approval-digest';
import type { ActivityDeps } from './activity-ports';
import { passageAt, reportCredentials } from './credentials-probe';
import { accountOfPlan } from './installed-account';
import type { PayoutActivities } from './payout-activities';
import { reportFailure } from './report-failure';
import { whileBeating } from './while-beating';
import { withinTime } from './within-time';

/**
 * From the start of a local activity to the end of the call. What is reported after it takes two seconds at most, and a
 * workflow task that lasts for eight asks the server for more time.
 */
const localMs = 5_000;

/** Asks the plan's account for a price. */
export function createQuotePayout({ installation, ports }: ActivityDeps): PayoutActivities['quotePayout'] {
  return async ({ request, plan, probesCredentials }) => {
    const elapsedMs = ports.stopwatch();
    const provider = accountOfPlan(installation, plan)?.provider;
    const quote = provider?.quote?.bind(provider);
    if (!quote) return { kind: 'failed', failure: { effect: 'none', code: 'account_changed' } };
    const passage = await passageAt(ports, plan.account, probesCredentials);
    // A price moves no money: people's pause holds none back, but credentials are not shown again and again.
    if (passage.kind === 'barred' && passage.by === 'credentials')
      return { kind: 'failed', failure: { effect: 'none', code: 'account_paused' } };
    const signal = cancellationSignal();
    const asked = activityInfo().isLocal
      ? await withinTime(ports, localMs - elapsedMs(), signal, (limited) =>
          quote(request, { signal: limited }),
        )
      : ({
          kind: 'done',
          value: await whileBeating<QuoteReply>(ports, () => quote(request, { signal })),
        } as const);
    if (asked.kind === 'too-late') return { kind: 'slow' };
    const reply = asked.value;
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
