import { readFileSync } from 'node:fs';

/** The kernel counts in ticks of 10 ms, on every machine that Node runs on. */
const msPerTick = 10;

/** CPU that a process has used with all its threads, in milliseconds. */
export function cpuMsOf(pid: number): number {
  const [user, system] = ticksOf(pid);
  return (user + system) * msPerTick;
}

/** CPU of a process and of all those that it started, gone or not, as a PostgreSQL server is made of. */
export function cpuMsOfFamily(pid: number): number {
  const own = ticksOf(pid).reduce((sum, ticks) => sum + ticks, 0) * msPerTick;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  const alive = children === '' ? [] : children.split(' ').map(Number);
  return alive.reduce((sum, child) => sum + cpuMsUnlessGone(child), own);
}

/** One that ends just now is counted by its parent from then on. */
function cpuMsUnlessGone(pid: number): number {
  try {
    return cpuMsOf(pid);
  } catch {
    return 0;
  }
}

/** Of itself, and of children that have ended; each in user and system mode. */
function ticksOf(pid: number): readonly [number, number, number, number] {
  // The name comes in parentheses and may itself hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return [Number(fields[11]), Number(fields[12]), Number(fields[13]), Number(fields[14])];
}

/** CPU that the whole machine has used for whatever it did, in milliseconds. */
export function cpuMsOfMachine(): number {
  const [, user, nice, system, , , irq, softIrq] = (
    readFileSync('/proc/stat', 'latin1').split('\n')[0] ?? ''
  ).split(/ +/);
  return [user, nice, system, irq, softIrq].reduce((sum, ticks) => sum + Number(ticks), 0) * msPerTick;
}
