import { dirname, resolve } from 'node:path';
import type { PolicyDocument } from '../domain/policy/policy-document';
import { peopleOfRole } from '../domain/policy/policy-people';
import type { PolicyRoute } from '../domain/policy/policy-problem';
import { policyOfThresholds } from '../domain/policy/threshold-policy';
import type { Secret } from '../observability/secret';
import { configurationPath } from './configuration-problem';
import type { ConfigurationProblem } from './configuration-problem';
import { accountSchema, configurationSchema, credentialSchema } from './configuration-schema';
import type { AccountConfiguration, Configuration } from './configuration-schema';
import { processEnvironment } from './environment';
import type { Environment } from './environment';
import { loadPolicy } from './load-policy';
import { policyRoutesOf } from './load-routes';
import { readCredential } from './read-credential';
import { withListenAddresses } from './operation-schema';
import { traceSettings } from './trace-settings';
import type { TraceSettings } from './trace-settings';
import { readJsonFile } from './read-json-file';
import { issueProblems, parseBySchema } from './schema-problems';
import { withMeantKeys } from './meant-keys';

/** A configuration whose secrets are read and whose paths are absolute. Safe to print: secrets hide themselves. */
export type LoadedConfiguration = Omit<Configuration, '$schema' | 'accounts' | 'approval' | 'policy'> & {
  /** The file it came from. */
  readonly file: string;
  readonly accounts: Readonly<Record<string, LoadedAccount>>;
  /** Who must agree: the policy file, or the one that the thresholds of `approval` amount to. */
  readonly policy: PolicyDocument;
  /** Where spans go; absent: nothing is traced. */
  readonly traces?: TraceSettings;
};
export type LoadedAccount = Omit<AccountConfiguration, 'credentials'> & {
  readonly credentials: Readonly<Record<string, Secret>>;
};

export type ConfigurationResult =
  | {
      readonly ok: true;
      readonly configuration: LoadedConfiguration;
      readonly warnings: readonly ConfigurationProblem[];
    }
  | {
      readonly ok: false;
      /** The file that was looked at, when one was named. */
      readonly file?: string;
      readonly problems: readonly ConfigurationProblem[];
      /** What can be looked at further all the same. */
      readonly sound?: SoundParts;
    };

/** The parts of a configuration in which the file is right, while it cannot be used as a whole: so one look mends all. */
export type SoundParts = Partial<
  Pick<LoadedConfiguration, 'installation' | 'mode' | 'approvals' | 'screening' | 'temporal'>
> & {
  /** Those that are right as far as the file goes; a secret that cannot be read is left out. */
  readonly accounts: Readonly<Record<string, LoadedAccount>>;
  /** What is right in the others. */
  readonly partlySound?: Readonly<Record<string, PartlySoundAccount>>;
};

export type PartlySoundAccount = {
  readonly provider: string;
  readonly credentials: Readonly<Record<string, Secret>>;
  /** All that are named, whatever is wrong with them. */
  readonly credentialNames: readonly string[];
  readonly settings?: LoadedAccount['settings'];
  readonly common?: LoadedAccount['common'];
};

/**
 * Reads the configuration file named by `path`, else by `PAYOUTS_CONFIG`. Every problem comes at once, with its path; no
 * problem quotes a value that could be a secret.
 */
export function loadConfiguration(
  options: { readonly path?: string | undefined; readonly environment?: Environment } = {},
): ConfigurationResult {
  const environment = options.environment ?? processEnvironment();
  const named = options.path ?? environment['PAYOUTS_CONFIG'];
  if (named === undefined || named === '') {
    return refuse(undefined, 'no configuration file: give --config FILE or set PAYOUTS_CONFIG');
  }
  const file = resolve(named);
  const read = readJsonFile(file);
  if (!read.ok) return refuse(file, read.problem);
  const parsed = parseConfiguration(read.json, { environment, file });
  if (read.duplicates.length === 0) return parsed;
  const sound = parsed.ok ? parsed.configuration : parsed.sound;
  return {
    ok: false,
    file,
    problems: [...read.duplicates, ...(parsed.ok ? [] : parsed.problems)],
    ...(sound === undefined ? {} : { sound }),
  };
}

/** The same for a configuration that is already JSON; relative paths in it start at the folder of `file`. */
export function parseConfiguration(
  json: unknown,
  from: { readonly environment: Environment; readonly file: string },
): ConfigurationResult {
  const { file, environment } = from;
  const version = (json as { schema?: unknown } | null | undefined)?.schema;
  if (typeof version === 'number' && version > 1) {
    return {
      ok: false,
      file,
      problems: [
        { path: 'schema', message: 'is newer than this version understands (1): upgrade the worker' },
      ],
    };
  }
  const parsed = parseBySchema(configurationSchema, json);
  const folder = dirname(file);
  if (!parsed.ok) {
    const misspelt = withMeantKeys(json, parsed.meantKeys);
    if (misspelt !== undefined) {
      // What stands under a key that was meant is looked at as if that had been written.
      const found = parseConfiguration(misspelt.json, from);
      const paths = misspelt.renamed.map(configurationPath);
      const named = issueProblems(parsed.issues).filter(({ path }) => paths.includes(path));
      const sound = found.ok ? found.configuration : found.sound;
      const problems = [...named, ...(found.ok ? [] : found.problems)];
      return { ok: false, file, problems, ...(sound === undefined ? {} : { sound }) };
    }
    const { problems: further, sound } = lookFurther(json, { environment, folder });
    return { ok: false, file, problems: [...issueProblems(parsed.issues), ...further], sound };
  }
  const problems: ConfigurationProblem[] = [];
  const warnings: ConfigurationProblem[] = [];
  const {
    $schema: _forEditors,
    accounts,
    screening,
    approval,
    approvals,
    policy: named,
    ...rest
  } = parsed.data;

  const loadedAccounts: Record<string, LoadedAccount> = {};
  for (const [id, account] of Object.entries(accounts)) {
    const { credentials, ...read } = readCredentials(id, account, { environment, folder });
    problems.push(...read.problems);
    warnings.push(...read.warnings);
    loadedAccounts[id] = { ...account, credentials };
    if (!rest.routes.some((rule) => rule.account === id)) {
      warnings.push({ path: `accounts.${id}`, message: 'no route leads to this account' });
    }
  }
  const policy =
    approval === undefined
      ? policyIn(resolve(folder, named?.file ?? ''), policyRoutesOf(parsed.data))
      : { document: policyOfThresholds(approval), problems: [], warnings: [] };
  const { worker, problems: addressProblems } = withListenAddresses(rest.worker, environment);
  const traces = worker.traces.enabled ? traceSettings(environment) : undefined;
  problems.push(...policy.problems, ...addressProblems, ...(traces?.problems ?? []));
  warnings.push(...policy.warnings);
  if (policy.document !== undefined) problems.push(...reviewProblems(screening.review, policy.document));
  const absolute = {
    ...(approvals === undefined ? {} : { approvals: withAbsoluteFiles(approvals, folder) }),
    screening: withAbsoluteLists(screening, folder),
  };
  if (problems.length > 0 || policy.document === undefined) {
    const { installation, mode, temporal } = rest;
    return {
      ok: false,
      file,
      problems,
      sound: { installation, mode, temporal, accounts: loadedAccounts, ...absolute },
    };
  }
  if (rest.mode === 'live' && approvals?.requireProof !== true) {
    warnings.push({
      path: 'approvals.requireProof',
      message: 'is false in live mode: whoever can reach Temporal can approve in anybody’s name',
    });
  }
  if (screening.review === undefined) {
    warnings.push({
      path: 'screening.review',
      message:
        'is missing: a payout to somebody who is only similar to a listed name, or whose name is in a script that cannot be compared, is refused, because nobody may look at it',
    });
  }
  return {
    ok: true,
    warnings,
    configuration: {
      ...rest,
      worker,
      ...(traces?.settings === undefined ? {} : { traces: traces.settings }),
      ...absolute,
      file,
      accounts: loadedAccounts,
      policy: policy.document,
    },
  };
}

/** What else is wrong in a file that the schema refuses: secrets that cannot be read, and the policy. */
function lookFurther(
  json: unknown,
  from: { readonly environment: Environment; readonly folder: string },
): { readonly problems: readonly ConfigurationProblem[]; readonly sound: SoundParts } {
  const parts = isRecord(json) ? json : {};
  const part = <Key extends keyof typeof configurationSchema.shape>(
    key: Key,
  ): Configuration[Key] | undefined => {
    const read = configurationSchema.shape[key].safeParse(parts[key]);
    return read.success ? (read.data as Configuration[Key]) : undefined;
  };
  const problems: ConfigurationProblem[] = [];
  const read: Record<string, AccountConfiguration> = {};
  const accounts: Record<string, LoadedAccount> = {};
  const partlySound: Record<string, PartlySoundAccount> = {};
  for (const [id, json_] of Object.entries(isRecord(parts['accounts']) ? parts['accounts'] : {})) {
    const account = accountSchema.safeParse(json_);
    if (!account.success) {
      const found = partOfAccount(id, json_, from);
      problems.push(...found.problems);
      if (found.account !== undefined) partlySound[id] = found.account;
      continue;
    }
    const { credentials, problems: unread } = readCredentials(id, account.data, from);
    problems.push(...unread);
    read[id] = account.data;
    accounts[id] = { ...account.data, credentials };
  }
  const [installation, mode, temporal, approvals, screening] = [
    part('installation'),
    part('mode'),
    part('temporal'),
    part('approvals'),
    part('screening'),
  ];
  const policy = part('policy');
  const routes = part('routes');
  if (policy !== undefined) {
    // Without all of the routes it cannot be said what a policy lacks for them.
    const isWhole = routes?.every(({ account }) => read[account] !== undefined) === true;
    const known = isWhole ? policyRoutesOf({ accounts: read, routes: routes ?? [] }) : undefined;
    problems.push(...policyIn(resolve(from.folder, policy.file), known).problems);
  }
  return {
    problems,
    sound: {
      accounts,
      partlySound,
      ...(installation === undefined ? {} : { installation }),
      ...(mode === undefined ? {} : { mode }),
      ...(temporal === undefined ? {} : { temporal }),
      ...(approvals === undefined ? {} : { approvals: withAbsoluteFiles(approvals, from.folder) }),
      ...(screening === undefined ? {} : { screening: withAbsoluteLists(screening, from.folder) }),
    },
  };
}

/** What can be looked at in an account that is not as it should be. */
function partOfAccount(
  id: string,
  json: unknown,
  from: { readonly environment: Environment; readonly folder: string },
): { readonly problems: readonly ConfigurationProblem[]; readonly account?: PartlySoundAccount } {
  if (!isRecord(json)) return { problems: [] };
  const { shape } = accountSchema;
  const named = isRecord(json['credentials']) ? json['credentials'] : {};
  const references = Object.entries(named).flatMap(([name, reference]) => {
    const parsed = credentialSchema.safeParse(reference);
    return parsed.success ? [[name, parsed.data] as const] : [];
  });
  const { credentials, problems } = readCredentials(
    id,
    { credentials: Object.fromEntries(references) },
    from,
  );
  const provider = shape.provider.safeParse(json['provider']);
  if (!provider.success) return { problems };
  const [settings, common] = [shape.settings, shape.common].map((schema, index) =>
    schema.safeParse(json[index === 0 ? 'settings' : 'common']),
  );
  return {
    problems,
    account: {
      provider: provider.data,
      credentials,
      credentialNames: Object.keys(named),
      ...(settings?.data === undefined ? {} : { settings: settings.data }),
      ...(common?.data === undefined ? {} : { common: common.data }),
    },
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function policyIn(
  path: string,
  routes: readonly PolicyRoute[] | undefined,
): {
  readonly document: PolicyDocument | undefined;
  readonly problems: readonly ConfigurationProblem[];
  readonly warnings: readonly ConfigurationProblem[];
} {
  const read = loadPolicy(path, routes);
  const inFile = ({ path: at, message }: ConfigurationProblem): ConfigurationProblem => ({
    path: 'policy.file',
    message: at === '' ? message : `${at}: ${message}`,
  });
  return {
    document: read.ok ? read.policy : undefined,
    problems: read.ok ? [] : read.problems.map(inFile),
    warnings: read.warnings.map(inFile),
  };
}

/** Somebody similar to a listed name must not wait for people whom there are not. */
function reviewProblems(
  review: Configuration['screening']['review'],
  policy: PolicyDocument,
): readonly ConfigurationProblem[] {
  if (review === undefined) return [];
  const path = 'screening.review.role';
  const people = peopleOfRole(policy, review.role).length;
  if (people === 0)
    return [{ path, message: `is no role with people in it: ${Object.keys(policy.roles).join(', ')}` }];
  if (people >= review.quorum) return [];
  return [{ path, message: `has ${people} people, and ${review.quorum} of them must agree` }];
}

const withAbsoluteFiles = (
  { issuers, ...rest }: NonNullable<Configuration['approvals']>,
  folder: string,
): NonNullable<Configuration['approvals']> => ({
  ...rest,
  issuers: Object.fromEntries(
    Object.entries(issuers).map(([name, { jwks, ...issuer }]) => [
      name,
      { ...issuer, jwks: jwks.file === undefined ? jwks : { file: resolve(folder, jwks.file) } },
    ]),
  ),
});

const withAbsoluteLists = (
  screening: Configuration['screening'],
  folder: string,
): Configuration['screening'] => ({
  ...screening,
  lists: screening.lists.map((list) => ({ ...list, file: resolve(folder, list.file) })),
});

function readCredentials(
  id: string,
  account: Pick<AccountConfiguration, 'credentials'>,
  from: { readonly environment: Environment; readonly folder: string },
): {
  readonly credentials: Readonly<Record<string, Secret>>;
  readonly problems: readonly ConfigurationProblem[];
  readonly warnings: readonly ConfigurationProblem[];
} {
  const credentials: Record<string, Secret> = {};
  const problems: ConfigurationProblem[] = [];
  const warnings: ConfigurationProblem[] = [];
  for (const [name, reference] of Object.entries(account.credentials)) {
    const path = configurationPath(['accounts', id, 'credentials', name]);
    const read = readCredential(reference, from);
    if (!read.ok) {
      problems.push({ path, message: read.problem });
      continue;
    }
    if (read.warning !== undefined) warnings.push({ path, message: read.warning });
    credentials[name] = read.secret;
  }
  return { credentials, problems, warnings };
}

const refuse = (file: string | undefined, message: string): ConfigurationResult => ({
  ok: false,
  ...(file === undefined ? {} : { file }),
  problems: [{ path: '', message }],
});
