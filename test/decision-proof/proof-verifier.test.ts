import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDecisionKey } from '../../src/decision-proof/decision-key';
import type { NewDecisionKey } from '../../src/decision-proof/decision-key';
import { tokenAlgorithms, tokenType } from '../../src/decision-proof/decision-token';
import { issueDecisionToken } from '../../src/decision-proof/issue-decision-token';
import type { DecisionTokenRequest } from '../../src/decision-proof/issue-decision-token';
import { createProofVerifier } from '../../src/decision-proof/proof-verifier';
import type { ProofIssuer, ProofVerifier } from '../../src/decision-proof/proof-verifier';
import type { ProofResult, ProvenDecision } from '../../src/domain/decision-proof';
import { createDraws } from '../support/seeded-draws';
import type { Draws } from '../support/seeded-draws';

const now = Date.parse('2026-11-21T12:00:00Z');
const seconds = now / 1000;
const audience = 'payouts/acme-1';
const issuer = 'https://login.acme.example';
const otherIssuer = 'https://login.other.example';
const about: ProvenDecision = { payout: 'payout/acme/order-17', digest: 'd'.repeat(64), decision: 'approve' };

let folder: string;
let ours: NewDecisionKey;
let oursEc: NewDecisionKey;
let theirs: NewDecisionKey;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsaJwk = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa', alg: 'RS256', use: 'sig' };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payouts-proof-'));
  ours = await createDecisionKey('EdDSA');
  oursEc = await createDecisionKey('ES256');
  theirs = await createDecisionKey('EdDSA');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const keyFile = (...keys: readonly unknown[]): string => {
  const path = join(folder, `keys-${(files += 1)}.json`);
  writeFileSync(path, JSON.stringify({ keys }));
  return path;
};
const publicJwk = (key: NewDecisionKey): object => key.keySet.keys[0];

function verifierOf(
  changes: { readonly issuers?: Readonly<Record<string, ProofIssuer>>; readonly at?: () => number } = {},
): ProofVerifier {
  return createProofVerifier({
    audience,
    maxLifetimeSeconds: 600,
    issuers: changes.issuers ?? {
      [issuer]: { jwks: { file: keyFile(publicJwk(ours), publicJwk(oursEc), rsaJwk) } },
      [otherIssuer]: { jwks: { file: keyFile(publicJwk(theirs)) } },
    },
    send: () => Promise.reject(new Error('nothing is sent')),
    now: changes.at ?? (() => now),
  });
}

const issue = async (changes: Partial<DecisionTokenRequest> = {}): Promise<string> =>
  (
    await issueDecisionToken({
      ...about,
      key: ours,
      issuer,
      audience,
      account: 'alice',
      lifetimeSeconds: 300,
      now,
      ...changes,
    })
  ).token;

type Json = Readonly<Record<string, unknown>>;
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const honestClaims = (): Json => ({
  iss: issuer,
  sub: 'alice',
  aud: audience,
  iat: seconds,
  exp: seconds + 300,
  ...about,
});
const honestHeader = (): Json => ({ alg: 'EdDSA', typ: tokenType, kid: ours.keyId });

/** Signs whatever it is given, without a library that would object. */
const forge = (
  header: Json,
  claims: Json | string,
  signWith: (input: string) => Buffer = (input) => sign(null, Buffer.from(input), ours.privateKey),
): string => {
  const input = `${part({ ...honestHeader(), ...header })}.${typeof claims === 'string' ? claims : part({ ...honestClaims(), ...claims })}`;
  return `${input}.${signWith(input).toString('base64url')}`;
};
const ecSignature =
  (key: KeyObject) =>
  (input: string): Buffer =>
    sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });

const codeOf = (result: ProofResult): string => (result.ok ? 'ok' : result.code);

describe('a token that proves the decision', () => {
  test.each(tokenAlgorithms)('%s: account, issuer, key and times come out', async (algorithm) => {
    const key = algorithm === 'EdDSA' ? ours : oursEc;
    await expect(verifierOf().verify(await issue({ key }), about)).resolves.toEqual({
      ok: true,
      account: 'alice',
      issuer,
      keyId: key.keyId,
      issuedAt: now,
      expiresAt: now + 300_000,
    });
  });

  test('hand-made ones are taken, too: the forgeries below differ in one thing each', async () => {
    const ec = forge({ alg: 'ES256', kid: oursEc.keyId }, {}, ecSignature(oursEc.privateKey));
    for (const token of [
      forge({}, {}),
      ec,
      forge({}, { aud: ['others', audience], nbf: seconds, jti: 'x' }),
    ]) {
      expect(codeOf(await verifierOf().verify(token, about))).toBe('ok');
    }
  });

  test('may come as often as its decision does', async () => {
    const [verifier, token] = [verifierOf(), await issue()];
    const results = [await verifier.verify(token, about), await verifier.verify(token, about)];
    expect(results.map(codeOf)).toEqual(['ok', 'ok']);
  });

  test('the clocks of issuer and worker may differ by half a minute', async () => {
    const verified = async (at: number): Promise<string> =>
      codeOf(await verifierOf({ at: () => at }).verify(await issue(), about));
    expect(await verified(now - 30_000)).toBe('ok');
    expect(await verified(now - 31_000)).toBe('proof_invalid');
    expect(await verified(now + 329_000)).toBe('ok');
    expect(await verified(now + 330_000)).toBe('proof_expired');
  });

  test('the account may stand in another claim', async () => {
    const email = { jwks: { file: keyFile(publicJwk(ours)) }, subjectClaim: 'email' };
    const verifier = verifierOf({ issuers: { [issuer]: email } });
    await expect(verifier.verify(forge({}, { email: 'alice@acme.example' }), about)).resolves.toMatchObject({
      ok: true,
      account: 'alice@acme.example',
    });
    expect(codeOf(await verifier.verify(await issue(), about))).toBe('proof_invalid');
  });
});

describe('a token for something else', () => {
  test.each<[string, Partial<ProvenDecision>, string]>([
    ['another payout', { payout: 'payout/acme/order-18' }, 'it is about another payout'],
    ['another digest', { digest: 'e'.repeat(64) }, 'it is about another digest'],
    ['another decision', { decision: 'reject' }, 'it is about another decision'],
  ])('%s is a mismatch', async (_, change, note) => {
    await expect(verifierOf().verify(await issue(change), about)).resolves.toEqual({
      ok: false,
      code: 'proof_mismatch',
      note,
    });
  });

  test('not where only the case of the reference differs: that is one payout', async () => {
    expect(codeOf(await verifierOf().verify(await issue({ payout: 'payout/acme/Order-17' }), about))).toBe(
      'ok',
    );
  });

  test('also where the spelling is nearly the same', async () => {
    for (const payout of ['acme/order-17', 'payout/acme/order-17 ', 'payout/acme/order-1']) {
      expect(codeOf(await verifierOf().verify(await issue({ payout }), about))).toBe('proof_mismatch');
    }
  });
});

describe('forgeries', () => {
  const bySecret =
    (secret: string | Buffer) =>
    (input: string): Buffer =>
      createHmac('sha256', secret).update(input).digest();
  const publicPem = (): string =>
    createPublicKey(ours.privateKey).export({ type: 'spki', format: 'pem' }) as string;
  const publicDer = (): Buffer => createPublicKey(ours.privateKey).export({ type: 'spki', format: 'der' });
  const publicPoint = (): Buffer => Buffer.from((publicJwk(ours) as { readonly x: string }).x, 'base64url');
  const byThem = (input: string): Buffer => sign(null, Buffer.from(input), theirs.privateKey);
  const unsigned = (header: Json): string => forge(header, {}, () => Buffer.alloc(0));

  test.each<[string, () => string | Promise<string>, string]>([
    ['no algorithm', () => unsigned({ alg: 'none' }), 'proof_invalid'],
    ['no algorithm, in capitals', () => unsigned({ alg: 'NONE' }), 'proof_invalid'],
    ['no algorithm, with a signature', () => forge({ alg: 'none' }, {}), 'proof_invalid'],
    ['no signature', () => unsigned({}), 'proof_invalid'],
    [
      'HS256, the public key (PEM) as the secret',
      () => forge({ alg: 'HS256' }, {}, bySecret(publicPem())),
      'proof_invalid',
    ],
    [
      'HS256, the public key (DER) as the secret',
      () => forge({ alg: 'HS256' }, {}, bySecret(publicDer())),
      'proof_invalid',
    ],
    [
      'HS256, the public point as the secret',
      () => forge({ alg: 'HS256' }, {}, bySecret(publicPoint())),
      'proof_invalid',
    ],
    ['HS256 under the name EdDSA', () => forge({}, {}, bySecret(publicPem())), 'proof_invalid'],
    [
      'RS256, by a key of the issuer',
      () =>
        forge({ alg: 'RS256', kid: 'rsa' }, {}, (input) =>
          sign('sha256', Buffer.from(input), rsa.privateKey),
        ),
      'proof_invalid',
    ],
    ['the other algorithm’s name', () => forge({ alg: 'ES256' }, {}), 'proof_invalid'],
    ['the other algorithm’s key', () => forge({ kid: oursEc.keyId }, {}), 'proof_invalid'],
    [
      'ES256 with a DER signature',
      () =>
        forge({ alg: 'ES256', kid: oursEc.keyId }, {}, (input) =>
          sign('sha256', Buffer.from(input), oursEc.privateKey),
        ),
      'proof_invalid',
    ],
    [
      'ES256 with a signature of zeros',
      () => forge({ alg: 'ES256', kid: oursEc.keyId }, {}, () => Buffer.alloc(64)),
      'proof_invalid',
    ],
    ['EdDSA with a signature of zeros', () => forge({}, {}, () => Buffer.alloc(64)), 'proof_invalid'],
    ['another audience', () => issue({ audience: 'payouts/acme-2' }), 'proof_invalid'],
    ['an audience that begins alike', () => issue({ audience: `${audience}0` }), 'proof_invalid'],
    ['no audience', () => forge({}, { aud: undefined }), 'proof_invalid'],
    ['an audience that is an object', () => forge({}, { aud: { [audience]: true } }), 'proof_invalid'],
    ['an issuer that nobody knows', () => issue({ issuer: 'https://evil.example' }), 'proof_invalid'],
    ['an issuer called as members of objects are', () => issue({ issuer: '__proto__' }), 'proof_invalid'],
    ['no issuer', () => forge({}, { iss: undefined }), 'proof_invalid'],
    ['an issuer that is a list', () => forge({}, { iss: [issuer] }), 'proof_invalid'],
    ['the other issuer’s name with our key', () => issue({ issuer: otherIssuer }), 'proof_invalid'],
    ['our name with the other issuer’s key', () => issue({ key: theirs }), 'proof_invalid'],
    ['our name and key id with the other issuer’s key', () => forge({}, {}, byThem), 'proof_invalid'],
    ['expired', () => issue({ now: now - 331_000 }), 'proof_expired'],
    ['issued in the future', () => issue({ now: now + 31_000 }), 'proof_invalid'],
    ['not to be used yet', () => forge({}, { nbf: seconds + 31 }), 'proof_invalid'],
    ['no expiry', () => forge({}, { exp: undefined }), 'proof_invalid'],
    ['no time of issue', () => forge({}, { iat: undefined }), 'proof_invalid'],
    [
      'times as texts',
      () => forge({}, { iat: String(seconds), exp: String(seconds + 300) }),
      'proof_invalid',
    ],
    ['a lifetime one second too long', () => issue({ lifetimeSeconds: 601 }), 'proof_invalid'],
    ['a lifetime of years', () => forge({}, { iat: 0, exp: 4_000_000_000 }), 'proof_invalid'],
    ['an expiry beyond all dates', () => forge({}, { exp: 1e300 }), 'proof_invalid'],
    [
      'an expiry before its issue',
      () => forge({}, { iat: seconds + 20, exp: seconds + 10 }),
      'proof_invalid',
    ],
    ['the type of any token', () => forge({ typ: 'JWT' }, {}), 'proof_invalid'],
    ['the type of an access token', () => forge({ typ: 'at+jwt' }, {}), 'proof_invalid'],
    ['the type in capitals', () => forge({ typ: tokenType.toUpperCase() }, {}), 'proof_invalid'],
    ['the type with its family', () => forge({ typ: `application/${tokenType}` }, {}), 'proof_invalid'],
    ['no type', () => forge({ typ: undefined }, {}), 'proof_invalid'],
    ['a key id that nobody has', () => forge({ kid: 'nobody' }, {}), 'proof_invalid'],
    ['a key id called as members of objects are', () => forge({ kid: 'constructor' }, {}), 'proof_invalid'],
    ['a path as the key id', () => forge({ kid: '../../dev/null' }, {}), 'proof_invalid'],
    ['no key id', () => forge({ kid: undefined }, {}), 'proof_invalid'],
    ['its own key in the header', () => forge({ jwk: publicJwk(theirs) }, {}, byThem), 'proof_invalid'],
    [
      'its own key in the header, with that key’s id',
      () => forge({ jwk: publicJwk(theirs), kid: theirs.keyId }, {}, byThem),
      'proof_invalid',
    ],
    [
      'an address of keys in the header',
      () => forge({ jku: 'http://127.0.0.1:1/keys' }, {}, byThem),
      'proof_invalid',
    ],
    [
      'a key in the header, properly signed all the same',
      () => forge({ jwk: publicJwk(ours) }, {}),
      'proof_invalid',
    ],
    [
      'an address in the header, properly signed all the same',
      () => forge({ jku: `${issuer}/keys` }, {}),
      'proof_invalid',
    ],
    ['a certificate in the header', () => forge({ x5c: ['MIIB'] }, {}), 'proof_invalid'],
    ['the address of a certificate', () => forge({ x5u: 'https://evil.example' }, {}), 'proof_invalid'],
    ['an extension that must be understood', () => forge({ crit: ['exp'] }, {}), 'proof_invalid'],
    [
      'an extension that the library understands',
      () => forge({ b64: true, crit: ['b64'] }, {}),
      'proof_invalid',
    ],
    ['the mark of another encoding, without effect', () => forge({ b64: false }, {}), 'proof_invalid'],
    ['a payload that is not encoded', () => forge({ b64: false, crit: ['b64'] }, {}), 'proof_invalid'],
    ['no account', () => forge({}, { sub: undefined }), 'proof_invalid'],
    ['an empty account', () => forge({}, { sub: ' ' }), 'proof_invalid'],
    ['an account that is a number', () => forge({}, { sub: 7 }), 'proof_invalid'],
    ['an account with a line break', () => forge({}, { sub: 'alice\nbob' }), 'proof_invalid'],
    ['an account that reads backwards', () => forge({}, { sub: 'alice\u202Ebob' }), 'proof_invalid'],
    ['an account too long to be one', () => forge({}, { sub: 'a'.repeat(129) }), 'proof_invalid'],
    ['no payout', () => forge({}, { payout: undefined }), 'proof_invalid'],
    ['no digest', () => forge({}, { digest: undefined }), 'proof_invalid'],
    ['no decision', () => forge({}, { decision: undefined }), 'proof_invalid'],
    ['a decision that there is not', () => forge({}, { decision: 'approve-all' }), 'proof_invalid'],
    ['several decisions', () => forge({}, { decision: ['approve', 'reject'] }), 'proof_invalid'],
    ['claims that are a list', () => forge({}, part([honestClaims()])), 'proof_invalid'],
    ['claims that are no JSON', () => forge({}, Buffer.from('{').toString('base64url')), 'proof_invalid'],
    ['an encrypted token’s five parts', async () => `${await issue()}.a.b`, 'proof_invalid'],
    ['two parts', async () => (await issue()).split('.').slice(0, 2).join('.'), 'proof_invalid'],
    ['a line break at its end', async () => `${await issue()}\n`, 'proof_invalid'],
    ['padding', async () => `${await issue()}==`, 'proof_invalid'],
    [
      'JSON serialisation',
      () => JSON.stringify({ payload: part(honestClaims()), signatures: [] }),
      'proof_invalid',
    ],
    ['5,000 characters', () => forge({}, { note: 'x'.repeat(3_400) }), 'proof_invalid'],
    ['5,000 letters', () => 'a'.repeat(5_000), 'proof_invalid'],
    ['nothing', () => '', 'proof_invalid'],
    ['dots', () => '..', 'proof_invalid'],
  ])('%s', async (_, make, code) => {
    const token = await make();
    const result = await verifierOf().verify(token, about);
    expect(codeOf(result)).toBe(code);
    // No note tells anything of the token.
    const { note } = result as { readonly note: string };
    for (const piece of ['alice', 'order-17', 'evil', about.digest, ours.keyId, 'nobody']) {
      expect(note).not.toContain(piece);
    }
  });

  test.each<[string, () => string | Promise<string>]>([
    ['it is no signed token in compact form', () => 'a.b'],
    ['its algorithm is neither EdDSA nor ES256', () => forge({ alg: 'none' }, {})],
    ['its algorithm is neither EdDSA nor ES256', () => forge({ alg: 'HS256' }, {}, bySecret(publicPem()))],
    [`its type is not ${tokenType}`, () => forge({ typ: 'JWT' }, {})],
    ['it names no key', () => forge({ kid: undefined }, {})],
    ['its header holds what a decision token must not have', () => forge({ jku: 'x' }, {})],
    ['its header holds what a decision token must not have', () => forge({ crit: ['exp'] }, {})],
    ['its issuer is none of this installation', () => issue({ issuer: 'https://evil.example' })],
    ['its issuer has no such key for this algorithm', () => forge({ kid: 'nobody' }, {})],
    ['its issuer has no such key for this algorithm', () => forge({ alg: 'ES256' }, {})],
    ['its signature is not that of the key it names', () => forge({}, {}, byThem)],
    ['its claim aud is missing, or not what it must be', () => issue({ audience: 'payouts/acme-2' })],
    ['its claim exp is missing, or not what it must be', () => forge({}, { exp: undefined })],
    ['its claim iat is missing, or not what it must be', () => forge({}, { iat: undefined })],
    ['its claim nbf is missing, or not what it must be', () => forge({}, { nbf: seconds + 31 })],
    ['its claim digest is missing, or not what it must be', () => forge({}, { digest: 7 })],
    ['it was issued in the future, by this machine’s clock', () => issue({ now: now + 31_000 })],
    ['its lifetime is not between 1 and 600 seconds', () => issue({ lifetimeSeconds: 601 })],
    ['it names no account in the issuer’s subject claim', () => forge({}, { sub: 7 })],
    ['it has expired: ask for a new one', () => issue({ now: now - 331_000 })],
  ])('say what is wrong: %s (%#)', async (note, make) => {
    await expect(verifierOf().verify(await make(), about)).resolves.toMatchObject({ ok: false, note });
  });

  test('the long one is only too long: at 4,096 characters the same is taken', async () => {
    expect(forge({}, { note: 'x'.repeat(3_400) }).length).toBeGreaterThanOrEqual(5_000);
    expect(codeOf(await verifierOf().verify(forge({}, { note: 'x'.repeat(2_500) }), about))).toBe('ok');
  });

  test.each([[undefined], [null], [7], [{}], [['a', 'b', 'c']]])('%p instead of a text', async (token) => {
    expect(codeOf(await verifierOf().verify(token as unknown as string, about))).toBe('proof_invalid');
  });

  test('no lifetime above an hour can be configured around', async () => {
    const verifier = createProofVerifier({
      audience,
      maxLifetimeSeconds: 1e9,
      issuers: { [issuer]: { jwks: { file: keyFile(publicJwk(ours)) } } },
      send: () => Promise.reject(new Error('nothing is sent')),
      now: () => now,
    });
    expect(codeOf(await verifier.verify(await issue({ lifetimeSeconds: 3600 }), about))).toBe('ok');
    expect(codeOf(await verifier.verify(await issue({ lifetimeSeconds: 3601 }), about))).toBe(
      'proof_invalid',
    );
  });
});

describe('mutations of tokens that count', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

  /** One to three changes: characters replaced, added, removed, swapped, bits of the bytes turned, pieces exchanged. */
  function mutate(token: string, other: string, draws: Draws): string {
    const below = (limit: number): number => draws.below(limit);
    let text = token;
    for (let change = below(3); change >= 0; change -= 1) {
      const at = below(text.length + 1);
      const letter = alphabet[below(alphabet.length)] ?? 'A';
      const parts = text.split('.');
      const piece = below(parts.length);
      text = draws.oneOf([
        () => text.slice(0, at) + letter + text.slice(at + 1),
        () => text.slice(0, at) + letter + text.slice(at),
        () => text.slice(0, at) + text.slice(at + 1),
        () => text.slice(0, at),
        () => text.slice(at),
        () =>
          text.slice(0, at) + draws.oneOf(['.', '=', '+', '/', ' ', '\n', '\u0000', 'é']) + text.slice(at),
        // The last character of a part has bits that no byte takes: other spellings of the same bytes.
        () => parts.map((one, index) => (index === piece ? one.slice(0, -1) + letter : one)).join('.'),
        () => parts.map((one, index) => (index === piece ? (other.split('.')[piece] ?? '') : one)).join('.'),
        () =>
          parts
            .map((one, index) => {
              if (index !== piece || one === '') return one;
              const bytes = Buffer.from(one, 'base64url');
              const place = below(bytes.length);
              bytes[place] = (bytes[place] ?? 0) ^ (1 << below(8));
              return bytes.toString('base64url');
            })
            .join('.'),
      ])();
    }
    return text;
  }

  test.each(tokenAlgorithms)('%s: of some thousand none is accepted', async (algorithm) => {
    const seed = Number(process.env['FAST_CHECK_SEED'] ?? Math.floor(Math.random() * 0x7fff_ffff));
    process.stderr.write(`mutated tokens draw from FAST_CHECK_SEED=${seed}\n`);
    const draws = createDraws(seed);
    const key = algorithm === 'EdDSA' ? ours : oursEc;
    const [token, other] = [await issue({ key }), await issue({ key, decision: 'reject', account: 'bob' })];
    const verifier = verifierOf();
    let refused = 0;
    for (let run = 0; run < 3_000; run += 1) {
      const mutated = mutate(token, other, draws);
      if (mutated === token || mutated === other) continue;
      const code = codeOf(await verifier.verify(mutated, about));
      if (code !== 'proof_invalid') throw new Error(`${code} for ${mutated}`);
      refused += 1;
    }
    expect(refused).toBeGreaterThan(2_500);
    expect(codeOf(await verifier.verify(token, about))).toBe('ok');
  });

  test('every other spelling of the same signature is refused', async () => {
    const token = await issue();
    const [head, last] = [token.slice(0, -1), token.slice(-1)];
    const spellings = alphabet
      .split('')
      .filter((letter) => letter !== last)
      .map((letter) => head + letter);
    const bytes = (text: string): string =>
      Buffer.from(text.split('.')[2] ?? '', 'base64url').toString('hex');
    expect(spellings.filter((spelling) => bytes(spelling) === bytes(token))).toHaveLength(15);
    for (const spelling of spellings) {
      expect(codeOf(await verifierOf().verify(spelling, about))).toBe('proof_invalid');
    }
  });
});
