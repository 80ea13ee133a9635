import { randomBytes } from 'node:crypto';
import type { Installation } from '../activities/installation';
import type { ConfigurationProblem } from '../config/configuration-problem';
import type { LoadedConfiguration } from '../config/load-configuration';
import { loadConfiguration } from '../config/load-configuration';
import type { Sender } from '../http/sender';
import type { Logger } from '../observability/logger';
import { createLogger } from '../observability/logger';
import { createProviderRegistry } from '../providers/provider-registry';
import { createInstallation } from './create-installation';

type Env = Readonly<Record<string, string | undefined>>;

/** A configuration that cannot be used. The message lists every problem with its path; no value is quoted. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'configuration_invalid';
  constructor(
    readonly file: string,
    readonly problems: readonly ConfigurationProblem[],
  ) {
    const lines = problems.map(({ path, message }) => `  ${path === '' ? '(file)' : path}: ${message}`);
    super(`${file} cannot be used:\n${lines.join('\n')}`);
  }
}

/** Reads the file, the credentials it names, and composes the installation. Throws `ConfigurationError`. */
export function openInstallation(
  path: string,
  env: Env,
  send: Sender,
): { readonly configuration: LoadedConfiguration; readonly installation: Installation; readonly logger: Logger } {
  const loaded = loadConfiguration({ path, environment: env });
  if (!loaded.ok) throw new ConfigurationError(loaded.file ?? path, loaded.problems);
  const { configuration, warnings } = loaded;
  const logger = createLogger({ level: configuration.log.level });
  for (const warning of warnings) logger.warn('configuration', warning);
  const created = createInstallation({
    configuration,
    registry: createProviderRegistry(),
    ports: {
      send,
      now: () => Date.now(),
      randomBytes: (length) => randomBytes(length),
      log: (event, fields) => logger.warn(event, fields),
    },
  });
  if (!created.ok) throw new ConfigurationError(configuration.file, created.problems);
  return { configuration, installation: created.installation, logger };
}

/** Everything that is wrong with a configuration; empty when a worker can run with it. Calls no provider. */
export async function checkConfiguration(path: string, env: Env): Promise<readonly ConfigurationProblem[]> {
  try {
    openInstallation(path, env, () => Promise.reject(new Error('a check sends nothing')));
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}
