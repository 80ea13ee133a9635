import type { SubmitCase } from '../expectations/submit-cases';
import { submitCases } from '../expectations/submit-cases';
import { paymentRequest } from '../providers/simulated-accounts';
import { installVirtualGlobals } from '../temporal-model/virtual-globals';
import { World } from '../temporal-model/world';
import type { RunOptions, RunReport } from './payout-simulation';
import { PayoutSimulation } from './payout-simulation';

const minute = 60_000;
const day = 24 * 60 * minute;

export type CaseReport = {
  readonly id: string;
  /** Empty: it came out as the table says. Each begins with the invariant that is broken. */
  readonly problems: readonly string[];
  readonly faultsFired: number;
  readonly trace: string;
};

/** One row of the exhaustive table: exactly this crash and this outcome, and nothing else. Must be called in a macrotask. */
export function runSubmitCase(one: SubmitCase, options: RunOptions): CaseReport {
  const { id, contract, crashPoint, outcome, depth, expected } = one;
  const world = new World(1 + submitCases.indexOf(one), { keepTrace: options.keepTrace ?? false });
  const restore = installVirtualGlobals(world);
  try {
    const request = paymentRequest({ contract, reference: `case-${world.seed}` });
    const plan = {
      contract,
      network: {},
      server: {},
      worker: {},
      submits: { outcome, crashPoint, times: depth },
      killRate: 0,
      pauseRate: 0,
      partitionRate: 0,
      redeployRate: 0,
      clockErrorMs: 0,
      workers: 1,
      endsAfterMs: 2 * day,
      keyTaken: false,
      busyList: false,
      downMs: 20_000,
      screeningFails: false,
      alteredRate: 0,
    } as const;
    const decisions = { isLarge: false };
    const script = { plan, decisions, request, isEventful: false, watchForMs: 3 * day };
    const report = new PayoutSimulation(world, script, options).run();
    const hits = report.fired.get(`killed-${crashPoint}`) ?? 0;
    return {
      id,
      problems: [...report.violations, ...differences(report, expected, hits)],
      faultsFired: hits,
      trace: report.trace,
    };
  } finally {
    restore();
  }
}

function differences(report: RunReport, expected: SubmitCase['expected'], hits: number): readonly string[] {
  const { ends, debits, mayNeedPerson, sendsHit } = expected;
  const end = endOf(report);
  const problems: string[] = [];
  if (!ends.some((allowed) => allowed === end))
    problems.push(`I2: ended ${end}, expected ${ends.join(' or ')}`);
  if (report.debits !== debits) problems.push(`I1: ${report.debits} debits, expected ${debits}`);
  if (!mayNeedPerson && report.holds.length > 0)
    problems.push(`I2: held for ${report.holds.join(', ')}, where the machine can know`);
  if (hits !== sendsHit) problems.push(`the case hit ${hits} sends, planned were ${sendsHit}`);
  return problems;
}

const endOf = ({ status, held }: RunReport): string =>
  held === undefined ? status : status === 'unconfirmed' ? `held ${held}` : `${status} held ${held}`;
