import { matrixRows } from '../expectations/matrix-rows';
import { emptySummary } from '../simulation/summary';
import { pageOf } from './page';
import type { ProofReport } from './proof-report';

const report: ProofReport = {
  startedAt: '2026-01-01T00:00:00.000Z',
  seconds: {},
  cases: [],
  simulation: {
    ...emptySummary(1),
    runs: 10,
    counted: 9,
    fired: { 'worker-killed': 3 },
    ends: { 'nothing paid': 98, 'pontis paid': 2 },
  },
  detected: [],
  recorded: { scenarios: [], totals: {} },
};
const page = pageOf(report);
const row = (number: number): string =>
  page.split('\n').find((line) => line.startsWith(`| ${number} |`)) ?? '';

test('a row of which nothing was run shows a dash and no zero', () => {
  // Row 28: the Temporal server is killed; row 1: so is a worker, which the simulation did.
  expect(row(28)).toMatch(/not run.* \| – \|$/);
  expect(row(1)).toMatch(/3 faults simulated; .* \| 0 \|$/);
  expect(page).toMatch(
    new RegExp(`Of the ${matrixRows.length} rows of the fault matrix, this run says nothing about`),
  );
});

test('no end is told of a provider called nothing', () => {
  expect(page).toContain('a provider without keys and look-ups paid 98, pontis paid 2');
  expect(page).not.toContain('nothing paid');
});
