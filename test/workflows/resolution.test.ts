import { createPayoutClient } from '../../src/client';
import type { PayoutClient, ResolveCommand } from '../../src/client';
import type { EchoCheck } from '../../src/domain/idempotency-contract';
import type { StatusReading } from '../../src/domain/provider-status';
import type { LookUpReply } from '../../src/providers/provider';
import type { PayoutHarness, StartedPayout } from '../support/payout-harness';
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

const nothing: LookUpReply = { kind: 'complete', found: [] };
const lost = failed('connection_lost', 'unknown');
const down = failed('server_error', 'none');
const evidence = 'support ticket 4711: no such payout';

const ours: EchoCheck = { matched: ['key', 'amount'], unverified: [], mismatched: [] };
const another: EchoCheck = { matched: [], unverified: [], mismatched: ['amount'] };
const show = (echo: EchoCheck, change: Partial<StatusReading> = {}) => ({
  kind: 'read' as const,
  reading: { ...reading('paid', 'completed'), echo, ...change },
});

const harnesses: PayoutHarness[] = [];
afterEach(async () => {
  await Promise.all(harnesses.splice(0).map((harness) => harness.stop()));
});

type Resolve = (
  change: { readonly by: string } & Record<string, unknown>,
) => Promise<{ readonly outcome: string; readonly proposal?: string }>;

async function pay(script: ProviderScript): Promise<{
  readonly provider: ScriptedProvider;
  readonly payout: StartedPayout;
  readonly resolve: Resolve;
  readonly client: PayoutClient;
}> {
  const provider = scriptedProvider({ submits: [lost], contract: contracts.nothing, ...script });
  const harness = await startHarness(installationOf(provider));
  harnesses.push(harness);
  const request = payoutRequest();
  const payout = await harness.start(request);
  const client = createPayoutClient({ client: harness.client, taskQueue: harness.taskQueue });
  const resolve: Resolve = async (change) =>
    client.resolve({ tenant: request.tenant, reference: request.reference, ...change } as ResolveCommand);
  return { provider, payout, resolve, client };
}

const heldAsUnknown = (payout: StartedPayout) =>
  payout.until('held as unknown', ({ held }) => held?.reason === 'outcome_unknown');

const sends = (provider: ScriptedProvider): number =>
  provider.calls.filter(({ kind }) => kind === 'submit').length;

const codesOf = async (payout: StartedPayout, type: string): Promise<readonly (string | undefined)[]> =>
  (await payout.timeline()).filter((event) => event.type === type).map(({ code }) => code);

describe('two people confirm that it was never accepted', () => {
  it('ends as failed with no money moved, and nothing is ever sent again', async () => {
    const { provider, payout, resolve } = await pay({});
    await heldAsUnknown(payout);
    const { outcome, proposal = '' } = await resolve({ by: 'Dana', action: 'never-accepted', evidence });
    expect(outcome).toBe('proposed');
    expect(await payout.snapshot()).toMatchObject({
      status: 'unconfirmed',
      moneyMoved: 'unknown',
      resolution: { proposal, by: 'dana', evidence, kind: 'never-accepted' },
    });
    expect(await resolve({ by: 'erin', action: 'confirm', proposal })).toMatchObject({ outcome: 'ended' });
    expect(await payout.handle.result()).toMatchObject({
      status: 'failed',
      reason: 'confirmed_never_accepted',
      moneyMoved: 'no',
      resolution: { by: 'dana', confirmedBy: 'erin', evidence },
    });
    expect(sends(provider)).toBe(1);
    const told = (await payout.timeline()).filter(({ type }) => type.startsWith('resolution-'));
    expect(told).toMatchObject([
      { type: 'resolution-proposed', by: 'dana', code: proposal, note: evidence },
      { type: 'resolution-confirmed', by: 'erin', code: proposal },
    ]);
  });

  it('refuses the same person however the name is typed, the requester, and a proposal that is not open', async () => {
    const { payout, resolve } = await pay({});
    await heldAsUnknown(payout);
    const refusal = (code: string) => ({ code: 'payout_refused', refusal: code });
    await expect(resolve({ by: 'erin', action: 'confirm', proposal: 'x' })).rejects.toMatchObject(
      refusal('no_proposal'),
    );
    await expect(resolve({ by: ' DORA', action: 'never-accepted', evidence })).rejects.toMatchObject(
      refusal('requester_cannot_resolve'),
    );
    const { proposal = '' } = await resolve({ by: 'dana', action: 'never-accepted', evidence });
    // The same person says the same again: the first answer was lost.
    expect(await resolve({ by: 'dana', action: 'never-accepted', evidence })).toMatchObject({ proposal });
    for (const [by, named, code] of [
      ['DANA ', proposal, 'same_person'],
      ['Dora', proposal, 'requester_cannot_resolve'],
      ['erin', `${proposal}0`, 'proposal_changed'],
    ] as const) {
      await expect(resolve({ by, action: 'confirm', proposal: named })).rejects.toMatchObject(refusal(code));
    }
    await expect(
      resolve({ by: 'erin', action: 'never-accepted', evidence: `${evidence}!` }),
    ).rejects.toMatchObject(refusal('proposal_open'));
    expect(await resolve({ by: 'erin', action: 'reject', proposal, reason: 'ask again' })).toMatchObject({
      outcome: 'rejected',
    });
    await expect(resolve({ by: 'erin', action: 'confirm', proposal })).rejects.toMatchObject(
      refusal('no_proposal'),
    );
    expect(await payout.snapshot()).toMatchObject({ status: 'unconfirmed', moneyMoved: 'unknown' });
  });

  it('is not possible while the machine can still find out by itself', async () => {
    const { payout, resolve } = await pay({
      contract: { ...contracts.replay, personAfterMs: 60_000 },
      submits: [lost, failed('refused')],
    });
    await payout.fastForward('10m');
    await heldAsUnknown(payout);
    await expect(resolve({ by: 'dana', action: 'never-accepted', evidence })).rejects.toMatchObject({
      refusal: 'not_yet',
    });
    await payout.fastForward('25h');
    expect(await resolve({ by: 'dana', action: 'never-accepted', evidence })).toMatchObject({
      outcome: 'proposed',
    });
  });

  it('is overruled by a last look-up that finds it', async () => {
    const { payout, resolve } = await pay({
      contract: contracts.scan,
      // Nothing can be read for an hour; then it is there.
      lookUps: [...Array.from({ length: 40 }, () => down), found('prov-1')],
    });
    await payout.fastForward('1h');
    await heldAsUnknown(payout);
    const { proposal = '' } = await resolve({ by: 'dana', action: 'never-accepted', evidence });
    let answer = await resolve({ by: 'erin', action: 'confirm', proposal });
    // A look-up that fails concludes nothing, and leaves the proposal open.
    for (let tries = 0; answer.outcome === 'not-read' && tries < 45; tries += 1) {
      expect(await payout.snapshot()).toMatchObject({ status: 'unconfirmed', resolution: { proposal } });
      answer = await resolve({ by: 'erin', action: 'confirm', proposal });
    }
    expect(answer.outcome).toBe('found-otherwise');
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', providerPayoutId: 'prov-1' });
  });

  it('ends it although somebody else’s payout lies under our key, which is then no longer looked for', async () => {
    const foreign = { ...reading('paid', 'completed'), echo: another };
    const { provider, payout, resolve } = await pay({
      contract: { ...contracts.byKey, unpaid: { settleMs: 60_000, watchMs: 86_400_000 } },
      lookUps: [{ kind: 'complete', found: [foreign] }],
    });
    await payout.fastForward('2m');
    await payout.until('mismatch', ({ held }) => held?.reason === 'provider_mismatch');
    await expect(resolve({ by: 'dana', action: 'never-accepted', evidence })).rejects.toMatchObject({
      refusal: 'not_yet',
    });
    await payout.fastForward('1h');
    const { proposal = '' } = await resolve({ by: 'dana', action: 'never-accepted', evidence });
    expect(await resolve({ by: 'erin', action: 'confirm', proposal })).toMatchObject({ outcome: 'ended' });
    expect(await payout.skipToEnd()).toMatchObject({
      status: 'failed',
      reason: 'confirmed_never_accepted',
      moneyMoved: 'no',
    });
    expect(sends(provider)).toBe(1);
  });

  it('is looked for afterwards: a late commit is raised, and followed once a person has looked', async () => {
    const { provider, payout, resolve } = await pay({
      contract: { ...contracts.scan, unpaid: { settleMs: 60_000, watchMs: 86_400_000 } },
      lookUps: [
        ...Array.from({ length: 6 }, () => down),
        nothing,
        nothing,
        nothing,
        nothing,
        nothing,
        nothing,
        nothing,
        nothing,
        nothing,
        nothing,
        found('prov-1'),
      ],
      statuses: [read('processing'), read('paid', 'completed')],
    });
    await payout.fastForward('2h');
    await heldAsUnknown(payout);
    const { proposal = '' } = await resolve({ by: 'dana', action: 'never-accepted', evidence });
    expect(await resolve({ by: 'erin', action: 'confirm', proposal })).toMatchObject({ outcome: 'ended' });
    expect(await payout.snapshot()).toMatchObject({ status: 'failed', final: true, moneyMoved: 'no' });
    await payout.fastForward('20h');
    expect(await payout.snapshot()).toMatchObject({
      status: 'failed',
      moneyMoved: 'unknown',
      held: { reason: 'status_contradiction' },
      providerPayoutId: 'prov-1',
    });
    await payout.handle.executeUpdate<unknown, [unknown]>('resume', { args: [{ schema: 1, by: 'ops' }] });
    await payout.until('still followed', ({ held }) => held?.note?.includes('is followed') === true);
    expect((await payout.snapshot()).moneyMoved).toBe('unknown');
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', moneyMoved: 'yes' });
    expect(sends(provider)).toBe(1);
  });
});

describe('a person names the provider’s payout', () => {
  it('is adopted and followed when the provider repeats our key', async () => {
    const { provider, payout, resolve } = await pay({ statuses: [show(ours)] });
    await heldAsUnknown(payout);
    expect(await resolve({ by: 'dana', action: 'adopt', providerPayoutId: 'prov-1' })).toEqual({
      outcome: 'adopted',
      providerPayoutId: 'prov-1',
    });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', providerPayoutId: 'prov-1' });
    expect((await payout.timeline()).find(({ type }) => type === 'accepted')).toMatchObject({ by: 'dana' });
    expect(sends(provider)).toBe(1);
  });

  it('needs a second person where the provider does not repeat our key', async () => {
    const { payout, resolve } = await pay({ statuses: [read('paid', 'completed')] });
    await heldAsUnknown(payout);
    const { outcome, proposal = '' } = await resolve({
      by: 'dana',
      action: 'adopt',
      providerPayoutId: 'prov-1',
    });
    expect(outcome).toBe('proposed');
    await expect(resolve({ by: 'dana', action: 'confirm', proposal })).rejects.toMatchObject({
      refusal: 'same_person',
    });
    expect(await resolve({ by: 'erin', action: 'confirm', proposal })).toMatchObject({ outcome: 'adopted' });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', resolution: { confirmedBy: 'erin' } });
  });

  it.each([
    ['differs from the request', show(another), 'mismatch', 'provider_mismatch'],
    ['has another id', show(ours, { providerPayoutId: 'prov-2' }), 'mismatch', 'provider_mismatch'],
    ['is not there', failed('not_found'), 'not-found', 'not_found'],
    ['cannot be read', failed('timeout', 'unknown'), 'not-read', 'timeout'],
  ] as const)(
    'is refused, visibly, when it %s; and it goes on waiting',
    async (_what, status, outcome, code) => {
      const { payout, resolve } = await pay({ statuses: [status] });
      const { held } = await heldAsUnknown(payout);
      expect(await resolve({ by: 'dana', action: 'adopt', providerPayoutId: 'prov-1' })).toMatchObject({
        outcome,
      });
      expect(await payout.snapshot()).toMatchObject({
        status: 'unconfirmed',
        moneyMoved: 'unknown',
        held: { reason: 'outcome_unknown', since: held?.since, deadlineAt: held?.deadlineAt },
      });
      expect(await codesOf(payout, 'resolution-refused')).toEqual([code]);
    },
  );

  it('chooses between two payouts that carry our key', async () => {
    const { payout, resolve } = await pay({
      contract: contracts.byKey,
      lookUps: [found('prov-1', 'prov-2')],
      statuses: [show(ours)],
    });
    await payout.fastForward('2m');
    await payout.until('two of them', ({ held }) => held?.reason === 'provider_mismatch');
    expect(await resolve({ by: 'dana', action: 'adopt', providerPayoutId: 'prov-1' })).toMatchObject({
      outcome: 'adopted',
    });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', providerPayoutId: 'prov-1' });
  });

  it('says that what differs is ours all the same, with a second person', async () => {
    const { payout, resolve } = await pay({
      submits: [{ ...accepted('prov-1'), echo: another } as ReturnType<typeof accepted>],
      statuses: [show(another)],
    });
    await payout.until('mismatch', ({ held }) => held?.reason === 'provider_mismatch');
    const { outcome, proposal = '' } = await resolve({
      by: 'dana',
      action: 'adopt',
      providerPayoutId: 'prov-1',
      reason: 'net of a fee',
    });
    expect(outcome).toBe('proposed');
    expect(await payout.snapshot()).toMatchObject({
      status: 'unconfirmed',
      resolution: { kind: 'adopt', evidence: 'prov-1 at the provider differs in amount: net of a fee' },
    });
    await expect(resolve({ by: 'dana', action: 'confirm', proposal })).rejects.toMatchObject({
      refusal: 'same_person',
    });
    expect(await resolve({ by: 'erin', action: 'confirm', proposal })).toMatchObject({ outcome: 'adopted' });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', providerPayoutId: 'prov-1' });
  });

  it('stays held where only the first reply repeats what differs, however often it is resumed', async () => {
    const card: EchoCheck = { matched: [], unverified: [], mismatched: ['beneficiary'] };
    const silent = { ...reading('processing', 'pending'), echo: ours };
    const { payout, resolve } = await pay({
      contract: contracts.byKey,
      submits: [{ ...accepted('prov-1'), echo: card } as ReturnType<typeof accepted>],
      lookUps: [{ kind: 'complete', found: [silent] }],
      statuses: [show(ours)],
    });
    const isHeld = ({ held }: { held?: { reason: string } }) => held?.reason === 'provider_mismatch';
    await payout.until('mismatch', isHeld);
    await payout.handle.executeUpdate<unknown, [unknown]>('resume', { args: [{ schema: 1, by: 'dana' }] });
    await payout.until('held again', isHeld);
    const named = { action: 'adopt', providerPayoutId: 'prov-1' } as const;
    expect(await resolve({ by: 'dana', ...named })).toMatchObject({ outcome: 'proposed' });
    const { resolution } = await payout.snapshot();
    await resolve({ by: 'dana', action: 'reject', proposal: resolution?.proposal });
    await payout.fastForward('1h');
    const { proposal = '' } = await resolve({ by: 'dana', action: 'never-accepted', evidence });
    expect(await resolve({ by: 'erin', action: 'confirm', proposal })).toMatchObject({ outcome: 'ended' });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'failed', moneyMoved: 'no' });
  });

  it('is asked for, too, when the difference shows only after it was accepted', async () => {
    const { payout, resolve } = await pay({
      submits: [accepted()],
      statuses: [show(another)],
    });
    await payout.until('differs', ({ held }) => held?.reason === 'provider_mismatch');
    const { proposal = '' } = await resolve({ by: 'dana', action: 'adopt', providerPayoutId: 'prov-1' });
    await expect(resolve({ by: 'erin', action: 'never-accepted', evidence })).rejects.toMatchObject({
      refusal: 'not_unresolved',
    });
    expect(await resolve({ by: 'erin', action: 'confirm', proposal })).toMatchObject({ outcome: 'adopted' });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', providerPayoutId: 'prov-1' });
  });

  it('is refused when it is another payout’s already', async () => {
    const other = scriptedProvider({ submits: [accepted('prov-shared')], statuses: [show(ours)] });
    const harness = await startHarness(installationOf(other), { claims: true });
    harnesses.push(harness);
    const first = await harness.start(payoutRequest());
    await first.until('submitted', ({ providerPayoutId }) => providerPayoutId !== undefined);
    const provider = scriptedProvider({
      submits: [lost],
      contract: contracts.nothing,
      statuses: [show(ours, { providerPayoutId: 'prov-shared' })],
    });
    const second = await startHarness(installationOf(provider), { claims: true });
    harnesses.push(second);
    const payout = await second.start(payoutRequest());
    await heldAsUnknown(payout);
    const adopted = { schema: 1, by: 'dana', action: 'adopt', providerPayoutId: 'prov-shared' };
    const outcomes = new Set<unknown>();
    // Visibility is a moment behind.
    for (let tries = 0; tries < 100 && !outcomes.has('mismatch'); tries += 1) {
      const { outcome } = await payout.handle.executeUpdate<{ outcome: string }, [unknown]>('resolve', {
        args: [adopted],
      });
      outcomes.add(outcome);
      if (outcome === 'adopted') break;
    }
    expect(outcomes).toContain('mismatch');
    expect((await payout.timeline()).find(({ type }) => type === 'resolution-refused')?.note).toBe(
      `prov-shared is ${first.handle.workflowId} already`,
    );
  });

  it('never takes what carries another key', async () => {
    const foreign: EchoCheck = { matched: ['amount'], unverified: [], mismatched: ['key'] };
    const { payout, resolve } = await pay({
      submits: [{ ...accepted('prov-1'), echo: foreign } as ReturnType<typeof accepted>],
      statuses: [show(foreign)],
    });
    await payout.until('mismatch', ({ held }) => held?.reason === 'provider_mismatch');
    expect(await resolve({ by: 'dana', action: 'adopt', providerPayoutId: 'prov-1' })).toMatchObject({
      outcome: 'mismatch',
    });
  });

  it('replaces a reply that told of another payout', async () => {
    const { payout, resolve } = await pay({
      submits: [{ ...accepted('prov-9'), echo: another } as ReturnType<typeof accepted>],
      statuses: [show(ours)],
    });
    await payout.until('mismatch', ({ held }) => held?.reason === 'provider_mismatch');
    expect(await resolve({ by: 'dana', action: 'adopt', providerPayoutId: 'prov-1' })).toMatchObject({
      outcome: 'adopted',
    });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', providerPayoutId: 'prov-1' });
  });
});

describe('beside these', () => {
  it('a person notes that it waits on: the deadline begins anew, and nothing else', async () => {
    const { provider, payout, resolve } = await pay({});
    await heldAsUnknown(payout);
    await payout.fastForward('73h');
    const before = await payout.until('overdue', ({ held }) => held?.escalated === true);
    await payout.fastForward('1h');
    const reason = 'answer promised for Monday';
    expect(await resolve({ by: 'dora', action: 'keep-waiting', reason })).toMatchObject({
      outcome: 'waiting',
    });
    const after = await payout.snapshot();
    expect(after.held).toMatchObject({ escalated: false, since: before.held?.since });
    expect(after.held?.deadlineAt).toBeGreaterThan(before.held?.deadlineAt ?? 0);
    expect((await payout.timeline()).at(-1)).toMatchObject({
      type: 'kept-waiting',
      by: 'dora',
      note: reason,
    });
    expect(sends(provider)).toBe(1);
  });

  it('any JSON by Signal or Update is refused, and harms nothing', async () => {
    const { payout } = await pay({});
    await heldAsUnknown(payout);
    const odd: readonly unknown[] = [
      null,
      'adopt',
      [],
      {},
      { by: 'dana', action: 'adopt', providerPayoutId: '../x' },
      { by: 'dana', action: 'never-accepted', evidence: 'short' },
      { by: 'dana', action: 'never-accepted', evidence: `with a line break\n${evidence}` },
      { by: ' ', action: 'keep-waiting', reason: 'why' },
      { by: 'dana', action: 'keep-waiting' },
      { schema: 2, by: 'dana', action: 'keep-waiting', reason: 'why' },
    ];
    for (const message of odd) {
      await payout.handle.signal('resolve', message);
      await expect(
        payout.handle.executeUpdate<unknown, [unknown]>('resolve', { args: [message] }),
      ).rejects.toMatchObject({ cause: { type: 'resolution_malformed' } });
    }
    await payout.until('all refused', ({ status }) => status === 'unconfirmed');
    expect(await codesOf(payout, 'resolution-refused')).toEqual(odd.map(() => 'resolution_malformed'));
    await payout.handle.signal('resolve', { by: 'dana', action: 'never-accepted', evidence });
    expect(await payout.until('proposed', ({ resolution }) => resolution !== undefined)).toMatchObject({
      resolution: { by: 'dana' },
    });
  });

  it('is carried out and answered after a cancellation of Temporal’s own, too', async () => {
    const { payout, resolve } = await pay({});
    await heldAsUnknown(payout);
    const cancelled = payout.handle.executeUpdate<unknown, [unknown]>('cancel', {
      args: [{ schema: 1, by: 'dora' }],
    });
    await payout.handle.cancel();
    expect(await cancelled).toBe('not-known');
    await payout.until('the wish is seen', ({ cancelRequested }) => cancelRequested);
    const { proposal = '' } = await resolve({ by: 'dana', action: 'never-accepted', evidence });
    expect(await resolve({ by: 'erin', action: 'confirm', proposal })).toMatchObject({ outcome: 'ended' });
    expect(await payout.handle.result()).toMatchObject({ status: 'failed', moneyMoved: 'no' });
  });

  it('is refused where nothing is unresolved', async () => {
    const { payout, resolve } = await pay({ submits: [failed('insufficient_funds')] });
    await payout.until('held', ({ held }) => held?.reason === 'insufficient_funds');
    for (const change of [
      { action: 'adopt', providerPayoutId: 'prov-1' },
      { action: 'never-accepted', evidence },
      { action: 'keep-waiting', reason: 'why' },
    ]) {
      await expect(resolve({ by: 'dana', ...change })).rejects.toMatchObject({ refusal: 'not_unresolved' });
    }
  });
});
