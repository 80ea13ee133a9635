import { ApplicationFailure } from '@temporalio/common';
import { accountChangedFailure } from '../contract/failure-types';
import { attemptKeyDigest } from '../domain/attempt-key';
import type { ActivityDeps } from './activity-ports';
import { accountOfPlan } from './installed-account';
import type { PayoutActivities } from './payout-activities';

/** Freezes key and body of an attempt, before the first send under that key. */
export function createPrepareAttempt({
  installation,
  ports,
}: ActivityDeps): PayoutActivities['prepareAttempt'] {
  return async ({ request, plan, generation, quote }) => {
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
  };
}
