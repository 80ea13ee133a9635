/** Another build of the program, as a deployment has them side by side: the same code but for the workflow bundle. */
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { version } from '../../src/observability/version';
import { bundleDigest, defaultBuildId } from '../../src/worker/versions/worker-version';

const root = join(__dirname, '..', '..');

export type Build = {
  /** What `node` is given to run the command line. */
  readonly program: string;
  readonly bundle: string;
  /** What its workers are called when nobody says otherwise. */
  readonly buildId: string;
};

const buildIn = (folder: string): Build => {
  const bundle = join(folder, 'dist', 'workflow-bundle.js');
  return {
    program: join(folder, 'dist', 'bin', 'cli.js'),
    bundle,
    buildId: defaultBuildId(bundleDigest(readFileSync(bundle, 'utf8'))),
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
  return { ...buildIn(folder), remove: () => rm(folder, { recursive: true, force: true }) };
}
