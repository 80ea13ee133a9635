import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { transform } from '@swc/core';
import { defaultTaskQueue } from '../../src/contract/task-queues';
import { startPayoutWorker, testTemporalAddress } from '../support/payout-worker';

const root = resolve(__dirname, '../..');
const run = promisify(execFile);

let folder: string;
let example: string;

beforeAll(async () => {
  if (!existsSync(join(root, 'dist/client/index.d.ts'))) {
    throw new Error(
      'the example imports the package as others do: run `npm run build` first (`npm test` does)',
    );
  }
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  example = /^```ts\n([^]*?)^```$/m.exec(readme)?.[1] ?? '';
  // Inside the package, so that its name leads to its own exports; below a folder that git ignores.
  await mkdir(join(root, '.cache'), { recursive: true });
  folder = await mkdtemp(join(root, '.cache', 'readme-'));
  await writeFile(join(folder, 'example.mts'), example);
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

test('the client code of the README is about ten lines and passes the type checker', async () => {
  const lines = example.split('\n').filter((line) => line.trim() !== '');
  expect(lines.length).toBeLessThanOrEqual(12);
  const configuration = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
    files: ['example.mts'],
    include: [],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(configuration));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const checked = await run(process.execPath, [tsc, '--project', folder, '--noEmit']).catch(
    (error: { readonly stdout?: string }) => error,
  );
  // The type checker writes what it found to stdout.
  expect(checked.stdout).toBe('');
}, 120_000);

test('the client code of the README pays, run as it is pasted', async () => {
  const { code } = await transform(example, {
    filename: 'example.mts',
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'es6' },
  });
  await writeFile(join(folder, 'example.mjs'), code);
  const worker = await startPayoutWorker({ status: 'paid' }, defaultTaskQueue);
  try {
    const { stdout } = await run(process.execPath, [join(folder, 'example.mjs')], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        TEMPORAL_ADDRESS: testTemporalAddress(),
        TEMPORAL_NAMESPACE: 'default',
      },
      timeout: 90_000,
    });
    expect(stdout).toBe('paid yes\n');
  } finally {
    await worker.stop();
  }
}, 120_000);
