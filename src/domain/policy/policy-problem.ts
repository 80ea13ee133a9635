import type { RouteRule } from '../routing';
import type { PolicyFacts } from './policy-facts';

/**
 * Something wrong with a policy: where (`['rules', 2, 'then']`), and what. With an error it must not be used; a warning
 * is what its authors should have seen.
 */
export type PolicyProblem = {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly severity: 'error' | 'warning';
  readonly kind: PolicyProblemKind;
  /** Facts that show it, where facts do: for `fewer-people-for-more-money` the smaller amount, then the larger. */
  readonly witness?: readonly PolicyFacts[];
};

export type PolicyProblemKind =
  /** A name, role or person that is not there, or is there twice. */
  | 'unknown-name'
  | 'account-claimed-twice'
  | 'quorum-too-large'
  | 'deadline-impossible'
  | 'unreachable-rule'
  | 'overlapping-amounts'
  | 'fewer-people-for-more-money'
  | 'currency-without-rule'
  /** A tenant's rule lets pass what a common rule blocks. */
  | 'block-lifted'
  | 'permissive-default'
  /** A check was given up: the conditions are too intricate. */
  | 'not-checked';

/** A route of the configuration: which payouts an account can carry. */
export type PolicyRoute = RouteRule & { readonly provider?: string };
