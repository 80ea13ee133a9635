import { resolve } from 'node:path';
import { policyEntries } from '../domain/policy/policy-document';
import type { PolicyDocument } from '../domain/policy/policy-document';
import type { PolicyRoute } from '../domain/policy/policy-problem';
import { policyProblems } from '../domain/policy/policy-problems';
import { configurationPath } from './configuration-problem';
import type { ConfigurationProblem } from './configuration-problem';
import { policySchema } from './policy-schema';
import { readJsonFile } from './read-json-file';
import { issueProblems, parseBySchema } from './schema-problems';

/** A policy that may be used, or everything that is wrong with it. Warnings come with both. */
export type PolicyResult =
  | {
      readonly ok: true;
      readonly policy: PolicyDocument;
      readonly warnings: readonly ConfigurationProblem[];
    }
  | {
      readonly ok: false;
      readonly problems: readonly ConfigurationProblem[];
      readonly warnings: readonly ConfigurationProblem[];
    };

/** Reads a policy file. With the routes of the configuration, currencies without a rule are found too. */
export function loadPolicy(path: string, routes?: readonly PolicyRoute[]): PolicyResult {
  const read = readJsonFile(resolve(path));
  if (!read.ok) return { ok: false, problems: [{ path: '', message: read.problem }], warnings: [] };
  const parsed = parsePolicy(read.json, routes);
  if (read.duplicates.length === 0) return parsed;
  const problems = [...read.duplicates, ...(parsed.ok ? [] : parsed.problems)];
  return { ok: false, problems, warnings: parsed.warnings };
}

/** The same for a policy that is already JSON. */
export function parsePolicy(json: unknown, routes?: readonly PolicyRoute[]): PolicyResult {
  const version = (json as { schema?: unknown } | null | undefined)?.schema;
  if (typeof version === 'number' && version > 1) {
    const message = 'is newer than this version understands (1): upgrade the worker';
    return { ok: false, problems: [{ path: 'schema', message }], warnings: [] };
  }
  const parsed = parseBySchema(policySchema, json);
  if (!parsed.ok) return { ok: false, problems: issueProblems(parsed.issues), warnings: [] };
  const { $schema: _forEditors, ...rest } = parsed.data;
  const policy: PolicyDocument = rest;
  const found = policyProblems(policy, routes === undefined ? {} : { routes });
  const of = (severity: 'error' | 'warning'): readonly ConfigurationProblem[] =>
    found
      .filter((problem) => problem.severity === severity)
      .map(({ path, message }) => ({ path: configurationPath(path), message }));
  const [problems, warnings] = [[...of('error'), ...registerProblems(policy)], of('warning')];
  return problems.length === 0 ? { ok: true, policy, warnings } : { ok: false, problems, warnings };
}

/** Looking for an earlier payout needs a register of payees, which no version has yet; without it nothing could be found. */
const registerProblems = (policy: PolicyDocument): readonly ConfigurationProblem[] =>
  policyEntries(policy)
    .filter(({ rule }) => rule?.when.sameAs !== undefined)
    .map(({ path }) => ({
      path: configurationPath([...path, 'when', 'sameAs']),
      message:
        'cannot be used yet: an earlier payout to the same payee is found in the register, which a later version brings',
    }));
