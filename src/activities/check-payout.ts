import { log } from '@temporalio/activity';
import { explainPolicy } from '../domain/policy/explain-policy';
import { peopleNeeded } from '../domain/policy/policy-document';
import type { CheckAnswer } from '../domain/payout-check';
import { formatProblem, parsePayoutRequest } from '../validation/payout-request-schema';
import type { ActivityDeps } from './activity-ports';
import { createPlanPayout } from './plan-payout';
import type { OpenPayoutResult, PayoutActivities } from './payout-activities';
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
      return await answerOf(await planPayout(parsed, now));
    } catch (error) {
      log.warn('a request could not be checked', { error: error instanceof Error ? error.name : 'unknown' });
      return { kind: 'not-known', note: 'the worker could not find out: its log says why' };
    }
  };

  async function answerOf(opened: OpenPayoutResult): Promise<CheckAnswer> {
    if (opened.kind === 'rejected')
      return { kind: 'refused', reason: opened.reason, problems: opened.problems };
    if (opened.kind === 'held') return { kind: 'held', reason: opened.reason, note: opened.note };
    const { account, provider, mode, needsQuote, policy, notAfterMs } = opened.plan;
    if (notAfterMs !== undefined && notAfterMs <= 0) return afterItsTime;
    // Every plan that is made today has one.
    if (policy === undefined) return { kind: 'not-known', note: 'the plan names no policy' };
    const { document } = deps.installation.policy;
    const { decision, outcomeLines } = explainPolicy(document, policy.decision.facts);
    const needed = peopleNeeded(decision.outcome) ?? 0;
    const pause = await deps.ports.accountPause(account);
    const isPaused = pause !== 'unavailable' && pause.paused;
    // With people to ask, the account may be resumed before anything could be sent.
    if (isPaused && needed === 0)
      return { kind: 'held', reason: 'account_paused', note: `account ${account} is paused` };
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
        peopleNeeded: needed,
      },
      warnings: isPaused
        ? [`account ${account} is paused: once approved it would wait, held as account_paused`]
        : [],
    };
  }
}

/** As its run would end it. */
const afterItsTime: CheckAnswer = {
  kind: 'refused',
  reason: 'not_after_passed',
  problems: ['notAfter: has passed: nothing would be sent, and it would expire'],
};
