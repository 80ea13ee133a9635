import type { SubmitReply } from '../../../src/providers/provider';
import type { Contract } from '../expectations/submit-cases';
import { badDay, faultClasses } from './fault-classes';
import type { FaultClass } from './fault-classes';
import { stageProvider } from './provider-stage';
import type { ProviderStage } from './provider-stage';

/** Which of our codes, which effect, and how many debits once everything has landed. */
type Met = { readonly ends: readonly string[]; readonly debits: readonly number[] };

const endOf = (reply: SubmitReply): string =>
  reply.kind === 'accepted' ? 'accepted' : `${reply.failure.effect} ${reply.failure.code}`;

/** Submits once while the fault is certain, over several seeds. */
async function submitsWith(fault: FaultClass, contract: Contract, seeds = 12): Promise<Met> {
  const ends = new Set<string>();
  const debits = new Set<number>();
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { world, provider, freeze, host, network } = stageProvider(contract, {
      seed,
      rates: { [fault]: 1 },
    });
    // A login would meet the fault first.
    if (contract === 'pontis') throw new Error('not with Pontis');
    ends.add(endOf(await world.until(provider.submit(freeze(), {}))));
    expect([fault, world.fired[fault]]).toEqual([fault, expect.any(Number)]);
    network.stopFaults();
    await world.pass(Math.max(0, network.lastEffectAt() - world.now) + 1);
    expect(network.lastEffectAt()).toBeLessThanOrEqual(world.now);
    debits.add(host.simulator.ledger().filter(({ kind }) => kind === 'debit').length);
  }
  return { ends: [...ends].sort(), debits: [0, 1, 2].filter((count) => debits.has(count)) };
}

const onSubmit: readonly [FaultClass, Met][] = [
  ['connection-refused', { ends: ['none not_reachable'], debits: [0] }],
  ['connect-timeout', { ends: ['none not_reachable'], debits: [0] }],
  ['tls-refused', { ends: ['none not_reachable'], debits: [0] }],
  ['network-partition', { ends: ['none not_reachable'], debits: [0] }],
  ['reset-while-writing', { ends: ['unknown connection_lost'], debits: [0] }],
  ['request-lost', { ends: ['unknown timeout'], debits: [0] }],
  ['request-late', { ends: ['accepted', 'unknown connection_lost', 'unknown timeout'], debits: [1] }],
  ['latency-spike', { ends: ['accepted'], debits: [1] }],
  ['server-error-accepted', { ends: ['unknown server_error'], debits: [1] }],
  ['server-error-not-accepted', { ends: ['unknown server_error'], debits: [0] }],
  ['no-answer-accepted', { ends: ['unknown timeout'], debits: [1] }],
  ['no-answer-not-accepted', { ends: ['unknown timeout'], debits: [0] }],
  ['commit-late', { ends: ['unknown connection_lost'], debits: [1] }],
  ['in-progress', { ends: ['unknown in_progress'], debits: [0, 1] }],
  ['rate-limited', { ends: ['none rate_limited'], debits: [0] }],
  ['rate-limited-retry-after', { ends: ['none rate_limited'], debits: [0] }],
  ['refused', { ends: ['none refused'], debits: [0] }],
  ['refused-in-foreign-words', { ends: ['unknown unreadable_reply'], debits: [1] }],
  ['balance-used-up', { ends: ['accepted'], debits: [1] }],
  ['garbage-reply', { ends: ['unknown server_error', 'unknown unreadable_reply'], debits: [1] }],
  ['oversized-reply', { ends: ['unknown unreadable_reply'], debits: [1] }],
  ['reply-broken-off', { ends: ['unknown connection_lost', 'unknown unreadable_reply'], debits: [1] }],
  ['reply-lost', { ends: ['unknown timeout'], debits: [1] }],
  ['reply-cut', { ends: ['unknown connection_lost'], debits: [1] }],
  ['reply-delayed', { ends: ['unknown timeout'], debits: [1] }],
  ['unknown-status', { ends: ['accepted'], debits: [1] }],
  ['regressing-status', { ends: ['accepted'], debits: [1] }],
  ['ends-unpaid', { ends: ['accepted'], debits: [1] }],
  ['slow-status', { ends: ['accepted'], debits: [1] }],
];

test.each(onSubmit)('%s does what it says to a submit', async (fault, expected) => {
  const met = await submitsWith(fault, 'nothing');
  expect({ ...met, ends: expect.anything() }).toEqual({ ...expected, ends: expect.anything() });
  // How late a request is decides which of the three ends it has.
  expect(expected.ends).toEqual(expect.arrayContaining([...met.ends]));
  if (fault !== 'request-late') expect(met.ends).toEqual(expected.ends);
});

/** Pontis is logged in before anything goes wrong. */
async function loggedIn(fault: FaultClass): Promise<ProviderStage> {
  const rates: { [Name in FaultClass]?: number } = {};
  const stage = stageProvider('pontis', { rates });
  await stage.world.until(stage.provider.submit(stage.freeze(99), {}));
  rates[fault] = 1;
  return stage;
}

test('token-expired: the adapter logs in again, sends again, and only one of the two is executed', async () => {
  const { world, provider, freeze, host } = await loggedIn('token-expired');
  const reply = await world.until(provider.submit(freeze(), {}));
  expect(endOf(reply)).toBe('none token_expired');
  expect(world.fired['token-expired']).toBe(2);
  expect(host.simulator.ledger()).toHaveLength(1);
});

test('balance-used-up: the replay of what was accepted is refused for lack of money, until the top-up', async () => {
  const { world, provider, freeze, host, network } = await loggedIn('balance-used-up');
  expect(endOf(await world.until(provider.submit(freeze(), {})))).toBe('accepted');
  expect(endOf(await world.until(provider.submit(freeze(), {})))).toBe('none insufficient_funds');
  network.stopFaults();
  expect(endOf(await world.until(provider.submit(freeze(), {})))).toBe('accepted');
  expect(host.simulator.ledger()).toHaveLength(2);
});

test('refused: Pontis refuses even the replay of what it accepted', async () => {
  const rates: { refused?: number } = {};
  const { world, provider, freeze, host } = stageProvider('pontis', { rates });
  expect(endOf(await world.until(provider.submit(freeze(), {})))).toBe('accepted');
  rates.refused = 1;
  expect(endOf(await world.until(provider.submit(freeze(), {})))).toBe('none payout_limit');
  expect(host.simulator.ledger()).toHaveLength(1);
});

test.each(['payfield', 'syncgram'] as const)(
  'not-found-for-a-while: %s hides a young payout from look-ups, and shows it later',
  async (contract) => {
    const { world, provider, freeze } = stageProvider(contract, { rates: { 'not-found-for-a-while': 1 } });
    const attempt = freeze();
    const firstSentAt = world.now;
    const lookUp = async (): Promise<number> => {
      const reply = provider.lookUp && (await world.until(provider.lookUp({ attempt, firstSentAt }, {})));
      return reply?.kind === 'complete' ? reply.found.length : -1;
    };
    expect(await lookUp()).toBe(0);
    expect(world.fired['not-found-for-a-while']).toBeUndefined();
    await world.until(provider.submit(attempt, {}));
    expect(await lookUp()).toBe(0);
    expect(world.fired['not-found-for-a-while']).toBeGreaterThan(0);
    await world.pass(10 * 60_000);
    expect(await lookUp()).toBe(1);
  },
);

const stories: readonly [FaultClass, Contract, readonly string[]][] = [
  ['unknown-status', 'pontis', ['pending', 'settling_v2', 'completed']],
  ['regressing-status', 'pontis', ['pending', 'processing', 'pending', 'processing', 'completed']],
  ['regressing-status', 'payfield', ['pending', 'success', 'pending', 'success']],
  ['paid-then-returned', 'pontis', ['pending', 'completed', 'reversed']],
  ['paid-then-returned', 'payfield', ['pending', 'success', 'refunded']],
  ['ends-unpaid', 'syncgram', ['PENDING', 'FAILED']],
  ['slow-status', 'nothing', ['accepted', 'paid']],
];
test.each(stories)('%s at %s', async (fault, contract, words) => {
  const { world, provider, freeze, host } = stageProvider(contract, { rates: { [fault]: 1 } });
  await world.until(provider.submit(freeze(), {}));
  await world.pass(30 * 86_400_000);
  expect(host.simulator.payouts()[0]?.history.map(({ status }) => status)).toEqual(words);
  expect(world.fired[fault]).toBe(1);
});

test('a class that a provider has no word for never counts as fired', async () => {
  const { world, provider, freeze } = stageProvider('syncgram', { rates: { 'paid-then-returned': 1 } });
  await world.until(provider.submit(freeze(), {}));
  expect(world.fired).toEqual({});
});

test('a late request is authenticated when it arrives: a signature that has aged is refused', async () => {
  const debits = new Set<number>();
  for (let seed = 1; seed <= 40; seed += 1) {
    const { world, provider, freeze, host, network } = stageProvider('payfield', {
      seed,
      rates: { 'request-late': 1 },
    });
    await world.until(provider.submit(freeze(), {}));
    await world.pass(network.lastEffectAt() - world.now + 1);
    const [sent] = host.simulator.requests();
    const isFresh = (sent?.at ?? 0) - Number(sent?.headers['x-timestamp']) * 1_000 <= 60_000;
    expect(host.simulator.ledger()).toHaveLength(isFresh ? 1 : 0);
    debits.add(host.simulator.ledger().length);
  }
  expect(debits).toEqual(new Set([0, 1]));
});

test.each(['payfield', 'pontis', 'syncgram'] as const)(
  '%s: nothing takes effect later than declared, even when late and postponed at once',
  async (contract) => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const { world, provider, freeze, host, network } = stageProvider(contract, {
        seed,
        rates: { 'request-late': 0.7, 'commit-late': 0.9 },
      });
      const begun = world.now;
      await world.until(provider.submit(freeze(), {}));
      // The connection and, at Pontis, a login come before the write.
      expect(network.lastEffectAt() - begun).toBeLessThanOrEqual(host.latestEffectMs + 30_000);
    }
  },
);

describe('webhooks', () => {
  const deliveries = async (rates: Partial<Record<FaultClass, number>>): Promise<readonly number[]> => {
    const times: number[] = [];
    const stage = stageProvider('payfield', { rates, onWebhook: () => void times.push(stage.world.now) });
    await stage.world.until(stage.provider.submit(stage.freeze(), {}));
    const accepted = stage.world.now;
    await stage.world.pass(12 * 3_600_000);
    return times.map((at) => at - accepted);
  };

  test('arrive once and soon', async () => {
    const [first, ...more] = await deliveries({});
    expect(more).toEqual([]);
    expect(first).toBeLessThan(5_000);
  });
  test('are lost', async () => expect(await deliveries({ 'webhook-lost': 1 })).toEqual([]));
  test('are repeated', async () =>
    expect((await deliveries({ 'webhook-repeated': 1 })).length).toBeGreaterThan(1));
  test('are late', async () => expect((await deliveries({ 'webhook-late': 1 }))[0]).toBeGreaterThan(60_000));
});

test('stopped faults are over at once, whatever was broken', async () => {
  const { world, provider, freeze, network } = stageProvider('payfield', { rates: badDay, seed: 3 });
  for (let turn = 0; turn < 30; turn += 1) await world.until(provider.submit(freeze(turn), {}));
  network.stopFaults();
  const before = { ...world.fired };
  for (let turn = 100; turn < 130; turn += 1) {
    expect((await world.until(provider.submit(freeze(turn), {}))).kind).toBe('accepted');
  }
  expect(world.fired).toEqual(before);
});

test('every class is tried here, and has a rate', () => {
  expect(Object.keys(badDay).sort()).toEqual(Object.keys(faultClasses).sort());
  const tried = new Set<string>([
    ...onSubmit.map(([name]) => name),
    ...stories.map(([name]) => name),
    'token-expired',
    'not-found-for-a-while',
    'webhook-lost',
    'webhook-late',
    'webhook-repeated',
  ]);
  expect(Object.keys(faultClasses).filter((name) => !tried.has(name))).toEqual([]);
});
