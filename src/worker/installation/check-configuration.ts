import { randomBytes } from 'node:crypto';
import type { InstalledAccount } from '../../activities/installation';
import type { ConfigurationProblem } from '../../config/configuration-problem';
import { configurationPath, formatConfigurationProblem } from '../../config/configuration-problem';
import type { Environment } from '../../config/environment';
import type { LoadedConfiguration, SoundParts } from '../../config/load-configuration';
import { loadConfiguration } from '../../config/load-configuration';
import type { Sender } from '../../http/sender';
import { createUndiciSender } from '../../http/undici-sender';
import type { Logger } from '../../observability/logger';
import { createLogger } from '../../observability/logger';
import type { ProviderPorts } from '../../providers/provider';
import { createProviderRegistry } from '../../providers/provider-registry';
import type * as PostgresRegister from '../../register/postgres/postgres-register';
import type { OpenRegister } from '../../register/postgres/postgres-register';
import type { TemporalOptions } from '../temporal/connect-temporal';
import type * as CheckOnline from './check-online';
import type { OnlineCheck } from './check-online';
import type { ScreenedInstallation } from './create-installation';
import { createInstallation, installParts } from './create-installation';
import { createProofs } from './create-proofs';
import { createScreening } from './create-screening';

/** A configuration that cannot be used. The message lists every problem with its path; no value is quoted. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'configuration_invalid';
  constructor(
    file: string | undefined,
    readonly problems: readonly ConfigurationProblem[],
    /** What can be looked at further. */
    readonly sound?: SoundParts,
  ) {
    const lines = problems.map((problem) => `  ${formatConfigurationProblem(problem)}`);
    super(`${file ?? 'the configuration'} cannot be used:\n${lines.join('\n')}`);
  }
}

/**
 * Reads the file, the credentials it names, and composes the installation. Its register opens no connection before it is asked;
 * whoever asked it closes it. Throws `ConfigurationError`.
 */
export function openInstallation(
  path: string | undefined,
  environment: Environment,
  send: Sender,
): {
  readonly configuration: LoadedConfiguration;
  readonly installation: ScreenedInstallation;
  readonly logger: Logger;
  readonly register?: OpenRegister;
  /** What is allowed and better otherwise. */
  readonly warnings: readonly ConfigurationProblem[];
} {
  const loaded = loadConfiguration({ path, environment });
  const registry = createProviderRegistry();
  if (!loaded.ok) {
    const { file, problems, sound } = loaded;
    const deps = { registry, ports: portsOf(send) };
    const further = sound === undefined ? [] : installParts(sound, deps, problems).problems;
    throw new ConfigurationError(file, [...problems, ...further], sound);
  }
  const { configuration, warnings } = loaded;
  const logger = createLogger({ level: configuration.log.level });
  const ports = portsOf(send, (event, fields) => logger.warn(event, fields));
  const register = openRegister(configuration, logger);
  const created = createInstallation({ configuration, registry, ports, register: register?.register });
  if (!created.ok) throw new ConfigurationError(configuration.file, created.problems, configuration);
  return {
    configuration,
    installation: created.installation,
    logger,
    ...(register === undefined ? {} : { register }),
    warnings,
  };
}

/** The database's packages are loaded only where there is one. */
function openRegister(
  { register: settings }: Pick<LoadedConfiguration, 'register'>,
  logger: Logger,
): OpenRegister | undefined {
  if (settings === undefined) return undefined;
  const { openPostgresRegister } =
    require('../../register/postgres/postgres-register') as typeof PostgresRegister;
  return openPostgresRegister(settings, { logger });
}

const portsOf = (send: Sender, log?: ProviderPorts['log']): ProviderPorts => ({
  send,
  now: () => Date.now(),
  randomBytes: (length) => randomBytes(length),
  ...(log === undefined ? {} : { log }),
});

/** `problems` is empty when a worker can run with the configuration. */
export type CheckedConfiguration = {
  readonly problems: readonly ConfigurationProblem[];
  readonly warnings: readonly ConfigurationProblem[];
  /** Where it was asked for: what was tried over the network. Of a file that cannot be used: what is right in it. */
  readonly online?: readonly OnlineCheck[];
};

/**
 * Everything that is wrong with a configuration, its screening and its issuers included. Reads the lists, and asks Watchman
 * and the addresses of keys where such are configured, as a worker would. `online`: tries Temporal and each provider, too.
 */
export async function checkConfiguration(
  path: string | undefined,
  environment: Environment,
  online?: TemporalOptions,
): Promise<CheckedConfiguration> {
  const sender = createUndiciSender();
  try {
    const { configuration, installation, warnings } = openInstallation(path, environment, sender.send);
    const [unusable, remarks, unread, tried] = await Promise.all([
      installation.screener.problems(),
      installation.screener.remarks?.() ?? [],
      installation.proofs?.problems() ?? [],
      online === undefined
        ? undefined
        : tryOnline(configuration, [...installation.accounts.values()], online, environment),
    ]);
    const problems = [...unusable.map(ofScreening), ...unread];
    return {
      problems,
      warnings: [...warnings, ...remarks.map(ofScreening)],
      ...(tried === undefined ? {} : { online: [...tried, ...servicesOf(configuration, problems)] }),
    };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const accounts = error.sound === undefined ? [] : soundAccounts(error.sound, sender.send);
    const [outside, tried] = await Promise.all([
      problemsOutside(error, sender.send),
      online === undefined || error.sound === undefined
        ? undefined
        : tryOnline(error.sound, accounts, online, environment),
    ]);
    const problems = [...error.problems, ...outside];
    return {
      problems,
      warnings: [],
      ...(tried === undefined ? {} : { online: [...tried, ...servicesOf(error.sound ?? {}, problems)] }),
    };
  } finally {
    await sender.close();
  }
}

/** What reaches over the network is loaded only where it is asked for. */
async function tryOnline(
  { temporal, mode, register }: Partial<Pick<LoadedConfiguration, 'temporal' | 'mode' | 'register'>>,
  accounts: readonly InstalledAccount[],
  options: TemporalOptions,
  environment: Environment,
): Promise<readonly OnlineCheck[]> {
  const { checkOnline } = require('./check-online') as typeof CheckOnline;
  return checkOnline(
    {
      namespace: temporal?.namespace,
      mode: mode ?? 'live',
      retentionDays: temporal?.retentionDays,
      accounts,
      register,
    },
    options,
    environment,
  );
}

const soundAccounts = (sound: SoundParts, send: Sender): readonly InstalledAccount[] =>
  installParts(sound, { registry: createProviderRegistry(), ports: portsOf(send) }, []).accounts;

/** Lists, Watchman and keys of a configuration that cannot be used: what is wrong with them is found in the same look. */
async function problemsOutside(
  { sound, problems: known }: ConfigurationError,
  send: Sender,
): Promise<readonly ConfigurationProblem[]> {
  const { screening, approvals, installation } = sound ?? {};
  const ports = portsOf(send);
  const proofs =
    installation === undefined || approvals === undefined
      ? undefined
      : createProofs({ installation, approvals }, ports);
  const isEmpty = (path: string): boolean => known.some((problem) => problem.path === path);
  const screener =
    screening === undefined || isEmpty('screening.lists') ? undefined : createScreening(screening, ports);
  const [unusable, unread] = await Promise.all([screener?.problems() ?? [], proofs?.problems() ?? []]);
  const places = new Set(known.map(({ path }) => path));
  return [...unusable.map(ofScreening), ...unread].filter(({ path }) => !places.has(path));
}

const ofScreening = ({
  key,
  message,
}: {
  readonly key: string;
  readonly message: string;
}): ConfigurationProblem => ({ path: `screening.${key}`, message });

/** What was asked as a worker asks it, said as what was tried: one line each. */
function servicesOf(
  { screening, approvals }: Partial<Pick<LoadedConfiguration, 'screening' | 'approvals'>>,
  problems: readonly ConfigurationProblem[],
): readonly OnlineCheck[] {
  const issuers = Object.keys(approvals?.issuers ?? {});
  return [
    ...(screening?.watchman === undefined ? [] : ['screening.watchman']),
    ...issuers.map((issuer) => configurationPath(['approvals', 'issuers', issuer])),
  ].map((what) => {
    const wrong = problems.filter(({ path }) => path === what || path.startsWith(`${what}.`));
    return {
      what,
      ok: wrong.length === 0,
      message: wrong.length === 0 ? 'answers' : wrong.map(({ message }) => message).join('; '),
    };
  });
}
