import { parsePayoutRequest } from '../validation/payout-request-schema';
import type { ActivityDeps } from './activity-ports';
import { referenceProblem } from './own-reference';
import type { OpenPayoutResult, PayoutActivities, PayoutPlan } from './payout-activities';
import { createPrepareAttempt } from './prepare-attempt';
import { createPlanPayout, rejected } from './plan-payout';
import { findReplaced, placeProblem } from './replaced-payout';

/** Validates whatever the run was started with, chooses the route, and freezes the plan. */
export function createOpenPayout(deps: ActivityDeps): PayoutActivities['openPayout'] {
  const planPayout = createPlanPayout(deps, 'enter');
  const prepareAttempt = createPrepareAttempt(deps);
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

    const opened = await planPayout(parsed, startedAt);
    if (opened.kind !== 'planned') return opened;
    const tooLate = replaced && (await placeProblem(deps, replaced, request));
    if (tooLate !== undefined) return rejected('request_invalid', [tooLate], request);
    const { plan } = opened;
    // In the same order, too: whatever is made of it later must come out the same to the byte.
    const isAsGiven = JSON.stringify(given) === JSON.stringify(request);
    if (!isSentAsItIs(plan)) return { ...opened, ...(isAsGiven ? {} : { request }) };
    const attempt = await prepareAttempt({ schema: 1, request, plan, generation: 1 });
    return { ...opened, ...(isAsGiven ? {} : { normalRequest: request }), attempt };
  };
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
