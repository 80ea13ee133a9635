import { ApplicationFailure } from '@temporalio/common';
import type { Installation } from '../../src/activities/installation';
import type { Quote } from '../../src/domain/quote';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { ScreeningDecision } from '../../src/screening/screener';
import type { PayoutHarness } from '../support/payout-harness';
import { installationOf, payoutRequest, startHarness } from '../support/payout-harness';
import type { ProviderScript, ScriptedProvider } from '../support/scripted-provider';
import { accepted, failed, read, scriptedProvider } from '../support/scripted-provider';

const harnesses: PayoutHarness[] = [];
afterEach(async () => {
  await Promise.all(harnesses.splice(0).map((harness) => harness.stop()));
});

async function pay(
  script: ProviderScript,
  changes: Partial<Installation> = {},
  request: Partial<PayoutRequest> = {},
) {
  const provider = scriptedProvider(script);
  const harness = await startHarness(installationOf(provider, changes));
  harnesses.push(harness);
  const payout = await harness.start(payoutRequest(request));
  return { provider, payout };
}
const submits = (provider: ScriptedProvider): string[] =>
  provider.calls.filter(({ kind }) => kind === 'submit').map(({ key }) => key);
const resume: { args: [unknown] } = { args: [{ schema: 1, by: 'ops' }] };

describe('a hold', () => {
  it('for money is resumed after a top-up, under the same key', async () => {
    const { provider, payout } = await pay({ submits: [failed('insufficient_funds'), accepted()] });
    const held = await payout.until('held', (state) => state.held !== undefined);
    expect(held).toMatchObject({
      status: 'submitting',
      moneyMoved: 'no',
      held: { reason: 'insufficient_funds', owner: 'treasury', escalated: false },
    });
    expect(held.held?.deadlineAt).toBeGreaterThan(held.held?.nextCheckAt ?? Infinity);
    expect(await payout.handle.executeUpdate<unknown, [unknown]>('resume', resume)).toEqual({
      resumed: 'insufficient_funds',
    });
    expect(await payout.handle.result()).toMatchObject({ status: 'paid' });
    expect(new Set(submits(provider)).size).toBe(1);
  });

  it('takes a new key after a refusal that the provider remembers', async () => {
    const { provider, payout } = await pay({
      submits: [failed('insufficient_funds'), accepted()],
      contract: { refusalsRemembered: true },
    });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', attempt: { generation: 2 } });
    expect(new Set(submits(provider)).size).toBe(2);
  });

  it('that nobody ends expires the payout where nothing can have been accepted', async () => {
    const { payout } = await pay({ submits: [failed('credentials_refused')] });
    await payout.fastForward('80h');
    expect(await payout.handle.result()).toMatchObject({
      status: 'expired',
      reason: 'hold_expired',
      moneyMoved: 'no',
    });
  });

  it('for a monthly cap is tried again when the month is over, and does not expire before', async () => {
    const { provider, payout } = await pay({ submits: [failed('monthly_limit'), accepted()] });
    await payout.until('held', (state) => state.held?.reason === 'monthly_limit');
    await payout.fastForward('32 days');
    expect(await payout.handle.result()).toMatchObject({ status: 'paid' });
    expect(submits(provider)).toHaveLength(2);
  });

  it('for a daily cap is tried again just after midnight UTC, also after a hold for something else', async () => {
    const { provider, payout } = await pay({
      submits: [failed('insufficient_funds'), failed('daily_limit'), accepted()],
    });
    await payout.until('held', (state) => state.held?.reason === 'insufficient_funds');
    await payout.handle.executeUpdate<unknown, [unknown]>('resume', resume);
    const { held } = await payout.until('held', (state) => state.held?.reason === 'daily_limit');
    const { since = 0, nextCheckAt = 0 } = held ?? {};
    const midnight = new Date(since).setUTCHours(24, 0, 0, 0);
    expect(nextCheckAt).toBeGreaterThanOrEqual(midnight);
    expect(nextCheckAt).toBeLessThan(midnight + 5 * 60_000);
    const untilShortlyBefore = midnight - since - 60_000;
    if (untilShortlyBefore > 0) await payout.fastForward(untilShortlyBefore);
    expect(submits(provider)).toHaveLength(2);
    await payout.fastForward(7 * 60_000);
    expect(await payout.handle.result()).toMatchObject({ status: 'paid' });
    expect(submits(provider)).toHaveLength(3);
  });

  it('is cancelled in time', async () => {
    const { payout } = await pay({ submits: [failed('account_suspended')] });
    await payout.until('held', (state) => state.held?.reason === 'account_suspended');
    expect(
      await payout.handle.executeUpdate<unknown, [unknown]>('cancel', { args: [{ schema: 1, by: 'dora' }] }),
    ).toBe('cancelled');
    expect(await payout.handle.result()).toMatchObject({ status: 'cancelled' });
  });

  it('cannot be resumed when there is none', async () => {
    const { payout } = await pay({ submits: [accepted()], statuses: [read('processing', 'pending')] });
    await payout.until('submitted', ({ status }) => status === 'submitted');
    await expect(payout.handle.executeUpdate<unknown, [unknown]>('resume', resume)).rejects.toMatchObject({
      cause: { type: 'not_held' },
    });
    await expect(
      payout.handle.executeUpdate<unknown, [unknown]>('resume', { args: [{}] }),
    ).rejects.toMatchObject({
      cause: { type: 'message_malformed' },
    });
  });

  it('follows when screening is unavailable, and nothing passes unscreened', async () => {
    const answers: ScreeningDecision[] = [
      { kind: 'unavailable', note: 'list missing' },
      { kind: 'unavailable', note: 'list missing' },
      { kind: 'clear', lists: ['a'] },
    ];
    const screener = { screen: async () => answers.shift() ?? ({ kind: 'clear', lists: [] } as const) };
    const { provider, payout } = await pay({ submits: [accepted()] }, { screener });
    await payout.until('held', (state) => state.held?.reason === 'screening_unavailable');
    expect(submits(provider)).toEqual([]);
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
  });

  it('never follows a screening hit: that is a rejection', async () => {
    const screener = { screen: async () => ({ kind: 'match', hits: [], lists: ['a'] }) as const };
    const { provider, payout } = await pay({ submits: [accepted()] }, { screener });
    expect(await payout.handle.result()).toMatchObject({ status: 'rejected', reason: 'screening_hit' });
    expect(submits(provider)).toEqual([]);
  });

  it('waits for a provider that cannot be reached, and sends once it can', async () => {
    const { provider, payout } = await pay({
      submits: [...Array.from({ length: 14 }, () => failed('not_reachable')), accepted()],
    });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
    expect(new Set(submits(provider)).size).toBe(1);
    expect(await payout.story()).toContain('held');
  });
});

describe('a refusal with nothing unresolved', () => {
  it.each([
    ['refused', 'failed', 'provider_refused'],
    ['invalid_request', 'failed', 'provider_refused'],
    ['payout_limit', 'failed', 'provider_payout_limit'],
    ['screening_refused', 'rejected', 'provider_screening'],
  ] as const)('%s ends the payout as %s', async (code, status, reason) => {
    const { provider, payout } = await pay({ submits: [failed(code)] });
    expect(await payout.handle.result()).toMatchObject({ status, reason, moneyMoved: 'no' });
    expect(submits(provider)).toHaveLength(1);
  });
});

describe('the provider’s status', () => {
  it('is followed over unknown words and regressions, which never end a run and are seen', async () => {
    const { payout } = await pay({
      submits: [accepted()],
      statuses: [
        read('processing', 'processing'),
        read('unrecognised', 'frobnicating'),
        read('accepted', 'pending'),
        read('paid', 'completed'),
      ],
    });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
    const ignored = (await payout.timeline()).filter(({ type }) => type === 'provider-status-ignored');
    expect(ignored.map(({ code }) => code)).toEqual(['unrecognised', 'regression']);
  });

  it('ends unpaid only after a second read says so too', async () => {
    const { payout } = await pay({
      submits: [accepted()],
      statuses: [read('failed', 'failed'), read('processing', 'processing'), read('paid', 'completed')],
    });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
    const second = await pay({ submits: [accepted()], statuses: [read('rejected', 'rejected')] });
    expect(await second.payout.skipToEnd()).toMatchObject({
      status: 'failed',
      reason: 'provider_rejected',
      moneyMoved: 'no',
    });
  });

  it('is watched for a return where the provider reports them', async () => {
    const { provider, payout } = await pay({
      submits: [accepted()],
      statuses: [read('paid', 'completed')],
      contract: { returns: { reported: true, watchMs: 45 * 86_400_000 } },
    });
    const watching = await payout.until('watched', (state) => state.watchedUntil !== undefined);
    expect(watching).toMatchObject({ status: 'paid', final: true, moneyMoved: 'yes' });
    await payout.fastForward('10 days');
    provider.setStatuses([read('returned', 'reversed')]);
    await payout.fastForward('2 days');
    expect(await payout.handle.result()).toMatchObject({
      status: 'returned',
      reason: 'provider_returned',
      moneyMoved: 'yes',
    });
  });

  it('that is never final holds the payout as overdue and goes on being read', async () => {
    const { provider, payout } = await pay({
      submits: [accepted()],
      statuses: [read('accepted', 'pending')],
      poll: { delaysMs: [3_600_000] },
    });
    await payout.fastForward('26h');
    expect(await payout.snapshot()).toMatchObject({
      status: 'submitted',
      held: { reason: 'status_overdue' },
    });
    provider.setStatuses([read('paid', 'completed')]);
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
    expect((await payout.snapshot()).held).toBeUndefined();
  });

  it('that turns from failed to paid after the end is for a person', async () => {
    const { provider, payout } = await pay({
      submits: [accepted()],
      statuses: [read('failed', 'failed')],
      contract: { unpaid: { settleMs: 60_000, watchMs: 7 * 86_400_000 } },
    });
    await payout.fastForward('1h');
    expect(await payout.snapshot()).toMatchObject({ status: 'failed', final: true, moneyMoved: 'no' });
    provider.setStatuses([read('paid', 'completed')]);
    await payout.fastForward('2 days');
    expect(await payout.snapshot()).toMatchObject({
      held: { reason: 'status_contradiction' },
      moneyMoved: 'unknown',
    });
    await payout.handle.executeUpdate<unknown, [unknown]>('resume', resume);
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', moneyMoved: 'yes' });
  });

  it.each([
    ['turned back to failed', 'failed', undefined],
    ['only shows life', 'processing', 'processing, not final'],
  ] as const)(
    'that turns from failed to paid and then %s is no more than that when somebody resumes',
    async (_what, status, note) => {
      const { provider, payout } = await pay({
        submits: [accepted()],
        statuses: [read('failed', 'failed')],
        contract: { unpaid: { settleMs: 60_000, watchMs: 7 * 86_400_000 } },
      });
      await payout.fastForward('1h');
      provider.setStatuses([read('paid', 'completed')]);
      await payout.fastForward('2 days');
      expect((await payout.snapshot()).held?.reason).toBe('status_contradiction');
      provider.setStatuses([read(status, status)]);
      await payout.handle.executeUpdate<unknown, [unknown]>('resume', resume);
      const moneyMoved = note === undefined ? 'no' : 'unknown';
      const seen = await payout.until(
        'read again',
        (state) => state.held?.note === note && state.moneyMoved === moneyMoved,
      );
      expect(seen.status).toBe('failed');
    },
  );

  it('that turns from paid to failed while it is watched is for a person', async () => {
    const { provider, payout } = await pay({
      submits: [accepted()],
      statuses: [read('paid', 'completed')],
      contract: { returns: { reported: true, watchMs: 45 * 86_400_000 } },
    });
    await payout.until('watched', (state) => state.watchedUntil !== undefined);
    provider.setStatuses([read('failed', 'failed')]);
    await payout.fastForward('2 days');
    expect(await payout.snapshot()).toMatchObject({
      status: 'paid',
      moneyMoved: 'unknown',
      held: { reason: 'status_contradiction' },
    });
    await payout.handle.executeUpdate<unknown, [unknown]>('resume', resume);
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', moneyMoved: 'yes' });
  });

  it('is read more and more slowly when it flips between two words', async () => {
    const flips = Array.from({ length: 200 }, (_, index) =>
      index % 2 === 0 ? read('provider-approval', 'pending_approval') : read('accepted', 'pending'),
    );
    const { payout } = await pay({ submits: [accepted()], statuses: flips, poll: { delaysMs: [1_000] } });
    await payout.fastForward('20h');
    const { historyLength } = await payout.handle.describe();
    expect(historyLength).toBeLessThan(600);
    expect(await payout.snapshot()).toMatchObject({ status: 'submitted' });
  });

  it('goes on being followed after somebody failed the wait by hand', async () => {
    const { provider, payout } = await pay({
      submits: [accepted()],
      statuses: [ApplicationFailure.nonRetryable('by hand', 'ByHand')],
    });
    await payout.until('held', (state) => state.held?.reason === 'unexpected_failure');
    provider.setStatuses([read('paid', 'completed')]);
    await payout.handle.executeUpdate<unknown, [unknown]>('resume', resume);
    expect(await payout.handle.result()).toMatchObject({ status: 'paid' });
  });

  it('is read at once on a hint', async () => {
    const { provider, payout } = await pay({
      submits: [accepted()],
      statuses: [read('accepted', 'pending')],
    });
    await payout.until('submitted', ({ status }) => status === 'submitted');
    await new Promise((resolve) => setTimeout(resolve, 300));
    provider.setStatuses([read('paid', 'completed')]);
    await payout.handle.signal<[unknown]>('providerEvent', { schema: 1, eventId: 'evt-1' });
    expect(await payout.handle.result()).toMatchObject({ status: 'paid' });
  });

  it('answers a cancel as too late once the provider has it', async () => {
    const { payout } = await pay({ submits: [accepted()], statuses: [read('accepted', 'pending')] });
    await payout.until('submitted', ({ status }) => status === 'submitted');
    expect(
      await payout.handle.executeUpdate<unknown, [unknown]>('cancel', { args: [{ schema: 1, by: 'dora' }] }),
    ).toBe('too-late');
  });
});

// Row 41: the quote changes or expires while people decide.
describe('row 41: a route with quotes', () => {
  const quote = (destination: string, validForMs = 600_000): Quote => ({
    quoteId: `q-${destination}`,
    source: { value: '5000.00', currency: 'USDT' },
    destination: { value: destination, currency: 'PHP' },
    rate: '56.1',
    validForMs,
  });
  const large = { amount: { value: '5000.00', side: 'source' } } as const;
  const approve = async (
    payout: Awaited<ReturnType<typeof pay>>['payout'],
    digest?: string,
  ): Promise<string> => {
    const { approval } = await payout.until(
      'approval',
      (state) => state.approval?.open === true && state.approval.digest !== digest,
    );
    for (const by of ['alice', 'bob']) {
      await payout.handle.executeUpdate<unknown, [unknown]>('decide', {
        args: [{ schema: 1, by, decision: 'approve', digest: approval?.digest }],
      });
    }
    return approval?.digest ?? '';
  };

  it('keeps the approval while the firm quote stays inside the band', async () => {
    const { provider, payout } = await pay(
      { submits: [accepted()], quotes: [quote('1000.00'), quote('995.00')] },
      {},
      large,
    );
    await approve(payout);
    expect(await payout.handle.result()).toMatchObject({
      status: 'paid',
      amounts: { destination: { value: '995.00' } },
    });
    expect(provider.calls.filter(({ kind }) => kind === 'submit')).toMatchObject([
      { body: expect.stringContaining('q-995.00') },
    ]);
  });

  it('asks people again when the rate leaves the band', async () => {
    const { payout } = await pay(
      { submits: [accepted()], quotes: [quote('1000.00'), quote('900.00'), quote('899.00')] },
      {},
      large,
    );
    const first = await approve(payout);
    const second = await approve(payout, first);
    expect(second).not.toBe(first);
    expect(await payout.handle.result()).toMatchObject({ status: 'paid' });
    expect(await payout.story()).toContain('approval-voided');
  });

  it('never sends on a quote below the least received, and holds instead', async () => {
    const { provider, payout } = await pay(
      { submits: [accepted()], quotes: [quote('90.00'), quote('120.00')] },
      {},
      { limits: { leastReceived: '100.00' } },
    );
    await payout.until('held', (state) => state.held?.reason === 'quote_unavailable');
    expect(submits(provider)).toEqual([]);
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
  });

  it('refuses limits on the rate where nobody quotes', async () => {
    const { payout } = await pay({ submits: [accepted()] }, {}, { limits: { leastReceived: '100.00' } });
    expect(await payout.handle.result()).toMatchObject({ status: 'rejected', reason: 'request_unsupported' });
  });
});
