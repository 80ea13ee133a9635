import { createHash } from 'node:crypto';
import type { Installation, InstalledAccount } from '../../activities/installation';
import { configurationPath } from '../../config/configuration-problem';
import type { ConfigurationProblem } from '../../config/configuration-problem';
import type {
  LoadedAccount,
  LoadedConfiguration,
  PartlySoundAccount,
  SoundParts,
} from '../../config/load-configuration';
import { parseBySchema } from '../../config/schema-problems';
import type { SchemaIssue, SchemaResult } from '../../config/schema-problems';
import { canonicalJson } from '../../domain/canonical-json';
import { didYouMean } from '../../validation/nearest-name';
import { policyHash } from '../../domain/policy/evaluate-policy';
import type { Secret } from '../../observability/secret';
import { accountSettingsSchema, UnsafeSettingError } from '../../providers/account-settings';
import type { ProviderPorts } from '../../providers/provider';
import type { AnyProviderModule, ProviderRegistry } from '../../providers/provider-registry';
import type { ListFiles } from '../../screening/list-screener';
import type { CheckedScreener } from '../../screening/screener';
import { createProofs } from './create-proofs';
import type { CheckedProofs } from './create-proofs';
import { createScreening } from './create-screening';
import { graceSlackMs, slowestSubmitMs } from '../create-worker';

export type InstallationDeps = {
  readonly configuration: LoadedConfiguration;
  readonly registry: ProviderRegistry;
  /** Handed to every adapter; `now` also dates the screening lists. */
  readonly ports: ProviderPorts;
  readonly listFiles?: ListFiles;
};

/** An installation whose screener and issuers of proofs can tell what keeps them from being used. */
export type ScreenedInstallation = Installation & {
  readonly screener: CheckedScreener;
  readonly proofs?: CheckedProofs;
};

export type CreatedInstallation =
  | { readonly ok: true; readonly installation: ScreenedInstallation }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/**
 * What is wrong with the parts of a configuration that cannot be used as a whole, as far as only providers and keys can tell,
 * and the accounts with which nothing is. `known` is said already: nothing is said twice about one place.
 */
export function installParts(
  { accounts, partlySound = {}, approvals, installation }: SoundParts,
  deps: Pick<InstallationDeps, 'registry' | 'ports'>,
  known: readonly ConfigurationProblem[],
): { readonly problems: readonly ConfigurationProblem[]; readonly accounts: readonly InstalledAccount[] } {
  const installed = Object.entries(accounts).map(([id, account]) => installAccount(id, account, deps));
  const ofAccounts = [
    ...installed.flatMap((one) => ('problems' in one ? one.problems : [])),
    ...Object.entries(partlySound).flatMap(([id, account]) => accountProblems(id, account, deps.registry)),
  ];
  const proofs =
    installation === undefined || approvals === undefined
      ? undefined
      : createProofs({ installation, approvals }, deps.ports);
  const places = new Set(known.map(({ path }) => path));
  return {
    problems: [...ofAccounts, ...(proofs?.fileProblems() ?? [])].filter(({ path }) => !places.has(path)),
    accounts: installed.flatMap((one) => ('problems' in one ? [] : [one])),
  };
}

/**
 * Composes what the activities work with. Everything that only a provider can judge (settings, credentials, whether a
 * setting would weaken a guard) is judged here, and all of it comes back at once.
 */
export function createInstallation(deps: InstallationDeps): CreatedInstallation {
  const { configuration, ports, listFiles } = deps;
  const problems: ConfigurationProblem[] = [];
  const accounts = new Map<string, InstalledAccount>();
  for (const [id, account] of Object.entries(configuration.accounts)) {
    const installed = installAccount(id, account, deps);
    if ('problems' in installed) problems.push(...installed.problems);
    else accounts.set(id, installed);
  }
  const longest = slowestSubmitMs({ accounts });
  if (configuration.worker.shutdownGraceMs < longest + graceSlackMs) {
    problems.push({
      path: 'worker.shutdownGraceMs',
      message: `must be at least ${longest + graceSlackMs}: a send under way at a stop may take ${longest} ms, and cut off, its outcome is unknown`,
    });
  }
  const proofs = createProofs(configuration, ports);
  problems.push(...(proofs?.fileProblems() ?? []));
  if (problems.length > 0) return { ok: false, problems };

  const { screening } = configuration;
  const screener = createScreening(screening, ports, listFiles);
  return {
    ok: true,
    installation: {
      id: configuration.installation,
      mode: configuration.mode,
      configurationHash: configurationHash(configuration),
      accounts,
      routes: configuration.routes,
      policy: {
        document: configuration.policy,
        hash: policyHash(configuration.policy, sha256),
      },
      quoteBandPercent: configuration.quoteBandPercent,
      holds: configuration.holds,
      screener,
      screening: {
        freshForMs: screening.freshForMs,
        ...(screening.review === undefined ? {} : { review: screening.review }),
      },
      ...(proofs === undefined ? {} : { proofs }),
    },
  };
}

function installAccount(
  id: string,
  account: LoadedAccount,
  { registry, ports }: Pick<InstallationDeps, 'registry' | 'ports'>,
): InstalledAccount | { readonly problems: readonly ConfigurationProblem[] } {
  const at = atAccount(id);
  const { module, settings, common, problems } = readAccount(id, account, registry);
  if (module === undefined || settings?.ok !== true || !common.ok || problems.length > 0) return { problems };
  const { mode, baseUrl, credentials } = account;
  try {
    const provider = module.create(
      { account: id, mode, baseUrl, settings: settings.data, common: common.data, credentials },
      ports,
    );
    // Settings as the adapter reads them, so that a default written out or left out is the same place.
    const scope = module.scope(settings.data);
    const fingerprint = sha256(canonicalJson({ provider: account.provider, baseUrl, mode, scope }));
    return { id, mode, fingerprint, provider };
  } catch (error) {
    if (!(error instanceof UnsafeSettingError)) throw error;
    // Adapters name a place in the account; what they leave to `applyContractSettings` is below `common`.
    const below = /^(baseUrl|settings|credentials|common)\b/.test(error.path) ? '' : 'common.';
    const message = error.message.startsWith(`${error.path}: `)
      ? error.message.slice(error.path.length + 2)
      : error.message;
    return { problems: [{ path: `${at()}.${below}${error.path}`, message }] };
  }
}

const atAccount =
  (id: string) =>
  (...keys: readonly PropertyKey[]): string =>
    configurationPath(['accounts', id, ...keys]);

type ReadAccount = {
  readonly module: AnyProviderModule | undefined;
  readonly settings: SchemaResult<AnyProviderModule['settings']> | undefined;
  readonly common: SchemaResult<typeof accountSettingsSchema>;
  readonly problems: readonly ConfigurationProblem[];
};

/** What an account's provider says of it, and what every account has in common. */
function readAccount(
  id: string,
  account: Pick<LoadedAccount, 'provider' | 'credentials' | 'settings' | 'common'>,
  registry: ProviderRegistry,
): ReadAccount {
  const at = atAccount(id);
  const module = registry.find(account.provider);
  const settings = module && parseBySchema(module.settings, account.settings ?? {});
  const common = parseBySchema(accountSettingsSchema, account.common ?? {});
  const below = (key: string, issues: readonly SchemaIssue[]): readonly ConfigurationProblem[] =>
    issues.map(({ keys, message }) => ({ path: at(key, ...keys), message }));
  const unknown = `is no known provider: ${registry.names.join(', ')}${didYouMean(account.provider, registry.names)}`;
  return {
    module,
    settings,
    common,
    problems: [
      ...(module === undefined
        ? [{ path: at('provider'), message: unknown }]
        : credentialProblems(module, account.credentials).map(({ name, message }) => ({
            path: at('credentials', name),
            message,
          }))),
      ...(settings === undefined || settings.ok ? [] : below('settings', settings.issues)),
      ...(common.ok ? [] : below('common', common.issues)),
    ],
  };
}

/** Of an account that is wrong already: what is wrong with the rest of it. A secret that cannot be had is not missing. */
function accountProblems(
  id: string,
  account: PartlySoundAccount,
  registry: ProviderRegistry,
): readonly ConfigurationProblem[] {
  const unread = account.credentialNames
    .filter((name) => !Object.hasOwn(account.credentials, name))
    .map((name) => atAccount(id)('credentials', name));
  return readAccount(id, account, registry).problems.filter(({ path }) => !unread.includes(path));
}

function credentialProblems(
  module: AnyProviderModule,
  given: Readonly<Record<string, Secret>>,
): readonly { readonly name: string; readonly message: string }[] {
  const known = module.credentials.map(({ name }) => name);
  const problems = Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      name,
      message: `is no credential of ${module.provider}: ${known.join(', ')}${didYouMean(name, known)}`,
    }));
  for (const { name, required, description, problem } of module.credentials) {
    const secret = Object.hasOwn(given, name) ? given[name] : undefined;
    if (secret === undefined) {
      if (required) problems.push({ name, message: `is missing (${description})` });
      continue;
    }
    const wrong = problem?.(secret.reveal());
    if (wrong !== undefined) problems.push({ name, message: wrong });
  }
  return problems;
}

/** Of what decides about payouts: no credentials, and nothing that only tunes or places the process. */
function configurationHash(configuration: LoadedConfiguration): string {
  const { installation, mode, routes, policy, approvals, quoteBandPercent, holds, screening } = configuration;
  const accounts = Object.fromEntries(
    Object.entries(configuration.accounts).map(([id, { credentials: _secret, ...rest }]) => [id, rest]),
  );
  const lists = screening.lists.map(({ name, format }) => ({ name, format }));
  const { baseUrl: _place, timeoutMs: _tuning, ...watchman } = screening.watchman ?? {};
  return sha256(
    canonicalJson({
      installation,
      mode,
      accounts,
      routes,
      policy,
      ...(approvals === undefined ? {} : { approvals: withoutPlaces(approvals) }),
      quoteBandPercent,
      holds,
      screening: { ...screening, lists, watchman },
    }),
  );
}

/** Who counts, and how; an address says who, the path of a file only where it lies. */
const withoutPlaces = ({ issuers, ...rest }: NonNullable<LoadedConfiguration['approvals']>) => ({
  ...rest,
  issuers: Object.fromEntries(
    Object.entries(issuers).map(([name, { jwks, subjectClaim }]) => [
      name,
      { subjectClaim, keys: jwks.url ?? 'file' },
    ]),
  ),
});

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
