import { activityInfo } from '@temporalio/activity';
import { payoutWorkflowId } from '../contract/workflow-ids';
import type { PayoutRequest } from '../domain/payout-request';
import { decidedLevel, evaluatePolicy } from '../domain/policy/evaluate-policy';
import type { PolicyDecision } from '../domain/policy/evaluate-policy';
import { policyFacts } from '../domain/policy/policy-facts';
import { accountsOf } from '../domain/policy/policy-people';
import type { ReasonCode } from '../domain/reason';
import { chooseRoute } from '../domain/routing';
import type { RequestProblem } from '../providers/provider';
import { parsePayoutRequest } from '../validation/payout-request-schema';
import { approvalDigest } from './approval-digest';
import type { ActivityDeps } from './activity-ports';
import { askForEarlier } from './earlier-payout';
import type { EarlierVerb } from './earlier-payout';
import type { OpenPayoutResult, PayoutActivities, ScreeningPlan } from './payout-activities';

/** Validates whatever the run was started with, chooses the route, and freezes the plan. */
export function createOpenPayout(deps: ActivityDeps): PayoutActivities['openPayout'] {
  const planPayout = createPlanPayout(deps, 'enter');
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

    return planPayout(request, startedAt);
  };
}

/**
 * What would become of a request: refused, held, or planned. It only reads, so that `checkPayout` asks the same; what a
 * payout claims for itself, `openPayout` claims.
 */
export function createPlanPayout(deps: ActivityDeps, earlierVerb: EarlierVerb): PlanPayout {
  const { installation, ports } = deps;
  return async (request, startedAt): Promise<OpenPayoutResult> => {
    if (request.replaces !== undefined) {
      const problem = await replacedProblem(request.tenant, request.replaces, request.reference);
      if (problem !== undefined)
        return rejected('request_invalid', [{ path: 'replaces', message: problem }], request);
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
        request,
      };
    }
    const { provider } = account;
    const problems = [...provider.problems(request), ...limitProblems(request, provider.needsQuote(request))];
    if (problems.length > 0) return rejected('request_unsupported', problems, request);
    const asked = policyFacts(request, {
      account: account.id,
      provider: provider.provider,
      sourceCurrency: provider.sourceCurrency(request),
    });
    if (asked === undefined) {
      const problem = { path: 'source.currency', message: 'is required at this account' };
      return rejected('request_unsupported', [problem], request);
    }
    const { policy, proofs } = installation;
    const before = await askForEarlier(deps, earlierVerb, request, { amount: asked.amount, at: startedAt });
    // Not knowing is no "none": two clicks would both be paid.
    if (before.kind === 'unavailable') {
      const note = 'it cannot be read whether an earlier payout has the same payee and amount';
      return { kind: 'held', reason: 'unexpected_failure', note, request };
    }
    const decision = evaluatePolicy(
      policy.document,
      before.kind === 'found' ? { ...asked, earlier: before.earlier } : asked,
    );
    const { outcome } = decision;
    if (outcome.kind === 'block')
      return rejected(
        'policy_blocked',
        [{ path: '', message: `${decision.because}: ${outcome.reason}` }],
        request,
      );
    if (outcome.kind === 'approve' && outcome.enoughPeople === 'no')
      return { kind: 'held', reason: 'approval_blocked', note: decision.because, request };
    const quoteBandPercent = outcome.quoteBandPercent ?? installation.quoteBandPercent;

    const facts = {
      request,
      account: account.id,
      accountFingerprint: account.fingerprint,
      quoteBandPercent,
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
        quoteBandPercent,
        policy: { hash: policy.hash, decision, requireProof: proofs?.required === true },
        screening: screeningPlan(decision),
        digest: approvalDigest(facts, ports.sha256),
        amountCurrency: asked.amount.currency,
        holds: installation.holds,
        ...(request.notAfter === undefined ? {} : { notAfterMs: Date.parse(request.notAfter) - startedAt }),
      },
    };
  };

  /**
   * What is replaced has ended, no money moved, and where it was recalled for another payout, that one is this. (A payout
   * that ended otherwise names none: whoever starts two in its place asks for two.)
   */
  async function replacedProblem(
    tenant: string,
    replaced: string,
    reference: string,
  ): Promise<string | undefined> {
    if (replaced === reference) return 'a payout cannot take its own place';
    const end = await ports.endOfPayout(payoutWorkflowId({ tenant, reference: replaced }));
    if (end.kind === 'unpaid') {
      const { replacedBy = reference } = end;
      return replacedBy === reference ? undefined : 'another payout has taken its place';
    }
    // Asked again: Temporal is away for a moment.
    if (end.kind === 'unavailable') throw new Error('the replaced payout cannot be read');
    return end.kind === 'missing' ? 'there is no such payout' : 'has not ended unpaid';
  }

  function screeningPlan({ requester }: PolicyDecision): ScreeningPlan {
    const { freshForMs, review } = installation.screening;
    if (review === undefined) return { freshForMs };
    const { document } = installation.policy;
    return {
      freshForMs,
      review: {
        level: decidedLevel(document, review, requester),
        accounts: accountsOf(document.people),
      },
    };
  }
}

export type PlanPayout = (request: PayoutRequest, startedAt: number) => Promise<OpenPayoutResult>;

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
  reason: Extract<ReasonCode, 'request_invalid' | 'no_route' | 'request_unsupported' | 'policy_blocked'>,
  problems: readonly RequestProblem[],
  request?: PayoutRequest,
): OpenPayoutResult => ({
  kind: 'rejected',
  reason,
  problems: problems.slice(0, 20).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)),
  ...(request === undefined ? {} : { request }),
});
