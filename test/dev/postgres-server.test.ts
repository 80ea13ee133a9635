import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { Client } from 'pg';
import { findPostgres } from '../../src/dev/postgres/postgres-finder';
import { childrenOf } from '../../src/dev/postgres/processes';
import { canReach, serverIdentity } from '../../src/dev/postgres/server-identity';
import { startPostgres } from '../../src/dev/postgres/start-postgres';
import type { PostgresOptions, PostgresServer } from '../../src/dev/postgres/start-postgres';
import type { Identity } from '../../src/dev/temporal-watchdog';
import { query, startOwnPostgres, startTestPostgres } from '../support/postgres';
import { eventually, isRunning } from '../support/process-watch';

const isRoot = process.getuid?.() === 0;

let folder: string;
let said: string[];
const started: PostgresServer[] = [];
const others: ChildProcess[] = [];
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'payouts-pg-')));
  chmodSync(folder, 0o755);
  said = [];
});
afterEach(async () => {
  await Promise.all(started.splice(0).map(async (server) => server.stop()));
  for (const other of others.splice(0)) other.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

async function start(options: Partial<PostgresOptions> = {}): Promise<PostgresServer> {
  const server = await startPostgres({ say: (line) => said.push(line), env: process.env, ...options });
  started.push(server);
  return server;
}

/** Programs of the same version that do something else first; `$REAL` is the real folder. */
async function wrapped(
  postgres: string,
  initdb = 'exec "$REAL/initdb" "$@"',
): Promise<Partial<PostgresOptions>> {
  const { binFolder } = await findPostgres({
    say: () => undefined,
    env: process.env,
    identity: await serverIdentity(),
  });
  const bin = join(folder, 'package/native/bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(folder, 'package/native/pg-symlinks.json'), '[]');
  const script = (body: string): string =>
    `#!/bin/sh\nREAL='${binFolder}'\n[ "$1" = --version ] && exec "$REAL/postgres" --version\n${body}\n`;
  writeFileSync(join(bin, 'postgres'), script(postgres), { mode: 0o755 });
  writeFileSync(join(bin, 'initdb'), script(initdb), { mode: 0o755 });
  return { embedded: { name: 'wrapped', folder: join(folder, 'package') }, usualFolders: [] };
}

/** This Node, also for a user who is not let into the folder where it is. */
async function reachableNode(identity: Identity | undefined): Promise<string> {
  if (await canReach(process.execPath, identity)) return process.execPath;
  const copy = join(folder, 'node');
  await copyFile(process.execPath, copy);
  chmodSync(copy, 0o755);
  return copy;
}

const settingOf = async (url: string, name: string): Promise<unknown> =>
  (await query(url, `select current_setting('${name}') as value`))[0]?.['value'];

/** In a place of their own: other tests start servers at the same time. */
const temporaryFolders = (place: string): readonly string[] => readdirSync(place);

/** Let in as the system's own is: the server may be another user's. */
function placeForTemporaryFolders(): string {
  const place = join(folder, 'temporary');
  mkdirSync(place);
  chmodSync(place, 0o1777);
  return place;
}

describe('a temporary server', () => {
  test('answers, makes databases and copies of them, and leaves nothing after stop', async () => {
    const server = await start();
    const own = dirname(server.dataFolder);
    expect(isRunning(server.pid)).toBe(true);
    const migrated = await server.createDatabase('migrated');
    await query(migrated, 'create table payout (reference text primary key)');
    await query(migrated, `insert into payout values ('order-17')`);
    const copy = await server.createDatabase('copy', { template: 'migrated' });
    expect(await query(copy, 'select * from payout')).toEqual([{ reference: 'order-17' }]);
    expect(
      await query(await server.createDatabase('empty'), `select to_regclass('payout') as found`),
    ).toEqual([{ found: null }]);
    for (const name of ['', 'A', 'a-b', 'a"b', 'a; drop database x', '1a', 'a'.repeat(64)]) {
      await expect(server.createDatabase(name)).rejects.toThrow('not a name for a database');
      await expect(server.createDatabase('good', { template: name })).rejects.toThrow('not a name');
    }
    // What is there stays as it is, and two may ask at once.
    const again = ['migrated', 'new', 'new', 'new'].map(async (name) => server.createDatabase(name));
    expect(await Promise.all(again)).toEqual(
      ['migrated', 'new', 'new', 'new'].map((name) => server.urlOf(name)),
    );
    expect(await query(migrated, 'select count(*)::int as rows from payout')).toEqual([{ rows: 1 }]);

    await Promise.all([server.stop(), server.stop()]);
    await server.ended;
    expect([isRunning(server.pid), existsSync(own)]).toEqual([false, false]);
  });

  test('is reached by a socket that only its user gets to: no port, no password, and no root', async () => {
    const { url, dataFolder } = await start();
    const address = new URL(url);
    const socketFolder = address.searchParams.get('host') ?? '';
    expect([address.username, address.password, address.searchParams.get('sslmode')]).toEqual([
      'payouts',
      '',
      'disable',
    ]);
    expect(statSync(socketFolder).mode & 0o777).toBe(0o700);
    expect(await settingOf(url, 'listen_addresses')).toBe('');
    expect(Buffer.byteLength(join(socketFolder, '.s.PGSQL.5432'))).toBeLessThanOrEqual(107);
    expect(said.at(-1)).toContain(`PostgreSQL on a socket in ${socketFolder}`);
    const { uid } = statSync(dataFolder);
    expect(uid).not.toBe(0);
    expect(uid === process.getuid?.()).toBe(!isRoot);
    expect(/, as \S+ because it refuses root$/.test(said.at(-1) ?? '')).toBe(isRoot);
  });

  test('listens to nothing that the shell says about other databases', async () => {
    const elsewhere = {
      PGHOST: '192.0.2.1',
      PGPORT: '1',
      PGUSER: 'other',
      PGDATABASE: 'other',
      PGPASSWORD: 'secret',
      PGSSLMODE: 'require',
      PGDATA: '/nowhere',
      PGOPTIONS: '-c no_such=1',
      LC_ALL: 'tlh_QO.UTF-8',
    };
    const before = { ...process.env };
    Object.assign(process.env, elsewhere);
    delete process.env['PGOPTIONS'];
    try {
      const { url } = await start({ env: { ...before, ...elsewhere } });
      expect(
        await query(url, 'select current_user::text as user, current_database()::text as database'),
      ).toEqual([{ user: 'payouts', database: 'postgres' }]);
    } finally {
      for (const name of Object.keys(elsewhere)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
  });
});

describe('where the path of a socket would be too long', () => {
  test('it takes a port of 127.0.0.1, and nobody gets in without the password, which no line names', async () => {
    const temporaryFolder = join(folder, 'temporary-files-'.repeat(5));
    mkdirSync(temporaryFolder);
    chmodSync(temporaryFolder, 0o1777);
    // Made with a socket, so that nobody has a password in it: the port must not be open to everybody all the same.
    const kept = join(folder, 'kept');
    const first = await start({ folder: kept });
    expect(new URL(first.url).password).toBe('');
    await first.stop();

    const { url } = await start({ folder: kept, temporaryFolder });
    const address = new URL(url);
    expect([address.hostname, address.password.length]).toEqual(['127.0.0.1', 48]);
    expect(said.at(-1)).toMatch(
      new RegExp(`^PostgreSQL on 127.0.0.1:${address.port} with a password, because the path of its socket`),
    );
    expect(said.join()).not.toContain(address.password);
    expect(await settingOf(url, 'listen_addresses')).toBe('127.0.0.1');
    for (const password of ['', 'wrong']) {
      address.password = password;
      await expect(query(address.href, 'select 1')).rejects.toThrow(/password/);
    }
  });
});

describe('kept data', () => {
  test('is found again, and its place may have any name', async () => {
    const kept = join(folder, `below/it's "kept", here`);
    const first = await start({ folder: kept });
    await query(await first.createDatabase('register'), 'create table payout (reference text)');
    await first.stop();
    const second = await start({ folder: kept });
    expect(second.dataFolder).toBe(kept);
    expect(await query(second.urlOf('register'), 'select * from payout')).toEqual([]);
    expect(said.at(-1)).toContain(`data in ${kept}`);
    expect(readdirSync(dirname(kept))).toEqual([`it's "kept", here`]);
  });

  test('is closed in good order, with everything that a power failure must not take switched on', async () => {
    const log: string[] = [];
    const kept = join(folder, 'kept');
    const first = await start({ folder: kept });
    for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) {
      expect([name, await settingOf(first.url, name)]).toEqual([name, 'on']);
    }
    await first.stop();
    await start({ folder: kept, onLogLine: (line) => log.push(line) });
    expect(log.join()).toMatch(/database system was shut down at/);
  });

  test('of another version is left alone, and so is a folder with something else in it', async () => {
    const kept = join(folder, 'kept');
    mkdirSync(kept);
    writeFileSync(join(kept, 'PG_VERSION'), '10\n');
    await expect(start({ folder: kept })).rejects.toMatchObject({
      code: 'postgres_not_found',
      message: expect.stringContaining('but the data was made by PostgreSQL 10'),
    });
    const photos = join(folder, 'photos');
    mkdirSync(photos);
    writeFileSync(join(photos, 'cat.jpg'), 'cat');
    await expect(start({ folder: photos })).rejects.toMatchObject({ code: 'postgres_folder_unusable' });
    expect(readdirSync(photos)).toEqual(['cat.jpg']);
    writeFileSync(join(folder, 'file'), '');
    await expect(start({ folder: join(folder, 'file') })).rejects.toMatchObject({
      code: 'postgres_folder_unusable',
    });
  });

  test('an empty folder is taken; data that was half made is not, and does not stand in the way', async () => {
    const kept = join(folder, 'kept');
    mkdirSync(kept);
    const failing = await wrapped(
      'exit 1',
      'echo "$*"; mkdir -p "$2/base"; echo 18 > "$2/PG_VERSION"; echo broken; exit 4',
    );
    await expect(start({ folder: kept, ...failing })).rejects.toMatchObject({
      code: 'postgres_not_initialized',
      message: expect.stringMatching(/\(exit code 4\)[\s\S]*broken/),
    });
    expect(readdirSync(kept)).toEqual([]);
    await start({ folder: kept });
  });

  test('is one server’s at a time: the second says so, and harms nothing', async () => {
    const kept = join(folder, 'kept');
    const first = await start({ folder: kept });
    await expect(start({ folder: kept, freeWithinMs: 500 })).rejects.toMatchObject({
      code: 'postgres_data_in_use',
      message: expect.stringContaining(kept),
    });
    expect(said).toContain('PostgreSQL’s data is still in use; trying again for 0.5 s');
    expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('is made once when two begin at once; the other one waits until it is free', async () => {
    const kept = join(folder, 'kept');
    const both = await Promise.allSettled([
      start({ folder: kept, freeWithinMs: 500 }),
      start({ folder: kept, freeWithinMs: 500 }),
    ]);
    const codes = both.map((each) =>
      each.status === 'fulfilled' ? 'runs' : (each.reason as { code: string }).code,
    );
    expect(codes.toSorted()).toEqual(['postgres_data_in_use', 'runs']);
    expect(readdirSync(folder)).toEqual(['kept']);
  });

  test('a lock that names a process which is no PostgreSQL is nobody’s, as after the end of a container', async () => {
    const kept = join(folder, 'kept');
    const first = await start({ folder: kept });
    const lock = readFileSync(join(kept, 'postmaster.pid'), 'utf8');
    await first.stop();
    // Of the same user, or PostgreSQL knows by itself; and not this process, because it knows its parents.
    const { uid, gid } = statSync(kept);
    const other = spawn('sleep', ['600'], { stdio: 'ignore', ...(isRoot ? { uid, gid } : {}) });
    others.push(other);
    writeFileSync(join(kept, 'postmaster.pid'), lock.replace(/^\d+/, String(other.pid)));
    expect(await query((await start({ folder: kept })).url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('of root, in a folder that its server cannot reach, lies elsewhere and is found by a link', async () => {
    const home = join(folder, 'home');
    mkdirSync(home, { mode: 0o700 });
    const kept = join(home, 'kept');
    const first = await start({ folder: kept });
    await first.createDatabase('register');
    await first.stop();
    const second = await start({ folder: kept });
    expect(await query(second.urlOf('register'), 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(second.dataFolder).toBe(realpathSync(kept));
    expect(second.dataFolder === kept).toBe(!isRoot);
    if (isRoot) {
      expect(said.join('\n')).toMatch(/PostgreSQL's data is in .*, because \S+ is not let into /);
      await second.stop();
      rmSync(second.dataFolder, { recursive: true });
    }
  });
});

describe('kill -9', () => {
  test('of everything takes no row that was acknowledged, and the address stays', async () => {
    const own = await startOwnPostgres();
    try {
      await query(own.url, 'create table payout (number int primary key)');
      let acknowledged = 0;
      const write = (async () => {
        const client = new Client({ connectionString: own.url, connectionTimeoutMillis: 10_000 });
        client.on('error', () => undefined);
        await client.connect();
        for (;;) {
          await client.query('insert into payout values ($1)', [acknowledged + 1]);
          acknowledged += 1;
        }
      })().catch(() => undefined);
      await eventually('some rows are written', () => acknowledged >= 50);
      await own.kill();
      await write;
      const { url } = own;
      await own.restart();
      expect([own.url, own.kills()]).toEqual([url, 1]);
      const [{ rows } = { rows: 0 }] = await query(url, 'select count(*)::int as rows from payout');
      // The last one may be there without its answer.
      expect([acknowledged, acknowledged + 1]).toContain(rows);
      if (process.platform === 'linux')
        expect(await settingOf(url, 'recovery_init_sync_method')).toBe('syncfs');
    } finally {
      await own.stop();
    }
  });

  test('of the server process alone: its children hold the data for a while, and it is waited for', async () => {
    const kept = join(folder, 'kept');
    const first = await start({ folder: kept });
    const client = new Client({ connectionString: first.url });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const child = rows[0]?.pid ?? 0;
    process.kill(child, 'SIGSTOP');
    process.kill(first.pid, 'SIGKILL');
    await first.ended;
    try {
      // With the child stopped, the shared memory stays for as long as we like.
      const waiting = start({ folder: kept, freeWithinMs: 60_000 });
      await eventually('the start has met it', () => said.some((line) => line.includes('still in use')));
      process.kill(child, 'SIGKILL');
      expect(await query((await waiting).url, 'select 1 as one')).toEqual([{ one: 1 }]);
    } finally {
      if (isRunning(child)) process.kill(child, 'SIGKILL');
    }
  });

  test('a system that cannot be asked to write everything is not asked', async () => {
    const options = await wrapped(
      `case "$*" in *syncfs*) echo 'FATAL: invalid value for parameter "recovery_init_sync_method": "syncfs"'; exit 1;; esac
exec "$REAL/postgres" "$@"`,
    );
    const { url } = await start(options);
    expect(await settingOf(url, 'recovery_init_sync_method')).toBe('fsync');
  });
});

describe('a server that hangs', () => {
  test.each([
    ['temporary', false],
    ['kept', true],
  ])('is stopped all the same, with everything that it started: %s', async (_what, keep) => {
    const server = await start({ stopWithinMs: 300, ...(keep ? { folder: join(folder, 'kept') } : {}) });
    const all = [server.pid, ...(await childrenOf(server.pid))];
    expect(all.length).toBeGreaterThan(3);
    try {
      for (const pid of all) process.kill(pid, 'SIGSTOP');
      await server.stop();
      await eventually('all of it is gone', () => !all.some(isRunning));
    } finally {
      for (const pid of all.filter(isRunning)) process.kill(pid, 'SIGKILL');
    }
    expect(existsSync(server.dataFolder)).toBe(keep);
    if (!keep) return;
    const again = await start({ folder: server.dataFolder });
    expect(await query(again.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('hangs no start: it is given up, killed, and says its last words', async () => {
    const pidFile = join(folder, 'pid');
    writeFileSync(pidFile, '');
    chmodSync(pidFile, 0o666);
    // It takes connections, and never says a word.
    const silent = `require('net').createServer(() => {}).listen(process.argv[1] + '/.s.PGSQL.5432')`;
    const options = await wrapped(
      `echo waiting for godot; echo $$ > ${pidFile}
for setting in "$@"; do case "$setting" in unix_socket_directories=*) own=$(echo "$setting" | cut -d '"' -f 2);; esac; done
exec '${await reachableNode(await serverIdentity())}' -e "${silent}" "$own"`,
    );
    const temporaryFolder = placeForTemporaryFolders();
    await expect(
      start({ ...options, temporaryFolder, readyWithinMs: 4_000, stopWithinMs: 300 }),
    ).rejects.toMatchObject({
      code: 'postgres_not_ready',
      message: expect.stringMatching(/did not answer within 4 s[\s\S]*waiting for godot/),
    });
    expect(isRunning(Number(readFileSync(pidFile, 'utf8')))).toBe(false);
    expect(temporaryFolders(temporaryFolder)).toEqual([]);
  });

  test('hangs no initdb', async () => {
    const options = await wrapped('exit 1', 'echo making; exec sleep 600');
    await expect(start({ ...options, readyWithinMs: 500 })).rejects.toMatchObject({
      code: 'postgres_not_initialized',
      message: expect.stringMatching(/did not end in time[\s\S]*making/),
    });
  });
});

describe('a start', () => {
  test('that is given up leaves nothing', async () => {
    const temporaryFolder = placeForTemporaryFolders();
    const controller = new AbortController();
    const options = await wrapped('exec "$REAL/postgres" "$@"', 'exec sleep 600');
    const starting = start({ ...options, temporaryFolder, signal: controller.signal });
    await eventually('it is under way', () => temporaryFolders(temporaryFolder).length > 0);
    controller.abort(new Error('enough'));
    await expect(starting).rejects.toThrow('enough');
    expect(temporaryFolders(temporaryFolder)).toEqual([]);
    await expect(start({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
  });

  test('whose server ends says its last lines', async () => {
    const options = await wrapped('echo "FATAL: could not do it"; exit 3');
    await expect(start(options)).rejects.toMatchObject({
      code: 'postgres_exited',
      message: expect.stringMatching(/\(exit code 3\)[\s\S]*could not do it/),
    });
  });
});

describe('a process that starts a server', () => {
  type Owner = {
    readonly process: ChildProcess;
    readonly pid: number;
    readonly url: string;
    readonly dataFolder: string;
    readonly said: readonly string[];
    readonly uid: number;
  };
  /** One file with everything in it: another user may not be let into the folder of this repository. */
  function bundledOwner(): string {
    const outfile = join(folder, 'owner.js');
    buildSync({
      entryPoints: [join(__dirname, 'postgres-owner.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20.19',
      external: ['pg-native'],
      logLevel: 'error',
    });
    chmodSync(outfile, 0o644);
    return outfile;
  }

  async function startOwner(options: Partial<PostgresOptions>, identity?: Identity): Promise<Owner> {
    const owner = spawn(await reachableNode(identity), [bundledOwner(), JSON.stringify(options)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      cwd: folder,
      env: { ...process.env, ...(identity === undefined ? {} : { HOME: folder }) },
      ...(identity === undefined ? {} : { uid: identity.uid, gid: identity.gid }),
    });
    others.push(owner);
    const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
    return { process: owner, ...(JSON.parse(line) as Omit<Owner, 'process'>) };
  }

  test('and is killed leaves none running, and what was kept is whole', async () => {
    const kept = join(folder, 'kept');
    const embedded = (await wrapped('exec "$REAL/postgres" "$@"')).embedded;
    const owner = await startOwner({ folder: kept, ...(embedded === undefined ? {} : { embedded }) });
    const socketFolder = new URL(owner.url).searchParams.get('host') ?? '';
    await query(owner.url, 'create table payout (reference text)');
    const all = [owner.pid, ...(await childrenOf(owner.pid))];
    owner.process.kill('SIGKILL');
    await eventually('the server is gone', () => !all.some(isRunning));
    await eventually('its socket is gone', () => !existsSync(socketFolder));
    const log: string[] = [];
    const again = await start({ folder: kept, onLogLine: (line) => log.push(line) });
    expect(await query(again.url, 'select * from payout')).toEqual([]);
    // Ended by the gentle signal, not by the last one.
    expect(log.join()).toMatch(/database system was shut down at/);
  });

  test('and is killed with a server that hangs leaves none running either', async () => {
    const embedded = (await wrapped('exec "$REAL/postgres" "$@"')).embedded;
    const owner = await startOwner(embedded === undefined ? {} : { embedded });
    const all = [owner.pid, ...(await childrenOf(owner.pid))];
    process.kill(owner.pid, 'SIGSTOP');
    owner.process.kill('SIGKILL');
    await eventually('the server is gone', () => !all.some(isRunning));
    await eventually('its files are gone', () => !existsSync(dirname(owner.dataFolder)));
  });

  test('as an ordinary user has a server of its own user', async () => {
    const identity = isRoot ? { name: 'nobody', uid: 65_534, gid: 65_534 } : undefined;
    chmodSync(folder, 0o777);
    const embedded = (await wrapped('exec "$REAL/postgres" "$@"')).embedded;
    const owner = await startOwner(
      { folder: join(folder, 'kept'), ...(embedded === undefined ? {} : { embedded }) },
      identity,
    );
    expect(owner.uid).toBe(identity?.uid ?? process.getuid?.());
    expect(statSync(owner.dataFolder).uid).toBe(owner.uid);
    expect(owner.said.at(-1)).not.toContain('root');
    expect(await query(owner.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('the server of test files', () => {
  test('gives each a database of its own, or a copy', async () => {
    const postgres = await startTestPostgres();
    try {
      const [one, two] = [await postgres.freshDatabase(), await postgres.freshDatabase()];
      await query(one, 'create table payout (reference text)');
      expect(await query(two, `select to_regclass('payout') as found`)).toEqual([{ found: null }]);
      expect(await query(await postgres.freshDatabase({ copyOf: one }), 'select * from payout')).toEqual([]);
    } finally {
      await postgres.stop();
    }
  });

  test('is the one that is named, whose other databases stay', async () => {
    const server = await start();
    const before = process.env['PAYOUTS_TEST_POSTGRES_URL'];
    process.env['PAYOUTS_TEST_POSTGRES_URL'] = server.url;
    const databases = async (): Promise<readonly unknown[]> =>
      (await query(server.url, 'select datname from pg_database order by 1')).map(({ datname }) => datname);
    try {
      const others = await databases();
      const postgres = await startTestPostgres();
      const one = await postgres.freshDatabase();
      await query(one, 'create table payout (reference text)');
      expect(await query(await postgres.freshDatabase({ copyOf: one }), 'select * from payout')).toEqual([]);
      expect(await databases()).toHaveLength(others.length + 2);
      await postgres.stop();
      expect(await databases()).toEqual(others);
    } finally {
      if (before === undefined) delete process.env['PAYOUTS_TEST_POSTGRES_URL'];
      else process.env['PAYOUTS_TEST_POSTGRES_URL'] = before;
    }
  });

  test('of a test’s own can be made to hang, and goes on', async () => {
    const own = await startOwnPostgres();
    try {
      await own.suspend();
      const client = new Client({ connectionString: own.url, connectionTimeoutMillis: 300 });
      client.on('error', () => undefined);
      await expect(client.connect()).rejects.toThrow(/timeout/);
      await own.resume();
      expect(await query(own.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      await own.killServerProcess();
      await own.restart();
      expect(await query(own.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    } finally {
      await own.stop();
    }
  });
});
