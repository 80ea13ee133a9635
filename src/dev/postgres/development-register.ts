import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { readDatabaseUrl } from '../../config/database-url';
import { migrateRegister } from '../../register/postgres/migrate-register';
import { usualRoles } from '../../register/postgres/rights';
import { oneLine } from '../progress';
import type { Say } from '../progress';
import { startPostgres } from './start-postgres';
import type { PostgresOptions } from './start-postgres';

export type DevelopmentRegisterOptions = {
  readonly say: Say;
  /** `PAYOUTS_REGISTER_URL` comes first. */
  readonly env: NodeJS.ProcessEnv;
  /** Sections of the worker's configuration: one that names a register has it already. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** File that Temporal's data is kept in; PostgreSQL's is kept beside it. Default: neither is kept. */
  readonly keep?: string;
} & Pick<PostgresOptions, 'embedded' | 'usualFolders' | 'signal'>;

export type DevelopmentRegister = {
  /** What the worker is told, besides what it is told anyway. */
  readonly env: Readonly<Record<string, string>>;
  /** To look into it with psql; undefined where it is not ours, or where its address holds a password. */
  readonly url: string | undefined;
  stop(): Promise<void>;
};

/** Nothing is started, and the worker is told nothing. */
export const noRegister: DevelopmentRegister = { env: {}, url: undefined, stop: async () => undefined };

const variable = 'PAYOUTS_REGISTER_URL';
/** For play money on one machine, and the same after a restart: it keeps nothing secret. */
const payeeKey = createHash('sha256').update('payees of a development register').digest('hex');
const database = 'payouts_register';

/** The folder beside a file of Temporal's, as that has its own neighbours (`-wal`, `-shm`). */
export const keptRegisterFolder = (keep: string): string => `${resolve(keep)}-postgres`;

/**
 * The database of the register for `dev` and `demo`: the configured one, else a PostgreSQL that is started here, else none, which
 * play money allows. Each says so in a line; never rejects.
 */
export async function startDevelopmentRegister(
  options: DevelopmentRegisterOptions,
): Promise<DevelopmentRegister> {
  const { say, env, configuration, keep, embedded, usualFolders, signal } = options;
  if (configuration?.['register'] !== undefined) {
    say('Register: the database that the configuration names');
    return noRegister;
  }
  const configured = env[variable];
  if (configured !== undefined && configured !== '') {
    say(`Register: the database of ${variable}`);
    return noRegister;
  }
  try {
    say(`Register: ${variable} names no database, so a PostgreSQL is started`);
    const server = await startPostgres({
      say,
      env,
      ...(keep === undefined ? {} : { folder: keptRegisterFolder(keep) }),
      ...(signal === undefined ? {} : { signal }),
      ...(embedded === undefined ? {} : { embedded }),
      ...(usualFolders === undefined ? {} : { usualFolders }),
    });
    try {
      const url = await server.createDatabase(database);
      await migrate(url);
      const isOpen = new URL(url).password === '';
      return {
        env: { [variable]: url, PAYOUTS_REGISTER_PAYEE_KEY: payeeKey },
        url: isOpen ? url : undefined,
        stop: () => server.stop(),
      };
    } catch (error) {
      await server.stop();
      throw error;
    }
  } catch (error) {
    say(error instanceof Error ? error.message : oneLine(error));
    say('Register: none. Everything else goes on; only what Temporal has forgotten is not known.');
    return noRegister;
  }
}

async function migrate(url: string): Promise<void> {
  const read = readDatabaseUrl(url);
  if (!read.ok) throw new Error(`the register's URL ${read.problem}`);
  const settings = { address: read.address, ...patience };
  const report = await migrateRegister(settings, { logger: { warn: () => undefined }, roles: usualRoles });
  if (report.kind !== 'migrated') throw new Error(`the register cannot be prepared: ${report.note}`);
}

/** For machines that are very busy. */
const patience = { poolSize: 2, connectTimeoutMs: 30_000, statementTimeoutMs: 60_000 } as const;
