import { dirname, resolve } from 'node:path';
import type { PolicyRoute } from '../domain/policy/policy-problem';
import type { ConfigurationProblem } from './configuration-problem';
import { configurationSchema } from './configuration-schema';
import type { Configuration } from './configuration-schema';
import { readJsonFile } from './read-json-file';
import { issueProblems, parseBySchema } from './schema-problems';

export type RoutesResult =
  | {
      readonly ok: true;
      readonly routes: readonly PolicyRoute[];
      /** The policy that the configuration names. */
      readonly policyFile?: string;
    }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** The routes of a configuration file and the provider of each. No credential is read: who asks need not have any. */
export function loadRoutes(path: string): RoutesResult {
  const read = readJsonFile(resolve(path));
  if (!read.ok) return { ok: false, problems: [{ path: '', message: read.problem }] };
  if (read.duplicates.length > 0) return { ok: false, problems: read.duplicates };
  const parsed = parseBySchema(configurationSchema, read.json);
  if (!parsed.ok) return { ok: false, problems: issueProblems(parsed.issues) };
  const { policy } = parsed.data;
  return {
    ok: true,
    routes: policyRoutesOf(parsed.data),
    ...(policy === undefined ? {} : { policyFile: resolve(dirname(resolve(path)), policy.file) }),
  };
}

/** The routes with the provider of each account, as a policy may ask for them. */
export const policyRoutesOf = ({
  accounts,
  routes,
}: Pick<Configuration, 'accounts' | 'routes'>): readonly PolicyRoute[] =>
  routes.map(({ account, when }) => {
    const provider = accounts[account]?.provider;
    return {
      account,
      ...(when === undefined ? {} : { when }),
      ...(provider === undefined ? {} : { provider }),
    };
  });
