import type { Decision } from '../../src/domain/approval';
import type { PayoutHarness, StartedPayout } from '../support/payout-harness';
import { installationOf, payoutRequest, startHarness } from '../support/payout-harness';
import { refusalOf } from '../support/refusal';
import type { ScriptedProvider } from '../support/scripted-provider';
import { accepted, scriptedProvider } from '../support/scripted-provider';

let harness: PayoutHarness;
let provider: ScriptedProvider;
beforeAll(async () => {
  provider = scriptedProvider({ submits: [accepted()] });
  harness = await startHarness(installationOf(provider));
});
afterAll(() => harness.stop());

const large = { amount: { value: '5000.00', side: 'source' } } as const;

async function waiting(): Promise<{ payout: StartedPayout; digest: string }> {
  const payout = await harness.start(payoutRequest(large));
  const { approval } = await payout.until('approval', (state) => state.approval?.open === true);
  return { payout, digest: approval?.digest ?? '' };
}

const decide = (payout: StartedPayout, decision: Partial<Decision>): Promise<unknown> =>
  payout.handle.executeUpdate<unknown, [unknown]>('decide', {
    args: [{ schema: 1, decision: 'approve', ...decision }],
  });

describe('an approval', () => {
  it('takes two distinct people, by update and by signal', async () => {
    const { payout, digest } = await waiting();
    expect(await decide(payout, { by: 'Alice ', digest })).toEqual({
      decision: 'approve',
      approvals: 1,
      required: 2,
      level: 1,
    });
    expect((await payout.snapshot()).status).toBe('awaiting-approval');
    await payout.handle.signal<[unknown]>('decide', { schema: 1, by: 'bob', decision: 'approve', digest });
    expect(await payout.handle.result()).toMatchObject({
      status: 'paid',
      approval: { approvedBy: ['alice', 'bob'] },
    });
  });

  it('answers at once why a decision does not count', async () => {
    const { payout, digest } = await waiting();
    expect(await refusalOf(decide(payout, { by: 'mallory', digest }))).toBe('unknown_approver');
    expect(await refusalOf(decide(payout, { by: 'DORA', digest }))).toBe('requester_cannot_approve');
    expect(await refusalOf(decide(payout, { by: 'alice', digest: 'v1:other' }))).toBe('digest_mismatch');
    await decide(payout, { by: 'alice', digest });
    expect(await refusalOf(decide(payout, { by: 'ALICE', digest }))).toBe('already_decided');
    expect(
      await refusalOf(payout.handle.executeUpdate<unknown, [unknown]>('decide', { args: ['nonsense'] })),
    ).toBe('decision_malformed');
    expect(await refusalOf(payout.handle.executeUpdate('decide'))).toBe('decision_malformed');
    expect(await payout.snapshot()).toMatchObject({
      status: 'awaiting-approval',
      approval: { approvedBy: ['alice'] },
    });
    await decide(payout, { by: 'bob', digest });
    await payout.handle.result();
  });

  it('shows a refused signal in the timeline and lives on, whatever JSON it gets', async () => {
    const { payout, digest } = await waiting();
    for (const junk of [
      undefined,
      null,
      7,
      'x',
      [],
      {},
      { by: 'alice' },
      { by: 'alice', decision: 'approve', digest: 'no' },
    ]) {
      await payout.handle.signal<[unknown]>('decide', junk);
      await payout.handle.signal<[unknown]>('providerEvent', junk);
    }
    await payout.handle.signal<[unknown]>('decide', { by: 'dora', decision: 'approve', digest });
    const timeline = await payout.timeline();
    const refusals = timeline.filter(({ type }) => type === 'approval-refused').map(({ code }) => code);
    expect(refusals).toHaveLength(9);
    expect(new Set(refusals)).toEqual(
      new Set(['decision_malformed', 'digest_mismatch', 'requester_cannot_approve']),
    );
    await decide(payout, { by: 'alice', digest });
    await decide(payout, { by: 'carol', digest });
    expect(await payout.handle.result()).toMatchObject({ status: 'paid' });
  });

  it('ends rejected on one rejection, and a later decision is too late', async () => {
    const { payout, digest } = await waiting();
    await decide(payout, { by: 'alice', decision: 'reject', digest, reason: 'wrong amount' });
    expect(await payout.handle.result()).toMatchObject({
      status: 'rejected',
      reason: 'approval_rejected',
      moneyMoved: 'no',
    });
    await expect(decide(payout, { by: 'bob', digest })).rejects.toThrow('already completed');
  });

  it('expires, and nothing was sent', async () => {
    const sends = provider.calls.length;
    const { payout } = await waiting();
    expect(await payout.fastForward('73h')).toBe('closed');
    expect(await payout.handle.result()).toMatchObject({
      status: 'expired',
      reason: 'approval_expired',
      moneyMoved: 'no',
    });
    expect(provider.calls.length).toBe(sends);
  });

  it('ends when the request may no longer be paid', async () => {
    const notAfter = new Date(Date.now() + 3_600_000).toISOString();
    const payout = await harness.start(payoutRequest({ ...large, notAfter }));
    await payout.until('approval', (state) => state.approval?.open === true);
    await payout.fastForward('2h');
    expect(await payout.handle.result()).toMatchObject({ status: 'expired', reason: 'not_after_passed' });
  });

  it('is cancelled while it waits, by update and by Temporal’s own cancel', async () => {
    const first = await waiting();
    expect(
      await first.payout.handle.executeUpdate<unknown, [unknown]>('cancel', {
        args: [{ schema: 1, by: 'dora' }],
      }),
    ).toBe('cancelled');
    expect(await first.payout.handle.result()).toMatchObject({
      status: 'cancelled',
      reason: 'cancelled_on_request',
    });
    const second = await waiting();
    await second.payout.handle.cancel();
    expect(await second.payout.handle.result()).toMatchObject({ status: 'cancelled' });
  });
});

describe('what a run is started with', () => {
  it.each([
    ['nothing', []],
    ['a string', ['pay me']],
    ['an empty object', [{}]],
    ['a newer schema', [{ schema: 2, request: payoutRequest() }]],
    ['a float', [{ schema: 1, request: { ...payoutRequest(), amount: { value: 10.5, side: 'source' } } }]],
    ['an unknown field', [{ schema: 1, request: { ...payoutRequest(), isApproved: true } }]],
  ])('is refused visibly when it is %s', async (_what, args) => {
    const payout = await harness.startRaw(`payout/acme/${Math.random().toString(36).slice(2)}`, ...args);
    expect(await payout.handle.result()).toMatchObject({
      status: 'rejected',
      reason: 'request_invalid',
      moneyMoved: 'no',
    });
    expect((await payout.timeline()).find(({ type }) => type === 'planned')?.note).toBeTruthy();
  });

  it('is refused under a workflow id that is not the payout’s own', async () => {
    const payout = await harness.startRaw(`payout/acme/${Math.random().toString(36).slice(2)}`, {
      schema: 1,
      request: payoutRequest(),
    });
    expect(await payout.handle.result()).toMatchObject({ status: 'rejected', reason: 'request_invalid' });
  });
});
