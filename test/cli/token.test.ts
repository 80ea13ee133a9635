import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { createProofVerifier } from '../../src/decision-proof/proof-verifier';
import { createCli, snapshot } from './fake-cli';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'payouts-token-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const about = ['--issuer', 'dev', '--audience', 'payouts/acme-1'];
const verify = async (token: string, decision: 'approve' | 'reject', digest: string): Promise<unknown> =>
  createProofVerifier({
    audience: 'payouts/acme-1',
    maxLifetimeSeconds: 600,
    issuers: { dev: { jwks: { file: join(folder, 'key.json.jwks.json') } } },
    send: () => Promise.reject(new Error('nothing is sent')),
    now: () => Date.now(),
  }).verify(token, { payout: 'payout/acme/r-1', digest, decision });

describe('--new-key', () => {
  it('writes a private key that only its owner can read, and a set with the public one', async () => {
    const file = join(folder, 'key.json');
    const { code, out, err } = await createCli().run('token', '--new-key', file);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`${file}.jwks.json`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const key = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    expect(key).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', d: expect.any(String) });
    expect(out).not.toContain(key['d']);
    const { d: _, ...publicPart } = key;
    expect(JSON.parse(readFileSync(`${file}.jwks.json`, 'utf8'))).toEqual({ keys: [publicPart] });
  });

  it('prints where, as JSON', async () => {
    const file = join(folder, 'key.json');
    const { out } = await createCli().run('token', '--new-key', file, '--algorithm', 'ES256', '--json');
    const { kid } = JSON.parse(readFileSync(file, 'utf8')) as { readonly kid: string };
    expect(JSON.parse(out)).toEqual({
      keyId: kid,
      algorithm: 'ES256',
      privateKey: file,
      keySet: `${file}.jwks.json`,
    });
  });

  it.each(['key.json', 'key.json.jwks.json'])('writes nothing where there is a %s', async (there) => {
    writeFileSync(join(folder, there), 'precious');
    const { code, err } = await createCli().run('token', '--new-key', join(folder, 'key.json'), '--json');
    expect(code).toBe(2);
    expect(JSON.parse(err).error.code).toBe('key_not_written');
    expect(readFileSync(join(folder, there), 'utf8')).toBe('precious');
    expect(() => statSync(join(folder, there === 'key.json' ? 'key.json.jwks.json' : 'key.json'))).toThrow(
      'ENOENT',
    );
  });
});

describe.each(['EdDSA', 'ES256'])('a token by %s', (algorithm) => {
  const make = async (...options: readonly string[]): ReturnType<ReturnType<typeof createCli>['run']> => {
    const key = join(folder, 'key.json');
    await createCli().run('token', '--new-key', key, '--algorithm', algorithm);
    const { run } = createCli({ get: async () => snapshot() }, { folder });
    return run('token', 'acme/r-1', '--as', 'alice', '--key', key, ...about, ...options);
  };

  it('proves the decision on what is asked now, and is all that is printed', async () => {
    const { code, out, err } = await make('--approve');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    await expect(verify(out.trim(), 'approve', 'd1')).resolves.toMatchObject({ ok: true, account: 'alice' });
    expect(decodeProtectedHeader(out.trim())).toMatchObject({ alg: algorithm, typ: 'payout-decision+jwt' });
    const { iat = 0, exp } = decodeJwt(out.trim());
    expect(exp).toBe(iat + 300);
  });

  it('is about the digest given, for as long as is asked, with what it says as JSON', async () => {
    const { out } = await make('--reject', '--digest', 'seen', '--lifetime', '90s', '--json');
    const { token, expiresAt, ...said } = JSON.parse(out) as {
      readonly token: string;
      readonly expiresAt: number;
    };
    expect(said).toEqual({
      payout: 'payout/acme/r-1',
      digest: 'seen',
      decision: 'reject',
      issuer: 'dev',
      keyId: decodeProtectedHeader(token).kid,
    });
    await expect(verify(token, 'reject', 'seen')).resolves.toMatchObject({ ok: true, expiresAt });
    await expect(verify(token, 'approve', 'seen')).resolves.toMatchObject({ code: 'proof_mismatch' });
    const { iat = 0, exp } = decodeJwt(token);
    expect(exp).toBe(iat + 90);
  });
});

describe('refuses', () => {
  it('to sign where nothing is asked', async () => {
    const key = join(folder, 'key.json');
    await createCli().run('token', '--new-key', key);
    const { approval: _, ...without } = snapshot({ status: 'paid' });
    const { run } = createCli({ get: async () => without }, { folder });
    const signing = ['token', 'acme/r-1', '--approve', '--as', 'alice', '--key', key];
    const { code, err } = await run(...signing, ...about, '--json');
    expect(code).toBe(4);
    expect(JSON.parse(err).error.code).toBe('nothing_to_decide');
  });

  it.each([
    ['a public key', (key: Record<string, unknown>) => ({ ...key, d: undefined })],
    ['a key without an id', (key: Record<string, unknown>) => ({ ...key, kid: undefined })],
    ['a key for another algorithm', (key: Record<string, unknown>) => ({ ...key, alg: 'ES256' })],
    ['a list', (key: Record<string, unknown>) => [key]],
  ])('%s, and quotes nothing of it', async (_, change) => {
    const file = join(folder, 'key.json');
    await createCli().run('token', '--new-key', file);
    const key = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify(change(key)));
    const { run, asked } = createCli({}, { folder });
    const signing = ['token', 'acme/r-1', '--approve', '--as', 'alice', '--key', file, '--digest', 'd'];
    const { code, err } = await run(...signing, ...about, '--json');
    expect(code).toBe(2);
    expect(JSON.parse(err).error.code).toBe('key_unusable');
    expect(err).not.toContain(String(key['x']));
    expect(asked).toEqual([]);
  });
});
