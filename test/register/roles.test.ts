import { Client } from 'pg';
import { migrateRegister } from '../../src/register/postgres/migrate-register';
import { openPostgresRegister } from '../../src/register/postgres/postgres-register';
import type { OpenRegister } from '../../src/register/postgres/postgres-register';
import { isRoleName, usualRoles } from '../../src/register/postgres/rights';
import { rolesSql } from '../../src/register/postgres/roles';
import type { FoundPostgres } from '../support/found-postgres';
import { startFoundPostgres } from '../support/found-postgres';
import { attemptOf, claimOf, settingsFor, silent } from './register-on-postgres';

/** Who may do what: proven by trying it as each of them. */

let postgres: FoundPostgres;
let worker: OpenRegister;
const as = (user: string) => postgres.address({ database: 'register', user });
const { owner, worker: workerRole, reader } = usualRoles;
const migrate = async (user = owner) =>
  migrateRegister(settingsFor(as(user)), { logger: silent, roles: usualRoles });

beforeAll(async () => {
  postgres = await startFoundPostgres();
  await postgres.createDatabase('register');
  await postgres.run(rolesSql(usualRoles), 'register');
  expect(await migrate()).toMatchObject({ kind: 'migrated', granted: [workerRole, reader], absent: [] });
  worker = openPostgresRegister(settingsFor(as(workerRole)), { logger: silent });
});
afterAll(async () => {
  try {
    await worker.close();
  } finally {
    await postgres.stop();
  }
});

async function asRole(user: string, statement: string): Promise<string> {
  const client = new Client({
    host: as(user).host,
    port: as(user).port,
    database: 'register',
    user,
    ssl: false,
  });
  await client.connect();
  try {
    await client.query(statement);
    return 'done';
  } catch (error) {
    return String((error as { readonly code?: string }).code);
  } finally {
    await client.end();
  }
}
const denied = '42501';

test('a worker does all that the port asks of it', async () => {
  expect(await worker.status()).toEqual({ kind: 'usable', schema: 1, needed: 1, hasMoreThanNeeded: false });
  const { register } = worker;
  expect(await register.claimIntent(claimOf())).toEqual({ kind: 'claimed' });
  expect(await register.claimIntent(claimOf({ originalRunId: 'run-2' }))).toMatchObject({ kind: 'taken' });
  expect(await register.enterAttempt(attemptOf())).toEqual({ kind: 'entered' });
  expect(await register.enterAttempt(attemptOf())).toEqual({ kind: 'entered' });
  expect(await register.enterAttempt(attemptOf({ reference: 'nobody', key: 'of nobody' }))).toEqual({
    kind: 'unknown-intent',
  });
  expect(await register.markSent({ ...attemptOf(), originalRunId: 'run-1' })).toEqual({ kind: 'marked' });
});

test.each([
  'delete from payouts.intents',
  'delete from payouts.attempts',
  'truncate payouts.attempts',
  `update payouts.intents set original_run_id = 'mine'`,
  `update payouts.intents set tenant_folded = 'x'`,
  `update payouts.intents set request_digest = repeat('0', 64)`,
  `update payouts.intents set amount = 1`,
  `update payouts.intents set claimed_at = now()`,
  `update payouts.attempts set account = 'mine'`,
  `update payouts.attempts set generation = 7`,
  `insert into payouts.attempts (tenant_folded, reference_folded, account, generation, key, body_hash, first_sent_at)
   values ('acme', 'order-17', 'main', 9, 'k', repeat('0', 64), now())`,
  `insert into payouts.schema_versions values ('0009-mine', 'now')`,
  'delete from payouts.schema_versions',
  'create table payouts.mine (id int)',
  'create table public.mine (id int)',
  'create schema mine',
  'alter table payouts.intents add column mine int',
  'drop view payouts.payouts_intents',
  'create role mine',
  `set role ${owner}`,
])('a worker may not: %s', async (statement) => {
  expect(await asRole(workerRole, statement)).toBe(denied);
});

test.each([
  `update payouts.attempts set key = 'mine'`,
  `update payouts.attempts set body_hash = repeat('0', 64)`,
  'update payouts.attempts set first_sent_at = null, first_sent_run_id = null',
  'update payouts.attempts set first_sent_at = now()',
  `update payouts.attempts set first_sent_run_id = 'mine'`,
])('what was sent is changed by nobody: %s', async (statement) => {
  const changed = '23001';
  expect(await asRole(workerRole, `${statement} where first_sent_at is not null`)).toBe(changed);
  await expect(
    postgres.run(`${statement} where first_sent_at is not null`, 'register'),
  ).rejects.toMatchObject({ code: changed });
});

test('a worker may not give its rights to others', async () => {
  await asRole(workerRole, `grant select on payouts.intents to ${reader}`);
  expect(await asRole(reader, 'select 1 from payouts.intents')).toBe(denied);
});

test('a reader reads the views, without a schema’s name, and nothing else', async () => {
  expect(await asRole(reader, 'select * from payouts_intents')).toBe('done');
  expect(await asRole(reader, 'select * from payouts_attempts')).toBe('done');
  for (const statement of [
    'select payee_mac from payouts.intents',
    'select * from payouts.attempts',
    'select * from payouts.schema_versions',
    `insert into payouts_attempts (account) values ('x')`,
    `update payouts_intents set reference = 'x'`,
    'delete from payouts_intents',
    'create table payouts.mine (id int)',
    'create table public.mine (id int)',
  ])
    expect({ statement, code: await asRole(reader, statement) }).toEqual({
      statement,
      code: expect.stringMatching(/^(?:42501|55000)$/),
    });
});

test('somebody who is no role of the register does not get in', async () => {
  await postgres.run('create role stranger login');
  await expect(asRole('stranger', 'select 1')).rejects.toMatchObject({ code: denied });
});

test('the views show no payee', async () => {
  const columns = await postgres.run(
    `select table_name, column_name from information_schema.columns
     where table_schema = 'payouts' and table_name like 'payouts_%' order by 1, ordinal_position`,
    'register',
  );
  const of = (view: string) =>
    columns.filter((row) => row['table_name'] === view).map((row) => row['column_name']);
  expect(of('payouts_intents')).toEqual([
    'tenant',
    'reference',
    'workflow_id',
    'run_id',
    'mode',
    'account',
    'amount',
    'currency',
    'requested_by',
    'replaces',
    'started_at',
    'claimed_at',
  ]);
  expect(of('payouts_attempts')).toEqual([
    'tenant',
    'reference',
    'account',
    'generation',
    'attempt_key',
    'body_hash',
    'entered_at',
    'first_sent_at',
    'first_sent_run_id',
  ]);
});

test('a worker that lost a right is unavailable, says which, and goes on once it has it back', async () => {
  await postgres.run(`revoke insert (key) on payouts.attempts from ${workerRole}`, 'register');
  expect(await worker.status()).toEqual({
    kind: 'unavailable',
    note: 'the register’s role lacks rights (insert (key) on payouts.attempts): payouts register roles, then payouts register migrate',
  });
  const lost = attemptOf({ generation: 2, key: 'key-2' });
  expect(await worker.register.enterAttempt(lost)).toEqual({
    kind: 'unavailable',
    note: expect.stringMatching(/may not do what it must.*\(42501\)$/),
  });
  expect(await migrate()).toMatchObject({ steps: [], granted: [workerRole, reader] });
  expect(await worker.register.enterAttempt(lost)).toEqual({ kind: 'entered' });
});

test('rights that a worker must not have are taken back by the next migration', async () => {
  await postgres.run(
    `grant delete, update on payouts.intents to ${workerRole}; grant update (account) on payouts.attempts to ${workerRole}`,
    'register',
  );
  expect(await worker.status()).toMatchObject({ kind: 'usable', hasMoreThanNeeded: true });
  await migrate();
  expect(await asRole(workerRole, `update payouts.attempts set account = 'mine'`)).toBe(denied);
  expect(await asRole(workerRole, `delete from payouts.intents`)).toBe(denied);
  expect(await worker.status()).toMatchObject({ kind: 'usable', hasMoreThanNeeded: false });
});

test('a worker’s own user migrates nothing', async () => {
  await postgres.createDatabase('bare');
  await postgres.run(rolesSql(usualRoles), 'bare');
  const address = postgres.address({ database: 'bare', user: workerRole });
  expect(await migrateRegister(settingsFor(address), { logger: silent, roles: usualRoles })).toEqual({
    kind: 'unavailable',
    note: expect.stringContaining('(42501)'),
  });
});

test('the SQL for roles can be run again', async () => {
  await postgres.run(rolesSql(usualRoles), 'register');
  expect(await worker.status()).toMatchObject({ kind: 'usable' });
});

test.each([
  ['payouts_worker', true],
  ['w', true],
  ['', false],
  ['Worker', false],
  ['1st', false],
  [`w'; drop role x --`, false],
  ['w'.repeat(64), false],
])('%j is a role’s name: %s', (name, is) => expect(isRoleName(name)).toBe(is));
