import { log } from '@temporalio/activity';
import { explainPolicy } from '../domain/policy/explain-policy';
import { peopleNeeded } from '../domain/policy/policy-document';
import type { CheckAnswer } from '../domain/payout-check';
import { formatProblem, parsePayoutRequest } from '../validation/payout-request-schema';
import type { ActivityDeps } from './activity-ports';
import { createPlanPayout } from './plan-payout';
import type { OpenPayoutResult, PayoutActivities, PayoutPlan } from './payout-activities';
import { findReplaced } from './replaced-payout';

/**
 * Says what `openPayout` would make of a request, by the same function: it asks no provider, screens nobody and claims
 * nothing. Whatever goes wrong is an answer: nobody retries a question of a person who waits.
 */
export function createCheckPayout(deps: ActivityDeps): PayoutActivities['checkPayout'] {
  const planPayout = createPlanPayout(deps, 'find');
  return async ({ request: input, now, recalls }): Promise<CheckAnswer> => {
    const parsed = parsePayoutRequest(input);
    if (!parsed.ok)
      return { kind: 'refused', reason: 'request_invalid', problems: parsed.problems.map(formatProblem) };
    try {
      const replaced = recalls === true ? undefined : await findReplaced(deps, parsed.request);
      if (replaced !== undefined && 'message' in replaced)
        return { kind: 'refused', reason: 'request_invalid', problems: [formatProblem(replaced)] };
      return answerOf(await planPayout(parsed, now));
    } catch (error) {
      log.warn('a request could not be checked', { error: error instanceof Error ? error.name : 'unknown' });
      return { kind: 'not-known', note: 'the worker could not find out: its log says why' };
    }
  };

  function answerOf(opened: OpenPayoutResult): CheckAnswer {
    if (opened.kind === 'rejected')
      return { kind: 'refused', reason: opened.reason, problems: opened.problems };
    if (opened.kind === 'held') return { kind: 'held', reason: opened.reason, note: opened.note };
    const { account, provider, mode, needsQuote, policy } = opened.plan;
    // Every plan that is made today has one.
    if (policy === undefined) return { kind: 'not-known', note: 'the plan names no policy' };
    const { document } = deps.installation.policy;
    const { decision, outcomeLines } = explainPolicy(document, policy.decision.facts);
    return {
      kind: 'planned',
      account,
      provider,
      mode,
      needsQuote,
      policy: {
        label: decision.label,
        because: decision.because,
        lines: outcomeLines,
        peopleNeeded: peopleNeeded(decision.outcome) ?? 0,
      },
      warnings: warningsOf(opened.plan),
    };
  }
}

function warningsOf({ notAfterMs }: PayoutPlan): readonly string[] {
  return notAfterMs !== undefined && notAfterMs <= 0
    ? ['notAfter has passed: nothing would be sent, and it would expire']
    : [];
}
