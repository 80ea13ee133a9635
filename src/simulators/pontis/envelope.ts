/**
 * The cryptography of `docs.pontisglobe.com/authentication` and `/callbacks`, written here a second time on purpose: the
 * simulator shares no code with the client it judges.
 */
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** Bytes of unpadded base64url text, or undefined when it is anything else (`docs.pontisglobe.com/authentication`). */
export const decodeBase64Url = (text: string): Buffer | undefined => {
  if (!BASE64URL.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
};

/** The Encryption Secret: base64url of exactly 32 bytes (`docs.pontisglobe.com/authentication`). */
export const encryptionKeyOf = (encryptionSecret: string): Buffer => {
  const key = decodeBase64Url(encryptionSecret);
  if (key?.length !== KEY_BYTES) throw new Error('encryptionSecret must be base64url of 32 bytes');
  return key;
};

/** The HMAC secret is used decoded, never as text (`docs.pontisglobe.com/callbacks`). */
export const hmacKeyOf = (hmacSecret: string): Buffer => {
  const key = decodeBase64Url(hmacSecret);
  if (key === undefined) throw new Error('hmacSecret must be base64url');
  return key;
};

/** AES-256-GCM blob `iv:tag:ciphertext`, each base64url (`docs.pontisglobe.com/authentication`). */
export const sealBlob = (plaintext: string, key: Buffer, iv: Buffer): string => {
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return [iv, cipher.getAuthTag(), ciphertext].map((part) => part.toString('base64url')).join(':');
};

/** The plaintext of a blob, or undefined when it is malformed or not authentic (`docs.pontisglobe.com/authentication`). */
export const openBlob = (blob: string, key: Buffer): string | undefined => {
  const parts = blob.split(':').map(decodeBase64Url);
  const [iv, tag, ciphertext] = parts;
  if (
    parts.length !== 3 ||
    iv?.length !== IV_BYTES ||
    tag?.length !== TAG_BYTES ||
    ciphertext === undefined
  ) {
    return undefined;
  }
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
};

/**
 * Hex HMAC-SHA256 of `<timestamp>.<content>`: the content is the blob of a request (`docs.pontisglobe.com/authentication`)
 * or the raw body of a callback (`docs.pontisglobe.com/callbacks`).
 */
export const signatureOf = (timestamp: string, content: string, hmacKey: Buffer): string =>
  createHmac('sha256', hmacKey).update(`${timestamp}.${content}`).digest('hex');

/** Compares without revealing where two texts differ, as `docs.pontisglobe.com/callbacks` asks of both sides. */
export const sameText = (left: string, right: string): boolean => {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
};
