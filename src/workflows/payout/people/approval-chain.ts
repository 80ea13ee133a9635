import type { PayoutPlan } from '../../../activities/payout-activities';
import type { ApprovalChain } from '../../../domain/approval';
import { personId } from '../../../domain/person';
import type { DecidedLevel } from '../../../domain/policy/evaluate-policy';

/** Who is asked whether it may be paid. Nobody, where the policy approves it itself. */
export function approvalChainOf(
  { policy, approval }: Pick<PayoutPlan, 'policy' | 'approval'>,
  requestedBy: string,
): ApprovalChain {
  if (policy !== undefined) {
    const { outcome, requester, because } = policy.decision;
    if (outcome.kind === 'approve')
      return { levels: outcome.levels.map(withReminder), accounts: outcome.accounts, requester, because };
    return { levels: [], accounts: {}, requester, because };
  }
  const requester = personId(requestedBy);
  if (approval === undefined) throw new Error('a plan without a policy');
  const { required, approvers, expiresAfterMs, because } = approval;
  const level = { role: 'approvers', quorum: required, people: approvers, deadlineMs: expiresAfterMs };
  return { levels: required === 0 ? [] : [level], accounts: {}, requester, because };
}

/** Who is asked whether somebody similar to a listed name is somebody else; undefined where nobody may say so. */
export function reviewChainOf(
  { policy, screening }: Pick<PayoutPlan, 'policy' | 'screening'>,
  because: string,
): ApprovalChain | undefined {
  const review = screening?.review;
  if (policy === undefined || review === undefined) return undefined;
  return {
    levels: [withReminder(review.level)],
    accounts: review.accounts,
    requester: policy.decision.requester,
    because,
  };
}

/** Nothing waits in silence: without a reminder of its own a level is raised at half its time. */
const withReminder = (level: DecidedLevel): DecidedLevel => ({
  reminderAfterMs: Math.floor(level.deadlineMs / 2),
  ...level,
});
