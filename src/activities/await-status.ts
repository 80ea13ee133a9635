import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { stillPendingFailure } from '../contract/failure-types';
import type { ProviderFailureCode } from '../domain/provider-failure';
import type { ActivityDeps } from './activity-ports';
import type { AwaitStatusInput, PayoutActivities, StatusResult } from './payout-activities';
import { createReadStatus } from './read-status';

/** Failures that another read can cure by itself; all others go back to the workflow, which holds. */
const passing: ReadonlySet<ProviderFailureCode> = new Set<ProviderFailureCode>([
  'rate_limited',
  'not_reachable',
  'not_sent',
  'token_expired',
  'clock_refused',
  'timeout',
  'connection_lost',
  'server_error',
  'unreadable_reply',
  'interrupted',
  'in_progress',
  'conflict',
]);

/** A payout that was accepted a moment ago may not be readable yet; so many reads are given to that. */
const patientReads = 5;

/**
 * Waits for news: reads the status, and where it is the known one fails as "still pending", to be retried by the server
 * after the poll plan's next delay. That costs no history and no worker slot between two reads.
 */
export function createAwaitStatus(deps: ActivityDeps): PayoutActivities['awaitStatus'] {
  const readStatus = createReadStatus(deps);
  return async (input): Promise<StatusResult> => {
    const result = await readStatus(input);
    const { attempt } = activityInfo();
    if (result.kind === 'failed') {
      const { code, retryAfterMs } = result.failure;
      if (passing.has(code) || (code === 'not_found' && attempt <= patientReads)) {
        throw stillPending(input, attempt, code, retryAfterMs);
      }
      return result;
    }
    if (result.reading.providerStatus !== input.knownProviderStatus) return result;
    throw stillPending(input, attempt, result.reading.providerStatus);
  };
}

function stillPending(
  input: AwaitStatusInput,
  attempt: number,
  seen: string,
  atLeastMs = 0,
): ApplicationFailure {
  const { delaysMs } = input;
  const delay = delaysMs[Math.min(attempt, delaysMs.length) - 1] ?? 60_000;
  return ApplicationFailure.create({
    message: `status still ${seen}`,
    type: stillPendingFailure,
    category: ApplicationFailureCategory.BENIGN,
    // A delay of 0 would end the activity at once instead of retrying it.
    nextRetryDelay: Math.max(1, delay, atLeastMs),
  });
}
