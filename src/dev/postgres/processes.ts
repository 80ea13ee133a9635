import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

/** The children of a process. Those of a killed server would wait for a lost parent, and stopped ones would do so for ever. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const processes = (await fromProc()) ?? (await fromPs());
  return processes.filter(({ parent }) => parent === pid).map((each) => each.pid);
}

/** The program's name; undefined when there is no such process. */
export async function processName(pid: number): Promise<string | undefined> {
  try {
    if ((await fromProc()) !== undefined) return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim();
    const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'comm=']);
    return basename(stdout.trim());
  } catch {
    return undefined;
  }
}

type Process = { readonly pid: number; readonly parent: number };

/** Undefined where there is no /proc (macOS). */
async function fromProc(): Promise<readonly Process[] | undefined> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  if (pids.length === 0) return undefined;
  const found = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
      // State and parent follow the name, which is in parentheses and may itself hold anything.
      const [, parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return { pid, parent: Number(parent) };
    }),
  );
  return found;
}

async function fromPs(): Promise<readonly Process[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    return pid === undefined || parent === undefined ? [] : [{ pid, parent }];
  });
}
