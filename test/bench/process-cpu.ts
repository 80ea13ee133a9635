import { readFileSync } from 'node:fs';

/** The kernel counts in ticks of 10 ms, on every machine that Node runs on. */
const msPerTick = 10;

/** CPU that a process has used with all its threads, in milliseconds. */
export function cpuMsOf(pid: number): number {
  // The name comes in parentheses and may itself hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
}

/** CPU that the whole machine has used for whatever it did, in milliseconds. */
export function cpuMsOfMachine(): number {
  const [, user, nice, system, , , irq, softIrq] = (
    readFileSync('/proc/stat', 'latin1').split('\n')[0] ?? ''
  ).split(/ +/);
  return [user, nice, system, irq, softIrq].reduce((sum, ticks) => sum + Number(ticks), 0) * msPerTick;
}
