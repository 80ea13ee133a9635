import { SignJWT } from 'jose';
import type { ProvenDecision } from '../domain/decision-proof';
import type { DecisionKey } from './decision-key';
import { tokenType } from './decision-token';

export type DecisionTokenRequest = ProvenDecision & {
  readonly key: Pick<DecisionKey, 'keyId' | 'algorithm' | 'privateKey'>;
  readonly issuer: string;
  readonly audience: string;
  /** An account of the person who decides. */
  readonly account: string;
  readonly lifetimeSeconds: number;
  /** Unix milliseconds. */
  readonly now: number;
};

export type IssuedDecisionToken = {
  readonly token: string;
  /** Unix milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
};

/**
 * Signs a decision with a key at hand: for development, for tests, and as the example of what an identity provider has to
 * write.
 */
export async function issueDecisionToken(request: DecisionTokenRequest): Promise<IssuedDecisionToken> {
  const { key, issuer, audience, account, payout, digest, decision, lifetimeSeconds, now } = request;
  const issuedAt = Math.floor(now / 1000);
  const expiresAt = issuedAt + lifetimeSeconds;
  const token = await new SignJWT({ payout, digest, decision })
    .setProtectedHeader({ typ: tokenType, alg: key.algorithm, kid: key.keyId })
    .setIssuer(issuer)
    .setSubject(account)
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(key.privateKey);
  return { token, issuedAt: issuedAt * 1000, expiresAt: expiresAt * 1000 };
}
