/** The folder of a cluster's data: new and temporary, or kept over restarts. */
import { randomUUID } from 'node:crypto';
import { chown, mkdir, readdir, readFile, realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { removeLeftovers } from '../cache-folder';
import { oneLine } from '../progress';
import type { Say } from '../progress';
import type { Identity } from '../temporal-watchdog';
import { PostgresError } from './postgres-error';
import { canReach } from './server-identity';

export type ExistingData = {
  readonly path: string;
  /** The major version that made it and no other can read it. */
  readonly major: number;
  readonly owner: { readonly uid: number; readonly gid: number };
};

/** What lies there from an earlier start; undefined: nothing yet. Anything else is left alone and refused. */
export async function existingData(folder: string): Promise<ExistingData | undefined> {
  try {
    const path = await realpath(folder);
    const names = await readdir(path);
    if (names.length === 0) return undefined;
    if (!names.includes('PG_VERSION')) throw new Error('it holds something else than PostgreSQL’s data');
    const major = Number((await readFile(join(path, 'PG_VERSION'), 'utf8')).trim());
    const { uid, gid } = await stat(path);
    return { path, major, owner: { uid, gid } };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new PostgresError(
      'postgres_folder_unusable',
      `PostgreSQL’s data cannot be kept in ${folder}: ${oneLine(error)}`,
      { cause: error },
    );
  }
}

/** Where root keeps data whose own place lets nobody in. */
const SHARED_DATA = '/var/lib/durable-payouts';
const UNFINISHED = '.initdb-';

/**
 * Makes a cluster with `initialize` and puts it in its place when it is whole, so that a start that is killed leaves nothing
 * that looks like data. Answers where it is.
 *
 * Below a folder that the server's user is not let into (a home folder of root), `folder` becomes a link to where it is.
 */
export async function makeKeptData(
  folder: string,
  identity: Identity | undefined,
  say: Say,
  initialize: (folder: string) => Promise<void>,
): Promise<string> {
  const wanted = resolve(folder);
  const reachable = await canReach(join(wanted, 'PG_VERSION'), identity);
  const place = reachable ? wanted : join(SHARED_DATA, `postgres-${randomUUID()}`);
  await mkdir(dirname(wanted), { recursive: true });
  await mkdir(dirname(place), { recursive: true });
  await removeLeftovers(dirname(place), UNFINISHED);
  const unfinished = join(dirname(place), `${UNFINISHED}${randomUUID()}`);
  try {
    await makeOwnFolder(unfinished, identity);
    await initialize(unfinished);
    await rename(unfinished, place);
    if (!reachable) {
      await rm(wanted, { recursive: true, force: true });
      await symlink(place, wanted);
      say(`PostgreSQL's data is in ${place}, because ${identity?.name} is not let into ${dirname(wanted)}`);
    }
  } catch (error) {
    // Another process was first.
    const found = await existingData(folder);
    if (found === undefined) throw error;
    return found.path;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return place;
}

/** A folder that only the server's user (and root) may enter. */
export async function makeOwnFolder(path: string, identity: Identity | undefined): Promise<void> {
  await mkdir(path, { mode: 0o700 });
  await giveTo(path, identity);
}

export async function giveTo(path: string, identity: Identity | undefined): Promise<void> {
  // Negative ids are how macOS writes the largest ones.
  if (identity !== undefined) await chown(path, identity.uid >>> 0, identity.gid >>> 0);
}
