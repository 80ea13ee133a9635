import { personId } from '../person';
import { compareAmounts } from '../money';
import type { PolicyDocument, PolicyOutcome, PolicyRule } from './policy-document';

/** Thresholds per currency in the configuration. An amount needs what the highest `from` that it reaches says. */
export type ApprovalPolicy = {
  readonly approvers: readonly string[];
  readonly expiresAfterMs: number;
  readonly thresholds: Readonly<
    Record<string, readonly { readonly from: string; readonly approvals: number }[]>
  >;
  /** For a currency without thresholds, and for an amount below its lowest `from`. At least 1. */
  readonly otherwise: number;
};

/** The policy that thresholds in the configuration amount to (`approval`), so that there is one way to decide. */
export function policyOfThresholds(approval: ApprovalPolicy): PolicyDocument {
  const approvers = [...new Set(approval.approvers.map(personId))];
  const asking = (quorum: number): PolicyOutcome =>
    quorum === 0
      ? { kind: 'auto-approve' }
      : {
          kind: 'approve',
          levels: [{ role: 'approvers', quorum, deadlineMs: approval.expiresAfterMs }],
        };
  const rules = Object.entries(approval.thresholds).flatMap(
    ([currency, thresholds]): readonly PolicyRule[] => {
      // Where the same threshold is given twice, the one that asks for more people counts.
      const steps = [...thresholds].sort(
        (left, right) => compareAmounts(left.from, right.from) || right.approvals - left.approvals,
      );
      return steps
        .filter(({ from }, index) => index === 0 || compareAmounts(from, steps[index - 1]?.from ?? '0') > 0)
        .map(({ from, approvals }, index, kept) => {
          const below = kept[index + 1]?.from;
          return {
            name: `${currency} from ${from}`,
            when: { amounts: { [currency]: { from, ...(below === undefined ? {} : { below }) } } },
            // oxlint-disable-next-line unicorn/no-thenable -- the document's own word
            then: asking(approvals),
          };
        });
    },
  );
  return {
    schema: 1,
    label: 'thresholds of the configuration',
    people: approvers.map((id) => ({ id })),
    roles: { approvers },
    rules,
    otherwise: asking(Math.max(1, approval.otherwise)),
  };
}
