/**
 * PostgreSQL for tests. A test file starts one when it needs it (less than a second of CPU), so that the files which need none
 * pay nothing, and makes a database per test or per file in it; a copy of a migrated one takes milliseconds.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startPostgres } from '../../src/dev/postgres/start-postgres';
import type { PostgresServer } from '../../src/dev/postgres/start-postgres';
import { childrenOf, processName } from '../../src/dev/postgres/processes';

export type TestPostgres = {
  /** A new database, empty or a copy; the URL is of a superuser. Nobody may be connected to what is copied. */
  freshDatabase(options?: { readonly copyOf?: string }): Promise<string>;
  stop(): Promise<void>;
};

/** A server of our own, or that of `PAYOUTS_TEST_POSTGRES_URL` (a superuser): what is made there is dropped again. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const given = process.env['PAYOUTS_TEST_POSTGRES_URL'];
  if (given !== undefined && given !== '') return onGivenServer(given);
  const server = await startPostgres({ say: () => undefined, env: process.env });
  return {
    freshDatabase: async ({ copyOf } = {}) =>
      server.createDatabase(freshName(), copyOf === undefined ? {} : { template: databaseOf(copyOf) }),
    stop: () => server.stop(),
  };
}

const freshName = (): string => `test_${randomBytes(8).toString('hex')}`;
const databaseOf = (url: string): string => new URL(url).pathname.slice(1);

function onGivenServer(url: string): TestPostgres {
  const made: string[] = [];
  return {
    async freshDatabase({ copyOf } = {}) {
      const name = freshName();
      await query(
        url,
        `create database ${name}${copyOf === undefined ? '' : ` template ${databaseOf(copyOf)}`}`,
      );
      made.push(name);
      const there = new URL(url);
      there.pathname = `/${name}`;
      return there.href;
    },
    async stop() {
      for (const name of made.splice(0)) await query(url, `drop database if exists ${name} with (force)`);
    },
  };
}

/** One statement over a connection of its own. */
export async function query(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: 30_000,
    query_timeout: 60_000,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

export type OwnPostgres = {
  /** As its superuser; the same after every restart. */
  readonly url: string;
  urlOf(database: string): string;
  createDatabase(name: string): Promise<string>;
  /** Of the server process that runs now. */
  pid(): number;
  /** How often it was killed while it ran. */
  kills(): number;
  /** `kill -9` of everything at once, as when a container or a machine goes; resolves when the server process is gone. */
  kill(): Promise<void>;
  /** `kill -9` of the server process alone: its children notice it, and hold the data until they do. */
  killServerProcess(): Promise<void>;
  /** It accepts connections and answers nothing, until `resume`. */
  suspend(): Promise<void>;
  resume(): Promise<void>;
  /** Starts it again where it was killed: same data, same address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/** A server of one test's own that writes as one in production does, to be killed and started again where it was. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'payouts-own-'));
  // The server may be another user's, where we are root.
  chmodSync(folder, 0o755);
  const socketFolder = mkdtempSync(join(tmpdir(), 'payouts-own-'));
  const start = async (): Promise<PostgresServer> =>
    startPostgres({ say: () => undefined, env: process.env, folder: join(folder, 'data'), socketFolder });
  let server = await start();
  let running = true;
  let kills = 0;
  const signal = async (name: NodeJS.Signals, pids: readonly number[]): Promise<void> => {
    for (const pid of pids) {
      try {
        process.kill(pid, name);
      } catch {
        // A child that has just ended.
      }
    }
  };
  /** Without its watchdog, which is a child, too, and must see our own end. */
  const everything = async (): Promise<readonly number[]> => {
    const children = await childrenOf(server.pid);
    const names = await Promise.all(children.map(processName));
    return [server.pid, ...children.filter((_pid, index) => names[index] === 'postgres')];
  };
  const killThese = async (pids: readonly number[]): Promise<void> => {
    if (!running) return;
    running = false;
    kills += 1;
    await signal('SIGKILL', pids);
    await server.ended;
  };
  return {
    url: server.url,
    urlOf: (database) => server.urlOf(database),
    createDatabase: (name) => server.createDatabase(name),
    pid: () => server.pid,
    kills: () => kills,
    kill: async () => killThese(await everything()),
    killServerProcess: async () => killThese([server.pid]),
    suspend: async () => signal('SIGSTOP', await everything()),
    resume: async () => signal('SIGCONT', await everything()),
    async restart() {
      if (running) return;
      // What belongs to the start that was killed.
      await server.stop();
      server = await start();
      running = true;
    },
    async stop() {
      await server.stop();
      for (const each of [folder, socketFolder]) {
        await rm(each, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
      }
    },
  };
}
