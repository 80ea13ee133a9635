import type { Environment } from '../../config/environment';
import type { VersioningSettings } from '../../config/versioning-schema';
import { versioningOf } from '../../config/versioning-schema';
import { ConfigurationError } from '../installation/check-configuration';
import type { WorkerVersion } from './worker-version';
import { workerVersion } from './worker-version';

/** The version of a worker of this program. Throws `ConfigurationError`. */
export function openVersion(
  inFile: VersioningSettings,
  given: { readonly deploymentName?: string | undefined; readonly buildId?: string | undefined },
  environment: Environment,
): WorkerVersion {
  const { versioning, problems } = versioningOf(inFile, given, environment);
  if (problems.length > 0) throw new ConfigurationError(undefined, problems);
  return workerVersion(versioning);
}
