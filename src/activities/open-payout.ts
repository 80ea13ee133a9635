import { activityInfo } from '@temporalio/activity';
import { payoutWorkflowId } from '../contract/workflow-ids';
import { approvalRuleFor } from '../domain/approval';
import { amountCurrency } from '../domain/payout-request';
import type { PayoutRequest } from '../domain/payout-request';
import type { ReasonCode } from '../domain/reason';
import { chooseRoute } from '../domain/routing';
import type { RequestProblem } from '../providers/provider';
import { parsePayoutRequest } from '../validation/payout-request-schema';
import { approvalDigest } from './approval-digest';
import type { ActivityDeps } from './activity-ports';
import type { OpenPayoutResult, PayoutActivities } from './payout-activities';

/** Validates whatever the run was started with, chooses the route, and freezes the plan. */
export function createOpenPayout({ installation, ports }: ActivityDeps): PayoutActivities['openPayout'] {
  return async ({ input, startedAt, originalRunId, firstRunId }): Promise<OpenPayoutResult> => {
    const parsed = parsePayoutRequest(requestIn(input));
    if (!parsed.ok) return rejected('request_invalid', parsed.problems);
    const { request } = parsed;

    // Keys come from tenant and reference: another workflow id for the same payout would be a second run of it.
    const workflowId = payoutWorkflowId(request);
    if (activityInfo().workflowExecution?.workflowId !== workflowId) {
      return rejected(
        'request_invalid',
        [{ path: 'reference', message: `the workflow id must be ${workflowId}` }],
        request,
      );
    }

    // A cron schedule, a workflow retry or continue-as-new runs the same payout once more. (A reset keeps both ids.)
    if (originalRunId !== firstRunId) {
      return rejected(
        'request_invalid',
        [{ path: '', message: 'a payout runs once: no cron schedule, workflow retry or continue-as-new' }],
        request,
      );
    }

    const route = chooseRoute(installation.routes, request);
    const account = route && installation.accounts.get(route.account);
    if (!route || !account)
      return rejected('no_route', [{ path: '', message: 'no routing rule matches' }], request);
    if (account.mode !== installation.mode) {
      return {
        kind: 'held',
        reason: 'account_changed',
        note: `a ${installation.mode} worker and a ${account.mode} account`,
      };
    }
    const { provider } = account;
    const problems = [...provider.problems(request), ...limitProblems(request, provider.needsQuote(request))];
    const currency = amountCurrency(request) ?? provider.sourceCurrency(request);
    if (problems.length > 0) return rejected('request_unsupported', problems, request);
    if (currency === undefined) {
      const problem = { path: 'source.currency', message: 'is required at this account' };
      return rejected('request_unsupported', [problem], request);
    }

    const facts = {
      request,
      account: account.id,
      accountFingerprint: account.fingerprint,
      quoteBandPercent: installation.quoteBandPercent,
    };
    return {
      kind: 'planned',
      request,
      plan: {
        schema: 1,
        configuration: installation.configurationHash,
        account: account.id,
        provider: provider.provider,
        mode: account.mode,
        accountFingerprint: account.fingerprint,
        contract: provider.contract,
        poll: provider.pollPlan,
        submitTimeoutMs: provider.submitTimeoutMs,
        needsQuote: provider.needsQuote(request),
        quoteBandPercent: installation.quoteBandPercent,
        approval: approvalRuleFor(installation.approval, request.amount.value, currency),
        digest: approvalDigest(facts, ports.sha256),
        amountCurrency: currency,
        holds: installation.holds,
        ...(request.notAfter === undefined ? {} : { notAfterMs: Date.parse(request.notAfter) - startedAt }),
      },
    };
  };
}

/** The request inside a workflow input; a schema that is not ours is shown to the validation as it is. */
function requestIn(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input;
  const { schema, request } = input as { schema?: unknown; request?: unknown };
  return schema === 1 ? request : { schema };
}

/** Limits on the rate are a promise; where nobody quotes, it cannot be kept. */
const limitProblems = (request: PayoutRequest, needsQuote: boolean): readonly RequestProblem[] =>
  request.limits !== undefined && !needsQuote
    ? [{ path: 'limits', message: 'this route has no quotes, so limits on the rate cannot be kept' }]
    : [];

const rejected = (
  reason: Extract<ReasonCode, 'request_invalid' | 'no_route' | 'request_unsupported'>,
  problems: readonly RequestProblem[],
  request?: PayoutRequest,
): OpenPayoutResult => ({
  kind: 'rejected',
  reason,
  problems: problems.slice(0, 20).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)),
  ...(request === undefined ? {} : { request }),
});
