import { fork } from 'node:child_process';
import type { Migration } from 'kysely';
import { sql } from 'kysely';
import { migrateRegister, pendingMigrations } from '../../src/register/postgres/migrate-register';
import { registerMigrations } from '../../src/register/postgres/migrations/register-migrations';
import { openPostgresRegister } from '../../src/register/postgres/postgres-register';
import type { OpenRegister } from '../../src/register/postgres/postgres-register';
import type { FoundPostgres } from '../support/found-postgres';
import { startFoundPostgres } from '../support/found-postgres';
import { attemptOf, claimOf, noRoles, settingsFor, silent } from './register-on-postgres';

/** Steps of the schema: one process at a time, and workers of the step before go on. */

let postgres: FoundPostgres;
const opened: OpenRegister[] = [];
beforeAll(async () => {
  postgres = await startFoundPostgres();
});
afterAll(async () => {
  try {
    await Promise.all(opened.map((one) => one.close()));
  } finally {
    await postgres.stop();
  }
});

let count = 0;
async function database(): Promise<ReturnType<FoundPostgres['address']>> {
  count += 1;
  await postgres.createDatabase(`steps_${count}`);
  return postgres.address({ database: `steps_${count}` });
}

type Steps = Readonly<Record<string, Migration>>;
const tracked: Migration = {
  up: async (db) => void (await sql`alter table payouts.intents add column channel text`.execute(db)),
};
const second: Steps = { ...registerMigrations, '0002-channel': tracked };
const third: Steps = {
  ...second,
  '0003-channels': { up: async (db) => void (await sql`create table payouts.channels (id int)`.execute(db)) },
};

const migrate = async (
  address: Awaited<ReturnType<typeof database>>,
  migrations: Steps = registerMigrations,
) => migrateRegister(settingsFor(address), { logger: silent, roles: noRoles, migrations });

test('what would be carried out is shown as SQL, and nothing is done', async () => {
  const address = await database();
  const pending = await pendingMigrations(settingsFor(address), { logger: silent });
  expect(pending).toEqual({
    kind: 'pending',
    from: 0,
    to: 1,
    steps: [
      { name: '0001-intents-and-attempts', sql: expect.stringContaining('create table payouts.intents (') },
    ],
  });
  expect(await postgres.run(`select to_regnamespace('payouts') as schema`, address.database)).toEqual([
    { schema: null },
  ]);
  await migrate(address);
  expect(await pendingMigrations(settingsFor(address), { logger: silent })).toMatchObject({
    from: 1,
    steps: [],
  });
});

test('the SQL that is shown makes the same schema', async () => {
  const [shown, carriedOut] = [await database(), await database()];
  const pending = await pendingMigrations(settingsFor(shown), { logger: silent });
  if (pending.kind !== 'pending') throw new Error(pending.note);
  for (const step of pending.steps) await postgres.run(step.sql, shown.database);
  await migrate(carriedOut);
  const columns = `select table_name, column_name, data_type, collation_name, is_nullable, column_default
    from information_schema.columns where table_schema = 'payouts' and table_name not like 'schema_%' order by 1, 2`;
  const rules = `select conrelid::regclass::text as of, conname, pg_get_constraintdef(oid) as rule from pg_constraint
    where connamespace = 'payouts'::regnamespace and conrelid::regclass::text not like '%schema_%' order by 1, 2`;
  for (const question of [columns, rules]) {
    const made = await postgres.run(question, carriedOut.database);
    expect(made.length).toBeGreaterThan(5);
    expect(await postgres.run(question, shown.database)).toEqual(made);
  }
});

test('four processes at once: one carries the steps out, and none fails', async () => {
  const address = await database();
  const reports = await Promise.all(Array.from({ length: 4 }, async () => migrateInProcess(address)));
  expect(reports.map(({ kind }) => kind)).toEqual(['migrated', 'migrated', 'migrated', 'migrated']);
  expect(reports.flatMap(({ steps }) => steps)).toEqual(['0001-intents-and-attempts']);
});

test('a step that fails leaves nothing of itself, and is carried out when it is right', async () => {
  const address = await database();
  const broken: Steps = {
    ...registerMigrations,
    '0002-channel': {
      up: async (db) => {
        await tracked.up(db);
        await sql`select 1 / 0`.execute(db);
      },
    },
  };
  expect(await migrate(address, broken)).toMatchObject({
    kind: 'unavailable',
    note: expect.stringContaining('22012'),
  });
  const report = await migrate(address, second);
  expect(report).toMatchObject({ kind: 'migrated', to: 2 });
});

test('a worker goes on beside a schema that is one step newer, and not beside one that is two steps newer', async () => {
  const address = await database();
  await migrate(address);
  let now = 0;
  const worker = openPostgresRegister(settingsFor(address), { logger: silent, now: () => now });
  opened.push(worker);
  const { register } = worker;
  expect(await register.claimIntent(claimOf())).toEqual({ kind: 'claimed' });

  await migrate(address, second);
  now += 60_000;
  expect(await register.claimIntent(claimOf({ reference: 'beside-2' }))).toEqual({ kind: 'claimed' });
  expect(await register.enterAttempt(attemptOf())).toEqual({ kind: 'entered' });
  expect(await worker.status()).toMatchObject({ kind: 'usable', schema: 2, needed: 1 });
  // The older program's own job, after a rollback, leaves the newer schema as it is.
  expect(await migrate(address)).toMatchObject({ kind: 'migrated', from: 2, to: 2, steps: [] });

  await migrate(address, third);
  now += 60_000;
  const refused = {
    kind: 'unavailable',
    note: 'the register’s schema is version 3, and this program knows 1: a newer program must be used',
  };
  expect(await register.claimIntent(claimOf({ reference: 'beside-3' }))).toEqual(refused);
  expect(await register.enterAttempt(attemptOf())).toEqual(refused);
  expect(await register.markSent({ ...attemptOf(), originalRunId: 'run-1' })).toEqual(refused);
  expect(await worker.status()).toEqual(refused);
  expect(await migrate(address)).toEqual(refused);
});

test('a column that changes under prepared statements is asked anew, on new connections', async () => {
  const address = await database();
  await migrate(address);
  const worker = openPostgresRegister(settingsFor(address), { logger: silent });
  opened.push(worker);
  const { register } = worker;
  const all = async () => Promise.all(Array.from({ length: 4 }, async () => register.claimIntent(claimOf())));
  await all();
  await postgres.run(
    `drop view payouts.payouts_attempts, payouts.payouts_intents;
     alter table payouts.intents alter column workflow_id type varchar(300)`,
    address.database,
  );
  for (const answer of await all()) expect(answer).toEqual({ kind: 'claimed' });
});

test('a migration is noticed within seconds', async () => {
  const address = await database();
  await migrate(address);
  let now = 0;
  const { register, close } = openPostgresRegister(settingsFor(address), { logger: silent, now: () => now });
  expect(await register.claimIntent(claimOf())).toEqual({ kind: 'claimed' });
  await migrate(address, third);
  now += 15_001;
  expect(await register.claimIntent(claimOf())).toMatchObject({ kind: 'unavailable' });
  await close();
});

test('a newer worker does not use an older schema, and goes on once it is migrated', async () => {
  const address = await database();
  await migrate(address);
  const worker = openPostgresRegister(settingsFor(address), { logger: silent, migrations: second });
  opened.push(worker);
  expect(await worker.register.claimIntent(claimOf())).toEqual({
    kind: 'unavailable',
    note: 'the register’s schema is version 1, and this program needs 2: payouts register migrate',
  });
  await migrate(address, second);
  expect(await worker.register.claimIntent(claimOf())).toEqual({ kind: 'claimed' });
});

test('names of steps are versions in order, without a gap', () => {
  expect(Object.keys(registerMigrations).map((name) => Number(name.slice(0, 4)))).toEqual(
    Object.keys(registerMigrations).map((_, index) => index + 1),
  );
});

async function migrateInProcess(address: Awaited<ReturnType<typeof database>>) {
  const child = fork(`${__dirname}/migrate-process.ts`, [JSON.stringify(address)], {
    execArgv: ['--require', `${__dirname}/../support/register-typescript.cjs`],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return new Promise<{ readonly kind: string; readonly steps: readonly string[] }>((resolve, reject) => {
    child.once('message', (report) => resolve(report as never));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
  });
}
