/**
 * Import this before anything that loads the SDK, in a process that does nothing but simulate. The SDK converts payloads to
 * UTF-8 in JavaScript, because workflows have no other means in their VM; here Node's own does the same several times
 * faster. JSON, the only text that becomes a payload, has no lone surrogates, on which the two could differ.
 */
import { Buffer } from 'node:buffer';
import sdkEncoding = require('@temporalio/common/lib/encoding');

Object.assign(sdkEncoding, {
  encode: (text: string): Uint8Array => Buffer.from(text, 'utf8'),
  decode: (bytes: Uint8Array): string =>
    (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)).toString(
      'utf8',
    ),
} satisfies Pick<typeof sdkEncoding, 'encode' | 'decode'>);
