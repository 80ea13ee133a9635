import type { Installation } from '../../src/activities/installation';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { Quote } from '../../src/domain/quote';
import { countHistory, historyBytes } from '../../src/dev/history-counts';
import { createTestIssuer } from '../support/decision-tokens';
import type { TestIssuer } from '../support/decision-tokens';
import { createMemoryRegister } from '../support/memory-register';
import type { PayoutHarness, StartedPayout } from '../support/payout-harness';
import { installationOf, installedPolicy, payoutRequest, startHarness } from '../support/payout-harness';
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

type Asking = { readonly script?: ProviderScript; readonly proofs?: TestIssuer; readonly levels?: boolean };

/** A policy that asks for so many people, at one level, or each at a level of their own. */
const asking = (people: readonly string[], { proofs, levels = false }: Asking): Partial<Installation> => ({
  policy: installedPolicy({
    schema: 1,
    label: 'budgets',
    people: people.map((id) => ({ id })),
    roles: Object.fromEntries([['all', people], ...people.map((id) => [id, [id]])]),
    rules: [],
    otherwise: {
      kind: 'approve',
      levels: levels
        ? people.map((role) => ({ role, quorum: 1, deadlineMs: 3_600_000 }))
        : [{ role: 'all', quorum: people.length, deadlineMs: 3_600_000 }],
    },
  }),
  ...(proofs === undefined ? {} : { proofs: proofs.proofs() }),
});

async function approvedBy(people: readonly string[], how: Asking = {}): Promise<StartedPayout> {
  const { script = {}, proofs } = how;
  const payout = await pay(script, {}, asking(people, how));
  // By describe, not by query: a query that meets a running workflow task makes the server write another one.
  await payout.untilStatus('awaiting-approval');
  const { approval } = await payout.snapshot();
  const digest = approval?.digest ?? '';
  for (const by of people) {
    const about = { account: by, payout: payout.handle.workflowId, digest, decision: 'approve' } as const;
    const proof = proofs === undefined ? {} : { proof: await proofs.token(about) };
    await payout.handle.executeUpdate<unknown, [unknown]>('decide', {
      args: [{ schema: 1, by, decision: 'approve', digest, ...proof }],
    });
  }
  await payout.handle.result();
  return payout;
}

// Counts of real histories on a real server: what every payout costs. They may shrink; growing needs a decision.
describe('the budget of a payout', () => {
  it('is 22 events, 3 workflow tasks and 7 actions when nothing disturbs it', async () => {
    const payout = await pay({});
    await payout.handle.result();
    expect(await countHistory(payout.handle)).toEqual({ events: 22, workflowTasks: 3, actions: 7 });
  });

  it('is 9 KB of history, and no copy of the plan beside the first', async () => {
    const payout = await pay({});
    await payout.handle.result();
    const bytes = await historyBytes(payout.handle);
    process.stdout.write(`history: ${bytes} bytes\n`);
    expect(bytes).toBeLessThanOrEqual(9_000);
    const { events } = await payout.handle.fetchHistory();
    const inputs = (events ?? []).flatMap(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.input?.payloads ?? [],
    );
    const plans = inputs.map(
      ({ data }) => (JSON.parse(Buffer.from(data ?? []).toString()) as { readonly plan: object }).plan,
    );
    expect(plans.map((plan) => Object.keys(plan))).toEqual(
      plans.map(() => ['account', 'mode', 'accountFingerprint']),
    );
    expect(plans).toHaveLength(2);
  });

  it.each<[string, ProviderScript]>([
    ['', {}],
    [' with a firm quote', { quotes: [quote] }],
  ])('is not an event more, and not a byte, with a register%s', async (_name, script) => {
    const without = await pay(script);
    const register = createMemoryRegister();
    const payout = await pay(script, {}, { register });
    await Promise.all([without.handle.result(), payout.handle.result()]);
    expect(await countHistory(payout.handle)).toEqual(await countHistory(without.handle));
    // Ids and times of the server differ by a few digits.
    expect(await historyBytes(payout.handle)).toBeLessThanOrEqual((await historyBytes(without.handle)) + 50);
    expect(register.attempts).toMatchObject([{ isMarked: true }]);
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

  it.each<[string, Omit<Asking, 'proofs'> & { readonly isProven?: boolean }]>([
    ['without quotes', {}],
    ['with a quote before and after it', { script: { quotes: [quote] } }],
    ['with quotes and proofs', { script: { quotes: [quote] }, isProven: true }],
    [
      'with quotes and proofs, each at a level of its own',
      { script: { quotes: [quote] }, isProven: true, levels: true },
    ],
  ])(
    'grows by at most 12 events and 4 actions for a first approval, 6 and 2 for each further one (%s)',
    async (what, { isProven = false, ...how }) => {
      const asked = { ...how, ...(isProven ? { proofs: await createTestIssuer() } : {}) };
      const none = await pay(how.script ?? {});
      await none.handle.result();
      const one = await approvedBy(['alice'], asked);
      const two = await approvedBy(['alice', 'bob'], asked);
      const [zeroth, first, second] = [
        await countHistory(none.handle),
        await countHistory(one.handle),
        await countHistory(two.handle),
      ];
      process.stdout.write(
        `${what}: first +${first.events - zeroth.events}/+${first.actions - zeroth.actions}, further +${second.events - first.events}/+${second.actions - first.actions}\n`,
      );
      expect(first.events - zeroth.events).toBeLessThanOrEqual(12);
      expect(first.actions - zeroth.actions).toBeLessThanOrEqual(4);
      expect(second.events - first.events).toBeLessThanOrEqual(6);
      expect(second.actions - first.actions).toBeLessThanOrEqual(2);
    },
  );
});
