import type { Installation } from '../../src/activities/installation';
import type { AccountState } from '../../src/domain/account-state';
import type { PayoutProvider } from '../../src/providers/provider';
import { exampleRequest } from '../support/example-request';
import { installedPolicy } from '../support/payout-harness';
import { scriptedProvider } from '../support/scripted-provider';
import { fakeMachine, runId, scheduledAtMs, stage } from './activity-stage';

type Changes = {
  readonly provider?: PayoutProvider;
  readonly installation?: Partial<Installation>;
  readonly machine?: ReturnType<typeof fakeMachine>;
};

/** The same request, checked and opened. */
async function both(request: unknown, { provider = scriptedProvider({}), ...changes }: Changes = {}) {
  const { run } = stage(provider, {
    ...changes,
    info: { workflowExecution: { workflowId: 'payout/acme/order-1', runId } },
  });
  return {
    checked: await run('checkPayout', { schema: 1, request, now: scheduledAtMs }),
    opened: await run('openPayout', {
      schema: 1,
      input: { schema: 1, request },
      startedAt: scheduledAtMs,
      originalRunId: runId,
      firstRunId: runId,
    }),
  };
}

it('says which account pays, and in words whom the policy asks', async () => {
  const { checked, opened } = await both(exampleRequest({ amount: { value: '1500.00', side: 'source' } }));
  expect(checked).toEqual({
    kind: 'planned',
    account: 'main',
    provider: 'scripted',
    mode: 'sandbox',
    needsQuote: false,
    policy: {
      label: 'thresholds of the configuration',
      because: expect.stringContaining('USDT from 1000'),
      lines: [
        '2 different people must approve',
        '1. approvers: 2 of alice, bob and carol, within 3 days of being asked',
      ],
      peopleNeeded: 2,
    },
    warnings: [],
  });
  expect(opened.kind).toBe('planned');
});

it('says that nobody is asked, and that a price is', async () => {
  const provider = scriptedProvider({ quotes: [] });
  const notAfter = new Date(scheduledAtMs + 1000).toISOString();
  expect((await both(exampleRequest({ notAfter }), { provider })).checked).toMatchObject({
    kind: 'planned',
    needsQuote: true,
    policy: { peopleNeeded: 0, lines: ['approved by the policy; nobody is asked'] },
    warnings: [],
  });
});

it.each([0, 1_000])('refuses what would expire at once: its notAfter was %i ms ago', async (ms) => {
  const notAfter = new Date(scheduledAtMs - ms).toISOString();
  expect((await both(exampleRequest({ notAfter }))).checked).toEqual({
    kind: 'refused',
    reason: 'not_after_passed',
    problems: [expect.stringMatching(/^notAfter: has passed/)],
  });
});

describe('while the account is paused', () => {
  const isPaused = { paused: true, by: 'erin', since: 0, reason: 'a test' } as const;
  const check = async (value: string, pause: AccountState | 'unavailable') => {
    const machine = fakeMachine();
    const paused = { ...machine, ports: { ...machine.ports, accountPause: async () => pause } };
    const { run } = stage(scriptedProvider({}), { machine: paused });
    const request = exampleRequest({ amount: { value, side: 'source' } });
    return run('checkPayout', { schema: 1, request, now: scheduledAtMs });
  };

  it('says that it would be held, where nobody is asked before', async () => {
    expect(await check('10.00', isPaused)).toEqual({
      kind: 'held',
      reason: 'account_paused',
      note: 'account main is paused',
    });
  });

  it('warns where people are asked before it could be sent', async () => {
    expect(await check('1500.00', isPaused)).toMatchObject({
      kind: 'planned',
      warnings: [expect.stringContaining('account main is paused')],
    });
  });

  it.each([{ paused: false }, 'unavailable'] as const)(
    'and says nothing of it when it is not: %j',
    async (pause) => {
      expect(await check('10.00', pause)).toMatchObject({ kind: 'planned', warnings: [] });
    },
  );
});

const blocking = installedPolicy({
  schema: 1,
  label: 'none',
  people: [],
  roles: {},
  rules: [],
  otherwise: { kind: 'block', reason: 'no payouts this week' },
});
const unfilled = installedPolicy({
  schema: 1,
  label: 'too few',
  people: [{ id: 'dana' }],
  roles: { payments: ['dana'] },
  rules: [],
  otherwise: { kind: 'approve', levels: [{ role: 'payments', quorum: 1, deadlineMs: 1000 }] },
});

it.each<readonly [string, unknown, Changes]>([
  ['is no request', { schema: 1 }, {}],
  ['is nothing', undefined, {}],
  ['is of a newer schema', { ...exampleRequest(), schema: 2 }, {}],
  ['has no route', exampleRequest(), { installation: { routes: [] } }],
  ['asks for an account that is not there', exampleRequest({ account: 'other' }), {}],
  [
    'does not suit the adapter',
    exampleRequest(),
    {
      provider: {
        ...scriptedProvider({}),
        problems: () => [{ path: 'beneficiary.account.bankCode', message: 'is no bank of the country' }],
      },
    },
  ],
  ['limits a rate that nobody quotes', exampleRequest({ limits: { leastReceived: '1.00' } }), {}],
  ['is blocked by the policy', exampleRequest(), { installation: { policy: blocking } }],
  ['replaces a payout that is not there', exampleRequest({ replaces: 'order-0' }), {}],
])('refuses as a start does what %s', async (_, request, changes) => {
  const { checked, opened } = await both(request, changes);
  if (opened.kind !== 'rejected') throw new Error(`opened as ${opened.kind}`);
  expect(checked).toEqual({ kind: 'refused', reason: opened.reason, problems: opened.problems });
});

it.each<readonly [string, Partial<Installation>]>([
  ['in another mode', { mode: 'live' }],
  ['with nobody who may approve', { policy: unfilled }],
])('says that a start would be held %s', async (_, installation) => {
  const { checked, opened } = await both(exampleRequest(), { installation });
  if (opened.kind !== 'held') throw new Error(`opened as ${opened.kind}`);
  expect(checked).toEqual({ kind: 'held', reason: opened.reason, note: opened.note });
});

it('says that it is not known when Temporal cannot be read, and asks nobody twice', async () => {
  const machine = fakeMachine();
  const away = {
    ...machine,
    ports: { ...machine.ports, endOfPayout: async () => ({ kind: 'unavailable' as const }) },
  };
  const { run } = stage(scriptedProvider({}), { machine: away });
  expect(
    await run('checkPayout', {
      schema: 1,
      request: exampleRequest({ replaces: 'order-0' }),
      now: scheduledAtMs,
    }),
  ).toEqual({ kind: 'not-known', note: expect.stringContaining('could not find out') });
});

it('takes as read that what is to be recalled has ended, and looks at the rest', async () => {
  const { run } = stage(scriptedProvider({}));
  const ask = async (changes: Parameters<typeof exampleRequest>[0], recalls?: true) =>
    run('checkPayout', {
      schema: 1,
      request: exampleRequest({ replaces: 'order-0', ...changes }),
      now: scheduledAtMs,
      ...(recalls === undefined ? {} : { recalls }),
    });
  expect(await ask({})).toMatchObject({ kind: 'refused', problems: ['replaces: there is no such payout'] });
  expect(await ask({}, true)).toMatchObject({ kind: 'planned' });
  expect(await ask({ account: 'nobody-has-it' }, true)).toMatchObject({
    kind: 'refused',
    reason: 'no_route',
  });
});

it('asks no provider, screens nobody, claims and tells nothing', async () => {
  const provider = scriptedProvider({ quotes: [] });
  const machine = fakeMachine();
  const touched: string[] = [];
  const forbidden = (name: string) => async (): Promise<never> => {
    touched.push(name);
    throw new Error(`a check must not call ${name}`);
  };
  const { run } = stage(provider, {
    machine: {
      ...machine,
      ports: {
        ...machine.ports,
        claimsOn: forbidden('claimsOn'),
        reportCredentials: forbidden('reportCredentials'),
        mayProbe: forbidden('mayProbe'),
        heldPayouts: forbidden('heldPayouts'),
        tellPayout: forbidden('tellPayout'),
      },
    },
    installation: { screener: { screen: forbidden('screen') } },
  });
  const checked = await run('checkPayout', { schema: 1, request: exampleRequest(), now: scheduledAtMs });
  expect(checked.kind).toBe('planned');
  expect(provider.calls).toEqual([]);
  expect(touched).toEqual([]);
});
