import type { z } from 'zod';
import { didYouMean, nearestName } from '../validation/nearest-name';
import { configurationPath } from './configuration-problem';
import type { ConfigurationProblem } from './configuration-problem';

/** One thing that a schema found: where, and what, in our words. Values are never quoted. */
export type SchemaIssue = { readonly keys: readonly PropertyKey[]; readonly message: string };
/** A key that is not known, and the known one that somebody most likely meant by it. */
export type MeantKey = { readonly keys: readonly PropertyKey[]; readonly meant: string };

export type SchemaResult<Schema extends z.ZodType> =
  | { readonly ok: true; readonly data: z.output<Schema> }
  | { readonly ok: false; readonly issues: readonly SchemaIssue[]; readonly meantKeys: readonly MeantKey[] };

/** Parses a file that people write by hand, and says everything that is wrong in it. */
export function parseBySchema<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): SchemaResult<Schema> {
  const meant = new Map<string, MeantKey>();
  const parsed = schema.safeParse(input, {
    error(issue) {
      // Only here the schema can be seen that does not know the keys.
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys) {
          const keys = [...(issue.path ?? []), key];
          const nearest = nearestName(key, knownKeys(issue.inst));
          if (nearest !== undefined) meant.set(configurationPath(keys), { keys, meant: nearest });
        }
      }
      return inOurWords(issue);
    },
  });
  if (parsed.success) return { ok: true, data: parsed.data };
  const issues = parsed.error.issues.flatMap((issue): readonly SchemaIssue[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const keys = [...issue.path, key];
        const hint = meant.get(configurationPath(keys));
        return {
          keys,
          message: `is not a known key${hint === undefined ? '' : `; did you mean ${hint.meant}?`}`,
        };
      });
    }
    const message =
      issue.code === 'invalid_key'
        ? `the name ${issue.issues[0]?.message ?? 'is not allowed'}`
        : issue.message;
    return [{ keys: issue.path, message }];
  });
  return { ok: false, issues, meantKeys: [...meant.values()] };
}

/** What a schema found, each with its path. */
export const issueProblems = (issues: readonly SchemaIssue[]): readonly ConfigurationProblem[] =>
  issues.map(({ keys, message }) => ({ path: configurationPath(keys), message }));

function knownKeys(schema: unknown): readonly string[] {
  const { shape } = (schema ?? {}) as { readonly shape?: object };
  return Object.keys(shape ?? {});
}

/** Undefined: the schema's own words, or zod's where it has none. */
function inOurWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is missing'
        : `must be ${typeNames[issue.expected] ?? issue.expected}`;
    case 'invalid_value': {
      if (issue.input === undefined) return 'is missing';
      const allowed = issue.values.map((value) => JSON.stringify(value)).join(', ');
      if (issue.values.length === 1) return `must be ${allowed}`;
      const hint = typeof issue.input === 'string' ? didYouMean(issue.input, issue.values.map(String)) : '';
      return `must be one of ${allowed}${hint}`;
    }
    case 'too_small': {
      const { origin, minimum, inclusive } = issue;
      const unit = units[origin];
      if (unit === undefined) return `must be ${inclusive === false ? 'more than' : 'at least'} ${minimum}`;
      return minimum === 1 ? 'must not be empty' : `must have at least ${minimum} ${unit}`;
    }
    case 'too_big': {
      const { origin, maximum, inclusive } = issue;
      const unit = units[origin];
      if (unit === undefined) return `must be ${inclusive === false ? 'less than' : 'at most'} ${maximum}`;
      return `must have at most ${maximum} ${unit}`;
    }
    // Every schema has words of its own for these, or they are told elsewhere.
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      break;
  }
  return undefined;
}

const typeNames: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'an array',
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};
/** What is counted; numbers are compared. */
const units: Readonly<Record<string, string>> = { string: 'characters', array: 'entries' };
