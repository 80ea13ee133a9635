import { benchPage } from './bench-page';
import type { BenchReport, Window } from './bench-report';
import { measures, median, medianOf, ratioToFloor, totalCpuMs } from './bench-report';

const windowOf = (subject: string, round: number, ms: number, foreignCores = 0): Window => ({
  subject,
  round,
  payouts: 10,
  p50Ms: ms,
  payoutsPerSecond: 1_000 / ms,
  cpuMsPerPayout: { worker: ms, client: ms / 10, server: ms / 2, database: 0, provider: 1_000 },
  callsPerPayout: { StartWorkflowExecution: 1 },
  providerCallsPerPayout: 4,
  foreignCores,
});

const reportOf = (windows: readonly Window[]): BenchReport => ({
  startedAt: '2026-01-02T03:04:05.000Z',
  machine: { cpus: 2, model: 'Any', node: '20.19.0' },
  persistence: 'a file',
  concurrency: 8,
  floor: 'floor',
  subjects: ['floor', 'payouts'],
  additions: [],
  windows,
  counts: {
    floor: {
      events: 29,
      workflowTasks: 5,
      actions: 5,
      historyBytes: 6_000,
      stateTransitions: 17,
      payloads: [{ what: 'marker recorded quote', bytes: 20 }],
    },
    payouts: {
      events: 24,
      workflowTasks: 3,
      actions: 7,
      historyBytes: 9_000,
      stateTransitions: 11,
      payloads: [
        { what: 'activity task scheduled submit', bytes: 30 },
        { what: 'activity task scheduled submit', bytes: 4 },
      ],
    },
  },
  waiting: [{ subject: 'payouts', payouts: 5, statusReads: 50, cpuMsPerRead: { worker: 4, server: 11 } }],
  startUps: [1_300, 1_100, 1_200].map((cpuMs) => ({ subject: 'payouts', cpuMs, elapsedMs: 2 * cpuMs })),
});

const measure = (name: string) => {
  const found = measures.find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

describe('the figures of a report', () => {
  it.each<[readonly number[], number]>([
    [[3], 3],
    [[9, 1, 5], 5],
    [[1, 2, 3, 10], 2.5],
    [[], Number.NaN],
  ])('the median of %j is %d', (numbers, expected) => {
    expect(median(numbers)).toBe(expected);
  });

  it('divides by the floor of the same round, so that a slow round says nothing', () => {
    const report = reportOf([
      windowOf('floor', 1, 100),
      windowOf('payouts', 1, 80),
      windowOf('payouts', 2, 180),
      windowOf('floor', 2, 200),
      windowOf('floor', 3, 100),
      windowOf('payouts', 3, 70),
    ]);
    expect(ratioToFloor(report, 'payouts', measure('worker CPU'))).toEqual({
      median: 0.8,
      least: 0.7,
      most: 0.9,
    });
    expect(ratioToFloor(report, 'payouts', measure('payouts/s')).median).toBeCloseTo(1.25);
    expect(ratioToFloor(report, 'floor', measure('total CPU'))).toEqual({ median: 1, least: 1, most: 1 });
  });

  it('leaves a round out that has no floor', () => {
    const report = reportOf([
      windowOf('floor', 1, 100),
      windowOf('payouts', 1, 80),
      windowOf('payouts', 2, 1),
    ]);
    expect(ratioToFloor(report, 'payouts', measure('worker CPU'))).toEqual({
      median: 0.8,
      least: 0.8,
      most: 0.8,
    });
  });

  it('counts the provider in no sum', () => {
    const one = windowOf('payouts', 1, 100);
    expect(totalCpuMs(one.cpuMsPerPayout)).toBe(160);
    expect(medianOf(reportOf([one]), 'payouts', ({ cpuMsPerPayout }) => cpuMsPerPayout.provider)).toBe(1_000);
  });
});

describe('the page', () => {
  const quiet = [windowOf('floor', 1, 100), windowOf('payouts', 1, 80)];

  it('shows ratios, CPU by process, counts, waiting and start-up', () => {
    const page = benchPage(reportOf(quiet));
    const cells = page.split('\n').map((line) => line.replaceAll(/ +/g, ' '));
    expect(cells).toEqual(
      expect.arrayContaining([
        '| worker CPU | 1.00 | 0.80 |',
        '| total without provider | 160.0 | 128.0 |',
        '| events | 29 | 24 |',
        '| history bytes | 6000 | 9000 |',
        '| activity task scheduled submit | – | 34 |',
        '| all | 20 | 34 |',
        '| client: StartWorkflowExecution | 1.00 | 1.00 |',
        '| payouts | 4.0 | 11.0 | 50 |',
        '| payouts | 1.20 | 2.40 |',
      ]),
    );
  });

  it('says whether the machine did other work meanwhile', () => {
    expect(benchPage(reportOf(quiet))).not.toContain('not a quiet machine');
    expect(benchPage(reportOf(quiet.map((one) => ({ ...one, foreignCores: 0.4 }))))).toContain(
      'Foreign load: 0.40 cores (**not a quiet machine**)',
    );
  });

  it('leaves out what was not measured', () => {
    const page = benchPage({ ...reportOf(quiet), waiting: [], startUps: [] });
    expect(page).not.toContain('While payouts wait');
    expect(page).not.toContain('first poll');
  });
});

describe('what an addition costs', () => {
  const withDatabase = (round: number, ms: number, database: number): Window => {
    const window = windowOf('register', round, ms);
    return { ...window, cpuMsPerPayout: { ...window.cpuMsPerPayout, database } };
  };

  it('is the difference to the same build in the same round', () => {
    const report = {
      ...reportOf([
        windowOf('payouts', 1, 40),
        withDatabase(1, 42, 0.5),
        // Another round on a slower machine: only its own neighbour counts.
        windowOf('payouts', 2, 400),
        withDatabase(2, 401, 1),
      ]),
      subjects: ['floor', 'payouts', 'register'],
      additions: ['register'],
    };
    const page = benchPage(report);
    const row = page.slice(page.indexOf('that a payout needs more')).split('\n')[4];
    expect(row?.split('|').map((cell) => cell.trim())).toEqual([
      '',
      'register',
      '1.5 (1.0 to 2.0)',
      '0.8 (0.5 to 1.0)',
      '2.3 (2.0 to 2.5)',
      expect.stringMatching(/^3\.\d \(2\.6 to 3\.7\)$/),
      '',
    ]);
  });

  it('is not spoken of where nobody measured it', () => {
    expect(benchPage(reportOf([windowOf('floor', 1, 10), windowOf('payouts', 1, 20)]))).not.toContain(
      'that a payout needs more',
    );
  });
});
