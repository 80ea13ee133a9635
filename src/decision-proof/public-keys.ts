import type { KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { keyIdPattern } from './decision-token';
import type { TokenAlgorithm } from './decision-token';

/** A key that can verify tokens of one algorithm. */
export type PublicKey = { readonly algorithm: TokenAlgorithm; readonly key: KeyObject };

/** The usable keys of a key set by their ids, or why the set is not used at all. Problems quote nothing of it. */
export type KeySet =
  | { readonly ok: true; readonly keys: ReadonlyMap<string, PublicKey> }
  | { readonly ok: false; readonly problem: string };

export const maxKeySetBytes = 256 * 1024;

const jwk = z.looseObject({
  kty: z.string(),
  crv: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
  kid: z.string().optional(),
  use: z.string().optional(),
  alg: z.string().optional(),
  key_ops: z.array(z.string()).optional(),
});
type Jwk = z.infer<typeof jwk>;
const keySet = z.looseObject({ keys: z.array(jwk).max(100) });

/** Members of private and of symmetric keys (RFC 7518, 6.2.2, 6.3.2 and 6.4). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/**
 * Reads a JSON Web Key Set. Keys for other purposes (RSA, encryption, other curves, without an id) are passed over, as
 * identity providers publish them side by side. Not passed over is a private key: whoever can read the set could sign.
 */
export function parseKeySet(text: string): KeySet {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'is not JSON' };
  }
  if (holdsPrivateKey(json)) {
    return {
      ok: false,
      problem: 'holds a private key: publish the public part only, and make a new key in place of this one',
    };
  }
  const parsed = keySet.safeParse(json);
  if (!parsed.success) return { ok: false, problem: 'is no key set: {"keys":[…]}' };
  const keys = new Map<string, PublicKey>();
  for (const member of parsed.data.keys) {
    const algorithm = algorithmOf(member);
    if (
      algorithm === undefined ||
      !keyIdPattern.test(member.kid ?? '') ||
      !isForSignatures(member, algorithm)
    )
      continue;
    if (keys.has(member.kid ?? '')) return { ok: false, problem: 'has two keys with one key id' };
    try {
      // Only what makes the point: nothing else of the member is anybody's business.
      const { kty, crv, x, y } = member;
      const point = { kty, crv, x, ...(y === undefined ? {} : { y }) };
      keys.set(member.kid ?? '', { algorithm, key: createPublicKey({ key: point, format: 'jwk' }) });
    } catch {
      return { ok: false, problem: 'has a key that is none' };
    }
  }
  if (keys.size > 0) return { ok: true, keys };
  return { ok: false, problem: 'has no key with a key id for EdDSA (Ed25519) or ES256 (P-256)' };
}

/** The kind of key decides about the algorithm, never the token. */
function algorithmOf({ kty, crv }: Jwk): TokenAlgorithm | undefined {
  if (kty === 'OKP' && crv === 'Ed25519') return 'EdDSA';
  return kty === 'EC' && crv === 'P-256' ? 'ES256' : undefined;
}

const isForSignatures = (
  { use = 'sig', alg, key_ops: operations }: Jwk,
  algorithm: TokenAlgorithm,
): boolean =>
  use === 'sig' &&
  (alg === undefined || alg === algorithm || (alg === 'Ed25519' && algorithm === 'EdDSA')) &&
  (operations === undefined || operations.includes('verify'));

/** Also where somebody points at the private key's own file instead of a set. */
function holdsPrivateKey(json: unknown): boolean {
  const isPrivate = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && privateMembers.some((name) => Object.hasOwn(value, name));
  const keys: unknown = (json as { readonly keys?: unknown } | null)?.keys;
  return isPrivate(json) || (Array.isArray(keys) && keys.some(isPrivate));
}
