// Names a build by its code: the same sources, compiled by the same compiler, have the same name on every machine.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';

const placeholder = "'source'";

/**
 * Puts a digest of every compiled file into `observability/build.js` below `folder`, and returns it. Before anything is bundled
 * out of it, and once for each compilation.
 */
export function writeBuild(folder) {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
  for (const file of files) {
    hash
      .update(`${file.slice(folder.length).split(sep).join('/')}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  const build = hash.digest('hex').slice(0, 12);
  const target = join(folder, 'observability', 'build.js');
  const compiled = readFileSync(target, 'utf8');
  if (!compiled.includes(placeholder)) throw new Error(`${target} has no place for the build`);
  writeFileSync(target, compiled.replace(placeholder, `'${build}'`));
  return build;
}
