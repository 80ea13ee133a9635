import { parsePayoutRequest } from '../validation/payout-request-schema';
import type { ActivityDeps } from './activity-ports';
import { referenceProblem } from './own-reference';
import type { OpenPayoutResult, PayoutActivities } from './payout-activities';
import { createPlanPayout, rejected } from './plan-payout';
import { findReplaced, placeProblem } from './replaced-payout';

/** Validates whatever the run was started with, chooses the route, and freezes the plan. */
export function createOpenPayout(deps: ActivityDeps): PayoutActivities['openPayout'] {
  const planPayout = createPlanPayout(deps, 'enter');
  return async ({
    input,
    startedAt,
    originalRunId,
    firstRunId,
    mayHaveUnfoldedId,
  }): Promise<OpenPayoutResult> => {
    const parsed = parsePayoutRequest(requestIn(input));
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
    if (opened.kind !== 'planned' || replaced === undefined) return opened;
    const tooLate = await placeProblem(deps, replaced, request);
    return tooLate === undefined ? opened : rejected('request_invalid', [tooLate], request);
  };
}

/** The request inside a workflow input; a schema that is not ours is shown to the validation as it is. */
function requestIn(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input;
  const { schema, request } = input as { schema?: unknown; request?: unknown };
  return schema === 1 ? request : { schema };
}
