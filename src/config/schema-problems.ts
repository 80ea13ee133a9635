import type { z } from 'zod';
import { configurationPath } from './configuration-problem';
import type { ConfigurationProblem } from './configuration-problem';

/** What a schema found, each with its path. */
export const schemaProblems = (error: z.ZodError): readonly ConfigurationProblem[] =>
  error.issues.flatMap(problemsOf);

function problemsOf(issue: z.core.$ZodIssue): readonly ConfigurationProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: configurationPath([...issue.path, key]),
      message: 'is not a known key',
    }));
  }
  const path = configurationPath(issue.path);
  if (issue.code === 'invalid_key') {
    return [{ path, message: `the name ${issue.issues[0]?.message ?? 'is not allowed'}` }];
  }
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    return [{ path, message: 'is missing' }];
  }
  return [{ path, message: issue.message }];
}
