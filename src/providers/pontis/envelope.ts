import { createCipheriv } from 'node:crypto';

/** docs.pontisglobe.com/authentication: a random 12-byte IV for every message. */
export const ivLength = 12;
export const encryptionKeyLength = 32;

/**
 * The encrypted blob that goes into `{"data": …}`: AES-256-GCM, written `iv:tag:ciphertext`, each part base64url without
 * padding (docs.pontisglobe.com/authentication). The IV must never repeat under one key: fresh random bytes every time.
 *
 * Vector: key = bytes 00…1f, iv = bytes a0…ab, plaintext `{"transaction_id":"029b2038-6166-4bea-80a9-f1a2425a85eb"}` gives
 * `oKGio6Slpqeoqaqr:1NuY_Ph85nw1Q6rSz5-u3Q:nToIXySlcd4BEe68aSWpulKWeyCgjiBerD0eq0maQzf_QiWazg9rDT6lKa44G7HNdS4ncFe1eFw8`.
 */
export function sealEnvelope(plaintext: string, key: Uint8Array, iv: Uint8Array): string {
  // A short key or IV would be accepted by some modes of the library; here it is a bug.
  if (key.length !== encryptionKeyLength || iv.length !== ivLength) {
    throw new Error('the envelope needs a key of 32 bytes and an IV of 12');
  }
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return [iv, cipher.getAuthTag(), ciphertext]
    .map((part) => Buffer.from(part).toString('base64url'))
    .join(':');
}

const base64Url = /^[A-Za-z0-9_-]+={0,2}$/;

/** The bytes of a base64url secret (padding is tolerated), or undefined when the text is something else. */
export function decodeBase64Url(text: string): Buffer | undefined {
  if (!base64Url.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length > 0 && bytes.toString('base64url') === text.replace(/=+$/, '') ? bytes : undefined;
}
