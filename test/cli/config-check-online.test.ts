import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulatedConfiguration } from '../../src/dev/simulated-configuration';
import type { RunningSimulators } from '../../src/simulators/start-simulators';
import { startSimulators } from '../../src/simulators/start-simulators';
import { migrated, registerVariables } from '../register/register-on-postgres';
import { startFoundPostgres } from '../support/found-postgres';
import { createCli } from './fake-cli';

type Check = { readonly what: string; readonly ok: boolean; readonly message: string };
type Json = Record<string, Record<string, Record<string, unknown>>>;

let folder: string;
let simulators: RunningSimulators;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payouts-online-'));
  simulators = await startSimulators();
});
afterAll(async () => {
  await simulators.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Nothing listens on port 1. */
const nowhere = '127.0.0.1:1';

async function check(
  change: (configuration: Json, env: Record<string, string>) => void,
  ...options: readonly string[]
) {
  const { configuration, env } = simulatedConfiguration(simulators, 'payouts');
  const changed = structuredClone(configuration) as Json;
  const variables = { ...env };
  change(changed, variables);
  const file = join(folder, 'payouts.json');
  writeFileSync(file, JSON.stringify(changed));
  // No profile of this machine.
  const { run } = createCli({}, { env: { ...variables, TEMPORAL_CONFIG_FILE: join(folder, 'none.toml') } });
  const all = [...options, '--online', '--temporal-address', nowhere];
  const { code, out } = await run('config', 'check', '--config', file, ...all);
  for (const secret of Object.values(variables)) expect(out).not.toContain(secret);
  return { code, out };
}

const online = (out: string): Readonly<Record<string, Check>> =>
  Object.fromEntries(
    (JSON.parse(out) as { readonly online: readonly Check[] }).online.map((one) => [one.what, one]),
  );

/** Each value is another one of the same form. */
const turned = (text = ''): string => text.replace(/[a-z]/g, (letter) => (letter === 'a' ? 'b' : 'a'));

test('right credentials are taken, and a Temporal that is not there is said to be so, with its own exit code', async () => {
  const { code, out } = await check(() => undefined, '--json');
  expect(code).toBe(5);
  expect(JSON.parse(out)).toMatchObject({ ok: false, problems: [] });
  expect(online(out)).toMatchObject({
    temporal: { ok: false, message: `${nowhere} refuses the connection: does Temporal run there?` },
    'accounts.pontis': { ok: true, message: 'pontis answers and takes the credentials' },
    'accounts.payfield': { ok: true, message: 'payfield answers and takes the credentials' },
    'accounts.syncgram': { ok: true, message: 'syncgram answers and takes the credentials' },
  });
});

test('the register is tried: where it is not, and where it is', async () => {
  const register = async (url: string): Promise<Check | undefined> => {
    const { out } = await check((_, env) => {
      env['PAYOUTS_REGISTER_URL'] = url;
      env['PAYOUTS_REGISTER_PAYEE_KEY'] = 'the key of the payees, of a test';
    }, '--json');
    return online(out)['register'];
  };
  expect(await register(`postgresql://w:kanarienwort@${nowhere}/register`)).toEqual({
    what: 'register',
    ok: false,
    message: 'nothing listens where the register should be (ECONNREFUSED)',
  });
  const postgres = await startFoundPostgres();
  try {
    const { PAYOUTS_REGISTER_URL: url = '' } = registerVariables(postgres);
    expect(await register(url)).toMatchObject({
      ok: false,
      message: expect.stringContaining('payouts register migrate (42P01)'),
    });
    await migrated(postgres.address());
    expect(await register(url)).toMatchObject({
      ok: true,
      message: 'answers; schema 1; the role may more than a worker needs (payouts register roles)',
    });
  } finally {
    await postgres.stop();
  }
});

test('nothing is made by it', async () => {
  await check(() => undefined);
  for (const { simulator } of [simulators.pontis, simulators.payfield, simulators.syncgram]) {
    expect([simulator.ledger(), simulator.payouts()]).toEqual([[], []]);
    expect(simulator.requests().map(({ operation }) => operation)).not.toContain('submit');
  }
});

test('wrong credentials, a wrong address and a provider that is away are told apart, one line each', async () => {
  const { code, out } = await check((configuration, env) => {
    env['PONTIS_APIKEY'] = turned(env['PONTIS_APIKEY']);
    env['PAYFIELD_SECRET'] = turned(env['PAYFIELD_SECRET']);
    (configuration['accounts']?.['syncgram'] ?? {})['baseUrl'] = `http://${nowhere}`;
  });
  expect(code).toBe(5);
  const lines = out.split('\n').filter((line) => /^(ok|failed) /.test(line));
  expect(lines).toEqual([
    expect.stringMatching(/^failed {2}temporal: /),
    expect.stringMatching(/^failed {2}accounts\.pontis: .*\(credentials_refused, HTTP 401\)$/),
    expect.stringMatching(/^failed {2}accounts\.payfield: .*\(credentials_refused, HTTP 401\)$/),
    expect.stringMatching(/^failed {2}accounts\.syncgram: syncgram cannot be reached.*\(not_reachable\)$/),
  ]);
});

test('Watchman and issuers have lines of their own', async () => {
  const { code, out } = await check((configuration) => {
    configuration['screening'] = {
      ...configuration['screening'],
      watchman: { baseUrl: `http://${nowhere}`, lists: { us_ofac: { atLeast: 1, canary: 'Somebody' } } },
    };
    configuration['approvals'] = {
      issuers: { 'https://login.example.com': { jwks: { url: `http://${nowhere}/keys` } } },
    };
  }, '--json');
  expect(code).toBe(2);
  const found = online(out);
  expect(found['screening.watchman']).toMatchObject({ ok: false });
  expect(Object.values(found).find(({ what }) => what.startsWith('approvals.issuers'))).toMatchObject({
    ok: false,
    message: 'does not answer (not_reachable)',
  });
});

test('of a file that cannot be used, what is right is tried', async () => {
  const { code, out } = await check((configuration, env) => {
    delete env['PONTIS_APIKEY'];
    configuration['holds'] = { recheckMs: 5_000, deadlineMs: 4_000 } as never;
  }, '--json');
  expect(code).toBe(2);
  expect(Object.keys(online(out))).toEqual(['temporal', 'accounts.payfield', 'accounts.syncgram']);
});

test('without --online nobody is asked', async () => {
  const before = simulators.pontis.simulator.requests().length;
  const { configuration, env } = simulatedConfiguration(simulators, 'payouts');
  const file = join(folder, 'offline.json');
  writeFileSync(file, JSON.stringify(configuration));
  const { code, out } = await createCli({}, { env }).run('config', 'check', '--config', file, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).not.toHaveProperty('online');
  expect(simulators.pontis.simulator.requests()).toHaveLength(before);
});
