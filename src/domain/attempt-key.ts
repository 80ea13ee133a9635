/** Live money, or a provider's sandbox. Part of every key, so that the two can never share one. */
export type Mode = 'live' | 'sandbox';

/** Everything the key of an attempt depends on. Nothing else may: no run id, activity id, time or randomness. */
export type AttemptIdentity = {
  readonly installation: string;
  readonly tenant: string;
  readonly reference: string;
  readonly account: string;
  readonly mode: Mode;
  /** 1 for the first attempt; raised only on proof that the one before moved no money. */
  readonly generation: number;
};

export type Sha256Hex = (text: string) => string;

/**
 * The key of an attempt, as 64 hex digits: SHA-256 over length-prefixed fields, so that no two identities share a
 * preimage. Each adapter shapes it into its provider's format (Pontis: a UUID with version 4 bits).
 *
 * Vector: {installation: 'acme', tenant: 't', reference: 'r-1', account: 'main', mode: 'sandbox', generation: 1}
 * has the preimage `14:attempt-key/v1|4:acme|1:t|3:r-1|4:main|7:sandbox|1:1`.
 */
export function attemptKeyDigest(identity: AttemptIdentity, sha256: Sha256Hex): string {
  const fields = [
    'attempt-key/v1',
    identity.installation,
    identity.tenant,
    identity.reference,
    identity.account,
    identity.mode,
    String(identity.generation),
  ];
  return sha256(fields.map((field) => `${field.length}:${field}`).join('|'));
}
