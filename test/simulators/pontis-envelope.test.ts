import {
  decodeBase64Url,
  encryptionKeyOf,
  hmacKeyOf,
  openBlob,
  sameText,
  sealBlob,
  signatureOf,
} from '../../src/simulators/pontis/envelope';

/** Made with Python's `cryptography` and `hmac`, not with the code under test. */
const ENCRYPTION_SECRET = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';
const HMAC_SECRET = '__79_Pv6-fj39vX08_Lx8O_u7ezr6uno5-bl5OPi4eA';
const TIMESTAMP = '1767225600';
const PLAINTEXT = '{"transaction_id":"029b2038-6166-4bea-80a9-f1a2425a85eb"}';
const BLOB =
  'ZGVmZ2hpamtsbW5v:sk_86f3OiPVET0o7th5qbg:MzmqFBiHJf9dFjaHtDoDmWD4JDq5VZFAl-KUZc2Sk3653SKlLT-jNJzKVVnMI_j7KW753xUvIwqH';
const SIGNATURE = 'ef318a146c678f72eeccbcab7c8bc760f15705852a76d41328af38e863330a72';
const CALLBACK =
  '{"transaction_id":"029b2038-6166-4bea-80a9-f1a2425a85eb","status":"completed","status_message":null}';
const CALLBACK_SIGNATURE = '101cf03f1ef50c90acc7cbd79f12e7dcc7432580f002d3d1a9ecb7150937495c';

const key = encryptionKeyOf(ENCRYPTION_SECRET);
const hmacKey = hmacKeyOf(HMAC_SECRET);
const [IV = '', TAG = '', CIPHERTEXT = ''] = BLOB.split(':');

describe('Pontis blob', () => {
  it('is what another implementation makes of the same key, IV and text', () => {
    expect(sealBlob(PLAINTEXT, key, Buffer.from(IV, 'base64url'))).toBe(BLOB);
  });

  it('opens what another implementation sealed', () => {
    expect(openBlob(BLOB, key)).toBe(PLAINTEXT);
  });

  it.each([
    ['a flipped ciphertext character', `${IV}:${TAG}:A${CIPHERTEXT.slice(1)}`],
    ['a flipped tag character', `${IV}:A${TAG.slice(1)}:${CIPHERTEXT}`],
    ['a flipped IV character', `A${IV.slice(1)}:${TAG}:${CIPHERTEXT}`],
    ['tag and ciphertext in the other order', `${IV}:${CIPHERTEXT}:${TAG}`],
    ['a truncated tag', `${IV}:${TAG.slice(0, 16)}:${CIPHERTEXT}`],
    ['a 16-byte IV', `${TAG}:${TAG}:${CIPHERTEXT}`],
    ['a missing part', `${IV}:${TAG}`],
    ['a part too many', `${BLOB}:${IV}`],
    ['an empty ciphertext', `${IV}:${TAG}:`],
    ['padded base64', `${IV}:${TAG}==:${CIPHERTEXT}`],
    ['standard base64', BLOB.replace('-', '+').replace('_', '/')],
    ['nothing', ''],
  ])('does not open with %s', (_case, blob) => {
    expect(openBlob(blob, key)).toBeUndefined();
  });

  it('does not open with another key', () => {
    expect(openBlob(BLOB, Buffer.alloc(32, 7))).toBeUndefined();
  });
});

describe('Pontis signature', () => {
  it('covers timestamp, a dot and the blob with the decoded secret', () => {
    expect(signatureOf(TIMESTAMP, BLOB, hmacKey)).toBe(SIGNATURE);
  });

  it('covers timestamp, a dot and the raw body of a callback', () => {
    expect(signatureOf(TIMESTAMP, CALLBACK, hmacKey)).toBe(CALLBACK_SIGNATURE);
  });

  it('differs when the secret is used as text', () => {
    expect(signatureOf(TIMESTAMP, BLOB, Buffer.from(HMAC_SECRET))).not.toBe(SIGNATURE);
  });

  it('compares texts of any length', () => {
    expect(sameText(SIGNATURE, SIGNATURE)).toBe(true);
    expect(sameText(SIGNATURE, SIGNATURE.slice(1))).toBe(false);
    expect(sameText(SIGNATURE, SIGNATURE.replace('e', 'f'))).toBe(false);
  });
});

describe('Pontis secrets', () => {
  it.each(['', 'AAEC', `${ENCRYPTION_SECRET}=`, `${ENCRYPTION_SECRET}AA`])(
    'refuses the encryption secret %j',
    (secret) => {
      expect(() => encryptionKeyOf(secret)).toThrow('base64url of 32 bytes');
    },
  );

  it.each(['', 'with space', 'a+b/'])('refuses the HMAC secret %j', (secret) => {
    expect(() => hmacKeyOf(secret)).toThrow('base64url');
  });

  it('refuses base64url that is not in its only form', () => {
    expect(decodeBase64Url('AB')).toBeUndefined();
    expect(decodeBase64Url('AA')).toEqual(Buffer.from([0]));
  });
});
