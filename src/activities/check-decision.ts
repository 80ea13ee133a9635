import { activityInfo } from '@temporalio/activity';
import type { ApprovalRound } from '../domain/approval';
import { personIn } from '../domain/approval';
import { personId } from '../domain/person';
import { peopleOfRole, personOf } from '../domain/policy/policy-people';
import type { ActivityDeps } from './activity-ports';
import type { CheckDecisionInput, CheckDecisionResult, PayoutActivities } from './payout-activities';

/**
 * What a run cannot know about a decision: whether the token proves who decides, and whether that person, and those who
 * approved before, still have their roles by the policy that this worker has now.
 */
export function createCheckDecision({ installation }: ActivityDeps): PayoutActivities['checkDecision'] {
  return async (input): Promise<CheckDecisionResult> => {
    const proven = await proof(input);
    if (proven.kind === 'refused') return proven;
    const person = personIn(input.round.chain, input.decision.by);
    if (isRequester(person, input.round)) return { kind: 'refused', code: 'requester_cannot_approve' };
    if (!hasRole(person, input.round, input.round.level)) return { kind: 'refused', code: 'role_lost' };
    return {
      kind: 'counts',
      person,
      lost: input.round.approvals.filter(({ person: one, level }) => !hasRole(one, input.round, level)),
      ...(proven.proof === undefined ? {} : { proof: proven.proof }),
    };
  };

  async function proof({
    decision,
    round,
    policy,
  }: CheckDecisionInput): Promise<
    | { readonly kind: 'proven'; readonly proof?: Extract<CheckDecisionResult, { kind: 'counts' }>['proof'] }
    | Extract<CheckDecisionResult, { kind: 'refused' }>
  > {
    const { proofs } = installation;
    if (decision.proof === undefined) {
      const isRequired = policy.requireProof || proofs?.required === true;
      return isRequired ? { kind: 'refused', code: 'proof_required' } : { kind: 'proven' };
    }
    if (proofs === undefined) return { kind: 'refused', code: 'proof_unavailable' };
    const payout = activityInfo().workflowExecution?.workflowId ?? '';
    const { digest, decision: verdict } = decision;
    const verified = await proofs.verify(decision.proof, { payout, digest, decision: verdict });
    if (!verified.ok) return { kind: 'refused', code: verified.code };
    const { account, issuer, keyId, issuedAt } = verified;
    // The token alone says who decides; what the message says beside it must not be somebody else.
    if (personIn(round.chain, account) !== personIn(round.chain, decision.by))
      return { kind: 'refused', code: 'proof_mismatch' };
    return { kind: 'proven', proof: { issuer, subject: personId(account), keyId, issuedAt } };
  }

  /** By today's policy, and in the role in which they were asked: somebody of an escalation is not of the level. */
  function hasRole(person: string, { chain }: ApprovalRound, level: number): boolean {
    const asked = chain.levels[level];
    if (asked === undefined) return false;
    const asIn = (people: readonly string[], role: string): boolean =>
      people.includes(person) && peopleOfRole(installation.policy.document, role).includes(person);
    const { people, role, escalation } = asked;
    return asIn(people, role) || (escalation !== undefined && asIn(escalation.people, escalation.role));
  }

  /** Accounts become known as one person's after a payout began: whoever asked for it still does not count. */
  function isRequester(person: string, { chain }: ApprovalRound): boolean {
    const { people } = installation.policy.document;
    return personOf(people, person) === personOf(people, chain.requester);
  }
}
