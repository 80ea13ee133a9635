import { randomInt } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Installation } from '../../src/activities/installation';
import type { PolicyOutcome } from '../../src/domain/policy/policy-document';
import type { PayoutSnapshot } from '../../src/domain/payout-snapshot';
import type { Quote } from '../../src/domain/quote';
import type { PayoutHarness, StartedPayout } from '../support/payout-harness';
import { installationOf, installedPolicy, payoutRequest, startHarness } from '../support/payout-harness';
import { accepted, scriptedProvider } from '../support/scripted-provider';
import type { ProviderScript, ScriptedProvider } from '../support/scripted-provider';
import { createDraws } from '../support/seeded-draws';

/**
 * Two things happen to a payout at the same moment, on the real server. Whatever comes first: one outcome, nobody counted
 * twice, everybody told the truth; and both sides must have won often enough for that to mean something.
 * `PAYOUTS_RACES=1000` runs so many of each.
 */
const races = Number(process.env['PAYOUTS_RACES'] ?? 50);
const sideBySide = 10;
const seed = Number(process.env['PAYOUTS_RACES_SEED'] ?? randomInt(2 ** 31));
const draws = createDraws(seed);
process.stdout.write(`races draw from PAYOUTS_RACES_SEED=${seed}\n`);
const between = (least: number, below: number): number => least + draws.below(below - least);

const harnesses: PayoutHarness[] = [];
afterAll(async () => {
  await Promise.all(harnesses.map(async (harness) => harness.stop()));
});

const levels = (quorum: number, deadlineMs = 3_600_000): PolicyOutcome => ({
  kind: 'approve',
  levels: [{ role: 'payments', quorum, deadlineMs }],
});

async function stage(
  outcome: PolicyOutcome,
  script: ProviderScript = {},
  changes: Partial<Installation> = {},
): Promise<{ harness: PayoutHarness; provider: ScriptedProvider }> {
  const provider = scriptedProvider({ submits: [accepted()], ...script });
  const people = ['alice', 'bob', 'carol'];
  const policy = installedPolicy({
    schema: 1,
    label: 'races',
    people: people.map((id) => ({ id })),
    roles: { payments: people },
    rules: [],
    otherwise: outcome,
  });
  const harness = await startHarness(installationOf(provider, { policy, ...changes }));
  harnesses.push(harness);
  return { harness, provider };
}

/** What an update answered, or with what it was refused: `counted`, `too_late`, `closed`, … */
async function answerOf(answer: Promise<unknown>): Promise<string> {
  try {
    const value = await answer;
    return typeof value === 'string' ? value : 'counted';
  } catch (error) {
    const type = (error as { readonly cause?: { readonly type?: string } }).cause?.type;
    if (type !== undefined) return type;
    if (error instanceof WorkflowNotFoundError) return 'closed';
    throw error;
  }
}

type Runner = {
  readonly payout: StartedPayout;
  readonly digest: string;
  readonly decide: (by: string, decision: 'approve' | 'reject') => Promise<string>;
  readonly cancel: () => Promise<string>;
};

async function runner(harness: PayoutHarness, isAsked = true): Promise<Runner> {
  const payout = await harness.start(payoutRequest());
  const digest = isAsked
    ? ((await payout.until('asked', ({ approval }) => approval?.open === true)).approval?.digest ?? '')
    : '';
  return {
    payout,
    digest,
    decide: (by, decision) =>
      answerOf(
        payout.handle.executeUpdate<unknown, [unknown]>('decide', {
          args: [{ schema: 1, by, decision, digest }],
        }),
      ),
    cancel: () =>
      answerOf(
        payout.handle.executeUpdate<unknown, [unknown]>('cancel', { args: [{ schema: 1, by: 'olga' }] }),
      ),
  };
}

const after = async <T>(ms: number, act: () => Promise<T>): Promise<T> => {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
  return act();
};

/**
 * Where both sides win about as often: found on the way, because it depends on how busy the machine is. Every result moves it
 * towards the side that lost, by more with each one in a row.
 */
function findMiddle(from: number, leastStep: number): { ms: number; move(direction: 1 | -1): void } {
  let [step, last] = [leastStep, 0];
  return {
    ms: from,
    move(direction) {
      step = direction === last ? step * 1.2 : Math.max(leastStep, step / 2);
      last = direction;
      this.ms += direction * step;
    },
  };
}

/** Both at once, one of them first by chance. */
async function together<A, B>(first: () => Promise<A>, second: () => Promise<B>): Promise<readonly [A, B]> {
  const [delayFirst, delaySecond] = draws.chance(0.5) ? [0, between(0, 6)] : [between(0, 6), 0];
  return Promise.all([after(delayFirst, first), after(delaySecond, second)]);
}

/** Runs one race so often, some side by side; returns how often each side won. */
async function table(race: (index: number) => Promise<string>): Promise<Readonly<Record<string, number>>> {
  const won: Record<string, number> = {};
  let next = 0;
  const lane = async (): Promise<void> => {
    for (;;) {
      const index = next;
      next += 1;
      if (index >= races) return;
      const winner = await race(index);
      won[winner] = (won[winner] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, lane));
  process.stdout.write(`${expect.getState().currentTestName ?? ''}: ${JSON.stringify(won)}\n`);
  return won;
}

function bothSidesWon(won: Readonly<Record<string, number>>, ...sides: readonly string[]): void {
  expect(Object.keys(won).toSorted()).toEqual([...sides].toSorted());
  for (const side of sides)
    expect({ side, won: (won[side] ?? 0) >= races / 10 }).toEqual({ side, won: true });
}

const sendsOf = (provider: ScriptedProvider): number =>
  provider.calls.filter(({ kind }) => kind === 'submit').length;

const resultOf = async ({ payout }: Runner): Promise<PayoutSnapshot> =>
  (await payout.handle.result()) as PayoutSnapshot;

// Row 37.
describe('row 37: races', () => {
  it('approve/approve', async () => {
    const { harness, provider } = await stage(levels(1));
    const won = await table(async () => {
      const run = await runner(harness);
      const answers = await together(
        () => run.decide('alice', 'approve'),
        () => run.decide('bob', 'approve'),
      );
      const { status, approval } = await resultOf(run);
      expect(status).toBe('paid');
      expect(answers.filter((answer) => answer === 'counted')).toHaveLength(1);
      expect(approval?.approvedBy).toEqual([answers[0] === 'counted' ? 'alice' : 'bob']);
      return approval?.approvedBy[0] ?? '';
    });
    expect(sendsOf(provider)).toBe(races);
    bothSidesWon(won, 'alice', 'bob');
  }, 600_000);

  it('approve/approve by one person', async () => {
    const { harness } = await stage(levels(2));
    await table(async () => {
      const run = await runner(harness);
      const answers = await together(
        () => run.decide('alice', 'approve'),
        () => run.decide(' ALICE', 'approve'),
      );
      expect(answers.toSorted()).toEqual(['already_decided', 'counted']);
      expect((await run.payout.snapshot()).approval?.approvedBy).toEqual(['alice']);
      expect(await run.cancel()).toBe('cancelled');
      return 'once';
    });
  }, 600_000);

  it('approve/reject', async () => {
    const { harness, provider } = await stage(levels(1));
    const won = await table(async () => {
      const run = await runner(harness);
      const [approved, rejected] = await together(
        () => run.decide('alice', 'approve'),
        () => run.decide('bob', 'reject'),
      );
      const { status } = await resultOf(run);
      expect([approved, rejected].filter((answer) => answer === 'counted')).toHaveLength(1);
      expect(status).toBe(approved === 'counted' ? 'paid' : 'rejected');
      return status;
    });
    expect(sendsOf(provider)).toBe(won['paid']);
    bothSidesWon(won, 'paid', 'rejected');
  }, 600_000);

  it('approve/expire', async () => {
    // Long enough for a busy machine to come to the question, and to an answer, before it.
    const deadlineMs = 4_000;
    const { harness, provider } = await stage(levels(1, deadlineMs));
    const ahead = findMiddle(60, 12);
    const won = await table(async () => {
      const run = await runner(harness);
      const { approval } = await run.payout.snapshot();
      const dueInMs = (approval?.expiresAt ?? 0) - Date.now();
      const answer = await after(dueInMs - ahead.ms + between(-40, 40), () => run.decide('alice', 'approve'));
      const { status, approval: end } = await resultOf(run);
      expect(status).toBe(answer === 'counted' ? 'paid' : 'expired');
      expect(end?.approvedBy).toEqual(answer === 'counted' ? ['alice'] : []);
      ahead.move(status === 'paid' ? -1 : 1);
      return status;
    });
    expect(sendsOf(provider)).toBe(won['paid']);
    bothSidesWon(won, 'paid', 'expired');
  }, 600_000);

  it('approve/cancel', async () => {
    const { harness, provider } = await stage(levels(1));
    const cancelAfter = findMiddle(0, 1);
    const won = await table(async () => {
      const run = await runner(harness);
      const [approved, cancelled] = await Promise.all([
        after(between(0, 6) - cancelAfter.ms, () => run.decide('alice', 'approve')),
        after(between(0, 6) + cancelAfter.ms, () => run.cancel()),
      ]);
      const { status } = await resultOf(run);
      cancelAfter.move(status === 'paid' ? -1 : 1);
      // An approval that counted is overtaken by a cancellation that comes before the send.
      expect(['counted', 'too_late', 'closed']).toContain(approved);
      expect(cancelled).toBe(
        status === 'cancelled' ? 'cancelled' : cancelled === 'closed' ? 'closed' : 'too-late',
      );
      return status;
    });
    expect(sendsOf(provider)).toBe(won['paid']);
    bothSidesWon(won, 'paid', 'cancelled');
  }, 600_000);
});

// Row 39.
describe('row 39: races', () => {
  it('cancel/submit', async () => {
    const { harness, provider } = await stage({ kind: 'auto-approve' });
    const delay = findMiddle(20, 3);
    const won = await table(async () => {
      const run = await runner(harness, false);
      const cancelled = await after(delay.ms + between(-10, 10), () => run.cancel());
      const { status, moneyMoved } = await resultOf(run);
      expect(cancelled).toBe(
        status === 'cancelled' ? 'cancelled' : cancelled === 'closed' ? 'closed' : 'too-late',
      );
      expect(moneyMoved).toBe(status === 'cancelled' ? 'no' : 'yes');
      delay.move(status === 'paid' ? -1 : 1);
      return status;
    });
    expect(sendsOf(provider)).toBe(won['paid']);
    bothSidesWon(won, 'paid', 'cancelled');
  }, 600_000);
});

// Row 41.
describe('row 41: races', () => {
  const quote = (arrives: string): Quote => ({
    quoteId: `q-${arrives}`,
    source: { value: '10.00', currency: 'USDT' },
    destination: { value: arrives, currency: 'PHP' },
    rate: '56',
    validForMs: 600_000,
  });

  it('decide/re-quote', async () => {
    // Every price is five percent worse than the one before: each firm quote leaves the band, and people are asked again.
    let arrives = 1e15;
    const { harness, provider } = await stage(levels(2), {
      quotes: [quote('1')],
    });
    Object.assign(provider, {
      quote: async () => {
        arrives = Math.floor(arrives * 0.95);
        return { kind: 'quoted', quote: quote(`${arrives}.00`) };
      },
    });
    const won = await table(async () => {
      const run = await runner(harness);
      expect(await run.decide('alice', 'approve')).toBe('counted');
      const [approved, rejected] = await together(
        () => run.decide('bob', 'approve'),
        () => run.decide('carol', 'reject'),
      );
      expect([approved, rejected].filter((answer) => answer === 'counted')).toHaveLength(1);
      if (rejected === 'counted') {
        expect(await resultOf(run)).toMatchObject({ status: 'rejected' });
        return 'rejected';
      }
      expect(['too_late', 'digest_mismatch']).toContain(rejected);
      const { approval } = await run.payout.until(
        'asked again',
        (state) => state.approval?.open === true && state.approval.digest !== run.digest,
      );
      expect(approval?.approvedBy).toEqual([]);
      expect(await run.decide('carol', 'approve')).toBe('digest_mismatch');
      expect(await run.cancel()).toBe('cancelled');
      return 'asked again';
    });
    expect(sendsOf(provider)).toBe(0);
    bothSidesWon(won, 'rejected', 'asked again');
  }, 600_000);
});
