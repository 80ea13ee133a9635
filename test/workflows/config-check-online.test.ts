import { checkOnline } from '../../src/worker/installation/check-online';

const address = (): string => process.env['PAYOUTS_TEST_TEMPORAL_ADDRESS'] ?? '';
const tried = async (namespace: string, mode: 'sandbox' | 'live') =>
  checkOnline(
    { namespace: undefined, mode, accounts: [] },
    { temporalAddress: address(), namespace },
    { TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml' },
  );

test('a server with a namespace that fits is said to be so', async () => {
  expect(await tried('default', 'sandbox')).toEqual([
    { what: 'temporal', ok: true, message: `${address()} answers` },
    {
      what: 'temporal.namespace',
      ok: true,
      message: expect.stringMatching(
        /^namespace default fits; it retains closed runs for 1 day: enough for a sandbox/,
      ),
    },
  ]);
});

test('a namespace that does not fit, or is none, is told apart from a server that is away', async () => {
  expect(await tried('default', 'live')).toEqual([
    { what: 'temporal', ok: true, message: `${address()} answers` },
    {
      what: 'temporal.namespace',
      ok: false,
      message: expect.stringContaining('live money needs at least 30'),
    },
  ]);
  expect(await tried('nowhere', 'sandbox')).toEqual([
    { what: 'temporal', ok: true, message: `${address()} answers` },
    {
      what: 'temporal.namespace',
      ok: false,
      message: expect.stringContaining('there is no namespace nowhere'),
    },
  ]);
});

test('a pinned namespace that the settings contradict is a failure of the settings', async () => {
  const checks = await checkOnline(
    { namespace: 'payments', mode: 'sandbox', accounts: [] },
    { temporalAddress: address(), namespace: 'default' },
    {},
  );
  expect(checks).toEqual([
    {
      what: 'temporal',
      ok: false,
      message: expect.stringContaining('the configuration pins namespace payments'),
    },
  ]);
});
