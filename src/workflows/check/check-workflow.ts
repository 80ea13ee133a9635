import { workflowInfo } from '@temporalio/workflow';
import type { CheckAnswer } from '../../domain/payout-check';
import { checkPayout } from '../activity-proxies';

/**
 * Asks a worker what a start of a request would come to. It is no payout: it has an id of its own, burns no reference, and
 * whoever asked deletes it after the answer, because its history holds the request.
 */
export async function checkWorkflow(input: unknown): Promise<CheckAnswer> {
  const { request, recalls } =
    typeof input === 'object' && input !== null
      ? (input as { readonly request?: unknown; readonly recalls?: unknown })
      : { request: input };
  const now = workflowInfo().startTime.getTime();
  return checkPayout({ schema: 1, request, now, ...(recalls === true ? { recalls } : {}) });
}
