/** promtool, Prometheus' own checker of rules, where there is one or one can be built. */
import { execFile, execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheFolder } from '../../src/dev/cache-folder';

/** The Go module that names its version. */
const moduleFolder = join(__dirname, '..', 'monitoring', 'promtool');

/**
 * By `PAYOUTS_PROMTOOL`, else on the PATH, else the one that was built before. With `PAYOUTS_REQUIRE_PROMTOOL=1` it is built
 * where there is none, which takes minutes of CPU once, and its absence is an error.
 */
export function findPromtool(): string | undefined {
  const named = process.env['PAYOUTS_PROMTOOL'];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const built = builtPath();
  const found = [
    ...(named === undefined ? [] : [named]),
    ...folders.map((folder) => join(folder, 'promtool')),
    built,
  ].find(isExecutable);
  if (found !== undefined || process.env['PAYOUTS_REQUIRE_PROMTOOL'] !== '1') return found;
  buildInto(built);
  return built;
}

function builtPath(): string {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(moduleFolder, file)));
  return join(cacheFolder(process.env), 'promtool', hash.digest('hex').slice(0, 16), 'promtool');
}

/** Throws with what `go` says. */
function buildInto(path: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  // Renamed when it is whole: two that build at once, or one that is killed, leave no broken binary.
  const target = `${path}-${process.pid}-${randomUUID()}`;
  // Service discovery is most of its code, and no rule needs it.
  const flags = ['-tags', 'remove_all_sd', '-trimpath', '-buildvcs=false', '-ldflags=-s -w'];
  try {
    execFileSync('go', ['build', ...flags, '-o', target, 'github.com/prometheus/prometheus/cmd/promtool'], {
      cwd: moduleFolder,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: buildWithinMs,
      killSignal: 'SIGKILL',
    });
    renameSync(target, path);
  } catch (cause) {
    throw new Error('promtool is required, there is none, and it could not be built', { cause });
  } finally {
    rmSync(target, { force: true });
  }
}

const buildWithinMs = 900_000;

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export type PromtoolResult = { readonly ok: boolean; readonly text: string };

export const runPromtool = (promtool: string, ...args: readonly string[]): Promise<PromtoolResult> =>
  new Promise((resolve) => {
    execFile(promtool, [...args], { timeout: 60_000 }, (error, out, err) =>
      resolve({ ok: error === null, text: `${out}${err}` }),
    );
  });
