import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * The folder that holds the `dist` of a commit, built once, outside of the repository and with today's packages; or the
 * given folder, where it holds one.
 */
export function builtFrom(root: string, what: string, say: (line: string) => void): string {
  const given = resolve(what);
  if (existsSync(join(given, 'dist', 'bin', 'cli.js'))) return given;
  const git = (...args: readonly string[]): string =>
    execFileSync('git', [...args], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  let commit: string;
  try {
    commit = git('rev-parse', '--verify', `${what}^{commit}`).trim();
  } catch (error) {
    throw new Error(`--before ${what}: neither a commit nor a folder with a dist`, { cause: error });
  }
  const folder = join(tmpdir(), 'payouts-bench-builds', commit.slice(0, 12));
  const packages = join(folder, 'node_modules');
  if (existsSync(join(folder, 'dist', 'workflow-bundle.js'))) {
    // Another checkout may have built it, and be gone with its packages.
    rmSync(packages, { force: true });
    symlinkSync(join(root, 'node_modules'), packages, 'dir');
    return folder;
  }
  say(`building ${commit.slice(0, 12)}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = execFileSync('git', ['archive', commit], { cwd: root, maxBuffer: 256 * 1024 * 1024 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(join(root, 'node_modules'), packages, 'dir');
  execFileSync(process.execPath, ['scripts/build.mjs'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return folder;
}
