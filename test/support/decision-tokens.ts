import type { DecisionProofs } from '../../src/activities/installation';
import { createDecisionKey } from '../../src/decision-proof/decision-key';
import type { NewDecisionKey } from '../../src/decision-proof/decision-key';
import { issueDecisionToken } from '../../src/decision-proof/issue-decision-token';
import type { DecisionTokenRequest } from '../../src/decision-proof/issue-decision-token';
import { createProofVerifier } from '../../src/decision-proof/proof-verifier';
import type { Sender } from '../../src/http/sender';

/** An issuer whose keys a test holds, and the proofs of an installation that believes it. Both know one clock. */
export type TestIssuer = {
  readonly key: NewDecisionKey;
  /** A token that proves the decision, unless a change makes it another one. */
  token(
    claims: Pick<DecisionTokenRequest, 'account' | 'payout' | 'digest' | 'decision'> &
      Partial<DecisionTokenRequest>,
  ): Promise<string>;
  /** For `installationOf(provider, { proofs })`. While `away`, its keys cannot be had. */
  proofs(options?: { readonly required?: boolean; readonly away?: () => boolean }): DecisionProofs;
};

export const testAudience = 'payouts/test-installation';
export const testIssuerName = 'https://login.acme.example';

/** `now` is the worker's clock; default the machine's. */
export async function createTestIssuer(now: () => number = () => Date.now()): Promise<TestIssuer> {
  const key = await createDecisionKey();
  return {
    key,
    token: async (claims) =>
      (
        await issueDecisionToken({
          key,
          issuer: testIssuerName,
          audience: testAudience,
          lifetimeSeconds: 300,
          now: now(),
          ...claims,
        })
      ).token,
    proofs({ required = true, away = () => false } = {}) {
      const keys = JSON.stringify(key.keySet);
      const send: Sender = async () => ({ status: away() ? 503 : 200, headers: {}, body: keys });
      const url = `${testIssuerName}/keys`;
      return {
        required,
        // A verifier of its own for each token: no key is remembered, so that `away` counts at once.
        verify: async (token, expected) =>
          createProofVerifier({
            audience: testAudience,
            maxLifetimeSeconds: 600,
            issuers: { [testIssuerName]: { jwks: { url } } },
            send,
            now,
          }).verify(token, expected),
      };
    },
  };
}
