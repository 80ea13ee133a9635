import { time } from './payout-lines';
import type { Printer, Styled } from './printer';
import { styled } from './printer';

export type VersionView = {
  readonly buildId: string;
  readonly state: 'current' | 'ramping' | 'draining' | 'drained' | 'inactive';
  readonly percent?: number;
  readonly openPayouts: number;
  readonly workers: readonly string[];
  readonly builds: readonly string[];
  readonly stranded: boolean;
  readonly lastCurrentAt?: number;
  readonly drainageCheckedAt?: number;
};

export type DeploymentView = {
  readonly deployment: string;
  readonly taskQueues: readonly string[];
  readonly versions: readonly VersionView[];
  readonly unversioned: UnversionedView;
  /** Of a task queue that no version works on. */
  readonly elsewhere?: UnversionedView & { readonly taskQueue: string };
};

type UnversionedView = { readonly openPayouts: number; readonly workers: readonly string[] };

type RunView = { readonly workflowId: string; readonly difference?: string };

export type MoveView = {
  readonly replayed: number;
  readonly refused: readonly RunView[];
  readonly moved: readonly RunView[];
  readonly putBack: readonly RunView[];
  readonly gone: readonly RunView[];
  readonly failed: readonly (RunView & {
    readonly isBack: boolean;
    readonly code: string;
    readonly message: string;
  })[];
  readonly untried: readonly RunView[];
};

/** The table, and below it what needs somebody. */
export function printDeployment(view: DeploymentView, printer: Printer): void {
  const { deployment, taskQueues, versions, unversioned, elsewhere } = view;
  printer.facts([
    ['deployment', deployment],
    ['task queues', taskQueues.join(', ') || '-'],
  ]);
  printer.table(
    ['version', 'state', 'new payouts', 'open payouts', 'workers', 'build', 'drainage checked'],
    [
      ...versions.map((version) => [
        version.buildId,
        stateWord(version),
        shareOf(version, versions),
        String(version.openPayouts),
        String(version.workers.length),
        version.builds.join(' ') || '-',
        version.drainageCheckedAt === undefined ? '-' : time(version.drainageCheckedAt),
      ]),
      unversionedRow('(no version)', unversioned),
      ...(elsewhere === undefined
        ? []
        : [unversionedRow(`(no version, in ${elsewhere.taskQueue})`, elsewhere)]),
    ],
  );
  for (const line of remarksOf(view)) printer.line(styled('yellow', line));
}

const unversionedRow = (name: string, { openPayouts, workers }: UnversionedView): readonly string[] => [
  name,
  '-',
  '-',
  String(openPayouts),
  String(workers.length),
  '-',
  '-',
];

/** What stands still, or soon will. */
export function remarksOf({ deployment, versions, unversioned }: DeploymentView): readonly string[] {
  const current = versions.find(({ state }) => state === 'current');
  return [
    ...versions
      .filter(({ stranded }) => stranded)
      .map(
        ({ buildId, openPayouts }) =>
          `${openPayouts} open payouts are bound to ${buildId}, and no worker of it runs: they wait. Start its workers, or: ` +
          `payouts versions move ${buildId} --to VERSION`,
      ),
    ...(current === undefined
      ? [
          `No version of ${deployment} is current: its workers get no new payouts. payouts versions promote VERSION`,
        ]
      : []),
    ...(current !== undefined && current.workers.length === 0
      ? [`No worker of ${current.buildId} runs, and new payouts go to it: they wait.`]
      : []),
    ...(current === undefined && unversioned.workers.length === 0 && unversioned.openPayouts > 0
      ? [`${unversioned.openPayouts} open payouts are bound to no version, and nobody works on them.`]
      : []),
    ...(current !== undefined && unversioned.workers.length > 0
      ? [
          `${unversioned.workers.length} workers run without a version: they get nothing while a version is current.`,
        ]
      : []),
    ...versions
      .filter(({ builds }) => builds.length > 1)
      .map(({ buildId, builds }) => `Workers of ${buildId} run different code: ${builds.join(', ')}.`),
  ];
}

/** Removing a version's workers is safe when nothing is bound to it; the server's own word comes minutes later. */
function stateWord({ state, openPayouts }: VersionView): string | Styled {
  if (state === 'current') return styled('green', 'current');
  if (state === 'draining' && openPayouts === 0) return 'draining: none left';
  return state;
}

function shareOf({ state, percent = 0 }: VersionView, versions: readonly VersionView[]): string {
  if (state === 'ramping') return `${percent} %`;
  if (state !== 'current') return '-';
  return `${100 - (versions.find((version) => version.state === 'ramping')?.percent ?? 0)} %`;
}

export function printMove(report: MoveView, isMove: boolean, printer: Printer): void {
  const { replayed, refused, moved, putBack, gone, failed, untried } = report;
  const kept = refused.length > 0 && moved.length === 0;
  printer.line(
    `Replayed ${replayed} open payouts: ${replayed - refused.length} replay, ${refused.length} do not.`,
    isMove
      ? kept
        ? ' Nothing was moved.'
        : ` Moved ${moved.length}.`
      : ' Nothing was moved: this was a replay only.',
  );
  for (const { workflowId, difference } of refused)
    printer.line(styled('red', 'does not replay  '), workflowId, `: ${difference ?? ''}`);
  for (const { workflowId, difference } of putBack)
    printer.line(
      styled('yellow', 'put back         '),
      workflowId,
      `: it went on after the replay (${difference ?? ''})`,
    );
  for (const { workflowId, isBack, message } of failed)
    printer.line(
      styled('red', isBack ? 'not moved        ' : 'may be moved     '),
      workflowId,
      isBack ? `: ${message}` : `, and was not replayed there: ${message}`,
    );
  if (gone.length > 0) printer.line(`${gone.length} ended meanwhile.`);
  if (untried.length > 0) printer.line(`${untried.length} were not tried any more, and are where they were.`);
  if (failed.some(({ isBack }) => !isBack))
    printer.line(
      'Replay each that may be moved with this program (payouts replay TENANT/REFERENCE), and bind it to the old version again ' +
        'where it does not replay: docs/versions.md.',
    );
  if (failed.some(({ isBack }) => isBack) || untried.length > 0)
    printer.line('The same command goes on with those that were not moved.');
}
