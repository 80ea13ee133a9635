import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Connection } from '@temporalio/client';
import { findTemporalCli } from '../../src/dev/temporal-cli-finder';
import { findFreePort, isListening } from '../../src/dev/temporal-ports';
import { registerSearchAttributes } from '../../src/dev/temporal-search-attributes';
import type { SearchAttribute } from '../../src/dev/temporal-search-attributes';
import { startTemporalServer } from '../../src/dev/temporal-server';
import type { TemporalServer, TemporalServerOptions } from '../../src/dev/temporal-server';
import { eventually, isRunning } from '../support/process-watch';

let folder: string;
let cli: string;
const started: TemporalServer[] = [];
const connections: Connection[] = [];
let said: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'payouts-server-'));
  // On a machine with nothing prepared this fetches the real thing.
  ({ path: cli } = await findTemporalCli({ say: (line) => said.push(line) }));
}, 300_000);
afterEach(async () => {
  await Promise.all(connections.splice(0).map(async (connection) => connection.close()));
  await Promise.all(started.splice(0).map(async (server) => server.stop()));
  said = [];
});
afterAll(async () => rm(folder, { recursive: true }));

async function start(options: Partial<TemporalServerOptions> = {}): Promise<TemporalServer> {
  const server = await startTemporalServer({
    say: (line) => said.push(line),
    env: { ...process.env, TEMPORAL_CLI: cli },
    ...options,
  });
  started.push(server);
  return server;
}

async function connect({ address }: TemporalServer): Promise<Connection> {
  const connection = await Connection.connect({ address });
  connections.push(connection);
  return connection;
}

const portOf = ({ address }: { readonly address: string }): number => Number(address.split(':')[1]);

/** A program that stands in for the CLI: says a usable version, and does `body` instead of serving. */
async function fakeCli(name: string, body: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(
    path,
    `#!/bin/sh\n[ "$1" = --version ] && echo 'temporal version 1.9.1' && exit\n${body}\n`,
  );
  await chmod(path, 0o755);
  return path;
}

const KEYWORDS: readonly SearchAttribute[] = [
  { name: 'PayoutStatus', type: 'KEYWORD' },
  { name: 'PayoutTenant', type: 'KEYWORD' },
];

describe('a started server', () => {
  test('answers in its namespace, knows the search attributes, and is gone after stop', async () => {
    const server = await start({ namespace: 'payouts', searchAttributes: KEYWORDS });
    expect(server).toMatchObject({ namespace: 'payouts', uiUrl: undefined });
    expect(said.at(-1)).toBe(`Temporal server on ${server.address}`);
    expect(isRunning(server.pid)).toBe(true);
    const connection = await connect(server);
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'payouts',
    });
    expect(customAttributes).toMatchObject({ PayoutStatus: 2, PayoutTenant: 2 });

    await Promise.all([server.stop(), server.stop()]);
    await server.ended;
    expect(isRunning(server.pid)).toBe(false);
    expect(await isListening(portOf(server))).toBe(false);
  });

  test('serves the UI when asked', async () => {
    const server = await start({ ui: true });
    expect(said.at(-1)).toBe(`Temporal server on ${server.address}, UI on ${server.uiUrl}`);
    const reply = await fetch(server.uiUrl ?? '');
    expect(reply.status).toBe(200);
    expect(await reply.text()).toContain('<html');
  });

  test('takes the ports that are preferred where they are free, and any others where they are not', async () => {
    const preferredPorts = { temporal: await findFreePort(), ui: await findFreePort() };
    const urlOf = (port: number): string => `127.0.0.1:${port}`;
    const first = await start({ ui: true, preferredPorts });
    expect([first.address, first.uiUrl]).toEqual([
      urlOf(preferredPorts.temporal),
      `http://${urlOf(preferredPorts.ui)}`,
    ]);
    const second = await start({ ui: true, preferredPorts });
    expect([first.address, first.uiUrl]).not.toContain(second.address);
    expect(second.uiUrl).not.toBe(first.uiUrl);
    expect(isRunning(second.pid)).toBe(true);
  });

  test('finds its payouts again when it was told to keep them', async () => {
    const keep = join(folder, 'below', 'kept.db');
    const first = await start({ keep, namespace: 'payouts', searchAttributes: KEYWORDS });
    const client = new Client({ connection: await connect(first), namespace: 'payouts' });
    await client.workflow.start('payoutWorkflow', { workflowId: 'kept', taskQueue: 'nobody' });
    await first.stop();
    expect(isRunning(first.pid)).toBe(false);

    const second = await start({ keep, namespace: 'payouts', searchAttributes: KEYWORDS });
    const again = new Client({ connection: await connect(second), namespace: 'payouts' });
    expect((await again.workflow.getHandle('kept').describe()).status.name).toBe('RUNNING');
  });

  test('gets no TEMPORAL_ variable of the shell, and every flag that makes it quick', async () => {
    const seen = join(folder, 'seen');
    const wrapper = await fakeCli('wrapper', `env > ${seen}; echo "$*" >> ${seen}; exec ${cli} "$@"`);
    const server = await start({
      timeSkipping: true,
      env: {
        ...process.env,
        TEMPORAL_CLI: wrapper,
        TEMPORAL_ADDRESS: 'production.example:7233',
        TEMPORAL_NAMESPACE: 'production',
        TEMPORAL_API_KEY: 'secret',
      },
    });
    expect(server.address).toMatch(/^127\.0\.0\.1:\d+$/);
    const text = await readFile(seen, 'utf8');
    expect(text).not.toMatch(/^TEMPORAL_/m);
    expect(text).toContain('--headless');
    for (const value of [
      'frontend.WorkflowTimeSkippingEnabled=true',
      'history.timerProcessorMaxTimeShift="10ms"',
      'history.timerProcessorMaxPollRPS=1000',
      'history.timerProcessorMaxPollHostRPS=1000',
      'history.transferProcessorMaxPollRPS=1000',
    ]) {
      expect(text).toContain(`--dynamic-config-value ${value}`);
    }
  });

  test('is not reached through a proxy', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { http_proxy: 'http://127.0.0.1:1', https_proxy: 'http://127.0.0.1:1' });
    try {
      expect((await start()).pid).toBeGreaterThan(0);
    } finally {
      for (const name of ['http_proxy', 'https_proxy']) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
  });
});

describe('a server that cannot start', () => {
  test('is refused at once when its port is taken', async () => {
    const other = createServer();
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    const { port } = other.address() as AddressInfo;
    await expect(start({ port })).rejects.toMatchObject({
      code: 'temporal_port_in_use',
      message: expect.stringContaining(`Port ${port}`),
    });
    await expect(start({ uiPort: port })).rejects.toMatchObject({ code: 'temporal_port_in_use' });
    await new Promise((closed) => other.close(closed));
  });

  test('fails with its own last lines when it ends', async () => {
    const path = await fakeCli('ending', 'echo starting; echo "Error: no such flag" >&2; exit 3');
    await expect(start({ env: { TEMPORAL_CLI: path } })).rejects.toMatchObject({
      code: 'temporal_server_exited',
      message: expect.stringMatching(/\(exit code 3\)[\s\S]*Error: no such flag/),
    });
  });

  test('chooses another port when somebody took the one it had chosen', async () => {
    const tries = join(folder, 'tries');
    const path = await fakeCli(
      'unlucky',
      `echo x >> ${tries}\n[ "$(wc -l < ${tries})" -lt 3 ] && echo 'bind: address already in use' && exit 1\nexec ${cli} "$@"`,
    );
    await start({ env: { ...process.env, TEMPORAL_CLI: path } });
    expect(await readFile(tries, 'utf8')).toBe('x\nx\nx\n');
  });

  test('is given up and killed when it does not answer in time', async () => {
    const pidFile = join(folder, 'silent-pid');
    const path = await fakeCli('silent', `echo $$ > ${pidFile}; echo waiting for godot; exec sleep 60`);
    const env = { ...process.env, TEMPORAL_CLI: path };
    await expect(start({ env, readyWithinMs: 500 })).rejects.toMatchObject({
      code: 'temporal_server_not_ready',
      message: expect.stringMatching(/nothing listens on its port[\s\S]*waiting for godot/),
    });
    expect(isRunning(Number(await readFile(pidFile, 'utf8')))).toBe(false);
  });
});

describe('a server whose owner ends without stopping it', () => {
  test.each<[string, (owner: ReturnType<typeof spawn>) => void]>([
    ['by kill -9', (owner) => owner.kill('SIGKILL')],
    ['by SIGTERM', (owner) => owner.kill('SIGTERM')],
    ['by Ctrl-C', (owner) => owner.kill('SIGINT')],
    ['by process.exit', (owner) => owner.stdin?.write('exit\n')],
  ])('ends too: %s', async (_how, end) => {
    const owner = spawn(
      process.execPath,
      [
        '--require',
        join(__dirname, '../support/register-typescript.cjs'),
        join(__dirname, 'server-owner.ts'),
      ],
      { env: { ...process.env, TEMPORAL_CLI: cli }, stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
    const server = JSON.parse(line) as { pid: number; address: string };
    expect(isRunning(server.pid)).toBe(true);
    expect(await isListening(portOf(server))).toBe(true);

    const gone = once(owner, 'exit');
    end(owner);
    await gone;
    await eventually('the server is gone', () => !isRunning(server.pid));
    await eventually('its port is closed', async () => !(await isListening(portOf(server))));
  });

  test('and a server that ends by itself is noticed', async () => {
    const server = await start();
    process.kill(server.pid, 'SIGKILL');
    await server.ended;
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
  });
});

describe('registering search attributes on a server that somebody else started', () => {
  test('adds what is missing, can be repeated, and refuses another type', async () => {
    const server = await start({ searchAttributes: [{ name: 'PayoutStatus', type: 'KEYWORD' }] });
    const connection = await connect(server);
    expect(await registerSearchAttributes(connection, 'default', KEYWORDS)).toEqual(['PayoutTenant']);
    expect(await registerSearchAttributes(connection, 'default', KEYWORDS)).toEqual([]);
    await expect(
      registerSearchAttributes(connection, 'default', [{ name: 'PayoutTenant', type: 'INT' }]),
    ).rejects.toMatchObject({
      code: 'search_attribute_conflict',
      message: expect.stringContaining('PayoutTenant in namespace default is Keyword, but Int is needed'),
    });
  });

  test('may be done by two processes at once', async () => {
    const connection = await connect(await start());
    await Promise.all([
      registerSearchAttributes(connection, 'default', KEYWORDS),
      registerSearchAttributes(connection, 'default', KEYWORDS),
    ]);
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'default',
    });
    expect(customAttributes).toMatchObject({ PayoutStatus: 2, PayoutTenant: 2 });
  });
});
