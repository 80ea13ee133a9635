import type { Migration } from 'kysely';
import {
  DummyDriver,
  Kysely,
  Migrator,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely';
import type { Logger } from '../../observability/logger';
import type { RegisterUnavailable } from '../register';
import { openDatabase } from './database';
import type { Database } from './database';
import { databaseFailure } from './database-failure';
import { newestVersion, registerMigrations, versionOf } from './migrations/register-migrations';
import type { DatabaseSettings } from './register-settings';
import { readerGrants, workerGrants } from './rights';
import type { RoleNames } from './rights';
import { newerAtMost, schemaProblem } from './schema-version';
import { registerSchema } from './tables';

export type MigrateOptions = {
  readonly logger: Pick<Logger, 'warn'>;
  /** Who gets the rights of a worker and of a reader, where there are such roles. */
  readonly roles: Pick<RoleNames, 'worker' | 'reader'>;
  /** Default: all that this program knows. */
  readonly migrations?: Readonly<Record<string, Migration>>;
};

export type MigrationReport = {
  readonly kind: 'migrated';
  readonly from: number;
  readonly to: number;
  /** Names of the steps that were carried out now. */
  readonly steps: readonly string[];
  /** Roles whose rights are now exactly what they must be, and those that are not there. */
  readonly granted: readonly string[];
  readonly absent: readonly string[];
};

export type PendingMigrations = {
  readonly kind: 'pending';
  readonly from: number;
  readonly to: number;
  readonly steps: readonly { readonly name: string; readonly sql: string }[];
};

/** Of PostgreSQL's advisory locks: any number that nobody else takes. */
const lockKey = '7105126873042614';
/** A step that waits longer for a table is in the way of everybody who comes after it: it gives up, and nothing was done. */
const lockTimeoutMs = 30_000;

/**
 * Brings the schema up to date and gives the roles their rights, one process at a time. What is there stays, and doing it again
 * changes nothing. A schema that is one step newer is left as it is.
 */
export async function migrateRegister(
  settings: DatabaseSettings,
  { logger, roles, migrations = registerMigrations }: MigrateOptions,
): Promise<MigrationReport | RegisterUnavailable> {
  return withOwner(settings, logger, async ({ db }) =>
    db.connection().execute(async (locking) => {
      // Whoever comes second waits for the first one, however long its steps take.
      await sql`select set_config('lock_timeout', '0', false)`.execute(locking);
      await sql`select pg_advisory_lock(${sql.lit(lockKey)}::bigint)`.execute(locking);
      try {
        const done = await namesDone(db);
        const from = highest(done);
        const needed = newestVersion(migrations);
        const problem = from > needed + newerAtMost ? schemaProblem(from, needed) : undefined;
        if (problem !== undefined) return problem;
        // A newer schema has steps that this program does not know, and all of those that it does.
        const steps = from > needed ? [] : await carryOut(db, migrations);
        const { granted, absent } = await grant(db, roles, from > needed);
        return { kind: 'migrated', from, to: Math.max(from, needed), steps, granted, absent } as const;
      } finally {
        await sql`select pg_advisory_unlock(${sql.lit(lockKey)}::bigint)`
          .execute(locking)
          .catch(() => undefined);
      }
    }),
  );
}

/** What `migrateRegister` would carry out. Changes nothing. */
export async function pendingMigrations(
  settings: DatabaseSettings,
  { logger, migrations = registerMigrations }: Omit<MigrateOptions, 'roles'>,
): Promise<PendingMigrations | RegisterUnavailable> {
  return withOwner(settings, logger, async ({ db }) => {
    const done = await namesDone(db);
    const from = highest(done);
    const needed = newestVersion(migrations);
    const problem = from > needed + newerAtMost ? schemaProblem(from, needed) : undefined;
    if (problem !== undefined) return problem;
    const steps: PendingMigrations['steps'][number][] = [];
    for (const [name, migration] of Object.entries(migrations)) {
      if (!done.includes(name)) steps.push({ name, sql: await statementsOf(migration) });
    }
    return { kind: 'pending', from, to: Math.max(from, needed), steps };
  });
}

async function withOwner<Result>(
  settings: DatabaseSettings,
  logger: MigrateOptions['logger'],
  work: (database: Database) => Promise<Result>,
): Promise<Result | RegisterUnavailable> {
  // One connection for the lock, the others for the work. A step over millions of rows takes as long as it takes.
  const use = { name: 'payouts-register', statementTimeoutMs: 0, lockTimeoutMs };
  const database = openDatabase({ ...settings, poolSize: 3 }, use, logger);
  try {
    return await work(database);
  } catch (error) {
    return { kind: 'unavailable', note: databaseFailure(error).note };
  } finally {
    await database.close();
  }
}

async function namesDone(db: Database['db']): Promise<readonly string[]> {
  const { rows } = await sql<{ readonly there: boolean }>`
    select to_regclass(${`${registerSchema}.schema_versions`}) is not null as there`.execute(db);
  if (rows[0]?.there !== true) return [];
  return (await db.selectFrom('payouts.schema_versions').select('name').execute()).map(({ name }) => name);
}

const highest = (names: readonly string[]): number => Math.max(0, ...names.map(versionOf));

async function carryOut(
  db: Database['db'],
  migrations: Readonly<Record<string, Migration>>,
): Promise<readonly string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableSchema: registerSchema,
    migrationTableName: 'schema_versions',
    migrationLockTableName: 'schema_lock',
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return results.map(({ migrationName }) => migrationName);
}

/** In one transaction: a worker that is at work has its rights before and after. A newer schema's are those of its program. */
async function grant(
  db: Database['db'],
  { worker, reader }: MigrateOptions['roles'],
  isNewer: boolean,
): Promise<Pick<MigrationReport, 'granted' | 'absent'>> {
  if (isNewer) return { granted: [], absent: [] };
  return db.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ readonly name: string }>`
      select rolname as name from pg_catalog.pg_roles where rolname in (${worker}, ${reader})`.execute(
      transaction,
    );
    const there = rows.map(({ name }) => name);
    const grants = [
      ...(there.includes(worker) ? workerGrants(worker) : []),
      ...(there.includes(reader) ? readerGrants(reader) : []),
    ];
    for (const statement of grants) await sql.raw(statement).execute(transaction);
    return {
      granted: [worker, reader].filter((role) => there.includes(role)),
      absent: [worker, reader].filter((role) => !there.includes(role)),
    };
  });
}

/** What a step would say to PostgreSQL. Steps ask nothing, so they can be carried out against nobody. */
async function statementsOf(step: Migration): Promise<string> {
  const statements: string[] = [];
  const nobody = new Kysely<never>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: ({ query }) => void statements.push(`${query.sql.trim()};`),
  });
  await step.up(nobody);
  return statements.join('\n');
}
