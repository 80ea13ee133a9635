import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { KeptError } from './kept-error';

const holderSchema = z.object({ pid: z.number().int().positive(), startedAt: z.string(), since: z.string() });
type Holder = z.infer<typeof holderSchema>;

/** A lock that is taken away and proves to be another one: somebody else is as quick as we are. */
const tries = 10;

/**
 * One process for each kept file: two servers would write to one database. The lock names its process, by number and start,
 * so that one whose process is gone counts for nothing, also where the number belongs to somebody else by now.
 */
export function lockKept(keep: string): { release(): void } {
  const lock = `${resolve(keep)}.lock`;
  mkdirSync(dirname(lock), { recursive: true });
  const own = JSON.stringify({
    pid: process.pid,
    startedAt: startOf(process.pid) ?? '',
    since: new Date().toISOString(),
  } satisfies Holder);
  const beside = `${lock}.${process.pid}`;
  writeFileSync(beside, own);
  try {
    for (let tried = 0; tried < tries; tried += 1) {
      if (isDone(() => linkSync(beside, lock), 'EEXIST')) return { release: () => release(lock, own) };
      const found = textOf(lock);
      const holder = holderIn(found);
      if (holder !== undefined && startOf(holder.pid) === holder.startedAt) throw inUse(keep, holder);
      if (found !== undefined) takeAway(lock, found);
    }
    throw new KeptError('kept_in_use', `${keep} is used by other processes that come and go`);
  } finally {
    rmSync(beside, { force: true });
  }
}

const inUse = (keep: string, { pid, since }: Holder): KeptError =>
  new KeptError(
    'kept_in_use',
    `${keep} is in use by process ${pid}, a \`payouts dev\` since ${since}: stop that one, or keep in another file`,
  );

/** Only one process gets to move a file. Where it is not the one that was read, it goes back. */
function takeAway(lock: string, read: string): void {
  const aside = `${lock}.${process.pid}.old`;
  if (!isDone(() => renameSync(lock, aside), 'ENOENT')) return;
  if (textOf(aside) !== read) isDone(() => linkSync(aside, lock), 'EEXIST');
  rmSync(aside, { force: true });
}

function release(lock: string, own: string): void {
  if (textOf(lock) === own) rmSync(lock, { force: true });
}

/** False where it failed for that reason. */
function isDone(action: () => void, unless: string): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === unless) return false;
    throw error;
  }
}

function textOf(file: string): string | undefined {
  let text: string | undefined;
  isDone(() => (text = readFileSync(file, 'utf8')), 'ENOENT');
  return text;
}

function holderIn(text: string | undefined): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}

/** When a process began, in whatever form the system has it; undefined: there is no such process. */
function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const stat = textOf(`/proc/${pid}/stat`);
    // The name before it is in parentheses and may hold anything. The 22nd field is the start, in ticks since boot.
    return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
