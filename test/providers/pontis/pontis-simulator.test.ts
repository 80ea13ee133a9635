import { createHash } from 'node:crypto';
import { createUndiciSender } from '../../../src/http/undici-sender';
import { Secret } from '../../../src/observability/secret';
import { pontisModule } from '../../../src/providers/pontis/module';
import type { FrozenAttempt, PayoutProvider } from '../../../src/providers/provider';
import { createPontisCore } from '../../../src/simulators/pontis/pontis-core';
import type { PontisOptions } from '../../../src/simulators/pontis/pontis-options';
import { pontisDevelopmentOptions } from '../../../src/simulators/pontis/pontis-options';
import type { RunningSimulator } from '../../../src/simulators/simulator-server';
import { startSimulator } from '../../../src/simulators/simulator-server';
import { bankRequest, settingsOf } from './pontis-account';

/** What is special about Pontis, over real HTTP; the rest is in the contract kit. */
const undici = createUndiciSender();
const running: RunningSimulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.stop()));
});
afterAll(() => undici.close());

async function start(options: Partial<PontisOptions> = {}): Promise<{
  readonly simulator: RunningSimulator;
  readonly clock: { offsetMs: number };
  readonly provider: PayoutProvider;
}> {
  const { credentials } = pontisDevelopmentOptions;
  const simulator = await startSimulator({
    createCore: () => createPontisCore({ ...pontisDevelopmentOptions, ...options }),
  });
  running.push(simulator);
  const clock = { offsetMs: 0 };
  let draws = 0;
  const provider = pontisModule.create(
    {
      account: 'pontis-main',
      mode: options.mode ?? 'sandbox',
      baseUrl: simulator.url,
      settings: settingsOf(),
      common: {},
      credentials: Object.fromEntries(
        Object.entries(credentials).map(([name, value]) => [name, new Secret(value)]),
      ),
    },
    {
      send: undici.send,
      now: () => simulator.now() + clock.offsetMs,
      randomBytes(length) {
        draws += 1;
        return createHash('sha256').update(`draw ${draws}`).digest().subarray(0, length);
      },
    },
  );
  return { simulator, clock, provider };
}

function freeze(provider: PayoutProvider, seed: string, value = '10.00'): FrozenAttempt {
  const key = provider.formatKey(createHash('sha256').update(seed).digest('hex'));
  const request = { ...bankRequest, amount: { value, side: 'source' as const } };
  return { key, body: provider.freezeBody({ request, key }) };
}

const operations = ({ simulator }: RunningSimulator): readonly (string | undefined)[] =>
  simulator.requests().map(({ operation }) => operation);

describe('the sandbox of Pontis', () => {
  test.each([
    ['10.00', 'paid'],
    ['10.01', 'failed'],
    ['10.02', 'failed'],
    ['10.03', 'accepted'],
    ['10.04', 'failed'],
    ['10.37', 'paid'],
  ])('ends %s as %s', async (value, status) => {
    const { simulator, provider } = await start();
    const attempt = freeze(provider, value, value);
    const reply = await provider.submit(attempt, {});
    if (reply.kind !== 'accepted') throw new Error(reply.failure.code);
    expect(reply).toMatchObject({ status: 'accepted', providerStatus: 'pending' });
    expect(reply.providerPayoutId).toMatch(/^sb_/);
    simulator.advanceClock(60_000);
    const { providerPayoutId } = reply;
    expect(await provider.readStatus({ attempt, providerPayoutId }, {})).toMatchObject({
      kind: 'read',
      reading: { status, providerPayoutId },
    });
  });

  it('answers a flat status as well', async () => {
    const { provider } = await start({ statusReply: 'flat' });
    const attempt = freeze(provider, 'flat');
    const reply = await provider.submit(attempt, {});
    if (reply.kind !== 'accepted') throw new Error(reply.failure.code);
    const { providerPayoutId } = reply;
    expect(await provider.readStatus({ attempt, providerPayoutId }, {})).toMatchObject({ kind: 'read' });
  });

  it('knows no id of another account', async () => {
    const { provider } = await start();
    const attempt = freeze(provider, 'x');
    const providerPayoutId = 'sb_a42b69dcd78f_01_tg3qwn_30e136b2';
    expect(await provider.readStatus({ attempt, providerPayoutId }, {})).toMatchObject({
      kind: 'failed',
      failure: { effect: 'none', code: 'not_found' },
    });
  });
});

describe('a replay at Pontis', () => {
  test.each([
    [{ replayStatus: 200, replayedState: 'current' }, 'completed'],
    [{ replayStatus: 201, replayedState: 'original' }, 'pending'],
  ] as const)('%j names the same payout', async (options, providerStatus) => {
    const { simulator, provider } = await start(options);
    const attempt = freeze(provider, 'replay');
    const first = await provider.submit(attempt, {});
    simulator.advanceClock(60_000);
    const second = await provider.submit(attempt, {});
    if (first.kind !== 'accepted' || second.kind !== 'accepted') throw new Error('refused');
    expect(second.providerPayoutId).toBe(first.providerPayoutId);
    expect(second.providerStatus).toBe(providerStatus);
    expect(simulator.simulator.ledger()).toHaveLength(1);
  });
});

describe('tokens and clocks at Pontis', () => {
  it('one login serves fifty sends at once', async () => {
    const { simulator, provider } = await start({ loginLimit: { attempts: 1, windowMs: 60_000 } });
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, index) => provider.submit(freeze(provider, `p-${index}`), {})),
    );
    expect(replies.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(operations(simulator).filter((operation) => operation === 'login')).toHaveLength(1);
    expect(simulator.simulator.ledger()).toHaveLength(50);
  });

  it('a token is replaced before it expires, and after it expired unseen', async () => {
    const { simulator, provider } = await start();
    await provider.submit(freeze(provider, '1'), {});
    simulator.advanceClock(12 * 60_000);
    await provider.submit(freeze(provider, '2'), {});
    simulator.simulator.addFault({ match: { operation: 'submit' }, fault: { kind: 'expired-token' } });
    expect(await provider.submit(freeze(provider, '3'), {})).toMatchObject({ kind: 'accepted' });
    expect(operations(simulator)).toEqual([
      'login',
      'submit',
      'login',
      'submit',
      'submit',
      'login',
      'submit',
    ]);
    expect(simulator.simulator.ledger()).toHaveLength(3);
  });

  test.each([-600_000, 600_000])('a clock %d ms off costs one more login and no more', async (offsetMs) => {
    const { simulator, clock, provider } = await start();
    clock.offsetMs = offsetMs;
    expect(await provider.submit(freeze(provider, '1'), {})).toMatchObject({ kind: 'accepted' });
    expect(await provider.submit(freeze(provider, '2'), {})).toMatchObject({ kind: 'accepted' });
    expect(operations(simulator)).toEqual(['login', 'login', 'submit', 'submit']);
    // The clock is set right again: found out by the next refusal.
    clock.offsetMs = 0;
    expect(await provider.submit(freeze(provider, '3'), {})).toMatchObject({ kind: 'accepted' });
    expect(simulator.simulator.ledger()).toHaveLength(3);
  });
});
