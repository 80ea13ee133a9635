import { assertNever } from '../../../src/domain/assert-never';
import type { Check, MatrixRow } from '../expectations/matrix-rows';
import { matrixRows } from '../expectations/matrix-rows';
import { submitCases } from '../expectations/submit-cases';
import { describeFailures } from '../simulation/summary';
import type { ProofReport } from './proof-report';
import { hasPassed } from './proof-report';

const percent = (part: number, whole: number): string =>
  whole === 0 ? 'none' : `${((100 * part) / whole).toFixed(1)} %`;
const grouped = (count: number): string => count.toLocaleString('en-US');

/** The page that an outsider reads: what was run, what it found, and what was not run. */
export function pageOf(report: ProofReport): string {
  const { simulation, tested, cases, bundle, detected, recorded, killRun, seconds, startedAt } = report;
  const failedCases = cases.filter(({ problems }) => problems.length > 0);
  const violated = simulation.failures.length;
  const kills = recorded.totals['kill -9 of a worker'] ?? 0;
  const notShown = matrixRows.filter((row) => !isShown(row, report)).length;
  const lines = [
    `# Proof report, ${startedAt}`,
    '',
    `${hasPassed(report) ? '**Passed.**' : '**Not passed.**'}${notShown === 0 ? '' : ` Of the ${matrixRows.length} rows of the fault matrix, this run says nothing about ${notShown} (a dash in the last column).`}`,
    '',
    `- Exhaustive submit cases: ${cases.length} of ${submitCases.length} run, ${failedCases.length} not as the table says.`,
    `- Seeded simulation: ${grouped(simulation.counted)} payouts in which at least one fault fired (${grouped(simulation.runs)} run, ${grouped(simulation.traces)} distinct traces, seeds from ${simulation.from}): ${violated} violations.` +
      (tested === undefined
        ? ''
        : ` ${grouped(tested.counted)} of them in the \`npm test\` of ${tested.at}.`) +
      (violated === 0
        ? ` 0 in N, 95 % bound 3/N = ${(3 / Math.max(1, simulation.counted)).toExponential(1)}.`
        : ''),
    `- An outcome was unknown in ${percent(simulation.unresolved, simulation.counted)} of them; ${percent(simulation.unresolvedRealAlone, simulation.unresolvedReal)} of those on the three real contracts ended without a person, the others where the contract leaves a machine no way to know.`,
    `- Outcome × contract pairs that were met: ${Object.keys(simulation.pairs).length} of 28.`,
    bundle === undefined
      ? '- Production bundle: not run (`--bundle N`).'
      : `- Production bundle in the worker’s own VM: ${grouped(bundle.seeds)} seeds, traces ${bundle.isEqual ? 'equal' : 'NOT equal'} (${bundle.hash.slice(0, 16)}).`,
    `- Seeded bugs: ${detected.filter(({ violation }) => violation !== undefined).length} of ${detected.length} noticed.`,
    recorded.scenarios.length === 0
      ? '- Real processes: not run here. `npm test` runs them, and this page then says what they did.'
      : `- Real processes, in the last \`npm test\`: ${kills} workers killed, ${recorded.totals['kill -9 of the Temporal server'] ?? 0} Temporal servers killed.`,
    killRun === undefined
      ? '- Run of kills: not asked for (`--kills N`).'
      : `- Run of kills, seed ${killRun.seed}: ${killRun.kills} (${killRun.serverKills} of Temporal servers), ${killRun.payouts} payouts, ${killRun.held} held, ${killRun.violations.length} violations, ${killRun.seconds} s.`,
    `- Wall time: ${Object.entries(seconds)
      .map(([name, time]) => `${name} ${time} s`)
      .join(', ')}.`,
    '',
    '## Fault matrix',
    '',
    'A row number is the fault’s own, and stays when others come and go; faults that are not about submit, look-up and status are not part of this proof. A dash in the last column: this run showed nothing about the row.',
    '',
    '| Row | What | Expected | Run | Violations |',
    '| --- | --- | --- | --- | --- |',
    ...matrixRows.map((row) => rowLine(row, report)),
    '',
    '## Seeded bugs',
    '',
    '| Bug | Missing guard | Noticed after | By |',
    '| --- | --- | --- | --- |',
    ...detected.map(
      ({ name, guard, seeds, violation }) =>
        `| ${name} | ${guard} | ${seeds} payouts | ${violation === undefined ? 'NOTHING' : cell(violation)} |`,
    ),
    ...section(
      'Real processes',
      recorded.scenarios.map(({ scenario, counts }) => `${scenario}: ${inWords(counts)}`),
    ),
    ...section('Faults that fired in the simulation', [inWords(simulation.fired)]),
    ...section('Ends in the simulation', [
      inWords(
        Object.fromEntries(
          Object.entries(simulation.ends).map(([end, count]) => [
            end.replace(/^nothing /, `${worstContract} `),
            count,
          ]),
        ),
      ),
      `_${worstContract}_: not one of the three; a fourth contract, the worst that there can be, under which only people can find out what became of a lost reply.`,
    ]),
    ...section(
      'Violations',
      [
        ...describeFailures(simulation),
        ...failedCases.map(({ id, problems }) => `${problems.join('; ')} (npm run prove -- --case ${id})`),
        ...(killRun?.violations ?? []),
      ].slice(0, 50),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines.map((line) => `- ${line}`)];
}

const inWords = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => `${name} ${grouped(count)}`)
    .join(', ');

/** The contract `nothing` of the simulation. */
const worstContract = 'a provider without keys and look-ups';

const cell = (text: string): string => text.replaceAll('|', '/').slice(0, 160);

const isShown = ({ checks }: MatrixRow, report: ProofReport): boolean =>
  checks.some((check) => runOf(check, report).violations !== undefined);

function rowLine({ row, title, expected, checks }: MatrixRow, report: ProofReport): string {
  const shown = checks.map((check) => runOf(check, report));
  // What was not run here found nothing, which is not the same as none.
  const counted = shown.flatMap(({ violations: some }) => some ?? []);
  const violations = counted.length === 0 ? '–' : counted.reduce((sum, some) => sum + some, 0);
  return `| ${row} | ${title} | ${expected} | ${shown.map(({ text }) => text).join('; ')} | ${violations} |`;
}

/** How often a check of a row was run, and what it found. */
function runOf(check: Check, report: ProofReport): { readonly text: string; readonly violations?: number } {
  switch (check.kind) {
    case 'exhaustive': {
      const ids = new Set(submitCases.filter((one) => fits(check, one)).map(({ id }) => id));
      const run = report.cases.filter(({ id }) => ids.has(id));
      const hits = run.reduce((sum, { faultsFired }) => sum + faultsFired, 0);
      if (run.length === 0) return { text: 'cases: not run' };
      return {
        text: `${run.length} cases (${hits} hits)`,
        violations: run.filter(({ problems }) => problems.length > 0).length,
      };
    }
    case 'simulation': {
      const fired = check.faults.reduce((sum, name) => sum + (report.simulation.fired[name] ?? 0), 0);
      if (fired === 0) return { text: 'no such fault was drawn' };
      // A violation is of the whole run: it counts for every row whose faults fired.
      return { text: `${grouped(fired)} faults simulated`, violations: report.simulation.failures.length };
    }
    case 'processes': {
      const scenario = report.recorded.scenarios.find((one) => one.scenario === check.scenario);
      return scenario === undefined
        ? { text: `${check.scenario}: not run` }
        : { text: `${check.scenario}: ${inWords(scenario.counts)}`, violations: 0 };
    }
    case 'test':
      return { text: `\`${check.path}\` (npm test)` };
    default:
      return assertNever(check, 'check');
  }
}

const fits = (
  check: Extract<Check, { readonly kind: 'exhaustive' }>,
  one: (typeof submitCases)[number],
): boolean =>
  (check.crashPoint === undefined || check.crashPoint === one.crashPoint) &&
  (check.outcome === undefined || check.outcome.includes(one.outcome)) &&
  (check.contract === undefined || check.contract === one.contract);
