import { exitCodeOfMove } from '../../src/cli/commands/versions';
import type { DeploymentView, MoveView, VersionView } from '../../src/cli/output/version-lines';
import { printDeployment, printMove, remarksOf } from '../../src/cli/output/version-lines';
import { createPrinter } from '../../src/cli/output/printer';

const version = (change: Partial<VersionView>): VersionView => ({
  buildId: 'v1',
  state: 'current',
  openPayouts: 0,
  workers: ['acme/1.0.0+aaaa/1@host'],
  builds: ['aaaa'],
  stranded: false,
  ...change,
});
const view = (versions: readonly VersionView[], change: Partial<DeploymentView> = {}): DeploymentView => ({
  deployment: 'payouts',
  taskQueues: ['payouts', 'payouts-eu'],
  versions,
  unversioned: { openPayouts: 0, workers: [] },
  ...change,
});

function printed(print: (printer: ReturnType<typeof createPrinter>) => void): readonly string[] {
  let text = '';
  print(createPrinter({ write: (more) => (text += more) }, {}));
  return text.trimEnd().split('\n');
}

test('shares of new payouts add up, and what a version has left is said', () => {
  const lines = printed((printer) =>
    printDeployment(
      view([
        version({ buildId: 'v3', state: 'ramping', percent: 5 }),
        version({ buildId: 'v2', openPayouts: 12 }),
        version({ buildId: 'v1', state: 'draining', openPayouts: 0 }),
      ]),
      printer,
    ),
  );
  expect(lines.map((line) => line.split('\t').slice(0, 4))).toEqual([
    ['deployment', 'payouts'],
    ['task queues', 'payouts, payouts-eu'],
    ['v3', 'ramping', '5 %', '0'],
    ['v2', 'current', '95 %', '12'],
    ['v1', 'draining: none left', '-', '0'],
    ['(no version)', '-', '-', '0'],
  ]);
});

test('a task queue that no version works on has a row of its own, and is nothing to remark', () => {
  const other = view([version({})], { elsewhere: { taskQueue: 'other', openPayouts: 2, workers: ['w'] } });
  expect(printed((printer) => printDeployment(other, printer)).at(-1)).toBe(
    '(no version, in other)\t-\t-\t2\t1\t-\t-',
  );
  expect(remarksOf(other)).toEqual([]);
});

test('where all is well nothing is remarked', () => {
  expect(remarksOf(view([version({})]))).toEqual([]);
});

test.each<readonly [string, DeploymentView, RegExp]>([
  [
    'payouts without workers',
    view([
      version({ buildId: 'v2' }),
      version({ state: 'draining', openPayouts: 3, workers: [], stranded: true }),
    ]),
    /^3 open payouts are bound to v1, .* payouts versions move v1 --to VERSION$/,
  ],
  ['no current version', view([version({ state: 'inactive' })]), /No version of payouts is current/],
  ['a current version without workers', view([version({ workers: [] })]), /new payouts go to it: they wait/],
  [
    'workers that get nothing',
    view([version({})], { unversioned: { openPayouts: 0, workers: ['a', 'b'] } }),
    /^2 workers run without a version/,
  ],
  [
    'payouts of no version and nobody for them',
    view([version({ state: 'inactive' })], { unversioned: { openPayouts: 4, workers: [] } }),
    /4 open payouts are bound to no version/,
  ],
  [
    'two programs under one build id',
    view([version({ builds: ['aaaa', 'bbbb'] })]),
    /run different code: aaaa, bbbb/,
  ],
])('is remarked: %s', (_, deployment, remark) => {
  expect(remarksOf(deployment).some((line) => remark.test(line))).toBe(true);
});

test('a move says what was moved, and names what was not and why', () => {
  const run = (reference: string, difference?: string) => ({
    workflowId: `payout/acme/${reference}`,
    ...(difference === undefined ? {} : { difference }),
  });
  const report = {
    replayed: 2,
    refused: [run('r-2', 'event 7 is another')],
    moved: [],
    putBack: [],
    gone: [],
    failed: [],
    untried: [],
  };
  expect(printed((printer) => printMove(report, true, printer))).toEqual([
    'Replayed 2 open payouts: 1 replay, 1 do not. Nothing was moved.',
    'does not replay  payout/acme/r-2: event 7 is another',
  ]);
  expect(printed((printer) => printMove({ ...report, moved: [run('r-1')] }, true, printer))[0]).toContain(
    'Moved 1.',
  );
  expect(printed((printer) => printMove({ ...report, refused: [] }, false, printer))[0]).toContain(
    'a replay only',
  );
});

test('a move that Temporal left in the middle names what was moved, what was not, and what nobody knows', () => {
  const run = (reference: string) => ({ workflowId: `payout/acme/${reference}` });
  const away = { code: 'temporal_unavailable', message: 'Temporal did not answer' };
  const lines = printed((printer) =>
    printMove(
      {
        replayed: 4,
        refused: [],
        moved: [run('r-1')],
        putBack: [],
        gone: [],
        failed: [
          { ...run('r-2'), isBack: true, ...away },
          { ...run('r-3'), isBack: false, ...away },
        ],
        untried: [run('r-4')],
      },
      true,
      printer,
    ),
  );
  expect(lines).toEqual([
    'Replayed 4 open payouts: 4 replay, 0 do not. Moved 1.',
    'not moved        payout/acme/r-2: Temporal did not answer',
    'may be moved     payout/acme/r-3, and was not replayed there: Temporal did not answer',
    '1 were not tried any more, and are where they were.',
    expect.stringMatching(/payouts replay TENANT\/REFERENCE.*docs\/versions\.md/),
    'The same command goes on with those that were not moved.',
  ]);
});

test.each([
  ['all is well', {}, 0],
  ['one does not replay', { refused: [{ workflowId: 'a' }] }, 4],
  ['one was put back', { putBack: [{ workflowId: 'a' }] }, 4],
  ['Temporal did not answer', { failed: [failure('temporal_unavailable', true)] }, 5],
  [
    'nobody knows of one, and another is back',
    { failed: [failure('version_refused', true), failure('temporal_unavailable', false)] },
    5,
  ],
  ['something else failed', { failed: [failure('unexpected_error', true)] }, 1],
])('the exit code of a move where %s', (_, change, code) => {
  const none = { replayed: 2, refused: [], moved: [], putBack: [], gone: [], failed: [], untried: [] };
  expect(exitCodeOfMove({ ...none, ...change })).toBe(code);
});

function failure(code: string, isBack: boolean): MoveView['failed'][number] {
  return { workflowId: 'payout/acme/r-1', isBack, code, message: 'it failed' };
}
