import { randomBytes } from 'node:crypto';
import type { ConfigurationProblem } from '../../config/configuration-problem';
import { formatConfigurationProblem } from '../../config/configuration-problem';
import type { Environment } from '../../config/environment';
import type { LoadedConfiguration } from '../../config/load-configuration';
import { loadConfiguration } from '../../config/load-configuration';
import type { Sender } from '../../http/sender';
import { createUndiciSender } from '../../http/undici-sender';
import type { Logger } from '../../observability/logger';
import { createLogger } from '../../observability/logger';
import { createProviderRegistry } from '../../providers/provider-registry';
import type { ScreenedInstallation } from './create-installation';
import { createInstallation } from './create-installation';

/** A configuration that cannot be used. The message lists every problem with its path; no value is quoted. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'configuration_invalid';
  constructor(
    file: string | undefined,
    readonly problems: readonly ConfigurationProblem[],
  ) {
    const lines = problems.map((problem) => `  ${formatConfigurationProblem(problem)}`);
    super(`${file ?? 'the configuration'} cannot be used:\n${lines.join('\n')}`);
  }
}

/** Reads the file, the credentials it names, and composes the installation. Throws `ConfigurationError`. */
export function openInstallation(
  path: string | undefined,
  environment: Environment,
  send: Sender,
): {
  readonly configuration: LoadedConfiguration;
  readonly installation: ScreenedInstallation;
  readonly logger: Logger;
  /** What is allowed and better otherwise. */
  readonly warnings: readonly ConfigurationProblem[];
} {
  const loaded = loadConfiguration({ path, environment });
  if (!loaded.ok) throw new ConfigurationError(loaded.file, loaded.problems);
  const { configuration, warnings } = loaded;
  const logger = createLogger({ level: configuration.log.level });
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
  return { configuration, installation: created.installation, logger, warnings };
}

/** `problems` is empty when a worker can run with the configuration. */
export type CheckedConfiguration = {
  readonly problems: readonly ConfigurationProblem[];
  readonly warnings: readonly ConfigurationProblem[];
};

/**
 * Everything that is wrong with a configuration, its screening and its issuers included. Reads the lists, and asks Watchman
 * and the addresses of keys where such are configured, as a worker would. Calls no provider.
 */
export async function checkConfiguration(
  path: string | undefined,
  environment: Environment,
): Promise<CheckedConfiguration> {
  const sender = createUndiciSender();
  try {
    const { installation, warnings } = openInstallation(path, environment, sender.send);
    const unusable = await installation.screener.problems();
    return {
      problems: [
        ...unusable.map(({ key, message }) => ({ path: `screening.${key}`, message })),
        ...((await installation.proofs?.problems()) ?? []),
      ],
      warnings: [
        ...warnings,
        ...((await installation.screener.remarks?.()) ?? []).map(({ key, message }) => ({
          path: `screening.${key}`,
          message,
        })),
      ],
    };
  } catch (error) {
    if (error instanceof ConfigurationError) return { problems: error.problems, warnings: [] };
    throw error;
  } finally {
    await sender.close();
  }
}
