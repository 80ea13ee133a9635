import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** This program's version, and what it runs on: the first thing that support asks for. */
export const versionLine = (): string =>
  `payouts ${programVersion()} (Node ${process.version.slice(1)}, ${process.platform} ${process.arch})`;

/** Of the nearest package.json above: the same in the repository and where it is installed. */
export function programVersion(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) {
      const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version?: unknown };
      if (typeof version === 'string') return version;
    }
    if (folder === dirname(folder)) return 'of an unknown version';
  }
}
