import { decodeBase64Url, sealEnvelope } from '../../../src/providers/pontis/envelope';
import { bytes, encryptionKey, openBlob } from './pontis-account';

const plaintext = '{"transaction_id":"029b2038-6166-4bea-80a9-f1a2425a85eb"}';

describe('the envelope', () => {
  it('equals the vector byte for byte', () => {
    expect(sealEnvelope(plaintext, encryptionKey, bytes(0xa0, 12))).toBe(
      'oKGio6Slpqeoqaqr:1NuY_Ph85nw1Q6rSz5-u3Q:' +
        'nToIXySlcd4BEe68aSWpulKWeyCgjiBerD0eq0maQzf_QiWazg9rDT6lKa44G7HNdS4ncFe1eFw8',
    );
  });

  it.each(['', 'a', plaintext, 'Žižkov ₹ 😀', 'x'.repeat(60_000)])(
    'opens to what was sealed (%#)',
    (text) => {
      expect(openBlob(sealEnvelope(text, encryptionKey, bytes(1, 12)))).toBe(text);
    },
  );

  it('differs for every IV', () => {
    const first = sealEnvelope(plaintext, encryptionKey, bytes(1, 12));
    expect(sealEnvelope(plaintext, encryptionKey, bytes(2, 12))).not.toBe(first);
  });

  it('does not open once a byte is changed', () => {
    const [iv, tag, ciphertext = ''] = sealEnvelope(plaintext, encryptionKey, bytes(1, 12)).split(':');
    const changed = Buffer.from(ciphertext, 'base64url');
    changed.writeUInt8(changed.readUInt8(0) ^ 1, 0);
    expect(() => openBlob([iv, tag, changed.toString('base64url')].join(':'))).toThrow('authenticate');
  });

  it.each([
    [bytes(0, 31), bytes(0, 12)],
    [bytes(0, 16), bytes(0, 12)],
    [bytes(0, 32), bytes(0, 11)],
    [bytes(0, 32), bytes(0, 16)],
    [Buffer.alloc(0), bytes(0, 12)],
  ])('refuses a key or an IV of another length (%#)', (key, iv) => {
    expect(() => sealEnvelope(plaintext, key, iv)).toThrow('the envelope needs');
  });
});

describe('a base64url secret', () => {
  it.each([
    ['AAEC', [0, 1, 2]],
    ['_-8', [0xff, 0xef]],
    ['_-8=', [0xff, 0xef]],
    ['AA==', [0]],
  ])('%j is decoded', (text, expected) => {
    expect([...(decodeBase64Url(text) ?? [])]).toEqual(expected);
  });

  it.each(['', '=', '+/8', 'AA EC', 'AAEC\n', 'A', 'AB', '%41', 'AAEC==='])('%j is none', (text) => {
    expect(decodeBase64Url(text)).toBeUndefined();
  });
});
