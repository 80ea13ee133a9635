import type { PayoutRequest } from '../domain/payout-request';
import { decidedLevel, evaluatePolicy } from '../domain/policy/evaluate-policy';
import type { PolicyDecision } from '../domain/policy/evaluate-policy';
import { policyFacts } from '../domain/policy/policy-facts';
import { accountsOf } from '../domain/policy/policy-people';
import { chooseRoute } from '../domain/routing';
import { routeRefusals, unsupportedRefusals } from '../domain/routing-refusal';
import type { RequestProblem } from '../providers/provider';
import type { ParsedPayoutRequest } from '../validation/payout-request-schema';
import { approvalDigest } from './approval-digest';
import type { ActivityDeps } from './activity-ports';
import { askForEarlier } from './earlier-payout';
import type { EarlierVerb } from './earlier-payout';
import type { OpenPayoutResult, ScreeningPlan } from './payout-activities';

/**
 * What would become of a request: refused, held, or planned. It only reads, so that `checkPayout` asks the same; what a
 * payout claims for itself, `openPayout` claims.
 */
export function createPlanPayout(deps: ActivityDeps, earlierVerb: EarlierVerb): PlanPayout {
  const { installation, ports } = deps;
  return async ({ request, changed, warnings }, startedAt): Promise<OpenPayoutResult> => {
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
        request,
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

/** `read` is what `parsePayoutRequest` made of it. */
export type PlanPayout = (read: ReadRequest, startedAt: number) => Promise<OpenPayoutResult>;
type ReadRequest = Extract<ParsedPayoutRequest, { readonly ok: true }>;

/** Limits on the rate are a promise; where nobody quotes, it cannot be kept. */
const limitProblems = (request: PayoutRequest, needsQuote: boolean): readonly RequestProblem[] =>
  request.limits !== undefined && !needsQuote
    ? [{ path: 'limits', message: 'this route has no quotes, so limits on the rate cannot be kept' }]
    : [];

/** A refusal before anything was planned. */
export const rejected = (
  reason: Extract<OpenPayoutResult, { readonly kind: 'rejected' }>['reason'],
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
