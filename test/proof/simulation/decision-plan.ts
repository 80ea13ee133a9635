import { createDraws } from '../../support/seeded-draws';

/**
 * What people and lists do in one run beside the faults. Drawn from a stream of its own: seeds that once found something keep
 * the faults that they draw.
 */
export type DecisionPlan = {
  /** Two levels are asked, and the second one is escalated when it waits. */
  readonly isLarge: boolean;
  /** Alice leaves the team: from then on workers know that she may decide nothing. */
  readonly aliceLeavesAfterMs?: number;
  /** The beneficiary is similar to a listed name, from the start or from then on. */
  readonly similarAfterMs?: number;
  /** Another similar entry is listed then. */
  readonly moreSimilarAfterMs?: number;
  /** The beneficiary's very name is listed then. */
  readonly listedAfterMs?: number;
  /** Whoever asked for it takes it back. */
  readonly recalledAfterMs?: number;
};

const minute = 60_000;
const hour = 60 * minute;
const noDecisions: DecisionPlan = { isLarge: false };

export function drawDecisionPlan(seed: number, needsApproval: boolean): DecisionPlan {
  const draws = createDraws(Math.imul(seed, 0x5bd1_e995) ^ 0x0dec_1de5);
  // Half of the payouts that people decide about, and some of the others.
  if (!draws.chance(needsApproval ? 0.5 : 0.06)) return noDecisions;
  const some = (share: number, mostMs: number): number | undefined =>
    draws.chance(share) ? draws.below(mostMs) : undefined;
  const isSimilar = draws.chance(0.4);
  const plan = {
    isLarge: needsApproval && draws.chance(0.6),
    aliceLeavesAfterMs: needsApproval ? some(0.2, 2 * hour) : undefined,
    similarAfterMs: isSimilar ? draws.oneOf([0, 0, hour]) : undefined,
    moreSimilarAfterMs: isSimilar ? some(0.3, 6 * hour) : undefined,
    listedAfterMs: needsApproval ? some(0.3, hour) : some(0.1, 3 * hour),
    recalledAfterMs: some(0.15, 4 * hour),
  };
  return Object.fromEntries(
    Object.entries(plan).filter(([, value]) => value !== undefined),
  ) as unknown as DecisionPlan;
}
