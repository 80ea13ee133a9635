import { execFileSync } from 'node:child_process';
import { dirname, join, relative, sep } from 'node:path';
import { root, trackedFiles } from './repository';

type Configuration = {
  readonly testTimeout?: number;
  readonly maxWorkers?: number;
  readonly projects: readonly { readonly displayName: string }[];
};
const configuration = require('../../jest.config.js') as Configuration;
const projects = configuration.projects.map(({ displayName }) => displayName);

/** What jest itself would run. */
function testsOf(project: string): readonly string[] {
  const jest = join(dirname(require.resolve('jest/package.json')), 'bin', 'jest.js');
  const listed = execFileSync(
    process.execPath,
    [jest, '--listTests', '--json', '--selectProjects', project],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const paths = JSON.parse(listed.slice(listed.indexOf('['))) as readonly string[];
  return paths.map((path) => relative(root, path).split(sep).join('/'));
}

test('every test file belongs to exactly one project', () => {
  const listed = projects.flatMap(testsOf);
  const files = trackedFiles.filter((path) => path.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(50);
  expect([...listed].sort()).toEqual([...files].sort());
});

test('no file looks like a test and is none', () => {
  expect(
    trackedFiles.filter(
      (path) => /(^|[./])(test|spec)\.[cm]?[jt]sx?$/.test(path) && !path.endsWith('.test.ts'),
    ),
  ).toEqual([]);
});

test('what holds for the whole run is set for the whole run: jest ignores it in a project', () => {
  const { testTimeout, maxWorkers } = configuration;
  expect({ testTimeout, maxWorkers }).toEqual({ testTimeout: 180_000, maxWorkers: 3 });
  for (const project of configuration.projects) {
    expect(Object.keys(project)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(testTimeout|maxWorkers|forceExit|bail)$/)]),
    );
  }
});
