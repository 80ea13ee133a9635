import { ApplicationFailure } from '@temporalio/common';
import {
  accountChangedFailure,
  attemptConflictFailure,
  registerUnavailableFailure,
} from '../contract/failure-types';
import { attemptKeyDigest } from '../domain/attempt-key';
import type { ActivityDeps } from './activity-ports';
import { enterAttempt } from './enter-attempt';
import { accountOfPlan } from './installed-account';
import type { PayoutActivities, PrepareAttemptInput, PreparedAttempt } from './payout-activities';

/** Freezes key and body of an attempt, and enters it in the register, before the first send under that key. */
export function createPrepareAttempt(deps: ActivityDeps): PayoutActivities['prepareAttempt'] {
  return async (input) => {
    const attempt = input.frozen ?? freezeAttempt(deps, input);
    const problem = await enterAttempt(deps, input, attempt);
    if (problem !== undefined) {
      throw ApplicationFailure.nonRetryable(
        problem.note,
        problem.reason === 'attempt_conflict' ? attemptConflictFailure : registerUnavailableFailure,
      );
    }
    return attempt;
  };
}

/** Key and body of an attempt: the same whenever it is asked again, as long as the configuration is. */
export function freezeAttempt(
  { installation, ports }: ActivityDeps,
  { request, plan, generation, quote }: PrepareAttemptInput,
): PreparedAttempt {
  const account = accountOfPlan(installation, plan);
  if (!account) {
    throw ApplicationFailure.nonRetryable(
      `account ${plan.account} is not configured here as the plan froze it`,
      accountChangedFailure,
    );
  }
  const { tenant, reference } = request;
  const digest = attemptKeyDigest(
    {
      installation: installation.id,
      tenant,
      reference,
      account: account.id,
      mode: account.mode,
      generation,
    },
    ports.sha256,
  );
  const key = account.provider.formatKey(digest);
  const body = account.provider.freezeBody({ request, key, ...(quote === undefined ? {} : { quote }) });
  return { schema: 1, key, generation, body, bodyHash: ports.sha256(body) };
}
