/** What every request must carry besides its payload (`docs.pontisglobe.com/authentication`). */
import type { SimulatedRequest } from '../provider-core';
import { openBlob, sameText, signatureOf } from './envelope';
import { Refusal } from './replies';

const MAX_BODY_BYTES = 64 * 1024;
const MAX_DRIFT_MS = 5 * 60 * 1000;
const UNIX_SECONDS = /^\d{1,11}$/;
const JSON_CONTENT = /^application\/json(?:\s*;\s*charset=utf-8)?$/i;
const HEX_SHA256 = /^[0-9a-f]{64}$/;

/** The decoded secrets of one account. */
export type RequestKeys = { readonly apiKey: string; readonly encryption: Buffer; readonly hmac: Buffer };

/** The blob of `{"data": "<blob>"}`, or undefined when the body is anything else. */
export const blobOf = (body: string): string | undefined => {
  const parsed = parseJson(body);
  if (typeof parsed !== 'object' || parsed === null || !('data' in parsed)) return undefined;
  return typeof parsed.data === 'string' && Object.keys(parsed).length === 1 ? parsed.data : undefined;
};

/** JSON or undefined; a document never parses to undefined. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Size, content type and API key: all that is looked at before the signature. */
export const checkSender = (request: SimulatedRequest, apiKey: string): void => {
  if (Buffer.byteLength(request.body) > MAX_BODY_BYTES) {
    throw new Refusal('bad_request', 'Request body is larger than 64 KB', 413);
  }
  if (!JSON_CONTENT.test(request.headers['content-type'] ?? '')) {
    throw new Refusal('bad_request', 'content-type must be application/json');
  }
  if (!sameText(request.headers['x-api-key'] ?? '', apiKey))
    throw new Refusal('unauthorized', 'Invalid API key');
};

/** Checks timestamp and signature and returns the decrypted text (`docs.pontisglobe.com/authentication`). */
export const openRequest = (request: SimulatedRequest, keys: RequestKeys, now: number): string => {
  const timestamp = request.headers['x-timestamp'] ?? '';
  if (!UNIX_SECONDS.test(timestamp) || Math.abs(now - Number(timestamp) * 1000) > MAX_DRIFT_MS) {
    throw new Refusal('unauthorized', 'x-timestamp is missing or drifts more than 5 minutes');
  }
  const blob = blobOf(request.body);
  if (blob === undefined) throw new Refusal('bad_request', 'Body must be {"data": "<encrypted payload>"}');
  const signature = request.headers['x-signature'] ?? '';
  if (!HEX_SHA256.test(signature) || !sameText(signature, signatureOf(timestamp, blob, keys.hmac))) {
    throw new Refusal('invalid_signature', 'Request signature does not match');
  }
  const plaintext = openBlob(blob, keys.encryption);
  if (plaintext === undefined) throw new Refusal('bad_request', 'Payload could not be decrypted');
  return plaintext;
};
