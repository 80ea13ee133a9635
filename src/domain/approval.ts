import { compareAmounts } from './money';

/** The rule that openPayout froze into the run. */
export type ApprovalRule = {
  /** Distinct people needed; 0: no approval. */
  readonly required: number;
  /** Who may decide, as normalised identities. */
  readonly approvers: readonly string[];
  /** How long people have; milliseconds. */
  readonly expiresAfterMs: number;
  /** Which setting decided, for the timeline. */
  readonly because: string;
};

/** Configuration: thresholds per currency. An amount needs what the highest `from` that it reaches says. */
export type ApprovalPolicy = {
  readonly approvers: readonly string[];
  readonly expiresAfterMs: number;
  readonly thresholds: Readonly<
    Record<string, readonly { readonly from: string; readonly approvals: number }[]>
  >;
  /** For a currency without thresholds, and for an amount below its lowest `from`. At least 1. */
  readonly otherwise: number;
};

/** First decision of the policy; a currency without a rule needs approval. */
export function approvalRuleFor(policy: ApprovalPolicy, amount: string, currency: string): ApprovalRule {
  const thresholds = Object.hasOwn(policy.thresholds, currency) ? (policy.thresholds[currency] ?? []) : [];
  const reached = thresholds.filter(({ from }) => compareAmounts(amount, from) >= 0);
  const highest = reached.reduce<{ from: string; approvals: number } | undefined>((best, next) => {
    const order = best === undefined ? 1 : compareAmounts(next.from, best.from);
    // Where the same threshold is given twice, the one that asks for more people counts.
    return best === undefined || order > 0 || (order === 0 && next.approvals > best.approvals) ? next : best;
  }, undefined);
  return {
    required: highest?.approvals ?? Math.max(1, policy.otherwise),
    approvers: policy.approvers.map(personId),
    expiresAfterMs: policy.expiresAfterMs,
    because: highest ? `${currency} from ${highest.from}` : `no threshold for ${currency}`,
  };
}

/**
 * One person has one identity, however it is typed: width, composition, letter case, white space and invisible
 * characters do not matter. Normalised once more at the end, because lower case can compose anew (J̌ → ǰ).
 */
export const personId = (name: string): string =>
  name
    .normalize('NFKC')
    .replace(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, (hidden) => (/\s/.test(hidden) ? ' ' : ''))
    .toLowerCase()
    .normalize('NFKC')
    .replace(/\s+/g, ' ')
    .trim();

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
  'already_decided',
] as const;
export type DecisionRefusal = (typeof decisionRefusals)[number];

/** What an approval wait knows; the validator and the handler both ask `decisionRefusal`. */
export type ApprovalState = {
  readonly open: boolean;
  readonly digest: string;
  readonly rule: ApprovalRule;
  readonly requestedBy: string;
  readonly approvedBy: readonly string[];
};

/** Why a decision does not count, or undefined when it does. `state` is undefined when no approval was ever asked for. */
export function decisionRefusal(
  state: ApprovalState | undefined,
  decision: Decision,
): DecisionRefusal | undefined {
  if (!state?.open) return 'too_late';
  if (decision.digest !== state.digest) return 'digest_mismatch';
  const person = personId(decision.by);
  if (person === personId(state.requestedBy)) return 'requester_cannot_approve';
  if (!state.rule.approvers.includes(person)) return 'unknown_approver';
  if (state.approvedBy.includes(person)) return 'already_decided';
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
  if (proof !== undefined && (typeof proof !== 'string' || !/^[A-Za-z0-9._-]{1,4096}$/.test(proof)))
    return undefined;
  return {
    schema: 1,
    by,
    decision,
    digest,
    ...(reason === undefined ? {} : { reason }),
    ...(proof === undefined ? {} : { proof }),
  };
}
