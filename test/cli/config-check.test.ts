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

describe('one look', () => {
  test('finds all that is wrong, however much hides the rest', async () => {
    const { code, out } = await check(
      [
        // What the schema itself refuses.
        ['quoteBandPercent', 'much'],
        ['screening.similarity', { matchFrom: 'x' }],
        ['accounts.syncgram-main.baseUrl', 'no address'],
        ['unknown', 1],
        // What follows only from two parts together.
        ['mode', 'live'],
        ['routes', [{ account: 'pontis-main' }, { account: 'nobody' }]],
        ['holds', { recheckMs: 5_000, deadlineMs: 4_000 }],
        ['approval', undefined],
        // What only the provider, the file system or the network can tell.
        ['accounts.payfield-bdt.credentials.secret', { env: 'NOT_SET' }],
        ['accounts.payfield-bdt.credentials.apiKey', undefined],
        ['accounts.pontis-main.settings', { unheardOf: true }],
        [
          'approvals',
          {
            requireProof: true,
            issuers: {
              file: { jwks: { file: 'none.json' } },
              url: { jwks: { url: 'http://127.0.0.1:1/keys' } },
            },
          },
        ],
      ],
      '--json',
    );
    const { problems } = JSON.parse(out) as { readonly problems: readonly { readonly path: string }[] };
    expect(code).toBe(2);
    expect(problems.map(({ path }) => path).toSorted()).toEqual(
      [
        'quoteBandPercent',
        'screening.similarity.matchFrom',
        'accounts.syncgram-main.baseUrl',
        'accounts.syncgram-main.mode',
        'unknown',
        'accounts.pontis-main.mode',
        'accounts.payfield-bdt.mode',
        'routes[1].account',
        'holds.deadlineMs',
        'approval',
        'accounts.payfield-bdt.credentials.secret',
        'accounts.payfield-bdt.credentials.apiKey',
        'screening.testList',
        'accounts.pontis-main.settings.unheardOf',
        'approvals.issuers.file.jwks.file',
        'approvals.issuers.url.jwks.url',
      ].toSorted(),
    );
  });

  /** Each line below the first, as `path: message`. */
  const linesOf = async (...changes: readonly Change[]): Promise<readonly string[]> =>
    (await check(changes)).out
      .split('\n')
      .filter((line) => line.startsWith('  '))
      .map((line) => line.trim());
  const main = 'accounts.pontis-main';
  const wrongSecrets: readonly Change[] = [
    [`${main}.credentials.hmacSecret`, { env: 'PONTIS_EMAIL' }],
    [`${main}.credentials.encryptionSecret`, { env: 'PONTIS_EMAIL' }],
  ];
  const saysBoth = expect.arrayContaining([
    expect.stringMatching(`^${main}.credentials.hmacSecret: `),
    expect.stringMatching(`^${main}.credentials.encryptionSecret: `),
  ]) as unknown;

  test.each([
    ['an address that is none', `${main}.baseUrl`, 'no address', 'baseUrl: must be a URL such as'],
    [
      'a mode that is none',
      `${main}.mode`,
      'sandbx',
      'mode: must be one of "sandbox", "live"; did you mean sandbox?',
    ],
    ['a key that is not known', `${main}.colour`, 'red', 'colour: is not a known key'],
    [
      'a secret in the file',
      `${main}.credentials.apiKey`,
      'kanarie',
      'credentials.apiKey: must be { "env": "NAME" }',
    ],
  ])('finds wrong secrets of an account beside %s', async (_what, path, value, said) => {
    const lines = await linesOf([path, value], ...wrongSecrets);
    expect(lines).toEqual(saysBoth);
    expect(lines).toHaveLength(3);
    expect(lines).toContainEqual(expect.stringContaining(`accounts.pontis-main.${said}`));
    expect(lines.join('\n')).not.toContain('kanarie');
  });

  test('finds what is wrong below a key that is misspelt, and what was meant by it', async () => {
    const json = changedExample(...wrongSecrets, ['quoteBandPercent', 'much']);
    const { accounts, ...rest } = json;
    const file = join(folder, 'payouts.json');
    writeFileSync(file, JSON.stringify({ ...rest, acounts: accounts }));
    const { out } = await createCli({}, { env: exampleEnvironment }).run('config', 'check', '--config', file);
    const lines = out.split('\n').filter((line) => line.startsWith('  '));
    expect(lines.map((line) => line.trim())).toEqual([
      'acounts: is not a known key; did you mean accounts?',
      expect.stringMatching(/^quoteBandPercent: /),
      expect.stringMatching(`^${main}.credentials.hmacSecret: `),
      expect.stringMatching(`^${main}.credentials.encryptionSecret: `),
    ]);
  });

  test('finds the settings that every account has beside a provider that is not known', async () => {
    expect(
      await linesOf([`${main}.provider`, 'stripe'], [`${main}.common`, { submitTimeoutMs: 'soon' }]),
    ).toEqual([
      `${main}.provider: is no known provider: pontis, payfield, syncgram`,
      `${main}.common.submitTimeoutMs: must be a number`,
    ]);
  });

  test('finds a list that is not there beside a secret that is not there', async () => {
    const { out } = await check([
      ['screening', { lists: [{ name: 'l', file: 'nowhere.txt', format: 'txt' }] }],
      ['accounts.payfield-bdt.credentials.secret', { env: 'NOT_SET' }],
    ]);
    expect(out).toContain(
      'accounts.payfield-bdt.credentials.secret: environment variable NOT_SET is not set',
    );
    expect(out).toMatch(/screening\.lists.*ENOENT/);
    expect(out).not.toContain('credentials.secret: is missing');
  });

  test('says nothing of parts that it cannot judge', async () => {
    const { out } = await check([
      ['accounts', 'none'],
      ['screening', 7],
      ['mode', 'test'],
    ]);
    expect(out.split('\n').filter((line) => line.startsWith('  '))).toHaveLength(3);
  });
});
