import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTogether } from '../../src/dev/start-together';
import { startTemporalServer } from '../../src/dev/temporal-server';
import { builtProgram } from '../support/built-program';
import { eventually, isRunning } from '../support/process-watch';

let folder: string;
const processes: ChildProcess[] = [];
const listeners: Server[] = [];
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'payouts-failed-start-'))));
afterEach(async () => {
  for (const child of processes.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  for (const server of listeners.splice(0)) server.close();
  await rm(folder, { recursive: true });
});

type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly said: string };
type Started = { said(): string; kill(signal: NodeJS.Signals): void; readonly ended: Promise<Ended> };

/** A process of its own. It hangs where the test says that it ends: then the test's own time runs out. */
function node(args: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  processes.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (said += text.toString()));
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal, said }));
  return { said: () => said, kill: (signal) => void child.kill(signal), ended };
}
const payouts = (args: readonly string[], env?: NodeJS.ProcessEnv): Started =>
  node([builtProgram(), ...args], env);

/** Takes connections, and never says a word. */
async function silentListener(): Promise<number> {
  const server = createServer((socket) => void socket.on('error', () => undefined));
  listeners.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Stands in for the Temporal CLI: has a usable version, writes its process id, and serves nobody. */
async function silentCli(): Promise<{ readonly env: NodeJS.ProcessEnv; readonly pidFile: string }> {
  const path = join(folder, 'temporal');
  const pidFile = join(folder, 'pid');
  await writeFile(
    path,
    `#!/bin/sh\n[ "$1" = --version ] && echo 'temporal version 1.9.1' && exit\necho $$ > '${pidFile}'\nexec sleep 600\n`,
  );
  await chmod(path, 0o755);
  return { env: { TEMPORAL_CLI: path }, pidFile };
}

async function pidIn(file: string): Promise<number> {
  await eventually('the server was started', () => existsSync(file) && readFileSync(file, 'utf8') !== '');
  return Number(readFileSync(file, 'utf8'));
}

const refusedAddress = '127.0.0.1:1';

describe('a start that fails ends, and stops what had started', () => {
  test.each(['dev', 'demo'])('%s with a server that there is not', async (command) => {
    const { code, said } = await payouts([command, '--temporal-address', refusedAddress]).ended;
    expect(said).toContain(`Temporal at ${refusedAddress} refuses the connection`);
    expect(code).toBe(5);
  });

  test('dev with a server that says nothing', async () => {
    const address = `127.0.0.1:${await silentListener()}`;
    const { code, said } = await payouts(['dev', '--temporal-address', address]).ended;
    expect(said).toContain(`Temporal at ${address} did not answer in time`);
    expect(code).toBe(5);
  });

  test('dev with an address that is none', async () => {
    const { code, said } = await payouts(['dev', '--temporal-address', '127.0.0.1:99999']).ended;
    expect(said).toContain('127.0.0.1:99999 has no port from 1 to 65535');
    expect(code).toBe(2);
  });

  test('dev on a port that is taken', async () => {
    const port = await silentListener();
    const { code, said } = await payouts(['dev', '--port', String(port)]).ended;
    expect(said).toContain(`Port ${port} on 127.0.0.1 is taken`);
    expect(code).toBe(4);
  });

  test('dev with a server that ends at once', async () => {
    const path = join(folder, 'temporal');
    await writeFile(
      path,
      `#!/bin/sh\n[ "$1" = --version ] && echo 'temporal version 1.9.1' && exit\nexit 3\n`,
    );
    await chmod(path, 0o755);
    const { code, said } = await payouts(['dev'], { TEMPORAL_CLI: path }).ended;
    expect(said).toContain('The Temporal server ended before it was ready (exit code 3)');
    expect(code).toBe(5);
  });

  test('the test environment with a server that there is not', async () => {
    const environment = join(builtProgram(), '..', '..', 'dev', 'test-environment.js');
    const { code, said } = await node([
      '--eval',
      `require(${JSON.stringify(environment)}).startTestEnvironment({ temporalAddress: '${refusedAddress}' })
         .catch(({ name, code, reason, address }) => console.log(JSON.stringify({ name, code, reason, address })))`,
    ]).ended;
    expect(JSON.parse(said)).toEqual({
      name: 'TemporalUnreachableError',
      code: 'temporal_unavailable',
      reason: 'refused',
      address: refusedAddress,
    });
    expect(code).toBe(0);
  });

  test('a server that still starts is stopped when another part fails', async () => {
    const { env, pidFile } = await silentCli();
    const start = startTogether([
      async (signal) => startTemporalServer({ say: () => undefined, env, signal }),
      async () => {
        await pidIn(pidFile);
        throw new Error('the other part');
      },
    ]);
    await expect(start).rejects.toThrow('the other part');
    expect(isRunning(await pidIn(pidFile))).toBe(false);
  });

  test('a part that is up already is stopped, and its own trouble hides nothing', async () => {
    let stops = 0;
    const up = async () => ({
      async stop() {
        stops += 1;
        throw new Error('cannot be stopped');
      },
    });
    const fails = async () => Promise.reject(new Error('the first'));
    await expect(startTogether([up, fails, up])).rejects.toThrow('the first');
    expect(stops).toBe(2);
  });
});

describe('what a start says', () => {
  test('of dev: no line of a log where all is well', async () => {
    const started = payouts(['dev']);
    await eventually('it is up', () => started.said().includes('Stop with Ctrl-C'));
    const address = /TEMPORAL_ADDRESS=(\S+)/.exec(started.said())?.[1] ?? '';
    await eventually('its worker takes work', async () => {
      const { code } = await payouts(['workers', '--temporal-address', address]).ended;
      return code === 0;
    });
    started.kill('SIGTERM');
    const { said: all } = await started.ended;
    expect(all).not.toContain('{"level"');
  });

  test('of demo: where the UI is, once', async () => {
    const started = payouts(['demo']);
    await eventually('it is up', () => started.said().includes('kill it if you like'));
    started.kill('SIGTERM');
    const { said } = await started.ended;
    expect(said.match(/UI on http/g)).toHaveLength(1);
  });
});

describe('Ctrl-C and SIGTERM end a start', () => {
  test.each([
    ['dev', 'SIGINT'],
    ['dev', 'SIGTERM'],
    ['demo', 'SIGTERM'],
  ] as const)('%s, %s while the server does not answer', async (command, signal) => {
    const { env, pidFile } = await silentCli();
    const started = payouts([command], env);
    const pid = await pidIn(pidFile);
    started.kill(signal);
    const { code, said } = await started.ended;
    expect(said).toContain('stopped before everything was up');
    expect(code).toBe(130);
    expect(isRunning(pid)).toBe(false);
  });

  test('while the server is fetched', async () => {
    const proxy = `http://127.0.0.1:${await silentListener()}`;
    const started = payouts(['dev'], {
      PATH: folder,
      PAYOUTS_CACHE_DIR: folder,
      TEMPORAL_CLI: '',
      HTTPS_PROXY: proxy,
      https_proxy: proxy,
      NO_PROXY: '',
      no_proxy: '',
    });
    await eventually('it fetches', () => started.said().includes('from the official download, about'));
    started.kill('SIGINT');
    const { code, said } = await started.ended;
    expect(code).toBe(130);
    // It was given up, and did not fail of itself.
    expect(said).not.toContain('from the official download failed');
  });

  test('before anything is started', async () => {
    const neverStarted = async () => Promise.reject(new Error('it was started'));
    await expect(startTogether([neverStarted], AbortSignal.abort())).rejects.toMatchObject({
      code: 'interrupted',
    });
  });
});
