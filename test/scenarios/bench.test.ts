import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { benchPage } from '../bench/bench-page';
import { processes } from '../bench/bench-report';
import { runBench } from '../bench/run-bench';

const root = join(__dirname, '..', '..');

/** Of one payout as the bench pays it; encoded, with everything that people see. Only ever lowered. */
const mostHistoryBytes = 13_000;

// Counts only: what something costs in time is no test, it is `npm run bench`.
test('a payout is fewer events, tasks and calls than four activities, and every process is accounted for', async () => {
  if (!existsSync(join(root, 'dist', 'workflow-bundle.js'))) throw new Error('run `npm run build` first');
  const report = await runBench({
    builds: { payouts: root },
    rounds: 1,
    payouts: 4,
    concurrency: 2,
    sequential: 1,
    waiting: 2,
    reads: 2,
    startUps: 1,
    additions: ['register', 'metrics', 'traces'],
    say: () => undefined,
  });

  expect(report.counts).toMatchObject({
    floor: { events: 29, workflowTasks: 5, actions: 5 },
    plain: { events: 19, workflowTasks: 3, actions: 4 },
  });
  const { events, workflowTasks, actions, historyBytes } = report.counts['payouts'] ?? {};
  expect(events).toBeLessThanOrEqual(24);
  expect(workflowTasks).toBe(3);
  expect(actions).toBeLessThanOrEqual(7);
  expect(historyBytes).toBeLessThan(mostHistoryBytes);
  // None of them costs an event.
  for (const name of report.additions)
    expect(report.counts[name]).toMatchObject({ events, workflowTasks: 3, actions });
  const subjects = ['floor', 'plain', 'payouts', 'register', 'metrics', 'traces'];
  expect(report.windows.map(({ subject }) => subject)).toEqual(subjects.toReversed());
  for (const { providerCallsPerPayout, callsPerPayout, cpuMsPerPayout, payouts } of report.windows) {
    expect({ payouts, providerCallsPerPayout }).toEqual({ payouts: 4, providerCallsPerPayout: 4 });
    expect(callsPerPayout['StartWorkflowExecution']).toBe(1);
    expect(Object.keys(cpuMsPerPayout).sort()).toEqual([...processes].sort());
  }
  for (const { statusReads } of report.waiting) expect(statusReads).toBeGreaterThanOrEqual(4);
  expect(report.waiting.map(({ subject }) => subject)).toEqual(subjects);
  expect(report.startUps.map(({ subject }) => subject)).toEqual(['payouts']);
  expect(benchPage(report)).toContain('1 interleaved rounds of 4 payouts');
}, 300_000);
