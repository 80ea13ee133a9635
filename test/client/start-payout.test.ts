import type { Client } from '@temporalio/client';
import { PayoutClientError } from '../../src/client/errors';
import { startPayout } from '../../src/client/start-payout';
import type { TemporalCalls } from '../../src/client/temporal-calls';
import { exampleRequest } from '../support/example-request';

/** A payee that an older version may have paid, and that today's tables refuse. */
const outdated = exampleRequest({
  destination: { country: 'DE', currency: 'EUR' },
  beneficiary: {
    method: 'bank-account',
    name: 'Beatriz Santos',
    account: { accountNumber: 'DE89370400440532013001' },
  },
});

/** Temporal, as it answers each description. */
function temporal(...answers: readonly PayoutClientError['code'][]) {
  let asked = 0;
  const calls: TemporalCalls = {
    client: {} as Client,
    timeouts: { callTimeoutMs: 1_000, answerTimeoutMs: 1_000, startTimeoutMs: 400 },
    run: async ({ what }, _timeoutMs, call) => {
      // A start is made of calls of its own.
      if (what.startsWith('start ')) return call();
      const code = answers[Math.min(asked, answers.length - 1)] ?? 'temporal_unavailable';
      asked += 1;
      throw new PayoutClientError(code, 'as the test says');
    },
    close: () => undefined,
  };
  return { calls, asked: () => asked };
}

describe('a start with an account that older versions took', () => {
  it('is not called invalid while nobody can tell whether its payout runs', async () => {
    const { calls, asked } = temporal('temporal_unavailable');
    await expect(startPayout(calls, 'payouts', outdated)).rejects.toMatchObject({
      code: 'temporal_unavailable',
    });
    expect(asked()).toBeGreaterThan(1);
  });

  it('is invalid once there is no such payout, also after Temporal was away for a moment', async () => {
    const { calls } = temporal('temporal_unavailable', 'payout_not_found');
    await expect(startPayout(calls, 'payouts', outdated)).rejects.toMatchObject({
      code: 'request_invalid',
      problems: [{ path: 'beneficiary.account.accountNumber' }],
    });
  });
});

it('asks Temporal nothing about a request that no version took', async () => {
  const { calls, asked } = temporal('temporal_unavailable');
  const { amount: _, ...rest } = outdated;
  await expect(startPayout(calls, 'payouts', rest)).rejects.toMatchObject({ code: 'request_invalid' });
  expect(asked()).toBe(0);
});
