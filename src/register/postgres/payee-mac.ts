import { createHmac } from 'node:crypto';
import type { PayeeKey } from './register-settings';

/**
 * HMAC-SHA-256 over the digest of what identifies a payee. The digest alone could be guessed from the few account numbers
 * that there are; the MAC only by who has the key. It is good for being equal, under one key, and for nothing else.
 */
export const payeeMac = ({ secret }: PayeeKey, payee: string): Buffer =>
  createHmac('sha256', secret.reveal()).update(payee, 'utf8').digest();
