import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { formatConfigurationProblem } from '../../src/config/configuration-problem';
import { loadConfiguration, parseConfiguration } from '../../src/config/load-configuration';
import type { ConfigurationResult } from '../../src/config/load-configuration';
import {
  changedExample,
  example,
  exampleEnvironment,
  exampleFile,
  parseExample,
} from './example-configuration';
import type { Change } from './example-configuration';

const problemsOf = (result: ConfigurationResult): string[] =>
  result.ok ? [] : result.problems.map(formatConfigurationProblem);
const pathsOf = (result: ConfigurationResult): string[] =>
  result.ok ? [] : result.problems.map(({ path }) => path);

const live: readonly Change[] = [
  ['mode', 'live'],
  ['accounts.pontis-main.mode', 'live'],
  ['accounts.payfield-bdt.mode', 'live'],
  ['accounts.syncgram-main.mode', 'live'],
  ['screening', { lists: [{ name: 'l', file: 'l.txt', format: 'txt' }], review: { role: 'approvers' } }],
];

const watchman = {
  baseUrl: 'http://127.0.0.1:8084',
  lists: { us_ofac: { atLeast: 10_000, canary: 'Somebody Listed' } },
};

const issuer = 'https://login.acme.example';
const provenBy = (jwks: unknown, more: object = {}): object => ({
  requireProof: true,
  issuers: { [issuer]: { jwks, ...more } },
});

describe('the example', () => {
  test('is accepted, with defaults filled in', () => {
    const result = parseExample();
    expect(problemsOf(result)).toEqual([]);
    expect(result).toMatchObject({
      ok: true,
      warnings: [],
      configuration: {
        installation: 'acme-1',
        temporal: { taskQueue: 'payouts' },
        screening: {
          lists: [],
          testList: true,
          maxListAgeDays: 30,
          similarity: { matchFrom: '1', possibleFrom: '0.86' },
          blockedCountries: [],
          blockedBanks: [],
        },
        worker: { shutdownGraceMs: 90_000, maxConcurrentActivities: 100 },
      },
    });
  });

  test('works with the least that is needed', () => {
    const least = changedExample(
      ['$schema', undefined],
      ['temporal', undefined],
      ['holds', undefined],
      ['worker', undefined],
      ['log', undefined],
      ['quoteBandPercent', undefined],
      ['approval', { approvers: ['alice'] }],
      ['screening.review', undefined],
    );
    expect(parseConfiguration(least, { environment: exampleEnvironment, file: exampleFile })).toMatchObject({
      ok: true,
      warnings: [{ path: 'screening.review', message: expect.stringContaining('nobody may look at it') }],
      configuration: {
        policy: {
          roles: { approvers: ['alice'] },
          rules: [],
          otherwise: { kind: 'approve', levels: [{ role: 'approvers', quorum: 1, deadlineMs: 259_200_000 }] },
        },
        holds: { recheckMs: 900_000, deadlineMs: 259_200_000 },
        quoteBandPercent: '1',
        log: { level: 'info' },
      },
    });
  });

  test('can be printed without giving a secret away', () => {
    const result = parseExample();
    for (const text of [JSON.stringify(result), inspect(result, { depth: 20 })]) {
      for (const secret of Object.values(exampleEnvironment)) expect(text).not.toContain(secret);
    }
  });

  test('can be a live one', () => expect(problemsOf(parseExample(...live))).toEqual([]));
});

const apiKey = 'accounts.pontis-main.credentials.apiKey';
const baseUrl = 'accounts.pontis-main.baseUrl';
const routed = (when: object): Change => ['routes', [{ account: 'pontis-main', when }]];

describe('who must prove a decision', () => {
  const warningsOf = (...changes: readonly Change[]): string[] => {
    const result = parseExample(...changes);
    return result.ok ? result.warnings.map(formatConfigurationProblem) : problemsOf(result);
  };
  const approvalsOf = (approvals: unknown): unknown => {
    const result = parseExample(['approvals', approvals]);
    return result.ok ? result.configuration.approvals : problemsOf(result);
  };

  test('nobody, where the file says nothing', () => expect(approvalsOf(undefined)).toBeUndefined());

  test('defaults, and paths from the folder of the file', () => {
    expect(approvalsOf({ issuers: { dev: { jwks: { file: 'keys/dev.jwks.json' } } } })).toEqual({
      requireProof: false,
      maxLifetimeSeconds: 600,
      issuers: {
        dev: { jwks: { file: join(exampleFile, '..', 'keys', 'dev.jwks.json') }, subjectClaim: 'sub' },
      },
    });
    const jwks = { url: 'https://login.example.com/keys?tenant=acme' };
    expect(approvalsOf(provenBy(jwks, { subjectClaim: 'https://acme.example/account' }))).toMatchObject({
      requireProof: true,
      issuers: { [issuer]: { jwks, subjectClaim: 'https://acme.example/account' } },
    });
  });

  test('plain HTTP is for this machine', () => {
    for (const url of ['http://127.0.0.1:9/keys', 'http://localhost/keys', 'http://[::1]/keys'])
      expect(approvalsOf(provenBy({ url }))).toMatchObject({ requireProof: true });
  });

  test('a live installation that asks for no proof is warned about; a sandbox is not', () => {
    const warning =
      'approvals.requireProof: is false in live mode: whoever can reach Temporal can approve in anybody’s name';
    expect(warningsOf(...live)).toEqual([warning]);
    expect(warningsOf(...live, ['approvals', { issuers: { dev: { jwks: { file: 'k' } } } }])).toEqual([
      warning,
    ]);
    expect(warningsOf(...live, ['approvals', provenBy({ file: 'k' })])).toEqual([]);
    expect(warningsOf(['approvals', { requireProof: false }])).toEqual([]);
  });
});

describe('refuses, naming the path', () => {
  test.each<[string, Change]>([
    ['schema', ['schema', 2]],
    ['schema', ['schema', '1']],
    ['schema', ['schema', undefined]],
    ['installation', ['installation', 'Acme']],
    ['installation', ['installation', '']],
    ['installation', ['installation', 'a'.repeat(41)]],
    ['installation', ['installation', undefined]],
    ['mode', ['mode', 'test']],
    ['extra', ['extra', 1]],
    ['temporal.address', ['temporal.address', 'x']],
    ['accounts', ['accounts', {}]],
    ['accounts.Main', ['accounts.Main', {}]],
    ['accounts.pontis-main.mode', ['accounts.pontis-main.mode', 'live']],
    ['accounts.pontis-main.provider', ['accounts.pontis-main.provider', undefined]],
    ['accounts.pontis-main.secret', ['accounts.pontis-main.secret', 'x']],
    [baseUrl, [baseUrl, 'sandbox.pontisglobe.com']],
    [baseUrl, [baseUrl, 'ftp://sandbox.pontisglobe.com']],
    [baseUrl, [baseUrl, 'https://u:p@sandbox.pontisglobe.com']],
    [baseUrl, [baseUrl, 'https://sandbox.pontisglobe.com/']],
    [baseUrl, [baseUrl, 'https://sandbox.pontisglobe.com?a=1']],
    [apiKey, [apiKey, 'inline']],
    [apiKey, [apiKey, {}]],
    [apiKey, [apiKey, { env: 'PONTIS_API_KEY', file: 'x' }]],
    [apiKey, [apiKey, { env: 'NOT_SET_AT_ALL' }]],
    [apiKey, [apiKey, { file: '/not/there' }]],
    [apiKey, [apiKey, { file: tmpdir() }]],
    [`${apiKey}.env`, [apiKey, { env: 'sk_live_x' }]],
    [`${apiKey}.value`, [apiKey, { value: 'x' }]],
    ['routes', ['routes', []]],
    ['routes[0].account', ['routes', [{ account: 'nobody' }]]],
    ['routes[0].account', ['routes', [{ account: 'constructor' }]]],
    ['routes[0].when.country', routed({ country: 'IN' })],
    ['routes[0].when.countries[0]', routed({ countries: ['India'] })],
    ['routes[0].when.countries', routed({ countries: [] })],
    ['routes[0].when.currencies[1]', routed({ currencies: ['INR', 'inr'] })],
    ['routes[0].when.methods[0]', routed({ methods: ['bank'] })],
    ['routes[0].when.amountFrom', routed({ amountFrom: '10' })],
    ['routes[0].when.amountFrom', routed({ amountFrom: '10', sides: ['source'], currencies: ['INR'] })],
    [
      'routes[0].when.amountTo',
      routed({ amountTo: '10', sides: ['source', 'destination'], currencies: ['INR'] }),
    ],
    [
      'routes[0].when.amountTo',
      routed({ amountTo: '10', sides: ['destination'], currencies: ['INR', 'PHP'] }),
    ],
    ['routes[0].when.amountTo', routed({ amountTo: '1.234', sides: ['destination'], currencies: ['INR'] })],
    [
      'routes[0].when.amountTo',
      routed({ amountFrom: '9', amountTo: '8', sides: ['destination'], currencies: ['INR'] }),
    ],
    ['routes[0].when.amountTo', routed({ amountTo: 10, sides: ['destination'], currencies: ['INR'] })],
    ['approval', ['approval', undefined]],
    ['approval.approvers', ['approval', {}]],
    ['approval.otherwise', ['approval.approvers', []]],
    ['approval.otherwise', ['approval.otherwise', 4]],
    ['approval.otherwise', ['approval.otherwise', 0]],
    ['approval.approvers[1]', ['approval.approvers', ['alice', 'ALICE ']]],
    ['approval.approvers[0]', ['approval.approvers', [' ', 'alice']]],
    [
      'approval.thresholds.USDT[0].approvals',
      ['approval.thresholds', { USDT: [{ from: '0', approvals: 4 }] }],
    ],
    [
      'approval.thresholds.USDT[0].approvals',
      ['approval.thresholds', { USDT: [{ from: '0', approvals: -1 }] }],
    ],
    ['approval.thresholds.JPY[0].from', ['approval.thresholds', { JPY: [{ from: '0.5', approvals: 1 }] }]],
    ['approval.thresholds.USDT[0].from', ['approval.thresholds', { USDT: [{ from: '1e3', approvals: 1 }] }]],
    ['approval.thresholds.USDT[0].from', ['approval.thresholds', { USDT: [{ from: 1000, approvals: 1 }] }]],
    [
      'approval.thresholds.USDT[1].from',
      [
        'approval.thresholds',
        {
          USDT: [
            { from: '1', approvals: 1 },
            { from: '1.0', approvals: 2 },
          ],
        },
      ],
    ],
    ['approval.thresholds.usdt', ['approval.thresholds', { usdt: [{ from: '1', approvals: 1 }] }]],
    ['approvals.requireProof', ['approvals', { requireProof: 'yes' }]],
    ['approvals.issuers', ['approvals', { requireProof: true }]],
    ['approvals.issuers', ['approvals', { requireProof: true, issuers: {} }]],
    ['approvals.audience', ['approvals', { audience: 'two words' }]],
    ['approvals.maxLifetimeSeconds', ['approvals', { maxLifetimeSeconds: 3601 }]],
    ['approvals.maxLifetimeSeconds', ['approvals', { maxLifetimeSeconds: 29 }]],
    ['approvals.keys', ['approvals', { keys: [] }]],
    ['approvals.issuers.a b', ['approvals', { issuers: { 'a b': { jwks: { file: 'k' } } } }]],
    [`approvals.issuers.${issuer}.jwks`, ['approvals', { issuers: { [issuer]: {} } }]],
    [`approvals.issuers.${issuer}.jwks`, ['approvals', provenBy({})]],
    [`approvals.issuers.${issuer}.jwks`, ['approvals', provenBy({ file: 'k', url: 'https://a.example' })]],
    [`approvals.issuers.${issuer}.jwks.url`, ['approvals', provenBy({ url: 'http://a.example/keys' })]],
    [`approvals.issuers.${issuer}.jwks.url`, ['approvals', provenBy({ url: 'http://127.0.0.1.a.example' })]],
    [`approvals.issuers.${issuer}.jwks.url`, ['approvals', provenBy({ url: 'file:///etc/keys' })]],
    [`approvals.issuers.${issuer}.jwks.url`, ['approvals', provenBy({ url: 'https://u:p@a.example' })]],
    [`approvals.issuers.${issuer}.jwks.url`, ['approvals', provenBy({ url: 'keys' })]],
    [`approvals.issuers.${issuer}.jwks.url`, ['approvals', provenBy({ url: 'https://a.example#keys' })]],
    [
      `approvals.issuers.${issuer}.subjectClaim`,
      ['approvals', provenBy({ file: 'k' }, { subjectClaim: '' })],
    ],
    ['quoteBandPercent', ['quoteBandPercent', 1]],
    ['quoteBandPercent', ['quoteBandPercent', '100']],
    ['quoteBandPercent', ['quoteBandPercent', '-1']],
    ['screening', ['screening', undefined]],
    ['screening.lists', ['screening', {}]],
    ['screening.lists', ['screening', { testList: false, lists: [] }]],
    ['screening.lists[0].format', ['screening', { lists: [{ name: 'l', file: 'l', format: 'xml' }] }]],
    [
      'screening.lists[1].name',
      [
        'screening',
        {
          lists: [
            { name: 'l', file: 'l', format: 'txt' },
            { name: 'l', file: 'm', format: 'txt' },
          ],
        },
      ],
    ],
    ['screening.maxListAgeDays', ['screening.maxListAgeDays', 0]],
    ['screening.lists[0].name', ['screening', { lists: [{ name: 'rules', file: 'l', format: 'txt' }] }]],
    ['screening.similarity.possibleFrom', ['screening.similarity.possibleFrom', 0.9]],
    ['screening.similarity.possibleFrom', ['screening.similarity.possibleFrom', '0']],
    ['screening.similarity.possibleFrom', ['screening.similarity.possibleFrom', '86']],
    ['screening.similarity.matchFrom', ['screening.similarity.matchFrom', '1.1']],
    ['screening.similarity.matchFrom', ['screening.similarity', { matchFrom: '0.8', possibleFrom: '0.81' }]],
    ['screening.watchman.baseUrl', ['screening.watchman', { ...watchman, baseUrl: 'watchman:8084' }]],
    ['screening.watchman.lists', ['screening.watchman', { ...watchman, lists: {} }]],
    ['screening.watchman.lists', ['screening.watchman', { baseUrl: watchman.baseUrl }]],
    [
      'screening.watchman.lists.us_ofac.canary',
      ['screening.watchman', { ...watchman, lists: { us_ofac: { atLeast: 1, canary: '-' } } }],
    ],
    [
      'screening.watchman.lists.us_ofac.atLeast',
      ['screening.watchman', { ...watchman, lists: { us_ofac: { atLeast: 0, canary: 'A B' } } }],
    ],
    ['screening.watchman.reviewFrom', ['screening.watchman', { ...watchman, reviewFrom: '95' }]],
    ['screening.watchman.timeoutMs', ['screening.watchman', { ...watchman, timeoutMs: 9000 }]],
    ['screening.blockedCountries[0]', ['screening.blockedCountries', ['XX']]],
    ['screening.blockedBanks[0]', ['screening.blockedBanks', [{ name: 'a' }]]],
    ['screening.blockedBanks[0]', ['screening.blockedBanks', [{ name: 'a', bankCode: '044' }]]],
    [
      'screening.blockedBanks[0]',
      ['screening.blockedBanks', [{ name: 'a', bicPrefix: 'TEST', ifscPrefix: 'TEST' }]],
    ],
    [
      'screening.blockedBanks[1].name',
      [
        'screening.blockedBanks',
        [
          { name: 'a', bicPrefix: 'TEST' },
          { name: 'a', ifscPrefix: 'TEST' },
        ],
      ],
    ],
    ['holds.deadlineMs', ['holds', { recheckMs: 10_000, deadlineMs: 9_999 }]],
    ['holds.recheckMs', ['holds.recheckMs', 1500.5]],
    ['worker.shutdownGraceMs', ['worker.shutdownGraceMs', '90 s']],
    ['worker.threads', ['worker.threads', 2]],
    ['log.level', ['log.level', 'verbose']],
  ])('%s (%#)', (expected, change) => {
    expect(pathsOf(parseExample(change))).toContain(expected);
  });

  test('a live installation with sandbox accounts, the test list, or plain HTTP', () => {
    expect(pathsOf(parseExample(['mode', 'live']))).toEqual([
      'accounts.pontis-main.mode',
      'accounts.payfield-bdt.mode',
      'accounts.syncgram-main.mode',
      'screening.testList',
    ]);
    expect(pathsOf(parseExample(...live, [baseUrl, 'http://api.example.com']))).toEqual([baseUrl]);
    expect(pathsOf(parseExample(...live, [baseUrl, 'http://127.0.0.1:9000']))).toEqual([]);
  });

  test('in live mode, thresholds that would let more pass than the defaults do; a sandbox may try', () => {
    const changes: readonly Change[] = [
      ['screening.watchman', { ...watchman, reviewFrom: '0.7' }],
      ['screening.similarity', { possibleFrom: '0.861' }],
    ];
    expect(pathsOf(parseExample(...live, ...changes))).toEqual([
      'screening.similarity.possibleFrom',
      'screening.watchman.reviewFrom',
    ]);
    expect(pathsOf(parseExample(...changes))).toEqual([]);
    expect(
      pathsOf(
        parseExample(
          ...live,
          ['screening.watchman', { ...watchman, reviewFrom: '0.6' }],
          ['screening.similarity', { matchFrom: '0.95', possibleFrom: '0.8' }],
        ),
      ),
    ).toEqual([]);
  });

  test('in live mode, a smaller share of entries that settles a script; a sandbox may try', () => {
    const from = (scriptShare: string, ...mode: readonly Change[]): readonly string[] => {
      const lists = [{ name: 'l', file: 'l.txt', format: 'txt' }];
      return pathsOf(
        parseExample(...mode, ['screening', { lists, review: { role: 'approvers' }, scriptShare }]),
      );
    };
    expect(from('0.9499', ...live)).toEqual(['screening.scriptShare']);
    expect(from('0.95', ...live)).toEqual([]);
    expect(from('1', ...live)).toEqual([]);
    expect(from('0.5')).toEqual([]);
  });

  test('in live mode, Watchman over plain HTTP from another machine: names would travel in the open', () => {
    const from = (url: string): readonly string[] =>
      pathsOf(parseExample(...live, ['screening.watchman', { ...watchman, baseUrl: url }]));
    expect(from('http://watchman:8084')).toEqual(['screening.watchman.baseUrl']);
    expect(from('http://127.0.0.1:8084')).toEqual([]);
    expect(from('https://watchman.example.com')).toEqual([]);
  });

  test('a newer file, before anything else', () => {
    expect(problemsOf(parseExample(['schema', 2], ['extra', 1]))).toEqual([
      'schema: is newer than this version understands (1): upgrade the worker',
    ]);
  });

  test('several things at once, secrets that cannot be read among them', () => {
    const paths = pathsOf(
      parseExample(['installation', 'A'], ['log.level', 'loud'], [apiKey, { env: 'NOT_SET_AT_ALL' }]),
    );
    expect(paths.sort()).toEqual([apiKey, 'installation', 'log.level']);
  });

  test('an inline secret, with the way out and without the secret', () => {
    expect(problemsOf(parseExample([apiKey, 'kanarienvogel']))).toEqual([
      `${apiKey}: must be { "env": "NAME" } or { "file": "/path" }: secrets never stand in this file`,
    ]);
  });

  test.each([[null], [[]], ['x'], [7], [undefined]])('%p instead of an object', (json) => {
    expect(parseConfiguration(json, { environment: {}, file: exampleFile }).ok).toBe(false);
  });
});

describe('the file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (content: string | object, name = 'payouts.json', mode = 0o600): string => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    chmodSync(path, mode);
    return path;
  };
  const load = (
    path?: string,
    environment: Readonly<Record<string, string>> = exampleEnvironment,
  ): ConfigurationResult => loadConfiguration({ path, environment });

  test('is the one named, else the one of PAYOUTS_CONFIG', () => {
    const path = write(example());
    const environment = { ...exampleEnvironment, PAYOUTS_CONFIG: path };
    expect(load(path).ok).toBe(true);
    expect(load(undefined, environment).ok).toBe(true);
    expect(load(write('{', 'other.json'), environment).ok).toBe(false);
  });

  test('must be named', () => {
    expect(problemsOf(load(undefined))).toEqual([
      'no configuration file: give --config FILE or set PAYOUTS_CONFIG',
    ]);
    expect(load(undefined, { PAYOUTS_CONFIG: '' }).ok).toBe(false);
  });

  test('must be there, readable, JSON and not huge', () => {
    expect(problemsOf(load(join(folder, 'none.json')))[0]).toMatch(/cannot be read \(ENOENT\)$/);
    expect(load(folder).ok).toBe(false);
    expect(load(write('')).ok).toBe(false);
    expect(load(write(' '.repeat(1024 * 1024 + 1))).ok).toBe(false);
  });

  test('is refused with the place of a syntax error, without the text around it', () => {
    const [problem] = problemsOf(
      load(write('{\n  "installation": "acme-1",\n  "password": kanarienvogel\n}')),
    );
    expect(problem).toMatch(/^is not valid JSON( \(line 3, column \d+\))?$/);
  });

  test('may begin with a byte order mark', () => {
    expect(load(write(`\ufeff${JSON.stringify(example())}`)).ok).toBe(true);
  });

  describe('with a name twice in one object is refused', () => {
    const text = JSON.stringify(example());
    const account = JSON.stringify((example()['accounts'] as Record<string, unknown>)['pontis-main']);
    test.each<[string, string, string]>([
      [
        'an account',
        text.replace('"pontis-main":{', `"pontis-main":${account},"pontis-main":{`),
        'accounts.pontis-main',
      ],
      [
        'an account, once escaped',
        text.replace('"pontis-main":{', `"pontis\\u002dmain":${account},"pontis-main":{`),
        'accounts.pontis-main',
      ],
      [
        'inside a list',
        text.replace('"account":"pontis-main"', '"account":"syncgram-main","account":"pontis-main"'),
        'routes[1].account',
      ],
    ])('%s', (_what, content, path) => {
      expect(problemsOf(load(write(content)))).toEqual([`${path}: stands twice in the same object`]);
    });

    test('and so is a prototype', () => {
      const hidden = text.replace('"accounts":{', '"accounts":{"__proto__":{"provider":"pontis"},');
      expect(pathsOf(load(write(hidden)))).toContain('accounts.__proto__');
    });
  });

  test('may have strings with brackets, quotes and commas', () => {
    const odd = changedExample(['approval.approvers', ['a{"x":1}', 'a,"x', '[{"', '\\"}']]);
    expect(problemsOf(load(write(odd)))).toEqual([]);
  });

  describe('secrets in files', () => {
    const withKey = (file: string): object => changedExample([apiKey, { file }]);
    const keyOf = (result: ConfigurationResult): string | undefined =>
      result.ok ? result.configuration.accounts['pontis-main']?.credentials['apiKey']?.reveal() : undefined;

    test.each([
      ['secret', 'secret'],
      ['secret\n', 'secret'],
      ['secret\r\n', 'secret'],
      ['secret\n\n', 'secret\n'],
      [' secret ', ' secret '],
    ])('%j is read as %j', (content, expected) => {
      write(content, 'key');
      expect(keyOf(load(write(withKey('key'))))).toBe(expected);
      expect(keyOf(load(write(withKey(join(folder, 'key')))))).toBe(expected);
    });

    test.each([
      ['empty', ''],
      ['only a newline', '\n'],
      ['huge', 'x'.repeat(70_000)],
    ])('%s is refused', (_what, content) => {
      write(content, 'key');
      expect(pathsOf(load(write(withKey('key'))))).toEqual([apiKey]);
    });

    test('readable by all is warned about', () => {
      write('secret', 'key', 0o644);
      expect(load(write(withKey('key')))).toMatchObject({
        ok: true,
        warnings: [{ path: apiKey, message: expect.stringContaining('chmod 600') }],
      });
      write('secret', 'key', 0o640);
      expect(load(write(withKey('key')))).toMatchObject({ ok: true, warnings: [] });
    });
  });

  test('an empty environment variable is no secret', () => {
    expect(pathsOf(load(write(example()), { ...exampleEnvironment, PONTIS_EMAIL: '' }))).toEqual([
      'accounts.pontis-main.credentials.email',
    ]);
  });

  test('paths of lists start at its folder', () => {
    const lists = [{ name: 'l', file: 'lists/l.csv', format: 'csv' }];
    expect(load(write(changedExample(['screening', { lists }])))).toMatchObject({
      ok: true,
      configuration: { screening: { lists: [{ file: join(folder, 'lists', 'l.csv') }] } },
    });
  });

  test('an account that nothing leads to is warned about', () => {
    expect(load(write(changedExample(['routes', [{ account: 'pontis-main' }]])))).toMatchObject({
      ok: true,
      warnings: [{ path: 'accounts.payfield-bdt' }, { path: 'accounts.syncgram-main' }],
    });
  });
});
