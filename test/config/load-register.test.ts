import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { readDatabaseUrl } from '../../src/config/database-url';
import type { ConfigurationResult } from '../../src/config/load-configuration';
import { parseConfiguration } from '../../src/config/load-configuration';
import { loadRegisterDatabase } from '../../src/config/load-register';
import { changedExample, exampleEnvironment } from './example-configuration';
import type { Change } from './example-configuration';

/** Where the register is, and the keys of its MACs: from the file, from variables, or not at all. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'payouts-register-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const {
  PAYOUTS_REGISTER_URL: url = '',
  PAYOUTS_REGISTER_PAYEE_KEY: payeeKey = '',
  ...others
} = exampleEnvironment;
const away = 'postgresql://payouts_worker:geheim-kanarie@db.acme.example/register';

const live: readonly Change[] = [
  ['mode', 'live'],
  ['accounts.pontis-main.mode', 'live'],
  ['accounts.payfield-bdt', undefined],
  ['accounts.syncgram-main', undefined],
  ['routes', [{ account: 'pontis-main' }]],
  ['screening.testList', undefined],
  ['screening.lists', [{ name: 'l', file: 'list.txt', format: 'txt' }]],
];
const parse = (
  environment: Readonly<Record<string, string>>,
  ...changes: readonly Change[]
): ConfigurationResult =>
  parseConfiguration(changedExample(...changes), { environment, file: join(folder, 'payouts.json') });
const problemsOf = (result: ConfigurationResult) => (result.ok ? [] : result.problems);
const registerOf = (result: ConfigurationResult) =>
  result.ok ? result.configuration.register : 'the configuration is refused';
const warnsOfRegister = (result: ConfigurationResult) =>
  result.ok ? result.warnings.filter(({ path }) => path === 'register') : 'the configuration is refused';

describe('without a register', () => {
  test.each([[others], [{ ...others, PAYOUTS_REGISTER_URL: '' }]])(
    'a sandbox is warned once',
    (environment) => {
      const result = parse(environment);
      expect(registerOf(result)).toBeUndefined();
      expect(warnsOfRegister(result)).toHaveLength(1);
    },
  );

  test('a live installation is refused, also where more is wrong', () => {
    const required = {
      path: 'register',
      message: 'is required in live mode: what Temporal forgets could be paid a second time',
    };
    expect(problemsOf(parse(others, ...live))).toEqual([required]);
    expect(problemsOf(parse(others, ...live, ['quoteBandPercent', 'much']))).toContainEqual(required);
  });
});

describe('with one', () => {
  test('the variables serve where the file says nothing', () => {
    const result = parse({ ...others, PAYOUTS_REGISTER_URL: url, PAYOUTS_REGISTER_PAYEE_KEY: payeeKey });
    expect(registerOf(result)).toMatchObject({
      address: { host: '127.0.0.1', port: 1, database: 'register', user: 'payouts_worker' },
      poolSize: 10,
      connectTimeoutMs: 1_500,
      statementTimeoutMs: 1_500,
      payeeKeys: [{ id: 'default' }],
    });
    expect(warnsOfRegister(result)).toEqual([]);
    expect(problemsOf(parse(exampleEnvironment, ...live))).toEqual([]);
  });

  test('the file comes first, with secrets from files, and nothing of them can be printed', () => {
    writeFileSync(join(folder, 'url'), `${away}\n`, { mode: 0o600 });
    writeFileSync(join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\n');
    const keys = ['2027', '2026'].map((id) => {
      writeFileSync(join(folder, id), `${id} ${payeeKey}`, { mode: 0o600 });
      return { id, key: { file: id } };
    });
    const register = { url: { file: 'url' }, tls: { ca: 'ca.pem' }, poolSize: 3, payeeKeys: keys };
    const result = parse(exampleEnvironment, ...live, ['register', register]);
    expect(problemsOf(result)).toEqual([]);
    const settings = registerOf(result);
    expect(settings).toMatchObject({
      address: { host: 'db.acme.example', port: 5432 },
      tls: { ca: '-----BEGIN CERTIFICATE-----\n' },
      poolSize: 3,
      // In the file's order, also where ids are numbers.
      payeeKeys: [{ id: '2027' }, { id: '2026' }],
    });
    const printed = `${JSON.stringify(result)}${inspect(settings, { depth: 9 })}`;
    for (const secret of ['geheim-kanarie', payeeKey]) expect(printed).not.toContain(secret);
  });

  test('a secret that all can read is warned about', () => {
    writeFileSync(join(folder, 'url'), url);
    chmodSync(join(folder, 'url'), 0o644);
    expect(parse(exampleEnvironment, ['register', { url: { file: 'url' } }])).toMatchObject({
      ok: true,
      warnings: [{ path: 'register.url', message: expect.stringContaining('chmod 600') }],
    });
  });

  const key = (id: string, env = 'PAYOUTS_REGISTER_PAYEE_KEY') => ({ id, key: { env } });
  const refused: readonly (readonly [string, unknown, Readonly<Record<string, string>>?])[] = [
    ['register.url', { url: { env: 'NOT_SET' } }],
    ['register.url', {}, { PAYOUTS_REGISTER_URL: 'mysql://u@h/d' }],
    ['register.url', { url: 'postgresql://u:p@h/d' }],
    ['register.payeeKeys', {}, { PAYOUTS_REGISTER_PAYEE_KEY: '' }],
    ['register.payeeKeys', {}, { PAYOUTS_REGISTER_PAYEE_KEY: 'x'.repeat(31) }],
    ['register.payeeKeys', { payeeKeys: [] }],
    ['register.payeeKeys[0].key', { payeeKeys: [key('a', 'NOT_SET')] }],
    ['register.payeeKeys[1].id', { payeeKeys: [key('a'), key('a', 'SECOND')] }, { SECOND: 'y'.repeat(32) }],
    ['register.payeeKeys[1].key', { payeeKeys: [key('a'), key('b')] }],
    ['register.payeeKeys[0].key', { payeeKeys: [{ id: 'a', key: 'in clear' }] }],
    ['register.tls.ca', { tls: { ca: 'not-there.pem' } }],
    ['register.tls.rejectUnauthorized', { tls: { rejectUnauthorized: false } }],
    ['register.poolSize', { poolSize: 0 }],
    ['register.statementTimeoutMs', { statementTimeoutMs: 60_000 }],
    ['register.connectTimeoutMs', { connectTimeoutMs: 0 }],
    ['register.password', { password: 'x' }],
  ];
  test.each(refused.map(([path, register, environment = {}]) => ({ path, register, environment })))(
    '$path is refused by its path, and nothing is quoted (%#)',
    ({ path, register, environment }) => {
      const result = parse({ ...exampleEnvironment, ...environment }, ['register', register]);
      expect(problemsOf(result).map((problem) => problem.path)).toEqual([path]);
      const text = JSON.stringify(problemsOf(result));
      for (const secret of ['register-kanarie', payeeKey, 'in clear', 'mysql'])
        expect(text).not.toContain(secret);
    },
  );

  test('a file that holds no certificate is no authority', () => {
    writeFileSync(join(folder, 'ca.pem'), 'nothing');
    expect(problemsOf(parse(exampleEnvironment, ['register', { tls: { ca: 'ca.pem' } }]))).toEqual([
      { path: 'register.tls.ca', message: expect.stringContaining('holds no certificate') },
    ]);
  });

  test('in live mode a database on another machine needs TLS; one on this machine does not', () => {
    const at = (place: string, ...changes: readonly Change[]) =>
      problemsOf(parse({ ...exampleEnvironment, PAYOUTS_REGISTER_URL: place }, ...changes)).map(
        ({ path }) => path,
      );
    expect(at(away, ...live)).toEqual(['register.tls']);
    expect(at(away)).toEqual([]);
    expect(at(away, ...live, ['register', { tls: {} }])).toEqual([]);
    expect(at(`${away}?sslmode=verify-full`, ...live)).toEqual([]);
    expect(at(`${away}?sslmode=disable`, ...live)).toEqual(['register.tls']);
    for (const here of [
      'postgresql://w@localhost/r',
      'postgresql://w@127.0.0.1/r',
      'postgresql://w@[::1]/r',
      'postgresql://w@/r?host=/run/postgresql',
    ])
      expect(at(here, ...live)).toEqual([]);
    for (const elsewhere of [
      'postgresql://w@localhost.acme.example/r',
      'postgresql://w@127.0.0.1.acme.example/r',
    ])
      expect(at(elsewhere, ...live)).toEqual(['register.tls']);
  });
});

describe('for whoever migrates', () => {
  test('only the register is looked at: no secret of a provider is needed', () => {
    const file = join(folder, 'payouts.json');
    writeFileSync(file, JSON.stringify(changedExample(['register', { poolSize: 4 }])));
    expect(loadRegisterDatabase(file, undefined, { PAYOUTS_REGISTER_URL: url })).toMatchObject({
      problems: [],
      settings: { address: { user: 'payouts_worker' }, poolSize: 4 },
    });
  });

  test('the owner’s URL comes from a file of its own', () => {
    writeFileSync(join(folder, 'owner'), 'postgresql://payouts_owner@127.0.0.1/register', { mode: 0o600 });
    expect(
      loadRegisterDatabase(undefined, join(folder, 'owner'), { PAYOUTS_REGISTER_URL: url }),
    ).toMatchObject({
      settings: { address: { user: 'payouts_owner' } },
    });
  });

  test('without a file the variable serves, and without both it is said what is missing', () => {
    expect(loadRegisterDatabase(undefined, undefined, { PAYOUTS_REGISTER_URL: url }).settings).toBeDefined();
    expect(loadRegisterDatabase(undefined, undefined, {}).problems).toEqual([
      { path: 'register', message: 'is missing, and PAYOUTS_REGISTER_URL is not set' },
    ]);
    expect(loadRegisterDatabase(join(folder, 'none.json'), undefined, {}).problems).toEqual([
      { path: '', message: expect.stringContaining('ENOENT') },
    ]);
    const file = join(folder, 'payouts.json');
    writeFileSync(file, JSON.stringify({ register: { poolSize: 'many' } }));
    expect(loadRegisterDatabase(file, undefined, {}).problems.map(({ path }) => path)).toEqual([
      'register.poolSize',
    ]);
  });
});

describe('the URL of a database', () => {
  test.each([
    ['postgresql://u:p@h/d', { host: 'h', port: 5432, database: 'd', user: 'u' }],
    ['postgres://u@h:6432/d', { host: 'h', port: 6432 }],
    ['postgresql://u%40x:p%2F%23@h/d%20e', { user: 'u@x', database: 'd e' }],
    ['postgresql://u@[2001:db8::1]:5432/d', { host: '2001:db8::1' }],
    ['postgresql://u@/d?host=/run/pg&port=6000', { host: '/run/pg', port: 6000 }],
    ['postgresql://u@%2Frun%2Fpg/d', { host: '/run/pg' }],
    ['postgresql:///d?host=/run/pg&user=u', { host: '/run/pg', user: 'u' }],
    ['postgresql://u@localhost/d?host=/run/pg', { host: '/run/pg' }],
  ])('%s', (text, address) => {
    expect(readDatabaseUrl(text)).toMatchObject({ ok: true, address });
  });

  test('a password is read, decoded', () => {
    const read = readDatabaseUrl('postgresql://u:p%2F%23%25@h/d');
    expect(read.ok && read.address.password?.reveal()).toBe('p/#%');
  });

  test.each([
    '',
    'h/d',
    'https://u:p@h/d',
    'postgresql://h/d',
    'postgresql://u:kanarie@h',
    'postgresql://u:kanarie@h/',
    'postgresql://u:kanarie@h/d/e',
    'postgresql://u:kanarie@/d',
    'postgresql://u:kan%arie@h/d',
    'postgresql://u:kan#arie@h/d',
    'postgresql://u:kanarie@h:99999/d',
    'postgresql://u:kanarie@h/d?port=x',
    'postgresql://u:kanarie@h/d?sslmode=require',
    'postgresql://u:kanarie@h/d?sslmode=no-verify',
    'postgresql://u:kanarie@h/d?sslrootcert=x',
    'postgresql://u:kanarie@h/d?options=-csynchronous_commit%3Doff',
    'postgresql://u:kanarie@h/d?password=kanarie',
  ])('%s is refused, and not quoted', (text) => {
    const read = readDatabaseUrl(text);
    expect(read.ok).toBe(false);
    expect(JSON.stringify(read)).not.toMatch(/kan/);
  });
});
