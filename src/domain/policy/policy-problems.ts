import { peopleProblems } from './people-problems';
import type { PolicyDocument } from './policy-document';
import type { PolicyProblem, PolicyRoute } from './policy-problem';
import { ruleProblems } from './rule-problems';
import type { SearchLimits } from './rule-problems';

/** Everything that is wrong with a policy or looks like a mistake. Without routes, currencies are not looked at. */
export function policyProblems(
  document: PolicyDocument,
  options: { readonly routes?: readonly PolicyRoute[]; readonly limits?: SearchLimits } = {},
): readonly PolicyProblem[] {
  return [...peopleProblems(document), ...ruleProblems(document, options)];
}
