/** Before a payout is sent under another key, the provider is asked for the refused one. */
import { ApplicationFailure } from '@temporalio/common';
import type { Sender } from '../../src/http/sender';
import { createUndiciSender } from '../../src/http/undici-sender';
import { Secret } from '../../src/observability/secret';
import { syncgramModule } from '../../src/providers/syncgram/module';
import { startSimulators } from '../../src/simulators/start-simulators';
import type { StartedPayout } from '../support/payout-harness';
import { installationOf, payoutRequest, policyOf, startHarness } from '../support/payout-harness';
import type { ProviderScript, ScriptedProvider } from '../support/scripted-provider';
import { accepted, contracts, failed, found, read, scriptedProvider } from '../support/scripted-provider';

const nothing = { kind: 'complete', found: [] } as const;
const noMoney = failed('insufficient_funds');

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A provider that remembers a refusal with its key, and can be asked for the key. */
async function pay(script: ProviderScript) {
  const provider = scriptedProvider({
    statuses: [read('paid', 'completed')],
    ...script,
    contract: { ...contracts.scan, ...script.contract },
  });
  const harness = await startHarness(installationOf(provider));
  stops.push(async () => harness.stop());
  const payout = await harness.start(payoutRequest());
  return { provider, payout };
}

const heldFor = (payout: StartedPayout, reason: string) =>
  payout.until(reason, (state) => state.held?.reason === reason);
const resume = async (payout: StartedPayout) =>
  payout.handle.executeUpdate<unknown, [unknown]>('resume', { args: [{ schema: 1, by: 'ops' }] });
const cancel = async (payout: StartedPayout) =>
  payout.handle.executeUpdate<unknown, [unknown]>('cancel', { args: [{ schema: 1, by: 'dora' }] });
const kinds = (provider: ScriptedProvider): string[] => provider.calls.map(({ kind }) => kind);
const submits = (provider: ScriptedProvider): string[] =>
  provider.calls.filter(({ kind }) => kind === 'submit').map(({ key }) => key);
const lookedUp = (provider: ScriptedProvider): string[] =>
  provider.calls.filter(({ kind }) => kind === 'look-up').map(({ key }) => key);

it('is one debit when the provider booked what it refused: found before the next key, and adopted', async () => {
  const simulators = await startSimulators();
  const undici = createUndiciSender();
  stops.push(async () => Promise.all([undici.close(), simulators.stop()]));
  let lies = 1;
  const lying: Sender = async (request, options) => {
    const reply = await undici.send(request, options);
    if (request.method !== 'POST' || lies === 0) return reply;
    lies -= 1;
    return { ...reply, status: 422, body: '{"code":"INSUFFICIENT_BALANCE","message":"no"}' };
  };
  const { syncgram } = simulators;
  const provider = syncgramModule.create(
    {
      account: 'main',
      mode: 'sandbox',
      baseUrl: syncgram.url,
      settings: syncgramModule.settings.parse({ defaultEmail: 'payouts@merchant.example' }),
      common: {},
      credentials: {
        apiKey: new Secret(syncgram.credentials.apiKey),
        webhookSecret: new Secret(syncgram.credentials.webhookSecret),
      },
    },
    { send: lying, now: Date.now, randomBytes: (length) => new Uint8Array(length) },
  );
  const installation = installationOf(provider);
  const harness = await startHarness({
    ...installation,
    policy: policyOf({
      approvers: ['alice'],
      expiresAfterMs: 3_600_000,
      thresholds: { NGN: [{ from: '0', approvals: 0 }] },
      otherwise: 1,
    }),
  });
  stops.unshift(async () => harness.stop());
  const payout = await harness.start(
    payoutRequest({
      amount: { value: '1500.00', side: 'source' },
      source: { currency: 'NGN' },
      destination: { country: 'NG', currency: 'NGN' },
      beneficiary: {
        method: 'bank-account',
        name: 'Ngozi Okafor',
        account: { accountNumber: '1234500008', bankCode: '058' },
      },
    }),
  );
  expect(await heldFor(payout, 'insufficient_funds')).toMatchObject({ status: 'submitting' });
  expect(syncgram.simulator.ledger()).toHaveLength(1);
  await resume(payout);
  const [booked] = syncgram.simulator.payouts();
  expect(await payout.until('adopted', (state) => state.providerPayoutId !== undefined)).toMatchObject({
    providerPayoutId: booked?.providerPayoutId,
    attempt: { generation: 1, sends: 1, unresolved: 0 },
  });
  const { simulator } = syncgram;
  expect(simulator.ledger()).toHaveLength(1);
  expect(simulator.requests().filter(({ operation }) => operation === 'submit')).toHaveLength(1);
  const notes = (await payout.timeline()).map(({ type, note }) => `${type} ${note ?? ''}`);
  expect(notes).toContain('looked-up although it was refused');
});

describe('a look-up for the refused key', () => {
  it('that finds nothing is one, and the next key is used', async () => {
    const { provider, payout } = await pay({ submits: [noMoney, accepted()], lookUps: [nothing] });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', attempt: { generation: 2 } });
    expect(kinds(provider)).toEqual(['submit', 'look-up', 'submit', 'status']);
    const [first, second] = submits(provider);
    expect(second).not.toBe(first);
    expect(lookedUp(provider)).toEqual([first]);
  });

  it('precedes every further key', async () => {
    const { provider, payout } = await pay({ submits: [noMoney, noMoney, accepted()], lookUps: [nothing] });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', attempt: { generation: 3 } });
    expect(lookedUp(provider)).toEqual(submits(provider).slice(0, 2));
  });

  it('is not made where the same key is sent again', async () => {
    const { provider, payout } = await pay({
      submits: [noMoney, accepted()],
      contract: { refusalsRemembered: false },
    });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', attempt: { generation: 1 } });
    expect(kinds(provider)).toEqual(['submit', 'submit', 'status']);
  });

  it('that fails holds the payout, and nothing is sent before one succeeds', async () => {
    const { provider, payout } = await pay({
      submits: [noMoney, accepted()],
      lookUps: [failed('server_error'), failed('credentials_refused'), nothing],
    });
    await heldFor(payout, 'insufficient_funds');
    await resume(payout);
    expect(await heldFor(payout, 'provider_unavailable')).toMatchObject({
      status: 'submitting',
      moneyMoved: 'no',
      held: { note: 'server_error', nextCheckAt: expect.any(Number) },
    });
    expect(kinds(provider)).toEqual(['submit', 'look-up']);
    // The rest goes by itself.
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', attempt: { generation: 2 } });
    expect(kinds(provider)).toEqual(['submit', 'look-up', 'look-up', 'look-up', 'submit', 'status']);
  });

  it.each([
    ['the provider does not answer', failed('server_error'), 'provider_unavailable'],
    ['a failure of ours', ApplicationFailure.nonRetryable('a bug', 'Bug'), 'unexpected_failure'],
  ])('that cannot be made (%s) can be cancelled: nothing is unresolved', async (_why, answer, reason) => {
    const { provider, payout } = await pay({ submits: [noMoney, accepted()], lookUps: [answer] });
    await heldFor(payout, 'insufficient_funds');
    await resume(payout);
    await heldFor(payout, reason);
    expect(await cancel(payout)).toBe('cancelled');
    expect(await payout.handle.result()).toMatchObject({
      status: 'cancelled',
      reason: 'cancelled_on_request',
      moneyMoved: 'no',
    });
    expect(submits(provider)).toHaveLength(1);
  });

  it('that nobody can make in time lets the payout expire unsent', async () => {
    const { provider, payout } = await pay({
      submits: [noMoney, accepted()],
      lookUps: [failed('server_error')],
    });
    await payout.fastForward('200h');
    expect(await payout.handle.result()).toMatchObject({ status: 'expired', reason: 'hold_expired' });
    expect(submits(provider)).toHaveLength(1);
  });

  it('that finds two is for a person', async () => {
    const { provider, payout } = await pay({
      submits: [noMoney, accepted()],
      lookUps: [found('prov-1', 'prov-2')],
    });
    await payout.fastForward('30h');
    expect(await payout.snapshot()).toMatchObject({
      status: 'unconfirmed',
      moneyMoved: 'unknown',
      held: { reason: 'provider_mismatch' },
    });
    expect(await cancel(payout)).toBe('not-known');
    expect(submits(provider)).toHaveLength(1);
  });

  it('that found a payout is not undone by one that no longer shows it', async () => {
    const { provider, payout } = await pay({
      // A replay of the key answers what the provider remembers with it.
      submits: [noMoney],
      lookUps: [found('prov-1'), nothing],
    });
    await payout.fastForward('30h');
    expect(await payout.snapshot()).toMatchObject({ status: 'unconfirmed', moneyMoved: 'unknown' });
    expect(new Set(submits(provider)).size).toBe(1);
    provider.setLookUps([found('prov-1')]);
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', providerPayoutId: 'prov-1' });
    expect(new Set(submits(provider)).size).toBe(1);
  });
});

describe('a hold for a person', () => {
  it.each(['credentials_refused', 'account_suspended', 'misconfigured', 'refusal_unclear'] as const)(
    'after %s keeps the key: such a refusal is none of the payout',
    async (code) => {
      const { provider, payout } = await pay({ submits: [failed(code), accepted()] });
      await payout.until('held', (state) => state.held !== undefined);
      await resume(payout);
      expect(await payout.handle.result()).toMatchObject({
        status: 'paid',
        attempt: { generation: 1, sends: 2 },
      });
      expect(kinds(provider)).toEqual(['submit', 'submit', 'status']);
      expect(new Set(submits(provider)).size).toBe(1);
    },
  );
});

describe('a refusal that does not say why', () => {
  const unclear = {
    kind: 'failed',
    failure: { effect: 'none', code: 'refusal_unclear', httpStatus: 422, providerCode: 'BAD_REQUEST' },
  } as const;
  const remembersForHours = { replay: { ...contracts.scan.replay, windowMs: 2 * 3_600_000 } };

  it('takes another key when a person resumes, after a look-up for the first one', async () => {
    const { provider, payout } = await pay({ submits: [unclear, accepted()], lookUps: [nothing] });
    await heldFor(payout, 'provider_refusal_unclear');
    await resume(payout);
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', attempt: { generation: 2 } });
    expect(kinds(provider)).toEqual(['submit', 'look-up', 'submit', 'status']);
    expect(lookedUp(provider)).toEqual(submits(provider).slice(0, 1));
  });

  it('sends the same key by itself, while the provider is sure to know it', async () => {
    const { provider, payout } = await pay({
      submits: [unclear, unclear, accepted()],
      lookUps: [nothing],
      contract: remembersForHours,
    });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', attempt: { generation: 1, sends: 3 } });
    expect(kinds(provider)).toEqual(['submit', 'submit', 'submit', 'status']);
    expect(new Set(submits(provider)).size).toBe(1);
  });

  it('past that sends nothing by itself, and looks for the key until somebody resumes', async () => {
    const { provider, payout } = await pay({ submits: [unclear, accepted()], lookUps: [nothing] });
    await payout.fastForward('5h');
    expect(await payout.snapshot()).toMatchObject({
      status: 'submitting',
      moneyMoved: 'no',
      held: { reason: 'provider_refusal_unclear', note: 'BAD_REQUEST' },
    });
    expect(submits(provider)).toHaveLength(1);
    expect(lookedUp(provider).length).toBeGreaterThanOrEqual(3);
    expect(new Set(lookedUp(provider))).toEqual(new Set(submits(provider)));
    await resume(payout);
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', attempt: { generation: 2 } });
    expect(submits(provider)).toHaveLength(2);
  });

  it('is followed past the window of a key that was sent again in it', async () => {
    const { provider, payout } = await pay({
      submits: [unclear],
      lookUps: [nothing],
      contract: { replay: { ...contracts.scan.replay, windowMs: 20 * 60_000 } },
    });
    await payout.fastForward('8h');
    expect(await payout.snapshot()).toMatchObject({
      attempt: { generation: 1, sends: 2 },
      held: { reason: 'provider_refusal_unclear' },
    });
    expect(submits(provider)).toHaveLength(2);
    expect(await cancel(payout)).toBe('cancelled');
  });

  it('begins the window: what is sent again and lost is replayed no longer for that', async () => {
    const { provider, payout } = await pay({
      submits: [unclear, failed('timeout', 'unknown')],
      lookUps: [nothing],
      contract: { replay: { ...contracts.scan.replay, windowMs: 16 * 60_000 } },
    });
    await payout.fastForward('5h');
    expect(await payout.snapshot()).toMatchObject({
      status: 'unconfirmed',
      moneyMoved: 'unknown',
      held: { reason: 'outcome_unknown' },
    });
    const sent = (await payout.timeline()).filter(({ type }) => type === 'send-started').map(({ at }) => at);
    expect(sent.length).toBeGreaterThanOrEqual(3);
    expect((sent.at(-1) ?? 0) - (sent[0] ?? 0)).toBeLessThan(16 * 60_000);
    expect(new Set(submits(provider)).size).toBe(1);
  });

  it('that was none is adopted by itself: the payout is one', async () => {
    const { provider, payout } = await pay({ submits: [unclear], lookUps: [found('prov-1')] });
    expect(await payout.skipToEnd()).toMatchObject({
      status: 'paid',
      providerPayoutId: 'prov-1',
      attempt: { generation: 1, sends: 1 },
    });
    expect(submits(provider)).toHaveLength(1);
  });

  it('that nobody looks at lets the payout expire unpaid', async () => {
    const { provider, payout } = await pay({ submits: [unclear], lookUps: [nothing] });
    await payout.fastForward('200h');
    expect(await payout.handle.result()).toMatchObject({ status: 'expired', reason: 'hold_expired' });
    expect(submits(provider)).toHaveLength(1);
  });
});

it('after a hold what fails for a moment is sent again within seconds', async () => {
  const busy = failed('rate_limited');
  const { payout } = await pay({
    submits: [...Array.from({ length: 9 }, () => busy), noMoney, busy, busy, accepted()],
    lookUps: [nothing],
  });
  expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
  const holds = (await payout.timeline()).filter(({ type }) => type === 'held').map(({ code }) => code);
  expect(holds).toEqual(['insufficient_funds']);
});

describe('a hold of ours while a send is unresolved', () => {
  it('is ended by neither a cancellation nor the deadline, which escalates', async () => {
    const { provider, payout } = await pay({
      submits: [failed('connection_lost', 'unknown')],
      lookUps: [ApplicationFailure.nonRetryable('a bug', 'Bug')],
      contract: contracts.byKey,
    });
    expect(await heldFor(payout, 'unexpected_failure')).toMatchObject({ status: 'unconfirmed' });
    expect(await cancel(payout)).toBe('not-known');
    await payout.fastForward('10 days');
    expect(await payout.snapshot()).toMatchObject({
      status: 'unconfirmed',
      moneyMoved: 'unknown',
      cancelRequested: true,
      held: { reason: 'unexpected_failure', escalated: true },
    });
    expect(await payout.story()).toContain('escalated');
    expect(submits(provider)).toHaveLength(1);
    provider.setLookUps([found('prov-7')]);
    await resume(payout);
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', providerPayoutId: 'prov-7' });
    expect(submits(provider)).toHaveLength(1);
  });
});
