/**
 * Starts a program that must not outlive us, however we end: return, exception, signal, or `kill -9`.
 *
 * No handler of ours runs on SIGKILL, so the end has to be noticed from outside. The shell below gets the reading end of
 * a pipe whose only writing end is in this process. Its background half waits on that pipe and then ends the program;
 * its foreground half becomes the program by `exec`, so the process id we see is the program's own.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/**
 * `read` fails at the end of the pipe (we are gone: end the program) and succeeds on a line (the program has ended and
 * was reaped: its id may belong to somebody else by now, so touch nothing). The first argument is a folder that goes with
 * us, or empty; the second, signals that the program is to end by, five seconds for each. SIGKILL comes last or at once,
 * because nobody is left who would notice that a gentler signal did not help; a server that keeps its data in files survives it.
 */
const WATCHDOG = `
(
  trap '' HUP INT TERM
  read -r _ <&3 && exit
  gone() {
    tries=25
    while kill -0 $$; do
      [ $tries -gt 0 ] || return 1
      tries=$((tries - 1))
      sleep 0.2
    done
  }
  for signal in $2 KILL; do
    kill -s "$signal" $$ && ! gone || break
  done
  [ -z "$1" ] || rm -rf -- "$1"
) >/dev/null 2>&1 &
exec 3<&-
shift 2
exec "$@"
`;

export type WatchedProgram = {
  /** The program itself; its `pid` is that of the program, not of a wrapper. */
  readonly child: ChildProcess;
  readonly stdout: Readable;
  readonly stderr: Readable;
};

/** A user of the system. */
export type Identity = { readonly name: string; readonly uid: number; readonly gid: number };

export type WatchedOptions = {
  /** A folder that nobody needs when we are gone without having removed it. */
  readonly leftovers?: string;
  /** What the program gets when we are gone, one after the other, before it is killed. */
  readonly endsBy?: readonly ('INT' | 'QUIT')[];
  /** As whom it runs, where we are root and it must not be. */
  readonly identity?: Identity | undefined;
};

/**
 * Starts `path` in a session of its own, so that Ctrl-C reaches only us and we can stop what uses the program before the
 * program itself. The caller stops it with `child.kill()`; the watchdog is only for the case that nobody does.
 */
export function spawnWatched(
  path: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { leftovers = '', endsBy = [], identity }: WatchedOptions = {},
): WatchedProgram {
  const child = spawn('/bin/sh', ['-c', WATCHDOG, 'watchdog', leftovers, endsBy.join(' '), path, ...args], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // Another user may not be let into the folder that we are in.
    ...(identity === undefined ? {} : { uid: identity.uid, gid: identity.gid, cwd: '/' }),
  });
  const lifeline = child.stdio[3] as Writable | null | undefined;
  const { stdout, stderr } = child;
  if (lifeline === null || lifeline === undefined || stdout === null || stderr === null) {
    throw new Error('the program was started without its pipes');
  }
  // Writing to a watchdog that somebody has killed is no trouble of ours.
  lifeline.on('error', () => undefined);
  child.once('exit', () => lifeline.end('ended\n'));
  return { child, stdout, stderr };
}
