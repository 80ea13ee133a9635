import type { ActivityPorts, EndOfPayout, TakenPlace } from '../../src/activities/activity-ports';
import type { OpenPayoutInput } from '../../src/activities/payout-activities';
import type { PayoutRequest } from '../../src/domain/payout-request';
import { exampleRequest } from '../support/example-request';
import { scriptedProvider } from '../support/scripted-provider';
import { fakeMachine, runId, scheduledAtMs, stage } from './activity-stage';

/** What Temporal has, by workflow id; and whose each place is. */
type Stored = {
  readonly payouts?: Readonly<Record<string, EndOfPayout>>;
  readonly place?: TakenPlace;
  readonly earlierKeys?: readonly string[] | 'unavailable';
};

function open(
  change: Partial<PayoutRequest>,
  workflowId: string,
  { payouts = {}, place, earlierKeys }: Stored = {},
  input: Partial<OpenPayoutInput> = {},
) {
  const machine = fakeMachine(earlierKeys);
  const places: Parameters<ActivityPorts['takePlace']>[0][] = [];
  const ports: ActivityPorts = {
    ...machine.ports,
    endOfPayout: async (id) => payouts[id] ?? { kind: 'missing' },
    takePlace: async (asked) => {
      places.push(asked);
      return place ?? { kind: 'taken', by: asked.reference };
    },
  };
  const { run } = stage(scriptedProvider({}), {
    machine: { ...machine, ports },
    info: { workflowExecution: { workflowId, runId } },
  });
  const opened = run('openPayout', {
    schema: 1,
    input: { schema: 1, request: exampleRequest(change) },
    startedAt: scheduledAtMs,
    originalRunId: runId,
    firstRunId: runId,
    ...input,
  });
  return { opened, places };
}

const problemsOf = async ({ opened }: ReturnType<typeof open>): Promise<readonly string[]> => {
  const result = await opened;
  return result.kind === 'rejected' ? result.problems : [result.kind];
};

const named = { reference: 'Order-17' };
const folded = 'payout/acme/order-17';
const unfolded = 'payout/acme/Order-17';
const mustBe = `reference: the workflow id must be ${folded}`;
const reset = { originalRunId: 'run-0', firstRunId: 'run-0' };

describe('a reference with capital letters', () => {
  it('has the id in small letters', async () => {
    expect(await problemsOf(open(named, folded))).toEqual(['planned']);
    expect(await problemsOf(open(named, unfolded))).toEqual([mustBe]);
    expect(await problemsOf(open(named, 'payout/acme/ORDER-17'))).toEqual([mustBe]);
  });

  it('is not planned beside a payout that has its old id, nor while that cannot be read', async () => {
    const there = { payouts: { [unfolded]: { kind: 'otherwise' } } } as const;
    expect(await problemsOf(open(named, folded, there))).toEqual([
      `reference: is taken by ${unfolded}: references that differ only by case are one`,
    ]);
    const away = { payouts: { [unfolded]: { kind: 'unavailable' } } } as const;
    await expect(open(named, folded, away).opened).rejects.toThrow('cannot be read');
    // Where there is no old id, nobody is asked.
    expect(await problemsOf(open({}, 'payout/acme/order-1', away))).toEqual(['planned']);
  });

  it('keeps its old id where the run began before', async () => {
    expect(await problemsOf(open(named, unfolded, {}, { mayHaveUnfoldedId: true }))).toEqual(['planned']);
    expect(await problemsOf(open(named, 'payout/acme/ORDER-17', {}, { mayHaveUnfoldedId: true }))).toEqual([
      mustBe,
    ]);
  });

  it('keeps its old id after a reset, unless nothing was sent and another run is the payout by now', async () => {
    const other = { [folded]: { kind: 'otherwise' } } as const;
    expect(await problemsOf(open(named, unfolded, {}, reset))).toEqual(['planned']);
    expect(await problemsOf(open(named, unfolded, { payouts: other }, reset))).toEqual([
      `reference: is taken by ${folded}: references that differ only by case are one`,
    ]);
    // What an earlier run sent has to be found out.
    const sent = { payouts: other, earlierKeys: ['key-1'] };
    expect(await problemsOf(open(named, unfolded, sent, reset))).toEqual(['planned']);
    const unread = { payouts: other, earlierKeys: 'unavailable' } as const;
    await expect(open(named, unfolded, unread, reset).opened).rejects.toThrow('cannot be read');
  });
});

describe('the place of another payout', () => {
  const successor = { reference: 'order-18', replaces: 'order-17' };
  const id = 'payout/acme/order-18';
  const unpaid = { payouts: { [folded]: { kind: 'unpaid' } } } as const;

  it('is taken for the payout that is planned, and only then', async () => {
    const planned = open(successor, id, unpaid);
    expect(await problemsOf(planned)).toEqual(['planned']);
    expect(planned.places).toEqual([{ replacedWorkflowId: folded, tenant: 'acme', reference: 'order-18' }]);
    for (const [change, stored] of [
      [{ ...successor, account: 'other' }, unpaid],
      [successor, { payouts: { [folded]: { kind: 'otherwise' } } }],
      [successor, {}],
      [{ ...successor, replaces: 'ORDER-18' }, unpaid],
    ] as const) {
      const refused = open(change, id, stored);
      expect((await refused.opened).kind).toBe('rejected');
      expect(refused.places).toEqual([]);
    }
  });

  it('is refused with the name of whoever has it, and nothing is planned while that is not known', async () => {
    const others = { ...unpaid, place: { kind: 'taken', by: 'order-16' } } as const;
    expect(await problemsOf(open(successor, id, others))).toEqual(['replaces: order-16 has taken its place']);
    const own = { ...unpaid, place: { kind: 'taken', by: 'ORDER-18' } } as const;
    expect(await problemsOf(open(successor, id, own))).toEqual(['planned']);
    const away = { ...unpaid, place: { kind: 'unavailable' } } as const;
    await expect(open(successor, id, away).opened).rejects.toThrow('cannot be taken');
  });

  it('goes to the payout that a recall named, in whichever case', async () => {
    const recalledFor = (replacedBy: string) =>
      ({ payouts: { [folded]: { kind: 'unpaid', replacedBy } } }) as const;
    expect(await problemsOf(open(successor, id, recalledFor('Order-18')))).toEqual(['planned']);
    const other = open(successor, id, recalledFor('order-16'));
    expect(await problemsOf(other)).toEqual(['replaces: order-16 has taken its place']);
    expect(other.places).toEqual([]);
  });

  it('is one for a reference, in whichever case the ended payout has it', async () => {
    const old = { payouts: { [unfolded]: { kind: 'unpaid' } } } as const;
    const byName = open({ ...successor, replaces: 'Order-17' }, id, old);
    expect(await problemsOf(byName)).toEqual(['planned']);
    const inOtherCase = open({ ...successor, replaces: 'ORDER-17' }, id, unpaid);
    expect(await problemsOf(inOtherCase)).toEqual(['planned']);
    for (const { places } of [byName, inOtherCase])
      expect(places).toMatchObject([{ replacedWorkflowId: folded }]);
  });

  // A late start by an old client is refused and ends unpaid, under the old id, beside the payout that is paid.
  it('is not free while a run under either id may have moved money', async () => {
    const replacing = { ...successor, replaces: 'Order-17' };
    const unpaidEnd = { kind: 'unpaid' } as const;
    for (const payouts of [
      { [unfolded]: unpaidEnd, [folded]: { kind: 'otherwise' } as const },
      { [unfolded]: { kind: 'otherwise' } as const, [folded]: unpaidEnd },
    ]) {
      const refused = open(replacing, id, { payouts });
      expect(await problemsOf(refused)).toEqual(['replaces: has not ended unpaid']);
      expect(refused.places).toEqual([]);
    }
    const both = open(replacing, id, { payouts: { [unfolded]: unpaidEnd, [folded]: unpaidEnd } });
    expect(await problemsOf(both)).toEqual(['planned']);
    const recalled = {
      payouts: { [unfolded]: unpaidEnd, [folded]: { kind: 'unpaid', replacedBy: 'order-16' } },
    } as const;
    expect(await problemsOf(open(replacing, id, recalled))).toEqual([
      'replaces: order-16 has taken its place',
    ]);
  });
});
