import { execFile } from 'node:child_process';
import type { ExecFileException } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { withoutTemporalVariables } from './temporal-environment';
import { OLDEST_USABLE_CLI } from './temporal-release';

const VERSION_TIMEOUT_MS = 15_000;

export type CliVersion = { readonly major: number; readonly minor: number; readonly patch: number };

/** Reads `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)`; undefined when it is something else. */
export function parseCliVersion(output: string): CliVersion | undefined {
  const found = /\btemporal version v?(\d+)\.(\d+)\.(\d+)/.exec(output);
  return found === null
    ? undefined
    : { major: Number(found[1]), minor: Number(found[2]), patch: Number(found[3]) };
}

export function formatCliVersion({ major, minor, patch }: CliVersion): string {
  return `${major}.${minor}.${patch}`;
}

/** Whether this CLI's server has what we need (see `OLDEST_USABLE_CLI`). A next major release is taken to have it too. */
export function isUsable({ major, minor }: CliVersion): boolean {
  return (
    major > OLDEST_USABLE_CLI.major || (major === OLDEST_USABLE_CLI.major && minor >= OLDEST_USABLE_CLI.minor)
  );
}

export type CliProbe =
  | { readonly kind: 'usable'; readonly version: CliVersion }
  | { readonly kind: 'unusable'; readonly reason: string };

/** Runs `<path> --version`, which proves both that the file runs here and what it is. */
export async function probeCli(
  path: string,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<CliProbe> {
  let answer = await askVersion(path, env, signal);
  // A file that was written a moment ago is "busy" while another thread of this process is between fork and exec.
  for (let tries = 1; answer.error?.code === 'ETXTBSY' && tries <= 20; tries += 1) {
    await sleep(25);
    answer = await askVersion(path, env, signal);
  }
  const version = parseCliVersion(answer.output);
  if (version === undefined) {
    const detail = answer.error === undefined ? 'does not say its version' : describeFailure(answer.error);
    return { kind: 'unusable', reason: detail };
  }
  if (!isUsable(version)) {
    const oldest = `${OLDEST_USABLE_CLI.major}.${OLDEST_USABLE_CLI.minor}`;
    return { kind: 'unusable', reason: `is ${formatCliVersion(version)}, but ${oldest} or newer is needed` };
  }
  return { kind: 'usable', version };
}

type Answer = { readonly error: ExecFileException | undefined; readonly output: string };

async function askVersion(path: string, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    const options = {
      env: withoutTemporalVariables(env),
      timeout: VERSION_TIMEOUT_MS,
      killSignal: 'SIGKILL',
      ...(signal === undefined ? {} : { signal }),
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

function describeFailure(error: ExecFileException): string {
  if (error.killed === true) return `did not answer --version within ${VERSION_TIMEOUT_MS / 1000} s`;
  return typeof error.code === 'string' ? `does not run (${error.code})` : 'fails on --version';
}
