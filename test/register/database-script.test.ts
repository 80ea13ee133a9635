import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { migrateRegister } from '../../src/register/postgres/migrate-register';
import { registerStatus } from '../../src/register/postgres/postgres-register';
import { usualRoles } from '../../src/register/postgres/rights';
import { readDatabaseUrl } from '../../src/config/database-url';
import type { FoundPostgres } from '../support/found-postgres';
import { postgresFolder, startFoundPostgres } from '../support/found-postgres';
import { settingsFor, silent } from './register-on-postgres';

/** The script by which compose makes the register's database, against a PostgreSQL that asks for passwords. */

let postgres: FoundPostgres;
let folder: string;
let binaries: string;
beforeAll(async () => {
  binaries = await postgresFolder();
  folder = mkdtempSync(join(tmpdir(), 'payouts-script-'));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  postgres = await startFoundPostgres({
    port,
    configuration: [`password_encryption = 'scram-sha-256'`, `log_statement = 'all'`],
    hba: ['local all all trust', 'host all all 127.0.0.1/32 scram-sha-256'],
  });
  await postgres.run(`create role temporal superuser login password 'admin-word'`);
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const urlOf = (role: string, word: string): string =>
  `postgresql://${role}:${word}@127.0.0.1:${postgres.port}/register`;

async function script(
  owner: string,
  worker: string,
): Promise<{ readonly ok: boolean; readonly text: string }> {
  writeFileSync(join(folder, 'owner'), `${owner}\n`);
  writeFileSync(join(folder, 'worker'), `${worker}\n`);
  const deploy = join(__dirname, '..', '..', 'deploy', 'register');
  return new Promise((resolve) => {
    execFile(
      '/bin/sh',
      [join(deploy, 'database.sh')],
      {
        env: {
          PATH: `${binaries}${delimiter}${process.env['PATH'] ?? ''}`,
          PGHOST: '127.0.0.1',
          PGPORT: String(postgres.port),
          PGUSER: 'temporal',
          PGPASSWORD: 'admin-word',
          REGISTER_DATABASE: 'register',
          OWNER_URL_FILE: join(folder, 'owner'),
          WORKER_URL_FILE: join(folder, 'worker'),
          ROLES_SQL: join(deploy, 'roles.sql'),
        },
        timeout: 60_000,
      },
      (error, stdout, stderr) => resolve({ ok: error === null, text: stdout + stderr }),
    );
  });
}

const settingsOf = (url: string) => {
  const read = readDatabaseUrl(url);
  if (!read.ok) throw new Error(read.problem);
  return settingsFor(read.address);
};

test('makes database and roles, can be repeated, and changes passwords', async () => {
  const [owner, worker] = [urlOf('payouts_owner', 'owner-word'), urlOf('payouts_worker', 'worker-word')];
  for (let times = 0; times < 2; times += 1)
    expect(await script(owner, worker)).toEqual({ ok: true, text: expect.not.stringContaining('word') });
  expect(await migrateRegister(settingsOf(owner), { logger: silent, roles: usualRoles })).toMatchObject({
    kind: 'migrated',
    granted: ['payouts_worker', 'payouts_reader'],
  });
  expect(await registerStatus(settingsOf(worker))).toMatchObject({
    kind: 'usable',
    hasMoreThanNeeded: false,
  });

  const changed = urlOf('payouts_worker', 'other-word');
  expect(await script(owner, changed)).toMatchObject({ ok: true });
  expect(await registerStatus(settingsOf(changed))).toMatchObject({ kind: 'usable' });
  expect(await registerStatus(settingsOf(worker))).toMatchObject({
    note: expect.stringContaining('(28P01)'),
  });
});

test.each([
  ['another role', 'postgresql://somebody:word@h:5432/register'],
  ['another database', 'postgresql://payouts_worker:word@h:5432/temporal'],
  ['no password', 'postgresql://payouts_worker@h:5432/register'],
  ['an empty password', 'postgresql://payouts_worker:@h:5432/register'],
  ['a password that a URL writes otherwise', 'postgresql://payouts_worker:p%23word@h:5432/register'],
])('a URL with %s is refused, and not quoted', async (_, url) => {
  const { ok, text } = await script(urlOf('payouts_owner', 'owner-word'), url);
  expect(ok).toBe(false);
  expect(text).toMatch(/must (?:hold|be)/);
  expect(text).not.toMatch(/word@|somebody/);
});
