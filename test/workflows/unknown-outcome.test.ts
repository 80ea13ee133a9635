import type { PayoutHarness } from '../support/payout-harness';
import { installationOf, payoutRequest, startHarness } from '../support/payout-harness';
import type { ProviderScript, ScriptedProvider } from '../support/scripted-provider';
import {
  accepted,
  contracts,
  failed,
  found,
  read,
  reading,
  scriptedProvider,
} from '../support/scripted-provider';

const nothing = { kind: 'complete', found: [] } as const;
const lost = failed('connection_lost', 'unknown');

const harnesses: PayoutHarness[] = [];
afterEach(async () => {
  await Promise.all(harnesses.splice(0).map((harness) => harness.stop()));
});

async function pay(script: ProviderScript) {
  const provider = scriptedProvider({ statuses: [read('paid', 'completed')], ...script });
  const harness = await startHarness(installationOf(provider));
  harnesses.push(harness);
  const payout = await harness.start(payoutRequest());
  return { provider, harness, payout };
}

const kinds = (provider: ScriptedProvider): string[] => provider.calls.map(({ kind }) => kind);
const keys = (provider: ScriptedProvider): Set<string> => new Set(provider.calls.map(({ key }) => key));
const bodies = (provider: ScriptedProvider): Set<string> =>
  new Set(provider.calls.flatMap((call) => (call.kind === 'submit' ? [call.body] : [])));

describe('a send whose outcome is unknown', () => {
  it('is resolved by replaying the same key and body where the replay is the look-up', async () => {
    const { provider, payout } = await pay({ submits: [lost, accepted()], contract: contracts.replay });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', providerPayoutId: 'prov-1' });
    expect(kinds(provider)).toEqual(['submit', 'submit', 'status']);
    expect(keys(provider).size).toBe(1);
    expect(bodies(provider).size).toBe(1);
    expect(await payout.story()).toContain('outcome-unknown');
  });

  it('says when it looks again, and from when on people may say that there is none', async () => {
    const { payout } = await pay({ submits: [lost], contract: contracts.replay });
    await payout.fastForward('1m');
    const { startedAt, findingOut, held } = await payout.snapshot();
    expect(held).toBeUndefined();
    expect(findingOut?.nextLookAt).toBeGreaterThan(startedAt);
    const earliest = startedAt + contracts.replay.replay.windowMs - 60_000;
    expect(findingOut?.peopleMayEndAt).toBeGreaterThanOrEqual(earliest);
    await payout.fastForward('1h');
    const later = await payout.snapshot();
    expect(later.findingOut?.nextLookAt).toBeGreaterThan(findingOut?.nextLookAt ?? Infinity);
  });

  it.each([
    'insufficient_funds',
    'refused',
    'daily_limit',
    'credentials_refused',
    'rate_limited',
    'screening_refused',
  ] as const)('stays unconfirmed while its replay is refused with %s', async (code) => {
    const { provider, payout } = await pay({ submits: [lost, failed(code)], contract: contracts.replay });
    await payout.fastForward('1h');
    expect(await payout.snapshot()).toMatchObject({
      status: 'unconfirmed',
      moneyMoved: 'unknown',
      final: false,
    });
    expect(keys(provider).size).toBe(1);
    // The patience of the contract ends: a person is asked, and nothing is sent after the window.
    await payout.fastForward('30h');
    const sends = provider.calls.length;
    expect(await payout.snapshot()).toMatchObject({
      status: 'unconfirmed',
      moneyMoved: 'unknown',
      held: { reason: 'outcome_unknown', owner: 'operations' },
    });
    await payout.fastForward('10 days');
    expect(provider.calls.length).toBe(sends);
    expect(await payout.snapshot()).toMatchObject({ status: 'unconfirmed', held: { escalated: true } });
  });

  it('is looked up before anything is sent again, and adopted when found', async () => {
    const { provider, payout } = await pay({
      submits: [lost],
      lookUps: [nothing, found('prov-7')],
      contract: contracts.byKey,
    });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', providerPayoutId: 'prov-7' });
    expect(kinds(provider)).toEqual(['submit', 'look-up', 'look-up', 'status']);
  });

  it('is sent again under the same key after two look-ups found nothing', async () => {
    const { provider, payout } = await pay({
      submits: [lost, accepted('prov-2')],
      lookUps: [nothing],
      contract: contracts.byKey,
    });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', providerPayoutId: 'prov-2' });
    expect(keys(provider).size).toBe(1);
    expect(kinds(provider).filter((kind) => kind === 'submit')).toHaveLength(2);
    expect(kinds(provider).filter((kind) => kind === 'look-up').length).toBeGreaterThanOrEqual(2);
  });

  it('does not believe a refused replay until absence is proven, then believes the next refusal', async () => {
    const { provider, payout } = await pay({
      submits: [lost, failed('refused')],
      lookUps: [nothing],
      contract: contracts.byKey,
    });
    await payout.fastForward('5m');
    expect(await payout.snapshot()).toMatchObject({ status: 'unconfirmed', moneyMoved: 'unknown' });
    expect(await payout.skipToEnd()).toMatchObject({
      status: 'failed',
      moneyMoved: 'no',
      reason: 'provider_refused',
    });
    expect(keys(provider).size).toBe(1);
  });

  it('is scanned, replayed inside fifteen minutes, and scanned again', async () => {
    const { provider, payout } = await pay({
      submits: [lost, accepted('prov-3')],
      // Two scans inside the grace period say nothing; the third one allows the replay.
      lookUps: [nothing, nothing, nothing, found('prov-3')],
      contract: contracts.scan,
    });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', providerPayoutId: 'prov-3' });
    const order = kinds(provider);
    expect(order[0]).toBe('submit');
    expect(order.indexOf('look-up')).toBeLessThan(order.lastIndexOf('submit'));
    expect(order.lastIndexOf('submit')).toBeLessThan(order.lastIndexOf('look-up'));
  });

  it('is held when two payouts carry our key', async () => {
    const { payout } = await pay({
      submits: [lost, accepted('prov-3')],
      lookUps: [found('prov-1', 'prov-2')],
      contract: contracts.scan,
    });
    await payout.fastForward('2m');
    const { findingOut, ...view } = await payout.snapshot();
    expect(view).toMatchObject({
      status: 'unconfirmed',
      moneyMoved: 'unknown',
      held: { reason: 'provider_mismatch' },
    });
    // People are asked: no look is planned, and the one that found them is over.
    expect(findingOut).toEqual({ peopleMayEndAt: expect.any(Number) });
  });

  it('is never sent again after fifteen minutes where the key is forgotten after thirty', async () => {
    const { provider, payout } = await pay({
      submits: [lost, lost],
      lookUps: [failed('server_error', 'none')],
      contract: contracts.scan,
    });
    await payout.fastForward('3 days');
    expect(kinds(provider).filter((kind) => kind === 'submit')).toHaveLength(1);
    expect(await payout.snapshot()).toMatchObject({
      status: 'unconfirmed',
      held: { reason: 'outcome_unknown' },
    });
  });

  it('is held at once, with no resend, where the provider offers neither key memory nor look-up', async () => {
    const { provider, payout } = await pay({ submits: [lost], contract: contracts.nothing });
    await payout.until('held', (state) => state.held?.reason === 'outcome_unknown');
    await payout.fastForward('10 days');
    expect(kinds(provider)).toEqual(['submit']);
    expect(await payout.snapshot()).toMatchObject({ status: 'unconfirmed', moneyMoved: 'unknown' });
  });

  it('is not sent again once somebody wishes to cancel, and the answer is not known', async () => {
    const { provider, payout } = await pay({
      submits: [lost, accepted()],
      contract: { ...contracts.replay },
    });
    await payout.until('unconfirmed', ({ status }) => status === 'unconfirmed');
    const answer = await payout.handle.executeUpdate<unknown, [unknown]>('cancel', {
      args: [{ schema: 1, by: 'dora' }],
    });
    expect(answer).toBe('not-known');
    await payout.fastForward('2h');
    expect(kinds(provider)).toEqual(['submit']);
    expect(await payout.snapshot()).toMatchObject({ status: 'unconfirmed', cancelRequested: true });
  });

  it('is cancelled truthfully once absence is proven', async () => {
    const { provider, payout } = await pay({
      submits: [lost],
      lookUps: [nothing],
      contract: contracts.byKey,
    });
    await payout.until('unconfirmed', ({ status }) => status === 'unconfirmed');
    const answer = await payout.handle.executeUpdate<unknown, [unknown]>('cancel', {
      args: [{ schema: 1, by: 'dora' }],
    });
    expect(answer).toBe('not-known');
    expect(await payout.skipToEnd()).toMatchObject({ status: 'cancelled', moneyMoved: 'no' });
    expect(kinds(provider).filter((kind) => kind === 'submit')).toHaveLength(1);
  });

  it('is not adopted when the provider echoes another payout', async () => {
    const wrong = {
      ...accepted('prov-9'),
      echo: { matched: [], unverified: [], mismatched: ['amount' as const] },
    };
    const { payout } = await pay({ submits: [wrong] });
    await payout.until('held', (state) => state.held?.reason === 'provider_mismatch');
    const { findingOut, held } = await payout.snapshot();
    expect(findingOut).toEqual({ peopleMayEndAt: held?.since });
    // Resuming looks again. It does not say that what differs is ours.
    await payout.handle.executeUpdate<unknown, [unknown]>('resume', { args: [{ schema: 1, by: 'dana' }] });
    expect(await payout.snapshot()).toMatchObject({ status: 'unconfirmed', moneyMoved: 'unknown' });
    await payout.until('held again', (state) => state.held?.reason === 'provider_mismatch');
  });

  it('is adopted when what differed no longer does, and somebody resumes', async () => {
    const differing = {
      ...reading('processing', 'processing'),
      echo: { matched: [], unverified: [], mismatched: ['amount' as const] },
    };
    const { payout } = await pay({
      submits: [lost],
      lookUps: [
        { kind: 'complete', found: [differing] },
        {
          kind: 'complete',
          found: [{ ...differing, echo: { ...differing.echo, matched: ['amount'], mismatched: [] } }],
        },
      ],
      contract: contracts.byKey,
    });
    await payout.fastForward('2m');
    await payout.until('held', (state) => state.held?.reason === 'provider_mismatch');
    expect((await payout.snapshot()).findingOut).toEqual({ peopleMayEndAt: expect.any(Number) });
    await payout.handle.executeUpdate<unknown, [unknown]>('resume', { args: [{ schema: 1, by: 'dana' }] });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', providerPayoutId: 'prov-1' });
  });

  it('becomes paid when it is found already paid', async () => {
    const paid = { ...reading('paid', 'success'), providerPayoutId: 'prov-7' };
    const { payout } = await pay({
      submits: [lost],
      lookUps: [{ kind: 'complete', found: [paid] }],
      statuses: [read('paid', 'success')],
      contract: contracts.byKey,
    });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', providerPayoutId: 'prov-7' });
  });

  it('is held when the scan behind a replay shows another payout than the reply named', async () => {
    const { payout } = await pay({
      submits: [lost, accepted('prov-2')],
      lookUps: [nothing, nothing, nothing, found('prov-1')],
      contract: contracts.scan,
    });
    await payout.fastForward('5m');
    expect(await payout.snapshot()).toMatchObject({
      status: 'unconfirmed',
      moneyMoved: 'unknown',
      held: { reason: 'provider_mismatch' },
    });
  });

  it('is adopted by the replay’s own reply, marked unverified, when the list never shows it', async () => {
    const { payout } = await pay({
      submits: [lost, accepted('prov-2')],
      lookUps: [nothing],
      contract: contracts.scan,
    });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', providerPayoutId: 'prov-2' });
    const codes = (await payout.timeline()).map(({ code }) => code);
    expect(codes).toContain('not-verified');
  });

  it('is not replayed by an impatient operator before the lost attempt must have ended', async () => {
    const { provider, payout } = await pay({
      // The adapter hangs beyond the heartbeat timeout only when the process stands still; start-to-close ends it here.
      submits: [{ hangMs: 7_000, reply: accepted('prov-1') }],
      contract: contracts.replay,
      submitTimeoutMs: 500,
    });
    await payout.until('in flight', ({ attempt }) => attempt?.sends === 1);
    await expect(
      payout.handle.executeUpdate<unknown, [unknown]>('resume', { args: [{ schema: 1, by: 'ops' }] }),
    ).rejects.toMatchObject({ cause: { type: 'not_held' } });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
    expect(keys(provider).size).toBe(1);
  });
});
