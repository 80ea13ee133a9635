import { sha256Hex } from '../hmac-signature';
import type { SimulatedReply } from '../provider-core';

export type Remembered = {
  readonly reply: SimulatedReply;
  /** The withdrawal that was created, unless the reply was a refusal. */
  readonly providerPayoutId?: string;
};

export type Recollection =
  | { readonly kind: 'unknown' }
  /** A request with this key has arrived and is not processed yet. */
  | { readonly kind: 'in-flight' }
  | { readonly kind: 'other-body' }
  | { readonly kind: 'known'; readonly remembered: Remembered };

export type KeyMemory = {
  recall(key: string, body: string, now: number): Recollection;
  remember(key: string, body: string, remembered: Remembered, now: number): void;
  /** Marks the key as in flight until the returned function is called. */
  hold(key: string): () => void;
};

/** Remembers the first reply to each key for exactly `lifetimeMs`; from then on the key is new again. */
export function createKeyMemory(lifetimeMs: number): KeyMemory {
  const replies = new Map<string, Remembered & { readonly bodySha256: string; readonly storedAt: number }>();
  const held = new Map<string, number>();

  return {
    recall(key, body, now) {
      if (held.has(key)) return { kind: 'in-flight' };
      const found = replies.get(key);
      if (!found || now - found.storedAt >= lifetimeMs) return { kind: 'unknown' };
      return found.bodySha256 === sha256Hex(body)
        ? { kind: 'known', remembered: found }
        : { kind: 'other-body' };
    },
    remember(key, body, remembered, now) {
      replies.set(key, { ...remembered, bodySha256: sha256Hex(body), storedAt: now });
    },
    hold(key) {
      held.set(key, (held.get(key) ?? 0) + 1);
      return () => {
        const left = (held.get(key) ?? 1) - 1;
        if (left === 0) held.delete(key);
        else held.set(key, left);
      };
    },
  };
}
