import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import {
  embeddedBinFolder,
  embeddedPackage,
  makeMissingLinks,
} from '../../src/dev/postgres/embedded-postgres';
import { canReach, parseUsers, unprivilegedUser } from '../../src/dev/postgres/server-identity';
import { startPostgres } from '../../src/dev/postgres/start-postgres';
import type { Identity } from '../../src/dev/temporal-watchdog';
import { query } from '../support/postgres';

const isRoot = process.geteuid?.() === 0;
/** A user whom nothing belongs to. */
const stranger: Identity = { name: 'stranger', uid: 65_533, gid: 65_533 };

let folder: string;
let lines: string[];
const say = (line: string): number => lines.push(line);
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'payouts-embedded-')));
  chmodSync(folder, 0o755);
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Installed = { readonly name: string; readonly folder: string };

/** The package as npm unpacks it where install scripts are held back: without a single link. */
function unpack(below: string): Installed {
  const { name, folder: source } = embeddedPackage();
  if (source === undefined) throw new Error(`${name} is not installed: npm install, without --omit=optional`);
  const target = join(folder, below);
  const copy = (from: string, to: string): void => {
    mkdirSync(to, { recursive: true });
    chmodSync(to, 0o755);
    for (const entry of readdirSync(from, { withFileTypes: true })) {
      if (entry.isSymbolicLink()) continue;
      if (entry.isDirectory()) copy(join(from, entry.name), join(to, entry.name));
      else put(join(from, entry.name), join(to, entry.name));
    }
  };
  copy(source, target);
  return { name, folder: target };
}

/** Programs are copied, because a test changes what may be done with them; the rest takes no room where links can be made. */
function put(from: string, to: string): void {
  if (basename(dirname(from)) !== 'bin') {
    try {
      linkSync(from, to);
      return;
    } catch {
      // Another file system.
    }
  }
  copyFileSync(from, to);
}

const linksBelow = (native: string): readonly string[] =>
  readdirSync(join(native, 'lib'))
    .map((name) => join(native, 'lib', name))
    .filter((path) => lstatSync(path).isSymbolicLink());
const listedLinks = (native: string): readonly string[] =>
  (
    JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as readonly {
      readonly target: string;
    }[]
  ).map(({ target }) => join(dirname(native), target));

describe('links that npm does not pack', () => {
  test('are made at the start, and the server runs', async () => {
    const embedded = unpack('package');
    const native = join(embedded.folder, 'native');
    expect(linksBelow(native)).toEqual([]);
    const server = await startPostgres({ say, env: process.env, embedded, usualFolders: [] });
    try {
      expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      const { dataFolder } = server;
      expect(lines[0]).toMatch(/^PostgreSQL \d+\S* from npm /);
      expect(existsSync(dataFolder)).toBe(true);
    } finally {
      await server.stop();
    }
    const links = linksBelow(native);
    expect([...links].sort()).toEqual([...listedLinks(native)].sort());
    expect(links.length).toBeGreaterThan(0);
    // Relative: a copy of the folder leads to itself.
    expect(links.filter((link) => isAbsolute(readlinkSync(link)) || !existsSync(link))).toEqual([]);
  });

  test('are made where they are missing, by several at once; what is there stays', async () => {
    const native = join(unpack('package').folder, 'native');
    const [first = '', second = ''] = listedLinks(native);
    symlinkSync('elsewhere', first);
    writeFileSync(second, 'a file');
    await Promise.all([1, 2, 3].map(async () => makeMissingLinks(native)));
    expect(readlinkSync(first)).toBe('elsewhere');
    expect(readFileSync(second, 'utf8')).toBe('a file');
    expect(linksBelow(native)).toHaveLength(listedLinks(native).length - 1);
  });

  test.each(['native/../../outside', '/outside', 'outside', 'native/lib/../../x'])(
    'are not made outside of the package: %s',
    async (target) => {
      const native = join(folder, 'package/native');
      mkdirSync(join(native, 'lib'), { recursive: true });
      const list = JSON.stringify([{ source: 'native/lib/a', target }]);
      writeFileSync(join(native, 'pg-symlinks.json'), list);
      await expect(makeMissingLinks(native)).rejects.toThrow('lies outside of the package');
      expect(readdirSync(join(native, 'lib'))).toEqual([]);
    },
  );

  test('are made in a copy where the package cannot be written', async () => {
    const embedded = unpack('package');
    const lib = join(embedded.folder, 'native/lib');
    chmodSync(lib, 0o555);
    const env = { PAYOUTS_CACHE_DIR: join(folder, 'cache') };
    mkdirSync(env.PAYOUTS_CACHE_DIR);
    chmodSync(env.PAYOUTS_CACHE_DIR, 0o777);
    // Root may write everywhere: for this it is somebody else.
    const binFolder = await asOrdinaryUser(async () => embeddedBinFolder(embedded, undefined, env, say, say));
    chmodSync(lib, 0o755);
    expect(linksBelow(join(embedded.folder, 'native'))).toEqual([]);
    expect(binFolder).toMatch(new RegExp(`^${env.PAYOUTS_CACHE_DIR}/postgres/.*/bin$`));
    expect(lines).toEqual([expect.stringMatching(/copying its programs.*its links cannot be made: EACCES/)]);
    const version = execFileSync(join(binFolder ?? '', 'postgres'), ['--version'], { encoding: 'utf8' });
    expect(version).toMatch(/PostgreSQL/);
  });
});

async function asOrdinaryUser<T>(what: () => Promise<T>): Promise<T> {
  if (!isRoot) return what();
  process.setegid?.(stranger.gid);
  process.seteuid?.(stranger.uid);
  try {
    return await what();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

describe('a package in a folder that lets the server’s user not in', () => {
  /** As below a home folder. */
  const unpackPrivately = (): Installed => {
    const embedded = unpack('home/node_modules/package');
    chmodSync(join(folder, 'home'), 0o700);
    return embedded;
  };
  const env = (): NodeJS.ProcessEnv => ({ PATH: '', PAYOUTS_CACHE_DIR: join(folder, 'cache') });
  const find = async (embedded: Installed): Promise<string | undefined> =>
    embeddedBinFolder(embedded, stranger, env(), say, say);

  test('is copied once to the cache, where everybody may run it, named for its version', async () => {
    const embedded = unpackPrivately();
    const { version } = JSON.parse(readFileSync(join(embedded.folder, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    const before = process.umask(0o077);
    try {
      const binFolder = join(folder, `cache/postgres/package-${version}/bin`);
      expect(await find(embedded)).toBe(binFolder);
      expect(await find(embedded)).toBe(binFolder);
      expect(lines).toEqual([
        `PostgreSQL ${version}: copying its programs, 60 MB, to ${dirname(binFolder)}, because stranger is not let into ` +
          join(embedded.folder, 'native'),
      ]);
      const program = join(binFolder, 'postgres');
      expect(await canReach(program, stranger)).toBe(true);
      const modeOf = (path: string): number => lstatSync(path).mode & 0o777;
      expect([modeOf(program), modeOf(join(binFolder, '../share')), modeOf(binFolder)]).toEqual([
        0o755, 0o755, 0o755,
      ]);
      expect(linksBelow(dirname(binFolder))).toHaveLength(
        listedLinks(join(embedded.folder, 'native')).length,
      );
    } finally {
      process.umask(before);
    }
  });

  test('is copied by two at once without harm, and what a killed one left behind is removed', async () => {
    const embedded = unpackPrivately();
    const home = join(folder, 'cache/postgres');
    mkdirSync(join(home, '.copy-1-old'), { recursive: true });
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(join(home, '.copy-1-old'), longAgo, longAgo);
    const [one, two] = await Promise.all([find(embedded), find(embedded)]);
    expect(one).toBe(two);
    expect(readdirSync(home)).toEqual([basename(dirname(one ?? ''))]);
    expect(readdirSync(one ?? '')).toContain('postgres');
  });

  test('serves root all the same', async () => {
    const embedded = unpackPrivately();
    const server = await startPostgres({ say, env: env(), embedded, usualFolders: [] });
    try {
      expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      const owner = lstatSync(server.dataFolder).uid;
      // Anybody else reaches what is their own, and nothing is copied.
      const copied = lines.some((line) => line.includes('copying its programs'));
      expect([owner === 0, owner === process.getuid?.(), copied]).toEqual([false, !isRoot, isRoot]);
    } finally {
      await server.stop();
    }
  });

  test('files that only root may read are as good as not reached', async () => {
    const embedded = unpack('package');
    chmodSync(join(embedded.folder, 'native/bin/postgres'), 0o700);
    expect(await find(embedded)).toMatch(/cache/);
    expect(lines[0]).toMatch(/stranger may not run/);
  });
});

test('a package that is damaged is not taken, and says why', async () => {
  mkdirSync(join(folder, 'package/native/bin'), { recursive: true });
  writeFileSync(join(folder, 'package/native/bin/postgres'), '', { mode: 0o755 });
  expect(
    await embeddedBinFolder({ name: 'p', folder: join(folder, 'package') }, undefined, {}, say, say),
  ).toBeUndefined();
  expect(lines.join()).toMatch(/^PostgreSQL from npm: p cannot be used: /);
});

describe('the user that a server of root’s runs as', () => {
  const passwd = (...names: readonly string[]): string =>
    [
      'root:x:0:0:root:/root:/bin/sh',
      ...names.map((name, index) => `${name}:x:${index + 7}:9::/:/bin/false`),
    ].join('\n');

  test.each<[string, string, number | undefined]>([
    ['PostgreSQL’s own', passwd('nobody', 'postgres'), 8],
    ['the one of macOS', `#\n${passwd('nobody', '_postgres')}`, 8],
    ['else nobody', passwd('daemon', 'nobody'), 8],
    ['nobody on macOS', 'nobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false', -2],
    ['never root under another name', 'postgres:x:0:0::/:/bin/sh', undefined],
    ['never just any', passwd('alice'), undefined],
    ['none where there is no such file', '', undefined],
  ])('is %s', (_which, text, uid) => expect(unprivilegedUser(parseUsers(text))?.uid).toBe(uid));

  test.each<[number, boolean]>([
    [0o755, true],
    [0o711, true],
    [0o750, false],
    [0o700, false],
  ])('passes a folder of mode %i of somebody else: %s', async (mode, passes) => {
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    chmodSync(join(folder, 'a'), mode);
    expect(await canReach(join(folder, 'a/b/c'), stranger)).toBe(passes);
    expect(await canReach(join(folder, 'a/b/c'), undefined)).toBe(true);
  });
});
