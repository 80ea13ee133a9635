import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDecisionKey } from '../../src/decision-proof/decision-key';
import { changedExample, exampleEnvironment } from '../config/example-configuration';
import type { Change } from '../config/example-configuration';
import { createCli } from './fake-cli';
import type { CliRun } from './fake-cli';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'payouts-config-check-'));
  writeFileSync(join(folder, 'list.txt'), 'Sanctioned Testperson\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const live: readonly Change[] = [
  ['mode', 'live'],
  ['accounts.pontis-main.mode', 'live'],
  ['accounts.pontis-main.baseUrl', 'https://api.acme.example'],
  ['accounts.payfield-bdt', undefined],
  ['accounts.syncgram-main', undefined],
  ['routes', [{ account: 'pontis-main' }]],
  ['screening', { lists: [{ name: 'l', file: 'list.txt', format: 'txt' }], review: { role: 'approvers' } }],
];

async function check(changes: readonly Change[], ...options: readonly string[]): Promise<CliRun> {
  const file = join(folder, 'payouts.json');
  writeFileSync(file, JSON.stringify(changedExample(...changes)));
  const { run } = createCli({}, { env: exampleEnvironment });
  return run('config', 'check', '--config', file, ...options);
}
const warning = 'is false in live mode: whoever can reach Temporal can approve in anybody’s name';

test('a live installation without proofs can be used, with a warning', async () => {
  const { code, out } = await check(live);
  expect({ code, out: out.replace(folder, '') }).toEqual({
    code: 0,
    out: `/payouts.json can be used\nWarning: approvals.requireProof ${warning}\n`,
  });
  const json: unknown = JSON.parse((await check(live, '--json')).out);
  expect(json).toMatchObject({
    ok: true,
    problems: [],
    warnings: [{ path: 'approvals.requireProof', message: warning }],
  });
});

test('with proofs there is none', async () => {
  const { keySet } = await createDecisionKey();
  writeFileSync(join(folder, 'keys.json'), JSON.stringify(keySet));
  const approvals = { requireProof: true, issuers: { dev: { jwks: { file: 'keys.json' } } } };
  const { code, out } = await check([...live, ['approvals', approvals]]);
  expect({ code, out: out.replace(folder, '') }).toEqual({ code: 0, out: '/payouts.json can be used\n' });
});

test('keys that cannot be had are problems, from a file and from an address', async () => {
  const ofFile = { requireProof: true, issuers: { dev: { jwks: { file: 'keys.json' } } } };
  const fromFile = await check([['approvals', ofFile]]);
  expect(fromFile.code).toBe(2);
  expect(fromFile.out).toContain('  approvals.issuers.dev.jwks.file: cannot be read (ENOENT)\n');
  // Nothing listens on port 1.
  const ofAddress = { requireProof: true, issuers: { dev: { jwks: { url: 'http://127.0.0.1:1/keys' } } } };
  const fromAddress = await check([['approvals', ofAddress]]);
  expect(fromAddress.code).toBe(2);
  expect(fromAddress.out).toContain('  approvals.issuers.dev.jwks.url: does not answer (not_reachable)\n');
});
