import type { RunningSimulators } from '../simulators/start-simulators';

/** Settings that every simulated account shares: sandbox accounts may shorten waits, and people watch these. */
const quick = {
  submitTimeoutMs: 3_000,
  readTimeoutMs: 3_000,
  contract: {
    lookUpGraceMs: 1_000,
    absenceAfterMs: 6_000,
    recoveryPlanMs: [500, 1_000, 1_500, 2_000],
    unpaidSettleMs: 500,
    unpaidWatchMs: 1_000,
    returnWatchMs: 6_000,
  },
  pollPlan: { delaysMs: [400, 600, 800, 1_000], overdueAfterMs: 120_000, watchDelaysMs: [500] },
};

/** Who may approve in demo and dev. */
export const approvers = ['alice', 'bob', 'carol'];

/**
 * A configuration for the simulated providers. Secrets go into environment variables of the worker, as in production:
 * the file itself never holds one.
 */
export function simulatedConfiguration(
  simulators: RunningSimulators,
  taskQueue: string,
  pollDelaysMs: readonly number[] = quick.pollPlan.delaysMs,
): { readonly configuration: object; readonly env: Readonly<Record<string, string>> } {
  const env: Record<string, string> = {};
  const credentials = (account: string, values: object): object =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const variable = `${account}_${name}`.replace(/[^A-Za-z0-9]/g, '_').toUpperCase();
        env[variable] = String(value);
        return [name, { env: variable }];
      }),
    );
  const { pontis, payfield, syncgram } = simulators;
  const common = { ...quick, pollPlan: { ...quick.pollPlan, delaysMs: pollDelaysMs } };
  const configuration = {
    schema: 1,
    installation: 'demo',
    mode: 'sandbox',
    temporal: { taskQueue },
    accounts: {
      pontis: {
        provider: 'pontis',
        mode: 'sandbox',
        baseUrl: pontis.url,
        credentials: credentials('pontis', pontis.credentials),
        settings: { sourceCurrencies: ['USDT', 'USDC'] },
        common,
      },
      payfield: {
        provider: 'payfield',
        mode: 'sandbox',
        baseUrl: payfield.url,
        credentials: credentials('payfield', payfield.credentials),
        settings: { shopCode: payfield.options.shops[0]?.code },
        common,
      },
      syncgram: {
        provider: 'syncgram',
        mode: 'sandbox',
        baseUrl: syncgram.url,
        credentials: credentials('syncgram', syncgram.credentials),
        settings: { defaultEmail: 'payouts@merchant.example', walletOperators: ['mtn', 'mpesa'] },
        common,
      },
    },
    routes: [
      { account: 'payfield', when: { currencies: ['BDT'] } },
      { account: 'pontis', when: { sourceCurrencies: ['USDT', 'USDC'] } },
      { account: 'syncgram', when: { sourceCurrencies: ['USD', 'NGN'] } },
    ],
    approval: {
      approvers,
      thresholds: {
        USDT: steps('1000.00'),
        USDC: steps('1000.00'),
        USD: steps('1000.00'),
        NGN: steps('1000000.00'),
        BDT: steps('100000.00'),
      },
      otherwise: 1,
    },
    screening: { testList: true, review: { role: 'approvers' } },
    holds: { recheckMs: 60_000 },
    worker: { shutdownGraceMs: 20_000 },
    log: { level: 'warn' },
  };
  return { configuration, env };
}

/** Nobody below the limit, two people from it on. */
const steps = (limit: string): readonly object[] => [
  { from: '0', approvals: 0 },
  { from: limit, approvals: 2 },
];
