/** The report as tables for people: Markdown, which is as readable on a terminal. */
import type { BenchReport, Ratio } from './bench-report';
import {
  addedBy,
  measures,
  median,
  medianOf,
  newestBuild,
  processes,
  ratioToFloor,
  totalCpuMs,
} from './bench-report';

/** From so much foreign load on, a figure says little; the report says so. */
const quietCores = 0.1;

export function benchPage(report: BenchReport): string {
  const { subjects, floor, windows, machine } = report;
  const rounds = Math.max(...windows.map(({ round }) => round));
  const foreign = median(windows.map(({ foreignCores }) => foreignCores));
  const [first] = windows;
  return [
    `${rounds} interleaved rounds of ${first?.payouts ?? 0} payouts for each subject, ${report.concurrency} at a time; ${report.startedAt.slice(0, 10)}, ` +
      `${machine.cpus} × ${machine.model}, Node ${machine.node}; server: ${report.persistence}. Foreign load: ${foreign.toFixed(2)} cores` +
      `${foreign > quietCores ? ' (**not a quiet machine**)' : ''}.`,
    '',
    `Divided by \`${floor}\` in the same round, median (range):`,
    '',
    ...table(
      ['', ...subjects],
      measures.map((measure) => [
        measure.name,
        ...subjects.map((subject) => ratioText(ratioToFloor(report, subject, measure))),
      ]),
    ),
    '',
    'CPU in ms for each payout, medians:',
    '',
    ...table(
      ['', ...subjects],
      [
        ...processes.map((name) => [
          name,
          ...subjects.map((subject) =>
            medianOf(report, subject, (window) => window.cpuMsPerPayout[name]).toFixed(1),
          ),
        ]),
        [
          'total without provider',
          ...subjects.map((subject) =>
            medianOf(report, subject, (window) => totalCpuMs(window.cpuMsPerPayout)).toFixed(1),
          ),
        ],
      ],
    ),
    '',
    'Counts of one payout:',
    '',
    ...table(['', ...subjects], countRows(report)),
    ...additionLines(report),
    ...payloadLines(report),
    ...waitingLines(report),
    ...startUpLines(report),
    '',
  ].join('\n');
}

function countRows({ subjects, counts, windows }: BenchReport): readonly (readonly string[])[] {
  const named = [
    ['events', 'events'],
    ['workflow tasks', 'workflowTasks'],
    ['billable actions', 'actions'],
    ['history bytes', 'historyBytes'],
    ['state transitions', 'stateTransitions'],
  ] as const;
  const lastOf = (subject: string) => windows.findLast((window) => window.subject === subject);
  const methods = [...new Set(windows.flatMap(({ callsPerPayout }) => Object.keys(callsPerPayout)))].sort();
  return [
    ...named.map(([words, field]) => [
      words,
      ...subjects.map((subject) => String(counts[subject]?.[field] ?? '–')),
    ]),
    [
      'calls to the provider',
      ...subjects.map((subject) => (lastOf(subject)?.providerCallsPerPayout ?? 0).toFixed(2)),
    ],
    ...methods.map((method) => [
      `client: ${method}`,
      ...subjects.map((subject) =>
        medianOf({ windows } as BenchReport, subject, (window) => window.callsPerPayout[method] ?? 0).toFixed(
          2,
        ),
      ),
    ]),
  ];
}

/** What an addition costs: the same build with it, beside itself without, in the same rounds. */
function additionLines(report: BenchReport): readonly string[] {
  if (report.additions.length === 0) return [];
  const more = (subject: string, of: Parameters<typeof addedBy>[2]): string => {
    const { median: middle, least, most } = addedBy(report, subject, of);
    return `${middle.toFixed(1)} (${least.toFixed(1)} to ${most.toFixed(1)})`;
  };
  return [
    '',
    `CPU in ms that a payout needs more than \`${newestBuild}\` in the same round, median (range):`,
    '',
    ...table(
      ['with', 'worker', 'database', 'both', 'total'],
      report.additions.map((name) => [
        name,
        more(name, ({ cpuMsPerPayout }) => cpuMsPerPayout.worker),
        more(name, ({ cpuMsPerPayout }) => cpuMsPerPayout.database),
        more(name, ({ cpuMsPerPayout: { worker, database } }) => worker + database),
        more(name, ({ cpuMsPerPayout }) => totalCpuMs(cpuMsPerPayout)),
      ]),
    ),
  ];
}

function payloadLines({ subjects, counts }: BenchReport): readonly string[] {
  const shown = subjects.filter((subject) => (counts[subject]?.payloads ?? []).length > 0);
  const names = [
    ...new Set(shown.flatMap((subject) => (counts[subject]?.payloads ?? []).map(({ what }) => what))),
  ];
  if (names.length === 0) return [];
  const sum = (subject: string, name?: string): string => {
    const fitting = (counts[subject]?.payloads ?? []).filter(
      ({ what }) => name === undefined || what === name,
    );
    return fitting.length === 0 ? '–' : String(fitting.reduce((all, { bytes }) => all + bytes, 0));
  };
  return [
    '',
    'Bytes of payloads in the history of one payout:',
    '',
    ...table(
      ['', ...shown],
      [
        ...names.map((name) => [name, ...shown.map((subject) => sum(subject, name))]),
        ['all', ...shown.map((subject) => sum(subject))],
      ],
    ),
  ];
}

function waitingLines({ waiting }: BenchReport): readonly string[] {
  if (waiting.length === 0) return [];
  return [
    '',
    'While payouts wait for their provider, CPU in ms for each status read:',
    '',
    ...table(
      ['', 'worker', 'server', 'reads'],
      waiting.map(({ subject, cpuMsPerRead, statusReads }) => [
        subject,
        cpuMsPerRead.worker.toFixed(1),
        cpuMsPerRead.server.toFixed(1),
        String(statusReads),
      ]),
    ),
  ];
}

function startUpLines({ startUps }: BenchReport): readonly string[] {
  const subjects = [...new Set(startUps.map(({ subject }) => subject))];
  if (subjects.length === 0) return [];
  return [
    '',
    'A worker process from its start to its first poll, medians:',
    '',
    ...table(
      ['', 'CPU s', 'elapsed s'],
      subjects.map((subject) => {
        const ones = startUps.filter((one) => one.subject === subject);
        const seconds = (of: (one: (typeof ones)[number]) => number) =>
          (median(ones.map(of)) / 1_000).toFixed(2);
        return [subject, seconds(({ cpuMs }) => cpuMs), seconds(({ elapsedMs }) => elapsedMs)];
      }),
    ),
  ];
}

const ratioText = ({ median: middle, least, most }: Ratio): string =>
  least === most ? middle.toFixed(2) : `${middle.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)];
}
