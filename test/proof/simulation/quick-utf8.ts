/**
 * Import this before anything that loads the SDK, in a process that does nothing but simulate. The SDK converts payloads to
 * UTF-8 in JavaScript, because workflows have no other means in their VM; here Node's own does the same several times
 * faster, or leaves the text as it is where nobody reads its bytes: a VM has a decoder of its own. JSON, the only text that
 * becomes a payload, has no lone surrogates, on which the two could differ.
 */
import { Buffer } from 'node:buffer';
import sdkEncoding = require('@temporalio/common/lib/encoding');
import { runsInVm } from './shard-options';

/** A text that did not become bytes, because nobody in this process reads them as such. */
class Unencoded {
  readonly length: number;
  constructor(readonly text: string) {
    this.length = text.length;
  }
}

const toUtf8 = (text: string): Uint8Array =>
  runsInVm ? Buffer.from(text, 'utf8') : (new Unencoded(text) as unknown as Uint8Array);

const fromUtf8 = (bytes: Uint8Array): string =>
  bytes instanceof Unencoded
    ? bytes.text
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');

Object.assign(sdkEncoding, { encode: toUtf8, decode: fromUtf8 } satisfies Pick<
  typeof sdkEncoding,
  'encode' | 'decode'
>);
