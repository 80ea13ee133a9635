import { execFileSync, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { findPostgres } from '../../src/dev/postgres/postgres-finder';
import { serverIdentity } from '../../src/dev/postgres/server-identity';
import type { DatabaseAddress } from '../../src/register/postgres/register-settings';

/** A PostgreSQL for one test file, which may configure it: over a Unix socket, and over TCP where asked for. */
export type FoundPostgres = {
  /** As the administrator, unless another one is named. */
  address(as?: { readonly database?: string; readonly user?: string }): DatabaseAddress;
  /** Over TCP. */
  readonly port: number;
  /** Runs statements as the administrator. */
  run(sql: string, database?: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Begins a transaction with a statement, and keeps it open. */
  hold(sql: string): Promise<{ end(): Promise<void> }>;
  /** A database of its own. */
  createDatabase(name: string): Promise<void>;
  /** It answers nobody, until `resume`. */
  hang(): void;
  resume(): void;
  kill(): Promise<void>;
  /** A fast shutdown: every connection is told. */
  shutDown(): Promise<void>;
  start(): Promise<void>;
  /** Copies everything while it is shut down, as a backup of a stopped server; the answer puts that in the place of what is there. */
  backUp(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
};

const administrator = 'postgres_admin';

/** `ps` fails where there are none: one that has just begun, or is about to end. */
function childrenOf(pid: number): readonly number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return stdout.split(/\s+/).filter(Boolean).map(Number);
}

/** Where its programs are, as `dev` finds them: npm's, else those of this machine. */
export async function postgresFolder(): Promise<string> {
  const identity = await serverIdentity();
  return (await findPostgres({ say: () => undefined, env: process.env, identity })).binFolder;
}

export async function startFoundPostgres(
  options: {
    /** Lines for postgresql.conf. */
    readonly configuration?: readonly string[];
    /** Instead of trusting everybody on the socket. */
    readonly hba?: readonly string[];
    /** Files of the data folder. */
    readonly files?: Readonly<Record<string, string>>;
    readonly port?: number;
    /** Where its folder is made: on a file system of its own, for example. */
    readonly within?: string;
  } = {},
): Promise<FoundPostgres> {
  const binaries = await postgresFolder();
  const folder = mkdtempSync(join(options.within ?? tmpdir(), 'pg-'));
  const data = join(folder, 'data');
  const port = options.port ?? 5432;
  // PostgreSQL refuses to run as root.
  const identity = await serverIdentity();
  const own = identity === undefined ? {} : { uid: identity.uid, gid: identity.gid };
  if (identity !== undefined) chownSync(folder, identity.uid, identity.gid);
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' };
  execFileSync(
    join(binaries, 'initdb'),
    [
      '-A',
      'trust',
      '-U',
      administrator,
      '-E',
      'UTF8',
      '--locale=C',
      '--no-instructions',
      '--no-sync',
      '-D',
      data,
    ],
    { ...own, env, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const put = (name: string, text: string): void => {
    writeFileSync(join(data, name), text);
    chmodSync(join(data, name), 0o600);
    if (identity !== undefined) chownSync(join(data, name), identity.uid, identity.gid);
  };
  for (const [name, text] of Object.entries(options.files ?? {})) put(name, text);
  if (options.hba !== undefined) put('pg_hba.conf', [...options.hba, ''].join('\n'));
  put(
    'postgresql.auto.conf',
    [
      options.port === undefined ? `listen_addresses = ''` : `listen_addresses = '127.0.0.1'`,
      `unix_socket_directories = '${folder}'`,
      'shared_buffers = 32MB',
      'recovery_init_sync_method = syncfs',
      ...(options.configuration ?? []),
      '',
    ].join('\n'),
  );

  let server: ChildProcess | undefined;
  const address: FoundPostgres['address'] = ({ database = 'postgres', user = administrator } = {}) => ({
    host: folder,
    port,
    database,
    user,
  });

  async function connect(database?: string): Promise<Client> {
    const { password: _none, ...place } = address(database === undefined ? {} : { database });
    const client = new Client({ ...place, ssl: false });
    // An end of the server is seen by whoever asks next.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async function run(sql: string, database?: string) {
    const client = await connect(database);
    try {
      const results: unknown = await client.query(sql);
      const last = (Array.isArray(results) ? results.at(-1) : results) as {
        rows?: Record<string, unknown>[];
      };
      return last.rows ?? [];
    } finally {
      await client.end();
    }
  }

  async function start(): Promise<void> {
    // After a kill the next start can fail once: the memory of the one before is still there.
    for (let left = 240; left > 0; left -= 1) {
      if (server === undefined || server.exitCode !== null || server.signalCode !== null)
        server = spawn(join(binaries, 'postgres'), ['-D', data, '-p', String(port)], {
          ...own,
          env,
          cwd: folder,
          stdio: 'ignore',
        });
      try {
        await run('select 1');
        return;
      } catch {
        await sleep(250);
      }
    }
    throw new Error('PostgreSQL did not start within a minute');
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = server;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = once(ending, 'exit');
    ending.kill('SIGCONT');
    ending.kill(signal);
    await ended;
  }

  /** Of a server that hangs, its processes for single connections hang too. */
  const signalAll = (signal: NodeJS.Signals): void => {
    const pid = server?.pid;
    if (pid === undefined) return;
    for (const one of [pid, ...childrenOf(pid)]) {
      try {
        process.kill(one, signal);
      } catch {
        // It has ended meanwhile.
      }
    }
  };

  const postgres: FoundPostgres = {
    address,
    port,
    run,
    hold: async (sql) => {
      const client = await connect();
      await client.query('begin');
      await client.query(sql);
      return { end: async () => client.end() };
    },
    createDatabase: async (name) => void (await run(`create database ${name}`)),
    hang: () => signalAll('SIGSTOP'),
    resume: () => signalAll('SIGCONT'),
    kill: async () => {
      signalAll('SIGKILL');
      await end('SIGKILL');
    },
    shutDown: async () => end('SIGINT'),
    start,
    async backUp() {
      const backup = mkdtempSync(join(folder, 'backup-'));
      await postgres.shutDown();
      // Owners and modes have to stay: PostgreSQL starts in no folder of somebody else's.
      execFileSync('cp', ['-a', `${data}/.`, backup]);
      await start();
      return async () => {
        await postgres.kill();
        rmSync(data, { recursive: true });
        execFileSync('cp', ['-a', backup, data]);
        await start();
      };
    },
    stop: async () => {
      try {
        signalAll('SIGCONT');
        await end('SIGQUIT');
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
  try {
    await start();
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return postgres;
}
