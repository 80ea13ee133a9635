import { asksForEarlier } from '../domain/policy/policy-document';
import { parsePayoutRequest } from '../validation/payout-request-schema';
import type { ActivityDeps } from './activity-ports';
import { referenceProblem } from './own-reference';
import type { OpenPayoutResult, PayoutActivities, PayoutPlan } from './payout-activities';
import type { ClaimingRun } from './claim-intent';
import { claimedInWords, claimIntent, followsReset } from './claim-intent';
import { enterAttempt } from './enter-attempt';
import { freezeAttempt } from './prepare-attempt';
import type { PlanPayout } from './plan-payout';
import { createPlanPayout, rejected } from './plan-payout';
import { findReplaced, placeProblem } from './replaced-payout';

/**
 * Validates whatever the run was started with, chooses the route, claims the reference, and freezes the plan. A reference is
 * spent once its payout was planned: what is refused or held before that leaves nothing in the register.
 */
export function createOpenPayout(deps: ActivityDeps): PayoutActivities['openPayout'] {
  const planPayout = createPlanPayout(deps, 'enter');
  const planWithoutEntering = createPlanPayout(deps, 'find');
  return async ({
    input,
    startedAt,
    originalRunId,
    firstRunId,
    mayHaveUnfoldedId,
  }): Promise<OpenPayoutResult> => {
    const given = requestIn(input);
    const parsed = parsePayoutRequest(given);
    if (!parsed.ok) return rejected('request_invalid', parsed.problems);
    const { request } = parsed;

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

    const opened = await planAndClaim(parsed, { originalRunId, startedAt });
    if (opened.kind !== 'planned') return opened;
    // After the claim: a reference that is refused as spent must not take a place that it can never fill.
    const tooLate = replaced && (await placeProblem(deps, replaced, request));
    if (tooLate !== undefined) return rejected('request_invalid', [tooLate], request);
    const { plan } = opened;
    // In the same order, too: whatever is made of it later must come out the same to the byte.
    const isAsGiven = JSON.stringify(given) === JSON.stringify(request);
    if (!isSentAsItIs(plan)) return { ...opened, ...(isAsGiven ? {} : { request }) };
    const attempt = freezeAttempt(deps, { schema: 1, request, plan, generation: 1 });
    const notEntered = await enterAttempt(deps, { request, plan, originalRunId, startedAt }, attempt);
    if (notEntered !== undefined) return { kind: 'held', ...notEntered, request };
    return { ...opened, ...(isAsGiven ? {} : { normalRequest: request }), attempt };
  };

  /** The claim comes before anything that others could find: where planning enters the payout for others, it is planned twice. */
  async function planAndClaim(
    read: Parameters<PlanPayout>[0],
    { originalRunId, startedAt }: Pick<ClaimingRun, 'originalRunId' | 'startedAt'>,
  ): Promise<OpenPayoutResult> {
    const { register, policy } = deps.installation;
    if (register === undefined) return planPayout(read, startedAt);
    const { request } = read;
    const found = await planWithoutEntering(read, startedAt);
    if (found.kind !== 'planned') return found;
    const claim = await claimIntent(deps, { request, plan: found.plan, originalRunId, startedAt });
    if (claim.kind === 'taken') {
      const message = claimedInWords(deps, claim.by, request);
      return rejected('reference_reused', [{ path: 'reference', message }], request);
    }
    if (claim.kind === 'unavailable' && !followsReset(originalRunId))
      return { kind: 'held', reason: 'register_unavailable', note: claim.note, request };
    return asksForEarlier(policy.document, request.tenant) ? planPayout(read, startedAt) : found;
  }
}

/** Nothing is waited for that could change what is sent. */
const isSentAsItIs = ({ needsQuote, policy }: PayoutPlan): boolean =>
  !needsQuote && policy?.decision.outcome.kind === 'auto-approve';

/** The request inside a workflow input; a schema that is not ours is shown to the validation as it is. */
function requestIn(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input;
  const { schema, request } = input as { schema?: unknown; request?: unknown };
  return schema === 1 ? request : { schema };
}
