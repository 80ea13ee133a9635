import type { RequestFacts } from '../../src/simulators/fault-plan';
import { createFaultPlan } from '../../src/simulators/fault-plan';
import type { FaultSpec } from '../../src/simulators/fault-spec';
import { faultSpecSchema } from '../../src/simulators/fault-spec';

const submit: RequestFacts = {
  provider: 'payfield',
  operation: 'submit',
  method: 'POST',
  path: '/api/v1/payouts',
  callerKey: 'k',
  amount: '1.00',
  beneficiary: 'b',
  beneficiaryName: 'Ada',
};

/** At which of `count` requests, counted from 1, the planned fault fires. */
function firings(spec: FaultSpec, count: number, facts: RequestFacts = submit): number[] {
  const plan = createFaultPlan();
  plan.add(spec);
  return Array.from({ length: count }, (_, index) => index + 1).filter((number) => {
    const { outcome } = plan.choose(facts, 0);
    if (outcome) plan.recordFired(outcome, 0, number);
    return outcome !== undefined;
  });
}

const cut = { kind: 'cut-after-processing' } as const;

describe('fault plan', () => {
  it.each([
    [{}, [1]],
    [{ nth: 3 }, [3]],
    [{ nth: 2, times: 2 }, [2, 3]],
    [{ nth: 4, times: 'unlimited' }, [4, 5, 6]],
  ] as const)('%p fires at %p of six', (when, expected) => {
    expect(firings({ ...when, fault: cut }, 6)).toEqual(expected);
  });

  it.each<FaultSpec['match']>([
    {},
    { operation: 'submit', provider: 'payfield', method: 'POST' },
    { callerKey: 'k', amount: '1.00', beneficiary: 'b', beneficiaryName: 'Ada' },
    { path: '^/api/v\\d/payouts$' },
  ])('counts what matches %p', (match) => {
    expect(firings({ match, fault: cut }, 1)).toEqual([1]);
  });

  it.each<FaultSpec['match']>([
    { operation: 'status' },
    { provider: 'pontis' },
    { method: 'GET' },
    { callerKey: 'other' },
    { callerKey: 'k', amount: '1.0' },
    { beneficiaryName: 'Bob' },
    { providerPayoutId: '1' },
    { path: '/v2/' },
  ])('does not count what misses %p', (match) => {
    expect(firings({ match, fault: cut }, 3)).toEqual([]);
  });

  it('lets the first planned fault fire and keeps the next for the next request', () => {
    const plan = createFaultPlan();
    plan.add({ id: 'a', fault: cut });
    plan.add({ id: 'b', fault: { kind: 'hang' } });
    const ids = [1, 2, 3].map((number) => {
      const { outcome } = plan.choose(submit, 0);
      if (outcome) plan.recordFired(outcome, 0, number);
      return outcome?.id;
    });
    expect(ids).toEqual(['a', 'b', undefined]);
    expect(plan.planned()).toMatchObject([
      { id: 'a', matched: 3, fired: 1 },
      { id: 'b', matched: 3, fired: 1 },
    ]);
  });

  it('forgets planned faults, not fired ones', () => {
    const plan = createFaultPlan();
    plan.recordFired(plan.add({ fault: cut }), 5, 9);
    expect(plan.clear()).toBe(1);
    expect(plan.choose(submit, 0).outcome).toBeUndefined();
    expect(plan.fired()).toEqual([
      { faultId: 'fault-1', kind: 'cut-after-processing', at: 5, requestNumber: 9 },
    ]);
  });

  it('refuses an id that is taken', () => {
    const plan = createFaultPlan();
    plan.add({ id: 'a', fault: cut });
    expect(() => plan.add({ id: 'a', fault: cut })).toThrow(/already planned/);
  });

  it.each([
    { fault: { kind: 'explode' } },
    { fault: { kind: 'refuse' } },
    { fault: { kind: 'refuse', status: 99 } },
    { fault: { kind: 'commit-late' } },
    { fault: { kind: 'commit-late', afterMs: -1 } },
    { fault: { kind: 'server-error', processed: true, status: 404 } },
    { fault: { kind: 'not-found-for' } },
    { fault: { kind: 'not-found-for', ms: 1, count: 1 } },
    { fault: cut, nth: 0 },
    { fault: cut, times: 0 },
    { fault: cut, match: { path: '(' } },
    { fault: cut, match: { colour: 'red' } },
    { fault: { ...cut, afterMs: 1 } },
    {},
  ])('refuses the spec %j', (spec) => {
    expect(faultSpecSchema.safeParse(spec).success).toBe(false);
  });
});
