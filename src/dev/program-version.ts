import { execFile } from 'node:child_process';
import type { ExecFileException } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Identity } from './temporal-watchdog';

const VERSION_TIMEOUT_MS = 15_000;

export type AskedVersion = {
  /** As whom it runs; default: as ourselves. */
  readonly identity?: Identity | undefined;
  /** Ends the question. */
  readonly signal?: AbortSignal;
};

export type VersionAnswer = { readonly error: ExecFileException | undefined; readonly output: string };

/** Runs `<path> --version`, which proves both that the file runs here and what it is. */
export async function askVersion(
  path: string,
  env: NodeJS.ProcessEnv,
  asked: AskedVersion = {},
): Promise<VersionAnswer> {
  let answer = await askOnce(path, env, asked);
  // A file that was written a moment ago is "busy" while another thread of this process is between fork and exec.
  for (let tries = 1; answer.error?.code === 'ETXTBSY' && tries <= 20; tries += 1) {
    await sleep(25);
    answer = await askOnce(path, env, asked);
  }
  return answer;
}

async function askOnce(
  path: string,
  env: NodeJS.ProcessEnv,
  { identity, signal }: AskedVersion,
): Promise<VersionAnswer> {
  return new Promise((resolve) => {
    const options = {
      env,
      timeout: VERSION_TIMEOUT_MS,
      killSignal: 'SIGKILL',
      ...(signal === undefined ? {} : { signal }),
      // Another user may not be let into the folder that we are in.
      ...(identity === undefined ? {} : { uid: identity.uid, gid: identity.gid, cwd: '/' }),
    } as const;
    try {
      execFile(path, ['--version'], options, (error, stdout) => {
        resolve({ error: error ?? undefined, output: stdout });
      });
    } catch (error) {
      // Some spawn failures are thrown, not called back.
      resolve({ error: error as ExecFileException, output: '' });
    }
  });
}

/** Why there was no version: `does not run (EACCES)`. */
export function describeNoVersion({ error }: VersionAnswer): string {
  if (error === undefined) return 'does not say its version';
  if (error.killed === true) return `did not answer --version within ${VERSION_TIMEOUT_MS / 1000} s`;
  return typeof error.code === 'string' ? `does not run (${error.code})` : 'fails on --version';
}
