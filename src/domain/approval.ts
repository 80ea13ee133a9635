import { isProofText } from './decision-proof';
import { personId } from './person';
import type { DecidedLevel } from './policy/evaluate-policy';

/**
 * Who is asked about a payout, one level after the other, complete in itself. No levels: nobody is asked.
 */
export type ApprovalChain = {
  readonly levels: readonly DecidedLevel[];
  /** Accounts of people, where they differ from the person's id. Both as `personId` writes them. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Who asked for the payout: never counts. */
  readonly requester: string;
  /** What decided, for the timeline. */
  readonly because: string;
};

/** How many different people a chain needs. */
export const peopleNeededBy = ({ levels }: ApprovalChain): number =>
  levels.reduce((sum, { quorum }) => sum + quorum, 0);

/** Whoever has this account. */
export function personIn({ accounts }: Pick<ApprovalChain, 'accounts'>, account: string): string {
  const name = personId(account);
  return Object.hasOwn(accounts, name) ? (accounts[name] ?? name) : name;
}

export type Decision = {
  readonly schema: 1;
  readonly by: string;
  readonly decision: 'approve' | 'reject';
  /** What the decision is about: the snapshot's `approval.digest`. */
  readonly digest: string;
  readonly reason?: string;
  /** A signed token that says so (`docs/decision-proof.md`). */
  readonly proof?: string;
};

export const decisionRefusals = [
  'decision_malformed',
  'too_late',
  'digest_mismatch',
  'unknown_approver',
  'requester_cannot_approve',
  'not_this_level',
  'already_decided',
  'reason_required',
  'role_lost',
  'proof_required',
  'proof_invalid',
  'proof_expired',
  'proof_mismatch',
  'proof_unavailable',
  'decision_unchecked',
] as const;
export type DecisionRefusal = (typeof decisionRefusals)[number];

/** An approval that was given, and at which level (from 0) it counts. */
export type Approval = { readonly person: string; readonly level: number };

/** People are asked once about one thing. A new question (a new quote) is a new round. */
export type ApprovalRound = {
  /** payout: whether it may be paid. screening: whether somebody similar to a listed name is somebody else. */
  readonly purpose: 'payout' | 'screening';
  readonly open: boolean;
  readonly digest: string;
  readonly chain: ApprovalChain;
  /** The level that is asked, from 0; as many as there are levels once all have agreed. */
  readonly level: number;
  /** When that level was asked. */
  readonly askedAt: number;
  /** The people of the level's escalation may decide as well. */
  readonly escalated: boolean;
  readonly approvals: readonly Approval[];
  readonly rejectedBy?: string;
  /** How often approvals of people who lost their role were taken out: each time the digest becomes another (`~1`). */
  readonly lapses?: number;
  /** When this level's time is up. */
  readonly expiresAt: number;
  /** No level waits for longer than this, whatever its own deadline: the request's `notAfter`. */
  readonly latestAt: number;
};

/** The question, put to the first level. */
export function newApprovalRound(
  asked: Pick<ApprovalRound, 'purpose' | 'digest' | 'chain' | 'latestAt'>,
  now: number,
): ApprovalRound {
  return atLevel(
    { ...asked, open: true, level: 0, askedAt: now, escalated: false, approvals: [], expiresAt: now },
    now,
  );
}

/** Puts the question to the first level that lacks people. */
function atLevel(round: ApprovalRound, now: number): ApprovalRound {
  const level = lackingLevel(round);
  const asked = round.chain.levels[level];
  const expiresAt = asked === undefined ? round.expiresAt : Math.min(now + asked.deadlineMs, round.latestAt);
  return { ...round, level, askedAt: now, escalated: false, expiresAt };
}

function lackingLevel({ chain: { levels }, approvals }: ApprovalRound): number {
  const lacking = levels.findIndex(
    ({ quorum }, level) => approvals.filter((given) => given.level === level).length < quorum,
  );
  return lacking === -1 ? levels.length : lacking;
}

export const isApproved = ({ chain, level }: ApprovalRound): boolean => level >= chain.levels.length;

/** Distinct people whose approval counts. */
export const approversOf = ({ approvals }: ApprovalRound): readonly string[] =>
  approvals.map(({ person }) => person);

/** Who may decide now: the people of the level, and after escalation those who were called. Some may have approved before. */
export function mayDecideNow({ chain, level, escalated }: ApprovalRound): readonly string[] {
  const asked = chain.levels[level];
  return asked === undefined ? [] : [...asked.people, ...(escalated ? (asked.escalation?.people ?? []) : [])];
}

/** An approval counts at the level that is asked; the last one that a level lacks asks the next. */
export function withApproval(round: ApprovalRound, person: string, now: number): ApprovalRound {
  const next = { ...round, approvals: [...round.approvals, { person, level: round.level }] };
  const given = next.approvals.filter(({ level }) => level === round.level).length;
  return given < (round.chain.levels[round.level]?.quorum ?? 0) ? next : atLevel(next, now);
}

/** What a round's digest asked about at first, whatever has lapsed since. */
export const questionIn = (digest: string): string => digest.split('~')[0] ?? '';

/** Approvals of people who no longer have their role do not count; a level that lacks people again is asked again. */
export function withoutApprovalsOf(
  round: ApprovalRound,
  people: readonly string[],
  now: number,
): ApprovalRound {
  const approvals = round.approvals.filter(({ person }) => !people.includes(person));
  if (approvals.length === round.approvals.length) return round;
  // Whoever decides from now on decides something else: the same person may approve again, once they have the role again.
  const lapses = (round.lapses ?? 0) + 1;
  const kept = { ...round, approvals, lapses, digest: `${questionIn(round.digest)}~${lapses}` };
  const lacking = lackingLevel(kept);
  return lacking < round.level ? atLevel(kept, now) : kept;
}

/** Why a decision does not count, or undefined when it does. `round` is undefined when nobody was ever asked. */
export function decisionRefusal(
  round: ApprovalRound | undefined,
  decision: Decision,
): DecisionRefusal | undefined {
  if (!round?.open) return 'too_late';
  if (decision.digest !== round.digest) return 'digest_mismatch';
  const { chain } = round;
  const person = personIn(chain, decision.by);
  if (person === personIn(chain, chain.requester)) return 'requester_cannot_approve';
  if (approversOf(round).includes(person)) return 'already_decided';
  if (!mayDecideNow(round).includes(person)) {
    const isKnown = chain.levels.some(
      ({ people, escalation }) => people.includes(person) || escalation?.people.includes(person) === true,
    );
    return isKnown ? 'not_this_level' : 'unknown_approver';
  }
  // What a machine held for similar is let go for a reason that auditors can read.
  const isRelease = round.purpose === 'screening' && decision.decision === 'approve';
  if (isRelease && (decision.reason ?? '').trim() === '') return 'reason_required';
  return undefined;
}

/** Reads a decision out of any JSON: people type these by hand in Temporal's UI. Undefined when it is none. */
export function parseDecision(input: unknown): Decision | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const { schema = 1, by, decision, digest, reason, proof } = input as Record<string, unknown>;
  if (schema !== 1 || typeof by !== 'string' || typeof digest !== 'string') return undefined;
  if (by.length === 0 || by.length > 128 || digest.length > 128) return undefined;
  if (decision !== 'approve' && decision !== 'reject') return undefined;
  if (reason !== undefined && (typeof reason !== 'string' || reason.length > 500)) return undefined;
  if (proof !== undefined && !isProofText(proof)) return undefined;
  return {
    schema: 1,
    by,
    decision,
    digest,
    ...(reason === undefined ? {} : { reason }),
    ...(proof === undefined ? {} : { proof }),
  };
}
