import type { VersioningSettings } from '../../config/versioning-schema';
import { build } from '../../observability/build';
import { version } from '../../observability/version';

/** As which version of a deployment a worker takes part. */
export type WorkerVersion = {
  /** Absent while worker versioning is off: then any worker takes any run. */
  readonly deployment?: { readonly name: string; readonly buildId: string };
};

export const workerVersion = ({ deploymentName, buildId }: VersioningSettings): WorkerVersion =>
  deploymentName === undefined
    ? {}
    : { deployment: { name: deploymentName, buildId: buildId ?? defaultBuildId(build) } };

/** The build id of a worker that is given none: the version is for people, the digest of the code decides. */
export const defaultBuildId = (ofBuild: string): string => `${version}-${ofBuild}`;
