import { createHash } from 'node:crypto';
import type { VersioningSettings } from '../../config/versioning-schema';
import { version } from '../../observability/version';

/** What workflow code a worker runs, and as which version of a deployment. */
export type WorkerVersion = {
  /** Of the package. */
  readonly version: string;
  /** Names the workflow code by its content. */
  readonly build: string;
  /** Absent while worker versioning is off: then any worker takes any run. */
  readonly deployment?: { readonly name: string; readonly buildId: string };
};

/** Enough that two different bundles never share it, and short enough to read out. */
const digestLength = 12;

/**
 * Names a workflow bundle by what it does: the same sources, bundled anywhere, have the same name. The source map behind the
 * code holds the paths of the machine that made it.
 */
export function bundleDigest(code: string): string {
  const map = code.lastIndexOf('//# sourceMappingURL=');
  const meant = map < 0 ? code : code.slice(0, map);
  return createHash('sha256').update(meant, 'utf8').digest('hex').slice(0, digestLength);
}

export function workerVersion(
  { code }: { readonly code: string },
  { deploymentName, buildId }: VersioningSettings,
): WorkerVersion {
  const build = bundleDigest(code);
  return {
    version,
    build,
    ...(deploymentName === undefined
      ? {}
      : { deployment: { name: deploymentName, buildId: buildId ?? defaultBuildId(build) } }),
  };
}

/** The build id of a worker that is given none: the version is for people, the digest decides. */
export const defaultBuildId = (build: string): string => `${version}-${build}`;
