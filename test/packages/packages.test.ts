import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync, transformSync } from 'esbuild';
import type { BuildOptions } from 'esbuild';
import { isListening } from '../../src/dev/temporal-ports';
import { exampleRequest } from '../support/example-request';
import { eventually, isRunning } from '../support/process-watch';
import type { PackageName, PackedPackage, Project } from './installed-package';
import { installInto, packPackages, root, run, weigh } from './installed-package';
import { asCommonJs, asJavaScript, codeBlocks, readmeExample, withReference } from './shown-code';

const rootManifest = readManifest(root);
const example = readmeExample();
const [installationExample = ''] = codeBlocks('docs/testing-your-service.md').filter((code) =>
  code.includes(`from 'durable-payouts/testing'`),
);
/** What the page does without a server, in a test that stands by itself. */
const doubleExample = `
import { expect, test } from 'vitest';
import { createInMemoryPayouts } from 'durable-payouts-client/testing';
test('pays in memory', async () => {
  const payouts = createInMemoryPayouts({ onStart: (payout) => payout.paid() });
  const { tenant, reference } = await payouts.client.start(${JSON.stringify(exampleRequest({ reference: 'in-memory' }))});
  expect((await payouts.client.get({ tenant, reference })).status).toBe('paid');
});
`;

let folder: string;
let packed: Readonly<Record<PackageName, PackedPackage>>;
let client: Project;
let operator: Project;

beforeAll(async () => {
  if (!existsSync(join(root, 'packages/durable-payouts-client/package.json'))) {
    throw new Error('the packages are made by the build: run `npm run build` first (`npm test` does)');
  }
  folder = await mkdtemp(join(tmpdir(), 'payouts-packages-'));
  const both = await packPackages(folder);
  packed = Object.fromEntries(both.map((each) => [each.name, each])) as typeof packed;
  [client, operator] = await Promise.all([
    installInto(join(folder, 'client'), packed['durable-payouts-client']),
    installInto(join(folder, 'operator'), packed['durable-payouts']),
  ]);
}, 300_000);
afterAll(async () => rm(folder, { recursive: true, force: true }));

describe('durable-payouts-client', () => {
  test('is light: few packages, at most 60 MB, and no native code', () => {
    const { megabytes, packages, nativeFiles } = weigh(client);
    expect(nativeFiles).toEqual([]);
    expect(megabytes).toBeLessThan(60);
    expect(packages.length).toBeLessThanOrEqual(55);
  });

  test('depends on what its modules import and on nothing else, in the versions of this repository', () => {
    const { dependencies, version } = readManifest(
      join(client.folder, 'node_modules/durable-payouts-client'),
    );
    expect(Object.keys(dependencies)).toEqual([
      '@noble/hashes',
      '@scure/base',
      '@temporalio/client',
      '@temporalio/common',
      '@temporalio/envconfig',
      '@types/ms',
      'decimal.js',
      'ibantools',
      'zod',
    ]);
    for (const [name, wanted] of Object.entries(dependencies)) {
      expect([name, wanted]).toEqual([name, rootManifest.dependencies[name]]);
    }
    expect(version).toBe(rootManifest.version);
  });

  test('holds the client, what it needs of the other rooms, a licence for what it took in, and no source maps', () => {
    const { files } = packed['durable-payouts-client'];
    const rooms = new Set(
      files.filter((file) => file.startsWith('dist/')).map((file) => file.split('/', 2).join('/')),
    );
    expect([...rooms].toSorted()).toEqual(
      ['client', 'contract', 'domain', 'payee', 'validation', 'vendor'].map((room) => `dist/${room}`),
    );
    expect(files.filter((file) => !file.startsWith('dist/')).sort()).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
    ]);
    const taken = files.filter((file) => file.startsWith('dist/vendor/')).sort();
    expect(taken).toEqual(
      ['libphonenumber-js-max.LICENSE.txt', 'libphonenumber-js-max.js'].map((file) => `dist/vendor/${file}`),
    );
    expect(files.filter((file) => file.endsWith('.map'))).toEqual([]);
  });
});

describe('durable-payouts', () => {
  test('brings the bundle of the workflows, schemas and documents; no compose file, which builds from the sources', () => {
    const { files } = packed['durable-payouts'];
    const needed = [
      'dist/workflow-bundle.js',
      'dist/bin/cli.js',
      'config/payouts.schema.json',
      'docs/operations.md',
      'LICENSE',
    ];
    expect(files).toEqual(expect.arrayContaining(needed));
    expect(files.filter((file) => /compose|\.map$|^(src|test|packages|deploy)\//.test(file))).toEqual([]);
  });

  test('gives the command payouts, and the client to whoever imports it from here', async () => {
    const command = await run(join(operator.folder, 'node_modules/.bin/payouts'), ['--help']);
    expect(command.stdout).toContain('Usage: payouts');
    operator.write('client.cjs', `console.log(typeof require('durable-payouts').createPayoutClient);`);
    expect((await run(process.execPath, ['client.cjs'], { cwd: operator.folder })).stdout).toBe('function\n');
  });
});

test('an error of either package is an instance of the other’s class, and of no class that it is not', async () => {
  client.write(
    'errors.cjs',
    `const here = require('durable-payouts-client');
     const there = require(${JSON.stringify(join(operator.folder, 'node_modules/durable-payouts'))});
     const invalid = new there.PayoutRequestInvalidError([]);
     const other = new there.PayoutClientError('aborted', 'stopped');
     console.log(JSON.stringify([
       here.PayoutClientError === there.PayoutClientError,
       invalid instanceof here.PayoutClientError,
       invalid instanceof here.PayoutRequestInvalidError,
       invalid instanceof here.ReferenceReusedError,
       other instanceof here.PayoutClientError,
       other instanceof here.PayoutRequestInvalidError,
       new Error('aborted') instanceof here.PayoutClientError,
       invalid.name,
     ]));`,
  );
  const { stdout } = await run(process.execPath, ['errors.cjs'], { cwd: client.folder });
  expect(JSON.parse(stdout)).toEqual([
    false,
    true,
    true,
    false,
    true,
    false,
    false,
    'PayoutRequestInvalidError',
  ]);
});

describe('the declarations pass a strict compiler that looks into them', () => {
  const strict = {
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    target: 'es2022',
    lib: ['es2023'],
    types: ['node'],
  };
  /** What the compiler says. */
  const complaints = async (
    project: Project,
    files: readonly string[],
    options: object,
  ): Promise<readonly string[]> => {
    project.write('tsconfig.json', JSON.stringify({ compilerOptions: { ...strict, ...options }, files }));
    const tsc = fileOf('typescript', 'bin/tsc');
    const { stdout } = await run(process.execPath, [tsc], { cwd: project.folder }).catch(
      (error: { readonly stdout: string }) => error,
    );
    return stdout.split('\n').filter((line) => /error TS/.test(line));
  };
  const exact = { module: 'nodenext', exactOptionalPropertyTypes: true };
  /** The two places in a dependency that do not pass with exact optional properties; docs/packages.md says so. */
  const temporalSchedules = [1, 2].map(() =>
    expect.stringMatching(
      /^node_modules\/@temporalio\/client\/lib\/schedule-client\.d\.ts\(.* error TS2344: /,
    ),
  );

  test('the client’s, with a bundler’s resolution', async () => {
    client.write('ask.mts', example);
    const options = { module: 'esnext', moduleResolution: 'bundler' };
    expect(await complaints(client, ['ask.mts'], options)).toEqual([]);
  }, 120_000);

  test('the client’s, with exact optional properties, where a wrong request does not pass', async () => {
    client.write('ask.mts', example);
    client.write('wrong.mts', example.replace(`side: 'source'`, `side: 'sauce'`));
    expect(await complaints(client, ['ask.mts', 'wrong.mts'], exact)).toEqual([
      ...temporalSchedules,
      expect.stringMatching(/^wrong\.mts\(.*PayoutRequest/),
    ]);
  }, 120_000);

  test('those of the environment for tests, with exact optional properties', async () => {
    // The declarations of a test runner are its own business.
    const [, ...code] = installationExample.split('\n');
    operator.write('runner.d.ts', runnerDeclarations);
    operator.write('pays.mts', code.join('\n'));
    expect(await complaints(operator, ['runner.d.ts', 'pays.mts'], exact)).toEqual(temporalSchedules);
  }, 120_000);
});

/** Everything below pays: a whole installation is started by the package for tests, out of the project it is installed in. */
describe('the code of the documents pays', () => {
  let installation: ChildProcess;
  let env: Readonly<Record<string, string>>;
  let address: string;
  let workerPid: number;
  let temporary: string;

  beforeAll(async () => {
    temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    operator.write(
      'installation.mjs',
      `import { startTestEnvironment } from 'durable-payouts/testing';
       const { address, workerPid } = await startTestEnvironment();
       console.log(JSON.stringify([address, workerPid()]));`,
    );
    installation = spawn(process.execPath, ['installation.mjs'], {
      cwd: operator.folder,
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (installation.stdout === null) throw new Error('it has no output');
    const [line] = (await once(createInterface({ input: installation.stdout }), 'line')) as [string];
    [address, workerPid] = JSON.parse(line) as [string, number];
    // Nothing of this machine's own settings.
    env = { PATH: process.env['PATH'] ?? '', HOME: folder, TEMPORAL_ADDRESS: address };
  }, 120_000);
  afterAll(() => {
    if (installation.exitCode === null && installation.signalCode === null) installation.kill('SIGKILL');
  });

  const pays = async (cwd: string, ...args: readonly string[]): Promise<void> => {
    const { stdout } = await run(process.execPath, args, { cwd, env, timeout: 90_000 });
    expect(stdout).toBe('paid yes\n');
  };
  const bundle = (options: BuildOptions): void => {
    buildSync({ bundle: true, platform: 'node', target: 'node20.19', logLevel: 'error', ...options });
  };
  /** Away from the project: what a bundle lacks is not found beside it. */
  const elsewhere = (): string => {
    const path = join(folder, 'elsewhere');
    mkdirSync(path, { recursive: true });
    return path;
  };

  test('is about ten lines', () => {
    expect(example.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(12);
  });

  test('as an ES module', async () => {
    client.write('ask.mjs', asJavaScript(withReference(example, 'order-esm')));
    await pays(client.folder, 'ask.mjs');
  }, 120_000);

  test('as CommonJS', async () => {
    client.write('ask.cjs', asCommonJs(withReference(example, 'order-cjs')));
    await pays(client.folder, 'ask.cjs');
  }, 120_000);

  test('as TypeScript, by tsx', async () => {
    client.write('ask.mts', withReference(example, 'order-tsx'));
    await pays(client.folder, fileOf('tsx', 'dist/cli.mjs'), 'ask.mts');
  }, 120_000);

  test('bundled by esbuild as CommonJS', async () => {
    client.write('bundled.cjs', asCommonJs(withReference(example, 'order-bundled-cjs')));
    const outfile = join(elsewhere(), 'ask.cjs');
    bundle({ entryPoints: [join(client.folder, 'bundled.cjs')], format: 'cjs', outfile });
    await pays(elsewhere(), outfile);
  }, 120_000);

  test('bundled by esbuild as an ES module, with the line that packages in CommonJS need there', async () => {
    client.write('bundled.mts', withReference(example, 'order-bundled-esm'));
    const [, banner] =
      /--banner:js="(.*)"$/m.exec(readFileSync(join(root, 'docs/packages.md'), 'utf8')) ?? [];
    if (banner === undefined) throw new Error('docs/packages.md does not show the banner');
    const outfile = join(elsewhere(), 'ask.mjs');
    bundle({
      entryPoints: [join(client.folder, 'bundled.mts')],
      format: 'esm',
      outfile,
      banner: { js: banner },
    });
    await pays(elsewhere(), outfile);
  }, 120_000);

  test('in a test of vitest, beside the examples that need no server', async () => {
    client.write('asked.mts', withReference(example, 'order-vitest'));
    client.write(
      'ask.test.mts',
      `import { expect, test, vi } from 'vitest';
       test('pays', async () => {
         const said = vi.spyOn(console, 'log');
         await import('./asked.mts');
         expect(said.mock.calls).toEqual([['paid', 'yes']]);
       }, 90_000);`,
    );
    client.write('double.test.mts', doubleExample);
    await vitest(client, 'ask.test.mts', 'double.test.mts');
  }, 120_000);

  test('in a test of jest', async () => {
    client.write('asked.cjs', asCommonJs(withReference(example, 'order-jest')));
    client.write(
      'ask.test.cjs',
      `test('pays', async () => {
         const said = jest.spyOn(console, 'log').mockImplementation();
         await require('./asked.cjs');
         expect(said.mock.calls).toEqual([['paid', 'yes']]);
       }, 90_000);`,
    );
    await jestRun(client, 'ask.test.cjs');
  }, 120_000);

  const vitest = async (project: Project, ...files: readonly string[]): Promise<void> => {
    link(project, 'vitest');
    const args = [fileOf('vitest', 'vitest.mjs'), 'run', '--root', project.folder, ...files];
    await run(process.execPath, args, { cwd: project.folder, env });
  };
  const jestRun = async (project: Project, file: string): Promise<void> => {
    const configuration = { rootDir: project.folder, testMatch: [`**/${file}`], transform: {} };
    const args = [fileOf('jest', 'bin/jest.js'), '--config', JSON.stringify(configuration), '--runInBand'];
    await run(process.execPath, args, { cwd: project.folder, env });
  };

  // Each starts an installation of its own, beside the one above.
  test('the examples of docs/testing-your-service.md pass, by vitest', async () => {
    operator.write('pays.test.mts', installationExample);
    await vitest(operator, 'pays.test.mts');
  }, 180_000);

  test('and by jest, without their first line', async () => {
    const { code } = transformSync(installationExample.split('\n').slice(1).join('\n'), {
      loader: 'ts',
      format: 'cjs',
      target: 'node20.19',
    });
    operator.write('pays.test.cjs', code);
    await jestRun(operator, 'pays.test.cjs');
  }, 180_000);

  test('nothing of an installation is left when the process that started it is killed', async () => {
    const port = Number(address.split(':')[1]);
    expect([isRunning(workerPid), await isListening(port), readdirSync(temporary)]).toEqual([
      true,
      true,
      [expect.stringMatching(/^payouts-dev-/)],
    ]);
    installation.kill('SIGKILL');
    await eventually('the worker is gone', () => !isRunning(workerPid));
    await eventually('the server is gone', async () => !(await isListening(port)));
    await eventually('its files are gone', () => readdirSync(temporary).length === 0);
  }, 120_000);
});

/** As much of one as the example uses. */
const runnerDeclarations = `
declare function beforeAll(what: () => Promise<void>, timeoutMs?: number): void;
declare function afterAll(what: () => Promise<void>): void;
declare function test(name: string, what: () => Promise<void>, timeoutMs?: number): void;
declare function expect(actual: unknown): { toBe(to: unknown): void; toHaveLength(to: number): void; toMatchObject(to: object): void };
`;

/** A package of this repository, in a project that has installed it as far as it can tell. */
function link({ folder: project }: Project, name: string): void {
  const path = join(project, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path)) symlinkSync(join(root, 'node_modules', name), path);
}

function fileOf(name: string, path: string): string {
  return join(dirname(require.resolve(`${name}/package.json`)), path);
}

type Manifest = { readonly version: string; readonly dependencies: Readonly<Record<string, string>> };

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest;
}
