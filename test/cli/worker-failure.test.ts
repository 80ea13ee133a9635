import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { version } from '../../src/observability/version';
import { changedExample, exampleEnvironment } from '../config/example-configuration';
import type { Change } from '../config/example-configuration';
import { createCli } from './fake-cli';
import type { CliRun } from './fake-cli';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'payouts-worker-failure-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function worker(changes: readonly Change[], ...options: readonly string[]): Promise<CliRun> {
  const file = join(folder, 'payouts.json');
  writeFileSync(file, JSON.stringify(changedExample(...changes)));
  const env = { ...exampleEnvironment, TEMPORAL_CONFIG_FILE: join(folder, 'none.toml') };
  return createCli({}, { env }).run('worker', '--config', file, ...options);
}

/** The only line there is. */
function line({ err, out }: CliRun): Readonly<Record<string, unknown>> {
  expect(out).toBe('');
  expect(err.split('\n')).toEqual([expect.stringMatching(/^\{/), '']);
  return JSON.parse(err) as Readonly<Record<string, unknown>>;
}

test('a configuration that cannot be used is one JSON line, with all that is wrong and no value', async () => {
  const run = await worker([
    ['mode', 'live'],
    ['accounts.pontis-main.credentials.password', { env: 'NOT_SET' }],
  ]);
  expect(run.code).toBe(2);
  const { problems, ...rest } = line(run);
  expect(rest).toMatchObject({
    level: 'error',
    event: 'worker failed',
    code: 'configuration_invalid',
    version,
  });
  expect(problems).toEqual(
    expect.arrayContaining([
      {
        path: 'accounts.pontis-main.credentials.password',
        problem: 'environment variable NOT_SET is not set',
      },
      { path: 'accounts.pontis-main.mode', problem: expect.stringMatching(/^is sandbox/) },
    ]),
  );
  for (const secret of Object.values(exampleEnvironment)) expect(run.err).not.toContain(secret);
});

test('a Temporal that cannot be reached is said in one short line, with what is behind it and no place in the code', async () => {
  const run = await worker([['log.level', 'error']], '--temporal-address', '127.0.0.1:1');
  expect(run.code).toBe(5);
  const said = line(run);
  expect(said).toMatchObject({
    event: 'worker failed',
    code: 'temporal_unavailable',
    problems: [{ problem: 'Temporal cannot be reached at 127.0.0.1:1' }],
    error: { error: 'TransportError', message: expect.stringContaining('Connection refused') },
  });
  expect(run.err).not.toContain('frames');
  expect(run.err.length).toBeLessThan(700);
});

test('a file that there is not, as well', async () => {
  const run = await createCli({}, { env: {} }).run('worker', '--config', join(folder, 'nowhere.json'));
  expect([run.code, line(run)]).toMatchObject([
    2,
    { level: 'error', code: 'configuration_invalid', problems: [{ problem: expect.any(String) }] },
  ]);
});
