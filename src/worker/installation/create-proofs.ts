import type { DecisionProofs } from '../../activities/installation';
import { configurationPath } from '../../config/configuration-problem';
import type { ConfigurationProblem } from '../../config/configuration-problem';
import type { LoadedConfiguration } from '../../config/load-configuration';
import type * as ProofVerification from '../../decision-proof/proof-verifier';
import type { IssuerProblem } from '../../decision-proof/proof-verifier';
import type { ProviderPorts } from '../../providers/provider';

/** The proofs of an installation, which can tell what keeps an issuer's keys from being used. */
export type CheckedProofs = DecisionProofs & {
  /** Of key files; asks nobody. A worker does not start with one that it cannot use. */
  readonly fileProblems: () => readonly ConfigurationProblem[];
  /** Of every issuer; asks those that have an address. */
  readonly problems: () => Promise<readonly ConfigurationProblem[]>;
};

/** None without a block `approvals`. */
export function createProofs(
  { installation, approvals }: Pick<LoadedConfiguration, 'installation' | 'approvals'>,
  { send, now, log }: Pick<ProviderPorts, 'send' | 'now' | 'log'>,
): CheckedProofs | undefined {
  if (approvals === undefined) return undefined;
  // Loaded where somebody has issuers: the library behind it is a good part of a worker's start.
  const { createProofVerifier } = require('../../decision-proof/proof-verifier') as typeof ProofVerification;
  const verifier = createProofVerifier({
    audience: approvals.audience ?? `payouts/${installation}`,
    maxLifetimeSeconds: approvals.maxLifetimeSeconds,
    issuers: approvals.issuers,
    send,
    now,
    ...(log === undefined ? {} : { log }),
  });
  return {
    required: approvals.requireProof,
    verify: verifier.verify,
    fileProblems: () => verifier.fileProblems().map(asProblem),
    problems: async () => (await verifier.problems()).map(asProblem),
  };
}

const asProblem = ({ issuer, where, message }: IssuerProblem): ConfigurationProblem => ({
  path: configurationPath(['approvals', 'issuers', issuer, 'jwks', where]),
  message,
});
