import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type {
  DatabaseSettings,
  DatabaseTls,
  PayeeKey,
  RegisterSettings,
} from '../register/postgres/register-settings';
import { configurationPath } from './configuration-problem';
import type { ConfigurationProblem } from './configuration-problem';
import { configurationSchema } from './configuration-schema';
import type { Configuration, CredentialReference } from './configuration-schema';
import { isOnThisMachine, readDatabaseUrl } from './database-url';
import type { Environment } from './environment';
import { readCredential } from './read-credential';
import { readJsonFile } from './read-json-file';
import { issueProblems, parseBySchema } from './schema-problems';

type RegisterPart = NonNullable<Configuration['register']>;
type From = { readonly environment: Environment; readonly folder: string };

/** Serve where the file says nothing. */
const variables = { url: 'PAYOUTS_REGISTER_URL', payeeKey: 'PAYOUTS_REGISTER_PAYEE_KEY' } as const;
/** Of the key in the variable. */
const variableKeyId = 'default';
/** Below this a key could be found by trying. */
const leastKeyLength = 32;

export type LoadedRegister = {
  readonly settings?: RegisterSettings;
  readonly problems: readonly ConfigurationProblem[];
  readonly warnings: readonly ConfigurationProblem[];
};

/**
 * Where the register is, and the keys of the payees' MACs. Live mode does not go without one: what Temporal forgets could be
 * paid again.
 */
export function loadRegister(
  part: RegisterPart | undefined,
  mode: Configuration['mode'],
  from: From,
): LoadedRegister {
  if (part === undefined && !isSet(from.environment, variables.url)) {
    const remark = (message: string): readonly ConfigurationProblem[] => [{ path: 'register', message }];
    return mode === 'live'
      ? {
          problems: remark('is required in live mode: what Temporal forgets could be paid a second time'),
          warnings: [],
        }
      : {
          problems: [],
          warnings: remark(
            'is missing: a reference that Temporal has forgotten pays again (live mode refuses to go without)',
          ),
        };
  }
  const database = loadDatabase(part, mode, from);
  const keys = loadPayeeKeys(part, from);
  const problems = [...database.problems, ...keys.problems];
  const [newest, ...older] = keys.keys;
  return {
    problems,
    warnings: [...database.warnings, ...keys.warnings],
    ...(database.settings === undefined || newest === undefined || problems.length > 0
      ? {}
      : { settings: { ...database.settings, payeeKeys: [newest, ...older] } }),
  };
}

export type LoadedDatabase = {
  readonly settings?: DatabaseSettings;
  readonly problems: readonly ConfigurationProblem[];
  readonly warnings: readonly ConfigurationProblem[];
};

/**
 * The same for whoever migrates: only `register` and `mode` of the file are looked at, so that a job needs no secret of a
 * provider, and `urlFile` holds the owner's URL. Without a file the variable serves.
 */
export function loadRegisterDatabase(
  path: string | undefined,
  urlFile: string | undefined,
  environment: Environment,
): LoadedDatabase {
  const refuse = (problems: readonly ConfigurationProblem[]): LoadedDatabase => ({ problems, warnings: [] });
  let part: RegisterPart | undefined;
  let mode: Configuration['mode'] = 'live';
  let folder = '.';
  if (path !== undefined && path !== '') {
    const file = readJsonFile(resolve(path));
    if (!file.ok) return refuse([{ path: '', message: file.problem }]);
    const json = (file.json ?? {}) as { readonly register?: unknown; readonly mode?: unknown };
    const read = parseBySchema(configurationSchema.shape.register, json.register);
    if (!read.ok)
      return refuse(
        issueProblems(read.issues.map((issue) => ({ ...issue, keys: ['register', ...issue.keys] }))),
      );
    part = read.data;
    mode = json.mode === 'sandbox' ? 'sandbox' : 'live';
    folder = resolve(path, '..');
  }
  if (part === undefined && urlFile === undefined && !isSet(environment, variables.url))
    return refuse([{ path: 'register', message: `is missing, and ${variables.url} is not set` }]);
  const url = urlFile === undefined ? undefined : { file: resolve(urlFile) };
  return loadDatabase({ ...(part ?? defaults()), ...(url === undefined ? {} : { url }) }, mode, {
    environment,
    folder,
  });
}

function loadDatabase(
  part: RegisterPart | undefined,
  mode: Configuration['mode'],
  from: From,
): LoadedDatabase {
  const { url, tls, poolSize, connectTimeoutMs, statementTimeoutMs } = part ?? defaults();
  const path = 'register.url';
  const credential = readCredential(url ?? { env: variables.url }, from);
  if (!credential.ok) return { problems: [{ path, message: credential.problem }], warnings: [] };
  const read = readDatabaseUrl(credential.secret.reveal());
  const warnings = credential.warning === undefined ? [] : [{ path, message: credential.warning }];
  if (!read.ok) return { problems: [{ path, message: read.problem }], warnings };
  const authority = tls === undefined ? undefined : loadTls(tls, from);
  const secured = authority?.tls ?? (read.tls ? {} : undefined);
  const problems = [...(authority?.problems ?? [])];
  if (secured === undefined && mode === 'live' && !isOnThisMachine(read.address))
    problems.push({
      path: 'register.tls',
      message:
        'is required in live mode: the database is on another machine (or sslmode=verify-full in its URL)',
    });
  return {
    problems,
    warnings,
    ...(problems.length > 0
      ? {}
      : {
          settings: {
            address: read.address,
            poolSize,
            connectTimeoutMs,
            statementTimeoutMs,
            ...(secured === undefined ? {} : { tls: secured }),
          },
        }),
  };
}

function loadTls(
  { ca, serverName }: NonNullable<RegisterPart['tls']>,
  { folder }: From,
): { readonly tls: DatabaseTls; readonly problems: readonly ConfigurationProblem[] } {
  const named = serverName === undefined ? {} : { serverName };
  if (ca === undefined) return { tls: named, problems: [] };
  const file = resolve(folder, ca);
  const refuse = (message: string) => ({ tls: named, problems: [{ path: 'register.tls.ca', message }] });
  try {
    const text = readFileSync(file, 'utf8');
    // Node takes anything for an authority, and then trusts nobody.
    if (!text.includes('-----BEGIN CERTIFICATE-----')) return refuse(`${file} holds no certificate in PEM`);
    return { tls: { ...named, ca: text }, problems: [] };
  } catch (error) {
    return refuse(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`);
  }
}

function loadPayeeKeys(
  part: RegisterPart | undefined,
  from: From,
): {
  readonly keys: readonly PayeeKey[];
  readonly problems: readonly ConfigurationProblem[];
  readonly warnings: readonly ConfigurationProblem[];
} {
  const named: readonly { readonly id: string; readonly key: CredentialReference; readonly at: string }[] =
    part?.payeeKeys?.map((one, index) => ({
      ...one,
      at: configurationPath(['register', 'payeeKeys', index]),
    })) ?? [{ id: variableKeyId, key: { env: variables.payeeKey }, at: 'register.payeeKeys' }];
  const keys: PayeeKey[] = [];
  const problems: ConfigurationProblem[] = [];
  const warnings: ConfigurationProblem[] = [];
  for (const [index, { id, key, at }] of named.entries()) {
    const path = part?.payeeKeys === undefined ? at : `${at}.key`;
    const refuse = (message: string, place = path): void => void problems.push({ path: place, message });
    if (named.slice(0, index).some((earlier) => earlier.id === id)) refuse('stands there twice', `${at}.id`);
    const read = readCredential(key, from);
    if (!read.ok) refuse(read.problem);
    else if (read.secret.reveal().length < leastKeyLength)
      refuse(`is shorter than ${leastKeyLength} characters: payees could be found by trying`);
    else if (keys.some(({ secret }) => secret.reveal() === read.secret.reveal()))
      refuse('is the same key as an earlier one');
    else keys.push({ id, secret: read.secret });
    if (read.ok && read.warning !== undefined) warnings.push({ path, message: read.warning });
  }
  return { keys, problems, warnings };
}

const defaults = (): RegisterPart => configurationSchema.shape.register.unwrap().parse({});

const isSet = (environment: Environment, name: string): boolean => (environment[name] ?? '') !== '';
