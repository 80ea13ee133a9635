import { paymentRequest } from '../providers/simulated-accounts';
import { installVirtualGlobals } from '../temporal-model/virtual-globals';
import { World } from '../temporal-model/world';
import { drawDecisionPlan } from './decision-plan';
import { drawFaultPlan } from './fault-plan';
import type { RunOptions, RunReport } from './payout-simulation';
import { PayoutSimulation } from './payout-simulation';
import { drawRival, inPlaceOf } from './rival';

const minute = 60_000;
const hour = 60 * minute;

/**
 * One payout from its start to its end under injected faults, all of it drawn from the seed, judged by the provider's ledger. Must be
 * called in a macrotask.
 */
export function simulatePayout(seed: number, options: RunOptions): RunReport {
  const world = new World(seed, { keepTrace: options.keepTrace ?? false });
  const restore = installVirtualGlobals(world);
  try {
    const plan = drawFaultPlan(world);
    const needsApproval = world.chance(0.2);
    const decisions = drawDecisionPlan(seed, needsApproval);
    const wanted = {
      ...paymentRequest({
        contract: plan.contract,
        reference: `order-${seed}`,
        amount: decisions.isLarge ? '25000.00' : needsApproval ? '2500.00' : '125.00',
        quoted: plan.contract === 'syncgram' && world.chance(0.3),
      }),
      ...(world.chance(0.08)
        ? { notAfter: new Date(world.now + world.pick([12 * minute, 2 * hour])).toISOString() }
        : {}),
    };
    const rival = drawRival(seed);
    const request = rival === undefined ? wanted : inPlaceOf(wanted);
    const script = {
      plan,
      decisions,
      request,
      isEventful: true,
      watchForMs: 0,
      ...(rival === undefined ? {} : { rival }),
    };
    return new PayoutSimulation(world, script, options).run();
  } finally {
    restore();
  }
}
