/** Another build of the program, as a deployment has them side by side: the same code but for the workflow bundle. */
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build as source } from '../../src/observability/build';
import { version } from '../../src/observability/version';
import { defaultBuildId } from '../../src/worker/versions/worker-version';

const root = join(__dirname, '..', '..');

export type Build = {
  /** What `node` is given to run the command line. */
  readonly program: string;
  readonly bundle: string;
  /** As its workers say it. */
  readonly build: string;
  /** What its workers are called when nobody says otherwise. */
  readonly buildId: string;
};

const namePath = (folder: string): string => join(folder, 'dist', 'observability', 'build.js');
const writtenBuild = /build = '([0-9a-z]+)'/;

const buildIn = (folder: string): Build => {
  const bundle = join(folder, 'dist', 'workflow-bundle.js');
  const build = writtenBuild.exec(readFileSync(namePath(folder), 'utf8'))?.[1];
  if (build === undefined || build === source) throw new Error(`${folder} has no build`);
  return {
    program: join(folder, 'dist', 'bin', 'cli.js'),
    bundle,
    build,
    buildId: defaultBuildId(build),
  };
};

export const installedBuild = (): Build => buildIn(root);

/** `change` must be found in the bundle, once. */
export function otherBuild(change: readonly [from: string, to: string]): Build & { remove(): Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), `payouts-${version}-`));
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const path = join(folder, 'dist', 'workflow-bundle.js');
  const [before, after, ...more] = readFileSync(path, 'utf8').split(change[0]);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`the bundle does not have ${change[0]} exactly once`);
  writeFileSync(path, `${before}${change[1]}${after}`);
  const build = createHash('sha256').update(change[1]).digest('hex').slice(0, 12);
  const named = readFileSync(namePath(folder), 'utf8');
  writeFileSync(namePath(folder), named.replace(writtenBuild, `build = '${build}'`));
  return { ...buildIn(folder), remove: () => rm(folder, { recursive: true, force: true }) };
}
