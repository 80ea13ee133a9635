import type { Contract, CrashPoint, Outcome } from '../expectations/submit-cases';
import { contracts, crashPoints, outcomes } from '../expectations/submit-cases';
import type { FaultClass, FaultRates } from '../providers/fault-classes';
import { badDay } from '../providers/fault-classes';
import type { ServerFaults } from '../temporal-model/server-options';
import type { WorkerFaults } from '../temporal-model/worker-process';
import { drawAccountTrouble } from './account-trouble';
import type { AccountTrouble } from './account-trouble';
import { drawQuoteTrouble } from './quote-trouble';
import type { QuoteTrouble } from './quote-trouble';
import { drawRegisterTrouble } from './register-trouble';
import type { RegisterTroublePlan } from './register-trouble';
import type { World } from '../temporal-model/world';

/**
 * What goes wrong in one run, drawn from its seed before it begins. Swarm style: each seed switches whole classes on or
 * off, so that faults are also met alone, and in combinations that an even mixture would never show.
 */
export type FaultPlan = {
  readonly contract: Contract;
  readonly network: FaultRates;
  readonly server: ServerFaults;
  readonly worker: WorkerFaults;
  /** The first sends meet exactly this, and the worker dies at the point where there is one. */
  readonly submits:
    { readonly outcome: Outcome; readonly crashPoint?: CrashPoint; readonly times: 1 | 2 } | undefined;
  /** Per moment of a send at which the worker can be hit. */
  readonly killRate: number;
  readonly pauseRate: number;
  readonly partitionRate: number;
  readonly redeployRate: number;
  readonly clockErrorMs: number;
  readonly workers: 1 | 2;
  /** From then on nothing goes wrong any more. */
  readonly endsAfterMs: number;
  /**
   * The provider has a payout of somebody else under the key that ours will use. Pontis repeats nothing of what was sent, so
   * nobody could see it there.
   */
  readonly keyTaken: boolean;
  /** Other payouts fill the provider's list behind ours. */
  readonly busyList: boolean;
  /** How long nobody works after a planned crash. */
  readonly downMs: number;
  readonly screeningFails: boolean;
  /** How often a send's input is damaged on its way to the worker. */
  readonly alteredRate: number;
  /** What happens to the whole account. */
  readonly account?: AccountTrouble | undefined;
  /** What happens to quotes, where there are any. */
  readonly quotes?: QuoteTrouble;
  /** What happens to the register. */
  readonly register?: RegisterTroublePlan | undefined;
};

const minute = 60_000;
const hour = 60 * minute;

export function drawFaultPlan(world: World): FaultPlan {
  // Requests take effect long after their connection was cut: what looks absent is not.
  const isLateDay = world.chance(0.04);
  const contract = isLateDay
    ? 'payfield'
    : world.chance(0.12)
      ? 'nothing'
      : world.pick(contracts.slice(0, 3));
  const some = (share: number): number | undefined =>
    world.chance(share) ? world.pick([0.05, 0.2, 0.5]) : undefined;
  const classes = Object.keys(badDay) as FaultClass[];
  const share = world.pick([0.05, 0.2, 0.4]);
  const network: Partial<Record<FaultClass, number>> = isLateDay
    ? { 'commit-late': 0.6, 'request-late': 0.6 }
    : {};
  for (const name of classes) {
    if (!isLateDay && world.chance(share))
      network[name] = Math.min(0.8, badDay[name] * world.pick([1, 4, 12]));
  }
  const server: ServerFaults = dropUndefined({
    slowWorkflowTask: some(0.1),
    lostWorkflowTask: some(0.1),
    slowHandOut: some(0.15),
    lostHandOut: some(0.15),
  });
  const worker: WorkerFaults = dropUndefined({ eviction: some(0.3), lostReport: some(0.3) });
  const isPlanned = !isLateDay && world.chance(0.4);
  const crashes = world.chance(0.5);
  const busyList = contract === 'syncgram' && world.chance(0.08);
  const plan: FaultPlan = {
    contract,
    network,
    server,
    worker,
    // Ours is accepted, nobody hears of it, and by the time that a worker is there again it is far down the list.
    submits: busyList
      ? {
          outcome: world.pick(['ok', '5xx-accepted', 'timeout-accepted'] as const),
          crashPoint: 'after-acceptance',
          times: 1,
        }
      : isPlanned
        ? {
            outcome: world.pick(outcomes),
            times: world.pick([1, 2] as const),
            ...(crashes ? { crashPoint: world.pick(crashPoints) } : {}),
          }
        : undefined,
    killRate: some(0.25) ?? 0,
    pauseRate: some(0.15) ?? 0,
    partitionRate: some(0.15) ?? 0,
    redeployRate: some(0.15) ?? 0,
    clockErrorMs: world.chance(0.2) ? world.between(-10 * minute, 10 * minute) : 0,
    workers: world.chance(0.25) ? 2 : 1,
    endsAfterMs: world.pick([10 * minute, hour, 12 * hour]),
    keyTaken: (contract === 'payfield' || contract === 'syncgram') && world.chance(0.015),
    busyList,
    downMs: busyList ? world.pick([30_000, 20 * minute]) : world.between(1_000, 50_000),
    screeningFails: world.chance(0.03),
    alteredRate: world.chance(0.03) ? 0.3 : 0,
  };
  return {
    ...plan,
    account: drawAccountTrouble(world.seed, plan.endsAfterMs),
    quotes: drawQuoteTrouble(world.seed),
    register: drawRegisterTrouble(world.seed, plan.endsAfterMs),
  };
}

const dropUndefined = <T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
