import type { FindingOut } from '../../../domain/payout-snapshot';
import { peopleMayEndAt } from '../../../domain/submission';
import type { PayoutRun } from '../payout-run';

type Asked = Pick<PayoutRun, 'status' | 'held' | 'plan' | 'attemptLog' | 'mayNotReplay' | 'sought'>;

/** For the snapshot: what the machine does about an unknown outcome, and from when on people may. */
export function findingOut(run: Asked): { readonly findingOut?: FindingOut } {
  const { status, held, plan, attemptLog, sought } = run;
  if (status !== 'unconfirmed' || plan === undefined || attemptLog === undefined || sought === undefined)
    return {};
  const isTheirs = held?.reason === 'outcome_unknown' || held?.reason === 'provider_mismatch';
  const { since, nextLookAt } = sought;
  const now = Date.now();
  return {
    findingOut: {
      ...(nextLookAt === undefined || nextLookAt <= now ? {} : { nextLookAt }),
      peopleMayEndAt: peopleMayEndAt(attemptLog, plan.contract, {
        theirsAt: isTheirs ? held.since : since + plan.contract.personAfterMs,
        now,
        // What lies under the key and differs is people's, whether it could be sent again or not.
        cancelRequested: run.mayNotReplay || held?.reason === 'provider_mismatch',
      }),
    },
  };
}
