/**
 * As whom the server runs. PostgreSQL refuses root, and containers and CI are often root: then it runs as somebody else,
 * to whom its data belongs, and who must be let into every folder on the way to its programs and its data.
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Identity } from '../temporal-watchdog';
import { PostgresError } from './postgres-error';

/** The first that the system has: PostgreSQL's own user, by its names on Linux and macOS, else the one who owns nothing. */
const PREFERRED_USERS = ['postgres', '_postgres', 'nobody'] as const;

/** Undefined: as ourselves. The owner of data that is there already has it for good. */
export async function serverIdentity(owner?: {
  readonly uid: number;
  readonly gid: number;
}): Promise<Identity | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = parseUsers(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  if (owner !== undefined && owner.uid !== 0) {
    const name = users.find(({ uid }) => uid === owner.uid)?.name ?? `user ${owner.uid}`;
    return { name, ...owner };
  }
  const identity = unprivilegedUser(users);
  if (identity === undefined) {
    throw new PostgresError(
      'postgres_refuses_root',
      `PostgreSQL refuses to run as root, and the system has none of the users ${PREFERRED_USERS.join(', ')}`,
    );
  }
  return identity;
}

/** Reads /etc/passwd: initdb asks the system for its user's name, so any number would not do. */
export function parseUsers(passwd: string): readonly Identity[] {
  return passwd.split('\n').flatMap((line) => {
    const [name = '', , uid = '', gid = ''] = line.split(':');
    // -2 on macOS.
    const isUser = name !== '' && [uid, gid].every((id) => /^-?\d+$/.test(id));
    return isUser ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}

export function unprivilegedUser(users: readonly Identity[]): Identity | undefined {
  const wanted = PREFERRED_USERS.map((name) => users.find((user) => user.name === name && user.uid !== 0));
  return wanted.find((user) => user !== undefined);
}

/** Whether this user is let through all folders that lie above `path`. Access lists are not seen: running it is the proof. */
export async function canReach(path: string, identity: Identity | undefined): Promise<boolean> {
  if (identity === undefined) return true;
  const real = await realpath(path).catch(() => path);
  return (await canPass(path, identity)) && (real === path || (await canPass(real, identity)));
}

async function canPass(path: string, identity: Identity): Promise<boolean> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    try {
      const { mode, uid, gid } = await stat(folder);
      const search = uid === identity.uid ? 0o100 : gid === identity.gid ? 0o010 : 0o001;
      if ((mode & search) === 0) return false;
    } catch (error) {
      // What is not there yet is made by us, and open.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return false;
    }
    if (folder === dirname(folder)) return true;
  }
}
