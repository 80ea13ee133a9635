import { Socket } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { PeerCertificate } from 'node:tls';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { Kysely, PostgresDialect } from 'kysely';
import type { PoolClient, QueryConfig } from 'pg';
import { Pool } from 'pg';
import type { Logger } from '../../observability/logger';
import { databaseFailure } from './database-failure';
import type { DatabaseSettings } from './register-settings';
import type { RegisterTables } from './tables';

export type Database = {
  readonly db: Kysely<RegisterTables>;
  close(): Promise<void>;
};

export type DatabaseUse = {
  /** As the server's lists of connections name it. */
  readonly name: string;
  /** 0: as long as it takes. */
  readonly statementTimeoutMs: number;
  /** How long a statement waits for a lock; default: as long as a statement may take. */
  readonly lockTimeoutMs?: number;
};

/** The server ends a statement first, so that its reason is heard; a server that hangs says nothing. */
const clientSlackMs = 500;
const idleMs = 30_000;
/** Connections are made anew, so that a failover or a changed password is noticed while there is time. */
const lifetimeSeconds = 30 * 60;

/** Opens no connection by itself. */
export function openDatabase(
  settings: DatabaseSettings,
  { name, statementTimeoutMs, lockTimeoutMs }: DatabaseUse,
  logger: Pick<Logger, 'warn'>,
): Database {
  const { address, poolSize, connectTimeoutMs } = settings;
  const { host, port, database, user, password } = address;
  const pool = new Pool({
    host,
    port,
    database,
    user,
    // Never undefined, or PGPASSWORD and a password file of whoever runs this are tried.
    password: () => password?.reveal() ?? '',
    ssl: tlsOf(settings),
    max: poolSize,
    application_name: name,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleMs,
    maxLifetimeSeconds: lifetimeSeconds,
    keepAlive: true,
    ...(statementTimeoutMs === 0
      ? {}
      : { statement_timeout: statementTimeoutMs, query_timeout: statementTimeoutMs + clientSlackMs }),
    ...(lockTimeoutMs === undefined ? {} : { lock_timeout: lockTimeoutMs }),
  });
  const clients = new Set<PoolClient>();
  pool.on('connect', (client) => {
    clients.add(client);
    // One that is lent out and lost between two statements ends the process, too; the next statement tells.
    client.on('error', () => undefined);
  });
  pool.on('remove', (client) => clients.delete(client));
  // Without a listener an idle connection that the server closes ends the process. The error carries the whole client.
  pool.on('error', (error) => {
    const { code } = databaseFailure(error);
    logger.warn('an idle connection to the register was lost', { code });
  });
  const dialect = new PostgresDialect({ pool: withoutBrokenConnections(pool) });
  const db = new Kysely<RegisterTables>({ dialect });
  return {
    db,
    async close() {
      if (pool.ending) return;
      await Promise.all([pool.end(), db.destroy()]);
      // A server that hangs never says that a connection has ended: the process does not wait for that.
      for (const client of clients) letGo(client);
    },
  };
}

const letGo = ({ connection: { stream } }: PoolClient): void => {
  if (stream instanceof Socket) stream.unref();
};

/**
 * What no role, database or server may set otherwise: an answer is only given for what is on disk, and a statement that
 * waited for another one sees what that has written. Stricter ways to commit stay.
 */
const sessionSettings = `select set_config('default_transaction_isolation', 'read committed', false),
  set_config('search_path', 'pg_catalog', false),
  case when current_setting('synchronous_commit') in ('off', 'local')
    then set_config('synchronous_commit', 'on', false) end`;

function tlsOf({ address: { host }, tls }: DatabaseSettings) {
  if (tls === undefined) return false;
  const name = tls.serverName ?? host;
  return {
    rejectUnauthorized: true,
    // Left to itself, the certificate of an address is compared with "localhost", and a given name is not looked at.
    checkServerIdentity: (_: string, certificate: PeerCertificate) => checkServerIdentity(name, certificate),
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
  };
}

/**
 * A connection whose statement had no answer in time still waits for it: whatever is asked next would wait behind it. So
 * everything but a plain refusal by the server closes the connection.
 */
function withoutBrokenConnections(pool: Pool): PostgresPool {
  const known = new WeakMap<PoolClient, PostgresPoolClient>();
  return {
    connect: async () => {
      const client = await pool.connect();
      const wrapped = known.get(client);
      if (wrapped !== undefined) return wrapped;
      try {
        await client.query(sessionSettings);
      } catch (error) {
        client.release(true);
        throw error;
      }
      const fresh = guarded(client);
      known.set(client, fresh);
      return fresh;
    },
    // Whoever opened the pool ends it, also where nothing was ever asked.
    end: async () => undefined,
  };
}

/**
 * Under a name the server parses and plans a statement once for a connection: half of what it costs it. There are as many texts
 * as the code has; those of migrations have no parameters, and are sent as they are.
 */
const names = new Map<string, string>();

function prepared(text: string, values: unknown[]): QueryConfig {
  if (values.length === 0) return { text };
  const name = names.get(text) ?? `register-${names.size}`;
  names.set(text, name);
  return { name, text, values };
}

function guarded(client: PoolClient): PostgresPoolClient {
  let isBroken = false;
  const query = async (text: string, parameters: unknown[]): Promise<unknown> => {
    try {
      return await client.query(prepared(text, parameters));
    } catch (error) {
      isBroken ||= !isRefusal(error);
      throw error;
    }
  };
  return {
    // Only ever called with a text: cursors are not configured.
    query: query as PostgresPoolClient['query'],
    release: () => client.release(isBroken),
  };
}

const isRefusal = (error: unknown): boolean => {
  const { code, again } = databaseFailure(error);
  return /^[0-9A-Z]{5}$/.test(code) && !again;
};
