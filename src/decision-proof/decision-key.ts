import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import type { JWK } from 'jose';
import { z } from 'zod';
import { keyIdPattern, tokenAlgorithms } from './decision-token';
import type { TokenAlgorithm } from './decision-token';

/** A key that signs decision tokens, for development and tests. It is whoever holds it that decides. */
export type DecisionKey = {
  readonly keyId: string;
  readonly algorithm: TokenAlgorithm;
  readonly privateKey: KeyObject;
};

/** A new key, with the two documents that it is kept in. */
export type NewDecisionKey = DecisionKey & {
  /** A JWK; whoever has it can decide as anybody. */
  readonly privateJwk: JWK;
  /** For the configuration: the public part, as a set of one. */
  readonly keySet: { readonly keys: readonly [JWK] };
};

export async function createDecisionKey(algorithm: TokenAlgorithm = 'EdDSA'): Promise<NewDecisionKey> {
  const { privateKey } =
    algorithm === 'EdDSA'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const point = createPublicKey(privateKey).export({ format: 'jwk' }) as JWK;
  // Its id is the key's hash (RFC 7638): two keys never have the same one.
  const keyId = await calculateJwkThumbprint(point);
  const labels = { kid: keyId, alg: algorithm, use: 'sig' };
  return {
    keyId,
    algorithm,
    privateKey,
    privateJwk: { ...(privateKey.export({ format: 'jwk' }) as JWK), ...labels },
    keySet: { keys: [{ ...point, ...labels }] },
  };
}

const privateJwk = z.looseObject({
  kty: z.string(),
  crv: z.string(),
  d: z.string(),
  kid: z.string().regex(keyIdPattern),
  alg: z.enum(tokenAlgorithms),
});

/** Reads a private JWK; undefined when it is none that can sign tokens. Nothing of the text is in what it throws: it throws nothing. */
export function parseDecisionKey(text: string): DecisionKey | undefined {
  try {
    const json: unknown = JSON.parse(text);
    const { kid, alg, kty, crv } = privateJwk.parse(json);
    if (`${kty} ${crv}` !== (alg === 'EdDSA' ? 'OKP Ed25519' : 'EC P-256')) return undefined;
    const privateKey = createPrivateKey({ key: json as JWK & { readonly kty: string }, format: 'jwk' });
    return { keyId: kid, algorithm: alg, privateKey };
  } catch {
    return undefined;
  }
}
