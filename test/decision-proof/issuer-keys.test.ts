import { chmodSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import type { Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { createDecisionKey } from '../../src/decision-proof/decision-key';
import type { NewDecisionKey } from '../../src/decision-proof/decision-key';
import { issueDecisionToken } from '../../src/decision-proof/issue-decision-token';
import { createProofVerifier } from '../../src/decision-proof/proof-verifier';
import type { ProofVerifier } from '../../src/decision-proof/proof-verifier';
import type { ProvenDecision } from '../../src/domain/decision-proof';
import { createUndiciSender } from '../../src/http/undici-sender';

const issuer = 'https://login.acme.example';
const audience = 'payouts/acme-1';
const about: ProvenDecision = { payout: 'payout/acme/order-17', digest: 'd'.repeat(64), decision: 'approve' };
const minute = 60_000;

let first: NewDecisionKey;
let second: NewDecisionKey;
beforeAll(async () => {
  first = await createDecisionKey('EdDSA');
  second = await createDecisionKey('ES256');
});

const publicJwk = (key: NewDecisionKey): object => key.keySet.keys[0];
const setOf = (...keys: readonly object[]): string => JSON.stringify({ keys });

let clock = 0;
beforeEach(() => {
  clock = Date.parse('2026-11-21T12:00:00Z');
});

async function verified(verifier: ProofVerifier, key: NewDecisionKey, issuedBy = issuer): Promise<string> {
  const { token } = await issueDecisionToken({
    ...about,
    key,
    issuer: issuedBy,
    audience,
    account: 'alice',
    lifetimeSeconds: 300,
    now: clock,
  });
  const result = await verifier.verify(token, about);
  return result.ok ? 'ok' : `${result.code}: ${result.note}`;
}

const unknownKey = 'proof_invalid: its issuer has no such key for this algorithm';

describe('keys in a file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'payouts-keys-'));
    file = join(folder, 'keys.json');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const said: string[] = [];
  const verifierOf = (path = file): ProofVerifier =>
    createProofVerifier({
      audience,
      maxLifetimeSeconds: 600,
      issuers: { [issuer]: { jwks: { file: path } } },
      send: () => Promise.reject(new Error('nothing is sent')),
      now: () => clock,
      log: (event, fields) => void said.push(`${event}: ${JSON.stringify(fields)}`),
    });

  test('are rotated without a restart: two live keys, then one', async () => {
    const verifier = verifierOf();
    writeFileSync(file, setOf(publicJwk(first)));
    expect([await verified(verifier, first), await verified(verifier, second)]).toEqual(['ok', unknownKey]);
    writeFileSync(file, setOf(publicJwk(first), publicJwk(second)));
    expect([await verified(verifier, first), await verified(verifier, second)]).toEqual(['ok', 'ok']);
    writeFileSync(file, setOf(publicJwk(second)));
    expect([await verified(verifier, first), await verified(verifier, second)]).toEqual([unknownKey, 'ok']);
  });

  test('a withdrawn key counts no more, also where length and dates of the file are the same', async () => {
    const other = await createDecisionKey('EdDSA');
    const verifier = verifierOf();
    writeFileSync(file, setOf(publicJwk(first)));
    const { atime, mtime, size } = statSync(file);
    expect(await verified(verifier, first)).toBe('ok');
    writeFileSync(file, setOf(publicJwk(other)));
    utimesSync(file, atime, mtime);
    expect(statSync(file)).toMatchObject({ size });
    expect([await verified(verifier, first), await verified(verifier, other)]).toEqual([unknownKey, 'ok']);
  });

  test('a file that cannot be used has no keys, not the former ones; it is said once, and once when it is mended', async () => {
    said.length = 0;
    const verifier = verifierOf();
    writeFileSync(file, setOf(publicJwk(first)));
    expect(await verified(verifier, first)).toBe('ok');
    writeFileSync(file, '{"keys":[');
    const unavailable = 'proof_unavailable: the key set of the issuer is not JSON';
    expect([await verified(verifier, first), await verified(verifier, first)]).toEqual([
      unavailable,
      unavailable,
    ]);
    rmSync(file);
    expect(await verified(verifier, first)).toBe(
      'proof_unavailable: the key set of the issuer cannot be read (ENOENT)',
    );
    writeFileSync(file, setOf(publicJwk(first)));
    expect([await verified(verifier, first), await verified(verifier, first)]).toEqual(['ok', 'ok']);
    expect(said.map((line) => line.split(':')[0])).toEqual([
      'decision keys cannot be used',
      'decision keys cannot be used',
      'decision keys can be used again',
    ]);
  });

  test('a token of nobody’s does not make anybody look', async () => {
    expect(await verified(verifierOf(join(folder, 'none')), first, 'https://other.example')).toBe(
      'proof_invalid: its issuer is none of this installation',
    );
  });

  const problemOf = (text: string): string | undefined => {
    writeFileSync(file, text);
    return verifierOf().fileProblems()[0]?.message;
  };
  const rsaJwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
  const none = 'has no key with a key id for EdDSA (Ed25519) or ES256 (P-256)';
  const privateKey =
    'holds a private key: publish the public part only, and make a new key in place of this one';

  test('other keys beside them are passed over, as identity providers publish them', () => {
    const encryption = { ...publicJwk(second), kid: 'e', use: 'enc' };
    expect(problemOf(setOf({ ...rsaJwk, kid: 'r' }, encryption, publicJwk(first)))).toBeUndefined();
  });

  test.each<[string, () => string, string]>([
    ['a private key', () => setOf(publicJwk(first), second.privateJwk), privateKey],
    ['the private key’s own file', () => JSON.stringify(first.privateJwk), privateKey],
    ['a private key of another kind', () => setOf(publicJwk(first), { ...rsaJwk, p: 'AQAB' }), privateKey],
    ['a shared secret', () => setOf(publicJwk(first), { kty: 'oct', k: 'c2VjcmV0' }), privateKey],
    ['no keys', () => setOf(), none],
    ['only RSA', () => setOf({ ...rsaJwk, kid: 'r' }), none],
    ['a key without an id', () => setOf({ ...publicJwk(first), kid: undefined }), none],
    ['a key for encryption', () => setOf({ ...publicJwk(first), use: 'enc' }), none],
    ['a key for signing only', () => setOf({ ...publicJwk(first), key_ops: ['sign'] }), none],
    ['a key for another algorithm', () => setOf({ ...publicJwk(first), alg: 'ES256' }), none],
    ['a key of another curve', () => setOf({ ...publicJwk(second), crv: 'P-384' }), none],
    [
      'two keys with one id',
      () => setOf({ ...publicJwk(first), kid: 'a' }, { ...publicJwk(second), kid: 'a' }),
      'has two keys with one key id',
    ],
    ['a point that is none', () => setOf({ ...publicJwk(second), x: 'AAAA' }), 'has a key that is none'],
    [
      'a point beside the curve',
      () => setOf({ ...publicJwk(second), x: Buffer.alloc(32, 1).toString('base64url') }),
      'has a key that is none',
    ],
    ['a list', () => JSON.stringify([publicJwk(first)]), 'is no key set: {"keys":[…]}'],
    ['one public key alone', () => JSON.stringify(publicJwk(first)), 'is no key set: {"keys":[…]}'],
    ['null', () => 'null', 'is no key set: {"keys":[…]}'],
    ['no JSON', () => '-----BEGIN PUBLIC KEY-----', 'is not JSON'],
    ['too much', () => ' '.repeat(256 * 1024 + 1), 'is too large for a key set'],
  ])('%s is refused, with nothing of it in the problem', (_, text, problem) => {
    expect(problemOf(text())).toBe(problem);
  });

  test('a folder, and a file that may not be read', () => {
    expect(verifierOf(folder).fileProblems()[0]?.message).toBe('is no file');
    writeFileSync(file, setOf(publicJwk(first)));
    chmodSync(file, 0o000);
    // Root may read everything.
    const expected = process.getuid?.() === 0 ? undefined : 'cannot be read (EACCES)';
    expect(verifierOf().fileProblems()[0]?.message).toBe(expected);
  });
});

describe('keys at an address', () => {
  let server: Server;
  let asked: string[];
  let answer: (reply: ServerResponse) => void;
  const sender = createUndiciSender();
  afterAll(() => sender.close());

  beforeEach(async () => {
    asked = [];
    server = createServer((request, reply) => {
      asked.push(request.url ?? '');
      answer(reply);
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });

  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys?app=payouts`;
  const verifierOf = (at = url()): ProofVerifier =>
    createProofVerifier({
      audience,
      maxLifetimeSeconds: 600,
      issuers: { [issuer]: { jwks: { url: at } } },
      send: sender.send,
      now: () => clock,
    });
  const publish = (...keys: readonly NewDecisionKey[]): void => {
    answer = (reply) =>
      void reply.setHeader('content-type', 'application/json').end(setOf(...keys.map(publicJwk)));
  };
  const status = (code: number): void => {
    answer = (reply) => void reply.writeHead(code).end('{}');
  };

  test('are fetched once for many tokens, and again after ten minutes', async () => {
    publish(first);
    const verifier = verifierOf();
    const together = await Promise.all([1, 2, 3].map(async () => verified(verifier, first)));
    expect(together).toEqual(['ok', 'ok', 'ok']);
    clock += 10 * minute - 1;
    expect(await verified(verifier, first)).toBe('ok');
    expect(asked).toEqual(['/keys?app=payouts']);
    clock += 1;
    expect(await verified(verifier, first)).toBe('ok');
    expect(asked).toHaveLength(2);
  });

  test('are rotated without a restart: a new key works at once, a withdrawn one for ten minutes at most', async () => {
    publish(first);
    const verifier = verifierOf();
    expect(await verified(verifier, first)).toBe('ok');
    clock += 31_000;
    publish(first, second);
    expect([await verified(verifier, second), await verified(verifier, first)]).toEqual(['ok', 'ok']);
    expect(asked).toHaveLength(2);
    publish(second);
    expect(await verified(verifier, first)).toBe('ok');
    clock += 10 * minute;
    expect([await verified(verifier, first), await verified(verifier, second)]).toEqual([unknownKey, 'ok']);
  });

  test('a token with an invented key id does not make them be fetched each time', async () => {
    publish(first);
    const verifier = verifierOf();
    expect(await verified(verifier, first)).toBe('ok');
    for (let token = 0; token < 20; token += 1) expect(await verified(verifier, second)).toBe(unknownKey);
    expect(asked).toHaveLength(1);
    clock += 30_000;
    for (let token = 0; token < 20; token += 1) expect(await verified(verifier, second)).toBe(unknownKey);
    expect(asked).toHaveLength(2);
  });

  test('while they cannot be had nothing is proven, nobody is asked in a storm, and it ends by itself', async () => {
    status(503);
    const verifier = verifierOf();
    const unavailable = 'proof_unavailable: the key set of the issuer answers with status 503';
    for (let token = 0; token < 5; token += 1) expect(await verified(verifier, first)).toBe(unavailable);
    expect(asked).toHaveLength(1);
    publish(first);
    clock += 5_000;
    expect(await verified(verifier, first)).toBe('ok');
    expect(asked).toHaveLength(2);
  });

  test('known keys outlast a failure for ten minutes; what they do not name is open, not wrong', async () => {
    publish(first);
    const verifier = verifierOf();
    expect(await verified(verifier, first)).toBe('ok');
    status(500);
    clock += minute;
    const unavailable = 'proof_unavailable: the key set of the issuer answers with status 500';
    expect([await verified(verifier, second), await verified(verifier, first)]).toEqual([unavailable, 'ok']);
    clock += 10 * minute;
    expect(await verified(verifier, first)).toBe(unavailable);
  });

  test('a wall clock that was set back does not make old keys young', async () => {
    publish(first);
    const verifier = verifierOf();
    expect(await verified(verifier, first)).toBe('ok');
    status(500);
    clock -= 60 * minute;
    expect(await verified(verifier, first)).toMatch(/^proof_unavailable/);
  });

  const cannot = async (): Promise<string> => verified(verifierOf(), first);
  test('a redirect is not followed', async () => {
    answer = (reply) =>
      void (asked.length === 1
        ? reply.writeHead(302, { location: '/elsewhere' }).end()
        : reply.end(setOf(publicJwk(first))));
    expect(await cannot()).toBe('proof_unavailable: the key set of the issuer answers with status 302');
    expect(asked).toHaveLength(1);
  });
  test('a page instead of keys', async () => {
    answer = (reply) => void reply.end('<html>Sign in</html>');
    expect(await cannot()).toBe('proof_unavailable: the key set of the issuer is not JSON');
  });
  test('a private key among them', async () => {
    answer = (reply) => void reply.end(setOf(first.privateJwk));
    expect(await cannot()).toMatch(/^proof_unavailable: .* holds a private key/);
  });
  test('more than any key set has', async () => {
    answer = (reply) => void reply.end(setOf(publicJwk(first)) + ' '.repeat(256 * 1024));
    expect(await cannot()).toBe(
      'proof_unavailable: the key set of the issuer does not answer (reply_too_large)',
    );
  });
  test('a connection that ends', async () => {
    answer = (reply) => void reply.destroy();
    expect(await cannot()).toBe(
      'proof_unavailable: the key set of the issuer does not answer (connection_lost)',
    );
  });
  test('nobody there, as the check of a configuration says it, too', async () => {
    const at = url();
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
    await expect(verifierOf(at).problems()).resolves.toEqual([
      { issuer, where: 'url', message: 'does not answer (not_reachable)' },
    ]);
    server = createServer();
  });
});

test('whoever takes too long has two seconds', async () => {
  const limits: unknown[] = [];
  const verifier = createProofVerifier({
    audience,
    maxLifetimeSeconds: 600,
    issuers: { [issuer]: { jwks: { url: 'https://login.acme.example/keys' } } },
    send: async (_, options) => {
      limits.push(options);
      return { status: 200, headers: {}, body: setOf(publicJwk(first)) };
    },
    now: () => clock,
  });
  expect(await verified(verifier, first)).toBe('ok');
  expect(limits).toEqual([{ timeoutMs: 2_000, maxReplyBytes: 256 * 1024 }]);
});
