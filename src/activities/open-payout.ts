import type { PayoutRequest } from '../domain/payout-request';
import { decidedLevel, evaluatePolicy } from '../domain/policy/evaluate-policy';
import type { PolicyDecision } from '../domain/policy/evaluate-policy';
import { policyFacts } from '../domain/policy/policy-facts';
import { accountsOf } from '../domain/policy/policy-people';
import type { ReasonCode } from '../domain/reason';
import { chooseRoute } from '../domain/routing';
import { routeRefusals, unsupportedRefusals } from '../domain/routing-refusal';
import type { RequestProblem } from '../providers/provider';
import { parsePayoutRequest } from '../validation/payout-request-schema';
import { approvalDigest } from './approval-digest';
import type { ActivityDeps } from './activity-ports';
import { referenceProblem } from './own-reference';
import type { OpenPayoutResult, PayoutActivities, ScreeningPlan } from './payout-activities';
import { findReplaced, placeProblem } from './replaced-payout';

/** Validates whatever the run was started with, chooses the route, and freezes the plan. */
export function createOpenPayout(deps: ActivityDeps): PayoutActivities['openPayout'] {
  const planPayout = createPlanPayout(deps);
  return async ({
    input,
    startedAt,
    originalRunId,
    firstRunId,
    mayHaveUnfoldedId,
  }): Promise<OpenPayoutResult> => {
    const parsed = parsePayoutRequest(requestIn(input));
    if (!parsed.ok) return rejected('request_invalid', parsed.problems);
    const { request, changed, warnings } = parsed;

    const notOurs = await referenceProblem(deps, request, {
      originalRunId,
      ...(mayHaveUnfoldedId === undefined ? {} : { mayHaveUnfoldedId }),
    });
    if (notOurs !== undefined) return rejected('request_invalid', [notOurs], request);

    // A cron schedule, a workflow retry or continue-as-new runs the same payout once more. (A reset keeps both ids.)
    if (originalRunId !== firstRunId) {
      return rejected(
        'request_invalid',
        [{ path: '', message: 'a payout runs once: no cron schedule, workflow retry or continue-as-new' }],
        request,
      );
    }

    const replaced = await findReplaced(deps, request);
    if (replaced !== undefined && 'message' in replaced)
      return rejected('request_invalid', [replaced], request);

    const opened = await planPayout(request, startedAt);
    if (opened.kind !== 'planned' || replaced === undefined) return opened;
    const tooLate = await placeProblem(deps, replaced, request);
    return tooLate === undefined ? opened : rejected('request_invalid', [tooLate], request);
  };
}

/**
 * What would become of a request: refused, held, or planned. It only reads, so that `checkPayout` asks the same; what a
 * payout claims for itself, `openPayout` claims.
 */
export function createPlanPayout({ installation, ports }: ActivityDeps): PlanPayout {
  return async (request, startedAt): Promise<OpenPayoutResult> => {
    const route = chooseRoute(installation.routes, request);
    const account = route && installation.accounts.get(route.account);
    if (!route || !account)
      return rejected(
        'no_route',
        routeRefusals(request, installation.routes, [...installation.accounts.keys()]),
        request,
      );
    if (account.mode !== installation.mode) {
      return {
        kind: 'held',
        reason: 'account_changed',
        note: `a ${installation.mode} worker and a ${account.mode} account`,
      };
    }
    const { provider } = account;
    const problems = [...provider.problems(request), ...limitProblems(request, provider.needsQuote(request))];
    if (problems.length > 0)
      return rejected('request_unsupported', unsupportedRefusals(request, account.id, problems), request);
    const asked = policyFacts(request, {
      account: account.id,
      provider: provider.provider,
      sourceCurrency: provider.sourceCurrency(request),
    });
    if (asked === undefined) {
      const problem = { path: 'source.currency', message: 'is required at this account' };
      return rejected('request_unsupported', unsupportedRefusals(request, account.id, [problem]), request);
    }
    const { policy, proofs } = installation;
    const decision = evaluatePolicy(policy.document, asked);
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
      ...(changed.length === 0 ? {} : { normalised: changed }),
      ...(warnings.length === 0 ? {} : { warnings: inWords(warnings) }),
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
        timeLimits: provider.timeLimits,
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
  problems: inWords(problems),
  ...(request === undefined ? {} : { request }),
});

const inWords = (problems: readonly RequestProblem[]): readonly string[] =>
  problems.slice(0, 20).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
