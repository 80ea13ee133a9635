import { TemporalFailure } from '@temporalio/common';
import type {
  CheckDecisionInput,
  CheckDecisionResult,
  DecisionProof,
} from '../../../activities/payout-activities';
import type { ApprovalRound, Decision, DecisionRefusal } from '../../../domain/approval';
import { decisionRefusal, personIn, withApproval, withoutApprovalsOf } from '../../../domain/approval';
import { checkDecision } from '../../activity-proxies';
import type { PayoutRun } from '../payout-run';
import { publish } from '../publishing';

/** What came of a decision: the round as it is with it, or why it does not count. */
export type Decided =
  | { readonly kind: 'counted'; readonly round: ApprovalRound }
  | { readonly kind: 'refused'; readonly code: DecisionRefusal };

/**
 * Takes a decision, or says why it does not count. What the run itself knows is asked before and after the world is asked (is
 * it proven, does its person still have the role): meanwhile others may have decided, or time was up. Runs that began
 * before there were policies ask nobody: their histories have no such step, so there the answer comes at once.
 */
export function decideOn(run: PayoutRun, decision: Decision): Decided | Promise<Decided> {
  const refusal = decisionRefusal(run.people.round, decision);
  const { round } = run.people;
  if (refusal !== undefined || round === undefined) return refused(refusal);
  const { policy } = run.require('plan');
  if (policy !== undefined) return decideChecked(run, { schema: 1, decision, round, policy });
  return apply(run, round, decision, {
    kind: 'counts',
    person: personIn(round.chain, decision.by),
    lost: [],
  });
}

/** Rounds that go on while a decision is checked are asked about again, a few times. */
const mostChecks = 5;

async function decideChecked(run: PayoutRun, asked: CheckDecisionInput): Promise<Decided> {
  let input = asked;
  for (let checks = 0; checks < mostChecks; checks += 1) {
    const { decision } = input;
    const checked = await check(run, input);
    if (checked.kind === 'refused') return checked;
    const refusal = decisionRefusal(run.people.round, decision);
    const { round } = run.people;
    if (refusal !== undefined || round === undefined) return refused(refusal);
    if (isSameQuestion(round, input.round)) return apply(run, round, decision, checked);
    // Another level is asked by now: whether the person has that level's role is another question.
    input = { ...input, round };
  }
  return refused('decision_unchecked');
}

const isSameQuestion = (one: ApprovalRound, other: ApprovalRound): boolean =>
  one.level === other.level && one.askedAt === other.askedAt && one.escalated === other.escalated;

const refused = (code: DecisionRefusal = 'too_late'): Decided => ({ kind: 'refused', code });

async function check(run: PayoutRun, input: CheckDecisionInput): Promise<CheckDecisionResult> {
  try {
    return await checkDecision(run.localTurn, input);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    return { kind: 'refused', code: 'decision_unchecked' };
  }
}

function apply(
  run: PayoutRun,
  before: ApprovalRound,
  decision: Decision,
  { person, lost, proof }: Extract<CheckDecisionResult, { readonly kind: 'counts' }>,
): Decided {
  const now = Date.now();
  const gone = lost.filter(({ person: one }) => before.approvals.some((given) => given.person === one));
  // It counts at the level that was asked, and only then may a level that lacks people again be asked again.
  const after: ApprovalRound =
    decision.decision === 'approve'
      ? withoutApprovalsOf(
          withApproval(before, person, now),
          gone.map(({ person: one }) => one),
          now,
        )
      : { ...before, open: false, rejectedBy: person };
  for (const { person: one } of gone)
    run.record('approval-lapsed', { by: one, note: 'no longer has the role' });
  run.people.setRound(after);
  run.record('approval-decided', {
    by: person,
    code: decision.decision,
    ...noteOf(decision, proof),
  });
  publish(run);
  return { kind: 'counted', round: after };
}

/** The reason, and who vouches for the person. */
function noteOf({ reason }: Decision, proof: DecisionProof | undefined): { readonly note?: string } {
  const parts = [
    reason,
    proof === undefined
      ? undefined
      : `proven by ${proof.issuer}: ${proof.subject}, key ${proof.keyId}, signed ${new Date(proof.issuedAt).toISOString()}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? {} : { note: parts.join(' — ') };
}
