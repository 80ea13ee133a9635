import type { DeploymentView, VersionView } from '../../src/cli/output/version-lines';
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
    ['v3', 'ramping', '5 %', '0'],
    ['v2', 'current', '95 %', '12'],
    ['v1', 'draining: none left', '-', '0'],
    ['(no version)', '-', '-', '0'],
  ]);
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
