import { formatConfigurationProblem } from '../../src/config/configuration-problem';
import { parseConfiguration } from '../../src/config/load-configuration';
import type { ConfigurationResult } from '../../src/config/load-configuration';
import { parseListenAddress } from '../../src/config/operation-schema';
import { changedExample, exampleEnvironment, exampleFile } from './example-configuration';

describe('an address to listen at', () => {
  test.each([
    ['127.0.0.1:9464', { host: '127.0.0.1', port: 9464 }],
    ['0.0.0.0:1', { host: '0.0.0.0', port: 1 }],
    ['[::]:65535', { host: '::', port: 65_535 }],
    ['[::1]:9464', { host: '::1', port: 9464 }],
  ])('%s', (text, address) => expect(parseListenAddress(text)).toEqual(address));

  test.each([
    '',
    '9464',
    ':9464',
    'localhost:9464',
    '127.0.0.1',
    '127.0.0.1:0',
    '127.0.0.1:65536',
    '127.0.0.1:9464/metrics',
    '256.0.0.1:9464',
    '::1:9464',
    '[127.0.0.1]:9464',
    '[::1]',
    'http://127.0.0.1:9464',
    ' 127.0.0.1:9464',
  ])('is not %j', (text) => expect(parseListenAddress(text)).toBeUndefined());
});

const load = (worker: unknown, environment: Readonly<Record<string, string>> = {}): ConfigurationResult =>
  parseConfiguration(changedExample(['worker', worker]), {
    environment: { ...exampleEnvironment, ...environment },
    file: exampleFile,
  });
const addresses = (result: ConfigurationResult): unknown =>
  result.ok
    ? [result.configuration.worker.metrics.bindAddress, result.configuration.worker.health.bindAddress]
    : result.problems.map(formatConfigurationProblem);

test('nothing is served unless an address is given', () => {
  expect(addresses(load({}))).toEqual([undefined, undefined]);
  expect(addresses(load({}, { PAYOUTS_METRICS_ADDRESS: '', PAYOUTS_HEALTH_ADDRESS: '' }))).toEqual([
    undefined,
    undefined,
  ]);
});

test('variables serve where the file names no address, and only there', () => {
  const variables = { PAYOUTS_METRICS_ADDRESS: '0.0.0.0:9464', PAYOUTS_HEALTH_ADDRESS: '0.0.0.0:8081' };
  expect(addresses(load({}, variables))).toEqual(['0.0.0.0:9464', '0.0.0.0:8081']);
  expect(addresses(load({ health: { bindAddress: '127.0.0.1:1000' } }, variables))).toEqual([
    '0.0.0.0:9464',
    '127.0.0.1:1000',
  ]);
});

test('refuses what nobody can listen at, in the file and in a variable, without quoting it', () => {
  const form = 'must be an IP address and a port such as "127.0.0.1:9464" or "[::]:9464"';
  expect(addresses(load({ metrics: { bindAddress: 'metrics.internal:9464' } }))).toEqual([
    `worker.metrics.bindAddress: ${form}`,
  ]);
  expect(addresses(load({}, { PAYOUTS_HEALTH_ADDRESS: 'health.internal' }))).toEqual([
    `PAYOUTS_HEALTH_ADDRESS: ${form}`,
  ]);
});

test('refuses one port for both, wherever the two come from', () => {
  const problem = ['worker.health.bindAddress: needs another port than worker.metrics'];
  const metrics = { bindAddress: '127.0.0.1:9464' };
  expect(addresses(load({ metrics, health: { bindAddress: '0.0.0.0:9464' } }))).toEqual(problem);
  expect(addresses(load({ metrics }, { PAYOUTS_HEALTH_ADDRESS: '127.0.0.1:9464' }))).toEqual(problem);
});

test.each([
  [{ health: { noPollMs: 60_000 } }, 'worker.health.noPollMs'],
  [{ health: { checkEveryMs: 100 } }, 'worker.health.checkEveryMs'],
  [{ metrics: { readEveryMs: 10 } }, 'worker.metrics.readEveryMs'],
  [{ metrics: { port: 9464 } }, 'worker.metrics.port'],
])('refuses %j', (worker, path) => {
  const result = load(worker);
  expect(result.ok ? [] : result.problems.map((problem) => problem.path)).toEqual([path]);
});
