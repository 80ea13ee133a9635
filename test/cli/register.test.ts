import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FoundPostgres } from '../support/found-postgres';
import { startFoundPostgres } from '../support/found-postgres';
import { createCli } from './fake-cli';

/** `payouts register` against a real PostgreSQL. */

let postgres: FoundPostgres;
let folder: string;
beforeAll(async () => {
  postgres = await startFoundPostgres();
  await postgres.createDatabase('register');
  folder = mkdtempSync(join(tmpdir(), 'payouts-register-cli-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await postgres.stop();
});

const urlOf = (user: string): string => `postgresql://${user}@/register?host=${postgres.address().host}`;
const cli = (user: string) => createCli({}, { env: { PAYOUTS_REGISTER_URL: urlOf(user) } });

test('from nothing to a worker that can use it: roles, dry run, migration, status', async () => {
  const admin = postgres.address().user;
  const before = await cli(admin).run('register', 'status');
  expect(before).toMatchObject({ code: 5, out: expect.stringContaining('payouts register migrate (42P01)') });

  const roles = await cli(admin).run('register', 'roles');
  expect(roles.code).toBe(0);
  await postgres.run(roles.out, 'register');

  const owner = join(folder, 'owner-url');
  writeFileSync(owner, urlOf('payouts_owner'), { mode: 0o600 });
  const dry = await cli('payouts_worker').run('register', 'migrate', '--dry-run', '--url-file', owner);
  expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('create table payouts.intents (') });
  expect(await cli('payouts_worker').run('register', 'status')).toMatchObject({ code: 5 });

  const done = await cli('payouts_worker').run('register', 'migrate', '--url-file', owner);
  expect(done).toEqual({
    code: 0,
    out: [
      'carried out  0001-intents-and-attempts',
      'The schema is version 1 now',
      'Rights given to payouts_worker and payouts_reader',
      '',
    ].join('\n'),
    err: '',
  });
  const again = await cli('payouts_owner').run('register', 'migrate', '--json');
  expect(JSON.parse(again.out)).toEqual({
    kind: 'migrated',
    from: 1,
    to: 1,
    steps: [],
    granted: ['payouts_worker', 'payouts_reader'],
    absent: [],
  });
  expect((await cli('payouts_owner').run('register', 'migrate', '--dry-run')).out).toBe(
    '-- nothing to do: the schema is version 1\n',
  );

  const status = await cli('payouts_worker').run('register', 'status', '--json');
  expect({ code: status.code, status: JSON.parse(status.out) as unknown }).toEqual({
    code: 0,
    status: { kind: 'usable', schema: 1, needed: 1, hasMoreThanNeeded: false },
  });
  expect((await cli(admin).run('register', 'status')).out).toContain('more than a worker needs');
});

test('a role that is not there is named, with what to do', async () => {
  const { code, out } = await cli('payouts_owner').run('register', 'migrate', '--worker-role', 'nobody_yet');
  expect(code).toBe(0);
  expect(out).toContain('There is no role nobody_yet: payouts register roles prints the SQL for it');
});

test('a worker’s URL migrates nothing, and says why', async () => {
  const { code, err } = await cli('payouts_worker').run('register', 'migrate', '--json');
  expect(code).toBe(5);
  expect(JSON.parse(err)).toMatchObject({
    error: { code: 'register_unavailable', message: expect.stringContaining('(42501)') },
  });
});

test('a database that is not there, and settings that are none', async () => {
  const nowhere = createCli(
    {},
    { env: { PAYOUTS_REGISTER_URL: 'postgresql://u:kanarie@127.0.0.1:1/register' } },
  );
  const refused = await nowhere.run('register', 'status');
  expect(refused).toMatchObject({ code: 5, out: expect.stringContaining('(ECONNREFUSED)') });
  expect(refused.out).not.toMatch(/kanarie|127\.0/);
  const none = await createCli().run('register', 'status');
  expect(none).toMatchObject({ code: 2, err: expect.stringContaining('register: is missing') });
  const wrong = await createCli().run('register', 'roles', '--worker-role', "w'; drop role x; --");
  expect(wrong.code).toBe(2);
});
