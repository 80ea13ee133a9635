import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { formatConfigurationProblem } from '../../src/config/configuration-problem';
import { parseConfiguration } from '../../src/config/load-configuration';
import type { LoadedConfiguration } from '../../src/config/load-configuration';
import { createDecisionKey } from '../../src/decision-proof/decision-key';
import type { DecisionKey } from '../../src/decision-proof/decision-key';
import { issueDecisionToken } from '../../src/decision-proof/issue-decision-token';
import { UnsafeSettingError } from '../../src/providers/account-settings';
import type { ProviderModule } from '../../src/providers/provider-module';
import { createProviderRegistry, providerModules } from '../../src/providers/provider-registry';
import { createInstallation } from '../../src/worker/installation/create-installation';
import type {
  CreatedInstallation,
  ScreenedInstallation,
} from '../../src/worker/installation/create-installation';
import type { CheckedProofs } from '../../src/worker/installation/create-proofs';
import { changedExample, exampleEnvironment, exampleFile, parseExample } from './example-configuration';
import type { Change } from './example-configuration';

function loaded(...changes: readonly Change[]): LoadedConfiguration {
  const result = parseExample(...changes);
  if (!result.ok) throw new Error(result.problems.map(formatConfigurationProblem).join('\n'));
  return result.configuration;
}

const ports = {
  send: () => Promise.reject(new Error('nothing is sent')),
  now: () => 0,
  randomBytes: (length: number) => new Uint8Array(length),
};
const compose = (
  configuration: LoadedConfiguration,
  registry = createProviderRegistry(),
): CreatedInstallation => createInstallation({ configuration, registry, ports });
const problemsOf = (created: CreatedInstallation): string[] =>
  created.ok ? [] : created.problems.map(formatConfigurationProblem);

function installed(configuration: LoadedConfiguration): ScreenedInstallation {
  const created = compose(configuration);
  if (!created.ok) throw new Error(problemsOf(created).join('\n'));
  return created.installation;
}
const installation = (...changes: readonly Change[]): ScreenedInstallation => installed(loaded(...changes));

test('the example becomes an installation with an adapter for each account', () => {
  const made = installation();
  expect(made).toMatchObject({ id: 'acme-1', mode: 'sandbox', quoteBandPercent: '1' });
  expect([...made.accounts.values()].map(({ id, provider }) => [id, provider.provider])).toEqual([
    ['pontis-main', 'pontis'],
    ['payfield-bdt', 'payfield'],
    ['syncgram-main', 'syncgram'],
  ]);
  expect(made.accounts.get('syncgram-main')?.provider.submitTimeoutMs).toBe(20_000);
});

test('its screener knows the test list', async () => {
  const { screener } = installation();
  await expect(screener.problems()).resolves.toEqual([]);
  await expect(screener.screen({ name: 'Sanctioned Testperson', country: 'IN' })).resolves.toMatchObject({
    kind: 'match',
  });
  await expect(screener.screen({ name: 'Asha Rao', country: 'IN' })).resolves.toMatchObject({
    kind: 'clear',
  });
});

test('its screener asks Watchman where one is configured, and is of no use without it', async () => {
  const { screener } = installation([
    'screening.watchman',
    {
      baseUrl: 'http://127.0.0.1:8084',
      lists: { us_ofac: { atLeast: 10_000, canary: 'Somebody Listed' } },
    },
  ]);
  await expect(screener.problems()).resolves.toMatchObject([{ key: 'watchman' }]);
  await expect(screener.screen({ name: 'Asha Rao', country: 'IN' })).resolves.toMatchObject({
    kind: 'unavailable',
  });
});

test('its screener refuses blocked countries and banks without asking a list', async () => {
  const { screener } = installation(
    ['screening.blockedCountries', ['KP']],
    ['screening.blockedBanks', [{ name: 'a-bank', bankCode: '044', country: 'NG' }]],
  );
  await expect(screener.screen({ name: 'Asha Rao', country: 'KP' })).resolves.toMatchObject({
    kind: 'match',
    hits: [{ entry: 'blocked-country:KP' }],
  });
  await expect(
    screener.screen({ name: 'Asha Rao', country: 'NG', bank: { bankCode: '044' } }),
  ).resolves.toMatchObject({ kind: 'match', hits: [{ entry: 'blocked-bank:a-bank' }] });
});

describe('proofs', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'payouts-proofs-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const about = { payout: 'payout/acme/r-1', digest: 'd', decision: 'approve' as const };
  const approvals = (file: string): Change => [
    'approvals',
    { requireProof: true, issuers: { dev: { jwks: { file: join(folder, file) } } } },
  ];
  const token = async (key: DecisionKey, audience: string): Promise<string> =>
    (
      await issueDecisionToken({
        ...about,
        key,
        issuer: 'dev',
        audience,
        account: 'alice',
        lifetimeSeconds: 600,
        now: ports.now(),
      })
    ).token;

  const proofsOf = (...changes: readonly Change[]): CheckedProofs => {
    const { proofs } = installation(...changes);
    if (proofs === undefined) throw new Error('there are no proofs');
    return proofs;
  };

  test('there are none without a block', () => expect(installation().proofs).toBeUndefined());

  test('with one, tokens count that are for this installation, or for the audience that is named', async () => {
    const key = await createDecisionKey();
    writeFileSync(join(folder, 'keys.json'), JSON.stringify(key.keySet));
    const proofs = proofsOf(approvals('keys.json'));
    expect(proofs.required).toBe(true);
    await expect(proofs.verify(await token(key, 'payouts/acme-1'), about)).resolves.toMatchObject({
      ok: true,
      account: 'alice',
    });
    await expect(proofs.verify(await token(key, 'payouts/acme-2'), about)).resolves.toMatchObject({
      ok: false,
    });
    const named = proofsOf(approvals('keys.json'), ['approvals.audience', 'acme-2-payouts']);
    await expect(named.verify(await token(key, 'acme-2-payouts'), about)).resolves.toMatchObject({
      ok: true,
    });
  });

  test('a key file that cannot be used is a problem, with its place and without its content', async () => {
    const { privateJwk } = await createDecisionKey();
    writeFileSync(join(folder, 'private.json'), JSON.stringify({ keys: [privateJwk] }));
    expect(problemsOf(compose(loaded(approvals('private.json'))))).toEqual([
      'approvals.issuers.dev.jwks.file: holds a private key: publish the public part only, and make a new key in place of this one',
    ]);
    expect(problemsOf(compose(loaded(approvals('none.json'))))).toEqual([
      'approvals.issuers.dev.jwks.file: cannot be read (ENOENT)',
    ]);
  });

  test('an address that does not answer keeps no worker from starting; a check says it', async () => {
    const url = 'https://login.acme.example/keys';
    const proofs = proofsOf(['approvals', { issuers: { dev: { jwks: { url } } } }]);
    expect(proofs.fileProblems()).toEqual([]);
    await expect(proofs.problems()).resolves.toEqual([
      { path: 'approvals.issuers.dev.jwks.url', message: 'does not answer (error)' },
    ]);
  });
});

describe('refuses, naming the path', () => {
  const pontis = 'accounts.pontis-main';
  const payfield = 'accounts.payfield-bdt';
  test.each<Change>([
    [`${pontis}.provider`, 'stripe'],
    [`${pontis}.provider`, 'constructor'],
    [`${pontis}.settings.shopCode`, 'x'],
    [`${pontis}.settings.longestText`, 5],
    [`${pontis}.common.timeoutMs`, 5],
    [`${pontis}.common.submitTimeoutMs`, 60_001],
    [`${pontis}.common.contract.replayWindowMs`, 25 * 3_600_000],
    [`${pontis}.credentials.hmacSecret`, undefined],
    [`${pontis}.credentials.token`, { env: 'PONTIS_API_KEY' }],
    [`${pontis}.credentials.encryptionSecret`, { env: 'PONTIS_PASSWORD' }],
    [`${pontis}.baseUrl`, 'https://api.pontisglobe.com'],
    [`${payfield}.settings.shopCode`, undefined],
    [`${payfield}.settings.callbackUrl`, 'https://user:word@x.example/'],
    ['worker.shutdownGraceMs', 30_000],
  ])('%s (%#)', (path, value) => {
    const problems = problemsOf(compose(loaded([path, value])));
    expect(problems.map((problem) => problem.slice(0, problem.indexOf(': ')))).toEqual([path]);
    for (const secret of Object.values(exampleEnvironment)) expect(problems.join()).not.toContain(secret);
  });

  test('a key of the other mode, without quoting it', () => {
    const result = parseConfiguration(changedExample(), {
      environment: { ...exampleEnvironment, SYNCGRAM_API_KEY: 'sk_live_kanarienvogel' },
      file: exampleFile,
    });
    if (!result.ok) throw new Error('refused');
    expect(problemsOf(compose(result.configuration))).toEqual([
      'accounts.syncgram-main.credentials.apiKey: a live key in a sandbox account',
    ]);
  });

  test('everything at once', () => {
    const configuration = loaded(
      [`${pontis}.credentials.hmacSecret`, undefined],
      [`${pontis}.settings.longestText`, 5],
      [`${payfield}.settings.shopCode`, undefined],
      ['accounts.syncgram-main.common.contract', { absenceLookUps: 0 }],
    );
    expect(problemsOf(compose(configuration))).toHaveLength(4);
  });
});

describe('the fingerprint of an account', () => {
  const of = (id: string, ...changes: readonly Change[]): string =>
    installation(...changes).accounts.get(id)?.fingerprint ?? '';

  test('changes with what makes it another place for money', () => {
    const base = of('payfield-bdt');
    expect(base).toMatch(/^[0-9a-f]{64}$/);
    expect(of('payfield-bdt', ['accounts.payfield-bdt.settings.shopCode', 'other'])).not.toBe(base);
    expect(of('payfield-bdt', ['accounts.payfield-bdt.baseUrl', 'https://other.example.com'])).not.toBe(base);
  });

  test.each<[string, Change]>([
    ['payfield-bdt', ['accounts.payfield-bdt.common', { readTimeoutMs: 1000 }]],
    ['payfield-bdt', ['accounts.payfield-bdt.settings.walletOperators', ['rocket']]],
    ['pontis-main', ['accounts.pontis-main.settings.longestText', 100]],
    ['pontis-main', ['routes', [{ account: 'pontis-main' }]]],
  ])('of %s stays when only the way of working changes (%#)', (id, change) => {
    expect(of(id, change)).toBe(of(id));
  });
});

const watchmanAt = (baseUrl: string): object => ({
  baseUrl,
  lists: { us_ofac: { atLeast: 10_000, canary: 'Somebody Listed' } },
});

describe('the hash of the configuration', () => {
  const hash = (...changes: readonly Change[]): string => installation(...changes).configurationHash;

  test('changes with every rule', () => {
    const hashes = [
      hash(),
      hash(['routes', [{ account: 'pontis-main' }]]),
      hash(['approval.otherwise', 2]),
      hash(['quoteBandPercent', '2']),
      hash(['holds.recheckMs', 1000]),
      hash(['accounts.pontis-main.settings.longestText', 100]),
      hash(['screening.maxListAgeDays', 7]),
      hash(['screening.similarity.possibleFrom', '0.8']),
      hash(['screening.blockedCountries', ['KP']]),
      hash(['screening.watchman', watchmanAt('http://127.0.0.1:8084')]),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test('changes with who proves decisions, and not with where the file of keys lies', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'payouts-hash-'));
    const { keySet } = await createDecisionKey();
    for (const name of ['a.json', 'b.json']) writeFileSync(join(folder, name), JSON.stringify(keySet));
    const of = (jwks: object, more: object = {}, issuer: object = {}): string =>
      hash(['approvals', { ...more, issuers: { dev: { jwks, ...issuer } } }]);
    const [a, b] = ['a.json', 'b.json'].map((name) => ({ file: join(folder, name) }));
    const hashes = [
      hash(),
      of(a ?? {}),
      of(a ?? {}, { requireProof: true }),
      of(a ?? {}, { audience: 'x' }),
      of(a ?? {}, { maxLifetimeSeconds: 60 }),
      of(a ?? {}, {}, { subjectClaim: 'email' }),
      of({ url: 'https://login.acme.example/keys' }),
      of({ url: 'https://login.other.example/keys' }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(of(b ?? {})).toBe(of(a ?? {}));
    rmSync(folder, { recursive: true, force: true });
  });

  test('does not depend on where Watchman runs', () => {
    expect(hash(['screening.watchman', watchmanAt('http://127.0.0.1:9')])).toBe(
      hash(['screening.watchman', watchmanAt('https://watchman.example.com')]),
    );
  });

  test('does not depend on secrets, the process, the place or the order of keys', () => {
    const reversed = Object.fromEntries(Object.entries(changedExample()).toReversed());
    const result = parseConfiguration(reversed, {
      environment: { ...exampleEnvironment, PONTIS_PASSWORD: 'another' },
      file: '/elsewhere/payouts.json',
    });
    if (!result.ok) throw new Error('refused');
    expect(installed(result.configuration).configurationHash).toBe(hash());
    expect(hash(['worker.maxCachedWorkflows', 7], ['log.level', 'debug'])).toBe(hash());
  });
});

describe('providers', () => {
  const fake: ProviderModule<{ readonly shop: string }> = {
    provider: 'fake',
    settings: z.strictObject({ shop: z.string() }),
    credentials: [],
    scope: ({ shop }) => ({ shop }),
    create: () => {
      throw new UnsafeSettingError('contract.absenceAfterMs (live account)', 'at least 5');
    },
  };
  const withFake = (): LoadedConfiguration =>
    loaded(
      [
        'accounts',
        {
          one: {
            provider: 'fake',
            mode: 'sandbox',
            baseUrl: 'https://x.example',
            credentials: {},
            settings: { shop: 'a' },
          },
        },
      ],
      ['routes', [{ account: 'one' }]],
    );

  test('a setting that would weaken a guard stands under common', () => {
    expect(problemsOf(compose(withFake(), createProviderRegistry([fake])))).toEqual([
      'accounts.one.common.contract.absenceAfterMs (live account): at least 5',
    ]);
  });

  test('a program error of an adapter is not taken for a bad setting', () => {
    const broken: typeof fake = {
      ...fake,
      create: () => {
        throw new TypeError('x is not a function');
      },
    };
    expect(() => compose(withFake(), createProviderRegistry([broken]))).toThrow(TypeError);
  });

  test('have distinct names', () => {
    expect(createProviderRegistry().names).toEqual(['pontis', 'payfield', 'syncgram']);
    expect(() => createProviderRegistry([...providerModules, ...providerModules])).toThrow('same name');
  });
});
