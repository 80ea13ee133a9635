import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startHealthServer } from '../../src/observability/health-server';
import { parseListenAddress } from '../../src/config/operation-schema';
import { readComposeFile, readEnvFile } from './compose-file';

const root = join(__dirname, '../..');
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const inImage = JSON.parse(/^HEALTHCHECK [^]*?CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]') as string[];
const { services } = readComposeFile(
  join(root, 'docker-compose.yml'),
  readEnvFile(join(root, 'deploy/simulators.env')),
);
const [, ...inCompose] = services['worker']?.healthcheck?.test ?? [];

/** Runs the check as Docker does: without a shell. */
const exitCodeOf = ([program = '', ...args]: readonly string[], address: string): Promise<number> =>
  new Promise((resolve) => {
    const child = execFile(
      program === 'node' ? process.execPath : program,
      args,
      { env: { PAYOUTS_HEALTH_ADDRESS: address }, timeout: 30_000 },
      () => resolve(child.exitCode ?? -1),
    );
  });

test('image and compose file ask the same', () => {
  expect(inImage[0]).toBe('node');
  expect(inCompose).toEqual(inImage);
});

test('both name an address that a worker takes', () => {
  const set = /^ENV PAYOUTS_HEALTH_ADDRESS=(\S+)$/m.exec(dockerfile)?.[1] ?? '';
  expect(parseListenAddress(set)).toMatchObject({ host: '127.0.0.1' });
  expect(services['worker']?.environment['PAYOUTS_HEALTH_ADDRESS']).toBe(set);
});

test('the check succeeds while the worker is ready, and fails otherwise', async () => {
  let problems: readonly string[] = [];
  const server = await startHealthServer(
    { host: '127.0.0.1', port: 0 },
    { live: () => [], ready: () => problems },
  );
  const address = `127.0.0.1:${server.port}`;
  try {
    expect(await exitCodeOf(inImage, address)).toBe(0);
    problems = ['it is stopping'];
    expect(await exitCodeOf(inImage, address)).toBe(1);
  } finally {
    await server.close();
  }
  expect(await exitCodeOf(inImage, address)).toBe(1);
});
