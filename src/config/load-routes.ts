import { resolve } from 'node:path';
import type { PolicyRoute } from '../domain/policy/policy-problem';
import type { ConfigurationProblem } from './configuration-problem';
import { configurationSchema } from './configuration-schema';
import { readJsonFile } from './read-json-file';
import { schemaProblems } from './schema-problems';

export type RoutesResult =
  | { readonly ok: true; readonly routes: readonly PolicyRoute[] }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** The routes of a configuration file and the provider of each. No credential is read: who asks need not have any. */
export function loadRoutes(path: string): RoutesResult {
  const read = readJsonFile(resolve(path));
  if (!read.ok) return { ok: false, problems: [{ path: '', message: read.problem }] };
  if (read.duplicates.length > 0) return { ok: false, problems: read.duplicates };
  const parsed = configurationSchema.safeParse(read.json);
  if (!parsed.success) return { ok: false, problems: schemaProblems(parsed.error) };
  const { accounts, routes } = parsed.data;
  return {
    ok: true,
    routes: routes.map(({ account, when }) => {
      const provider = accounts[account]?.provider;
      return {
        account,
        ...(when === undefined ? {} : { when }),
        ...(provider === undefined ? {} : { provider }),
      };
    }),
  };
}
