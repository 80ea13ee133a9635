import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { ProviderFailureCode } from '../../src/domain/provider-failure';
import type { StatusReply } from '../../src/providers/provider';
import { failed, read, scriptedProvider } from '../support/scripted-provider';
import { attemptOf, planFor, stage } from './activity-stage';

const delaysMs = [15_000, 60_000, 300_000];

async function awaitStatus(status: StatusReply, attempt = 1, delays: readonly number[] = delaysMs) {
  const provider = scriptedProvider({ statuses: [status] });
  const { run } = stage(provider, { info: { attempt } });
  return run('awaitStatus', {
    schema: 1,
    plan: await planFor(provider),
    attempt: attemptOf(),
    providerPayoutId: 'prov-1',
    knownProviderStatus: 'pending',
    delaysMs: delays,
  });
}

/** How the attempt fails: it must, and in Temporal's own words. */
async function failureOf(waiting: Promise<unknown>): Promise<ApplicationFailure> {
  const failure: unknown = await waiting.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
  if (!(failure instanceof ApplicationFailure)) throw new Error(`no failure: ${JSON.stringify(failure)}`);
  return failure;
}

const pending = read('accepted', 'pending');

it('tells a status that is not the known one', async () => {
  expect(await awaitStatus(read('paid', 'completed'))).toEqual(read('paid', 'completed'));
});

it.each([
  [1, 15_000],
  [2, 60_000],
  [3, 300_000],
  [4, 300_000],
  [5_000, 300_000],
])(
  'attempt %i that finds the known status comes again after %i ms, and counts as no error',
  async (attempt, delay) => {
    const failure = await failureOf(awaitStatus(pending, attempt));
    expect(failure).toMatchObject({
      type: 'StillPending',
      nonRetryable: false,
      nextRetryDelay: delay,
      category: ApplicationFailureCategory.BENIGN,
    });
  },
);

it.each([[[0]], [[]]])('never asks for a delay of nothing, which would end the wait (%j)', async (delays) => {
  const { nextRetryDelay } = await failureOf(awaitStatus(pending, 1, delays));
  expect(nextRetryDelay).toBeGreaterThan(0);
});

it.each<ProviderFailureCode>([
  'rate_limited',
  'not_reachable',
  'not_sent',
  'token_expired',
  'clock_refused',
  'timeout',
  'connection_lost',
  'server_error',
  'unreadable_reply',
  'interrupted',
  'in_progress',
  'conflict',
])('reads again after %s', async (code) => {
  const failure = await failureOf(awaitStatus(failed(code), 2));
  expect(failure).toMatchObject({ type: 'StillPending', nextRetryDelay: 60_000 });
});

it.each([
  [20_000, 20_000],
  [1_000, 15_000],
])('waits as long as the provider asks (%i ms), and never less than planned', async (retryAfterMs, delay) => {
  const limited = {
    kind: 'failed',
    failure: { effect: 'none', code: 'rate_limited', retryAfterMs },
  } as const;
  expect((await failureOf(awaitStatus(limited))).nextRetryDelay).toBe(delay);
});

it.each<ProviderFailureCode>(['credentials_refused', 'account_suspended', 'misconfigured', 'refused'])(
  'gives %s to the workflow at once',
  async (code) => expect(await awaitStatus(failed(code))).toEqual(failed(code)),
);

it('is patient with a payout that is not readable yet, but not for ever', async () => {
  for (const attempt of [1, 5]) {
    expect((await failureOf(awaitStatus(failed('not_found'), attempt))).type).toBe('StillPending');
  }
  expect(await awaitStatus(failed('not_found'), 6)).toEqual(failed('not_found'));
});

it('does not ask an account that is not the plan’s', async () => {
  const provider = scriptedProvider({});
  const plan = { ...(await planFor(provider)), accountFingerprint: 'e'.repeat(64) };
  const { run } = stage(provider);
  const result = await run('awaitStatus', {
    schema: 1,
    plan,
    attempt: attemptOf(),
    providerPayoutId: 'prov-1',
    knownProviderStatus: 'pending',
    delaysMs,
  });
  expect(result).toEqual(failed('account_changed'));
  expect(provider.calls).toEqual([]);
});
