import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(__dirname, '../..');

/** Every file that is, or is about to be, under version control; paths with `/`, from the root of the repository. */
export const trackedFiles: readonly string[] = execFileSync(
  'git',
  ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
  { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
)
  .split('\0')
  .filter((path) => path !== '' && exists(path));

export const readText = (path: string): string => readFileSync(join(root, path), 'utf8');

export const sourceFiles: readonly string[] = trackedFiles.filter((path) =>
  /^src\/.*\.(ts|tsx|mts|cts|js)$/.test(path),
);

function exists(path: string): boolean {
  try {
    readFileSync(join(root, path));
    return true;
  } catch {
    return false;
  }
}

export const readJson = (path: string): unknown => JSON.parse(readText(path));
