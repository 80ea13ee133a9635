import type { Installation } from '../../src/activities/installation';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { Quote } from '../../src/domain/quote';
import { countHistory } from '../../src/dev/history-counts';
import type { PayoutHarness, StartedPayout } from '../support/payout-harness';
import { installationOf, payoutRequest, policyOf, startHarness } from '../support/payout-harness';
import type { ProviderScript } from '../support/scripted-provider';
import { read, scriptedProvider } from '../support/scripted-provider';

const harnesses: PayoutHarness[] = [];
afterEach(async () => {
  await Promise.all(harnesses.splice(0).map((harness) => harness.stop()));
});

async function pay(
  script: ProviderScript,
  request: Partial<PayoutRequest> = {},
  changes: Partial<Installation> = {},
) {
  const harness = await startHarness(installationOf(scriptedProvider(script), changes));
  harnesses.push(harness);
  return harness.start(payoutRequest(request));
}

const quote: Quote = {
  quoteId: 'q',
  source: { value: '10.00', currency: 'USDT' },
  destination: { value: '560.00', currency: 'PHP' },
  rate: '56',
  validForMs: 600_000,
};
const followed = { delaysMs: [100], overdueAfterMs: 86_400_000, watchDelaysMs: [100] };

/** An approval rule that asks for so many people. */
const asking = (people: number): Partial<Installation> => ({
  policy: policyOf({
    approvers: ['alice', 'bob', 'carol'],
    expiresAfterMs: 3_600_000,
    thresholds: { USDT: [{ from: '0', approvals: people }] },
    otherwise: 1,
  }),
});

async function approvedBy(people: readonly string[], script: ProviderScript = {}): Promise<StartedPayout> {
  const payout = await pay(script, {}, asking(people.length));
  // By describe, not by query: a query that meets a running workflow task makes the server write another one.
  await payout.untilStatus('awaiting-approval');
  const { approval } = await payout.snapshot();
  for (const by of people) {
    await payout.handle.executeUpdate<unknown, [unknown]>('decide', {
      args: [{ schema: 1, by, decision: 'approve', digest: approval?.digest }],
    });
  }
  await payout.handle.result();
  return payout;
}

// Counts of real histories on a real server: what every payout costs. They may shrink; growing needs a decision.
describe('the budget of a payout', () => {
  it('is 24 events, 3 workflow tasks and 7 actions when nothing disturbs it', async () => {
    const payout = await pay({});
    await payout.handle.result();
    expect(await countHistory(payout.handle)).toEqual({ events: 23, workflowTasks: 3, actions: 7 });
  });

  it('holds with a firm quote', async () => {
    const payout = await pay({ quotes: [quote] });
    await payout.handle.result();
    expect(await countHistory(payout.handle)).toEqual({ events: 24, workflowTasks: 3, actions: 7 });
  });

  it('is 30 events and 8 actions with the return watch', async () => {
    const payout = await pay({ contract: { returns: { reported: true, watchMs: 1_500 } } });
    await payout.handle.result();
    const counts = await countHistory(payout.handle);
    expect(counts.events).toBeLessThanOrEqual(30);
    expect(counts.actions).toBeLessThanOrEqual(8);
  });

  it('grows by no event for another poll', async () => {
    const polls = Array.from({ length: 5 }, () => read('accepted', 'pending'));
    const few = await pay({ statuses: [read('paid', 'completed')], poll: followed });
    const many = await pay({ statuses: [...polls, read('paid', 'completed')], poll: followed });
    await Promise.all([few.handle.result(), many.handle.result()]);
    expect(await countHistory(many.handle)).toEqual(await countHistory(few.handle));
  });

  it('grows by at most 7 events and 2 actions for another provider status', async () => {
    const one = await pay({ statuses: [read('paid', 'completed')], poll: followed });
    const two = await pay({ statuses: [read('processing'), read('paid', 'completed')], poll: followed });
    await Promise.all([one.handle.result(), two.handle.result()]);
    const [before, after] = [await countHistory(one.handle), await countHistory(two.handle)];
    expect(after.events - before.events).toBeLessThanOrEqual(7);
    expect(after.actions - before.actions).toBeLessThanOrEqual(2);
  });

  it.each<[string, ProviderScript]>([
    ['without quotes', {}],
    ['with quotes', { quotes: [quote] }],
  ])(
    'grows by at most 12 events and 4 actions for a first approval, 6 and 2 for each further one (%s)',
    async (_what, script) => {
      const none = await pay(script);
      await none.handle.result();
      const one = await approvedBy(['alice'], script);
      const two = await approvedBy(['alice', 'bob'], script);
      const [zeroth, first, second] = [
        await countHistory(none.handle),
        await countHistory(one.handle),
        await countHistory(two.handle),
      ];
      expect(first.events - zeroth.events).toBeLessThanOrEqual(12);
      expect(first.actions - zeroth.actions).toBeLessThanOrEqual(4);
      expect(second.events - first.events).toBeLessThanOrEqual(6);
      expect(second.actions - first.actions).toBeLessThanOrEqual(2);
    },
  );
});
