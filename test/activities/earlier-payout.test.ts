/** Likely duplicates, with a register that a test stands in for: no version has one yet. */
import type { EarlierAnswer, EarlierPayouts, SoughtPayout } from '../../src/activities/installation';
import type { OpenPayoutResult } from '../../src/activities/payout-activities';
import type { PayoutRequest } from '../../src/domain/payout-request';
import { exampleRequest } from '../support/example-request';
import { installedPolicy } from '../support/payout-harness';
import { scriptedProvider } from '../support/scripted-provider';
import { fakeMachine, runId, scheduledAtMs, stage } from './activity-stage';

const policy = installedPolicy({
  schema: 1,
  label: 'test',
  people: [{ id: 'alice' }],
  roles: { payments: ['alice'] },
  rules: [
    {
      name: 'the same again',
      when: { sameAs: {} },
      // oxlint-disable-next-line unicorn/no-thenable -- the document's own word
      then: { kind: 'approve', levels: [{ role: 'payments', quorum: 1, deadlineMs: 3_600_000 }] },
    },
  ],
  otherwise: { kind: 'auto-approve' },
});
const indifferent = installedPolicy({ ...policy.document, rules: [] });

/** What the register has to be: what is entered is known at once, to everybody. */
function createRegister(): EarlierPayouts & { readonly asked: SoughtPayout[]; size(): number } {
  const entries: { key: string; reference: string; at: number }[] = [];
  const asked: SoughtPayout[] = [];
  const keyOf = ({ tenant, payee, amount }: SoughtPayout): string =>
    JSON.stringify([tenant, payee, amount.value, amount.currency]);
  const before = (sought: SoughtPayout, at: number, upTo: number): EarlierAnswer => {
    const found = entries
      .slice(0, upTo)
      .findLast(({ key, reference }) => key === keyOf(sought) && !sought.except.includes(reference));
    return found === undefined
      ? { kind: 'none' }
      : { kind: 'found', earlier: { reference: found.reference, agoMs: at - found.at } };
  };
  return {
    asked,
    size: () => entries.length,
    async find(sought, at) {
      asked.push(sought);
      return before(sought, at, entries.length);
    },
    async enter(reference, sought, at) {
      asked.push(sought);
      const own = entries.findIndex((entry) => entry.reference === reference && entry.key === keyOf(sought));
      if (own === -1) entries.push({ key: keyOf(sought), reference, at });
      return before(sought, at, own === -1 ? entries.length - 1 : own);
    },
  };
}

async function open(
  request: PayoutRequest,
  earlierPayouts: EarlierPayouts | undefined,
  { at = scheduledAtMs, of = policy } = {},
): Promise<OpenPayoutResult> {
  const machine = fakeMachine();
  const { run } = stage(scriptedProvider({}), {
    of: request,
    machine: { ...machine, ports: { ...machine.ports, endOfPayout: async () => ({ kind: 'unpaid' }) } },
    installation: { policy: of, ...(earlierPayouts === undefined ? {} : { earlierPayouts }) },
  });
  return run('openPayout', {
    schema: 1,
    input: { schema: 1, request },
    startedAt: at,
    originalRunId: runId,
    firstRunId: runId,
  });
}
const because = (opened: OpenPayoutResult): string | undefined =>
  opened.kind === 'planned' ? opened.plan.policy?.decision.because : undefined;
const peopleAsked = (opened: OpenPayoutResult): boolean =>
  opened.kind === 'planned' && opened.plan.policy?.decision.outcome.kind === 'approve';

const first = exampleRequest({ reference: 'order-17' });
const again = exampleRequest({ reference: 'order-18', amount: { value: '125.0', side: 'source' } });

it('asks people about the second of two, and names the first', async () => {
  const register = createRegister();
  expect(peopleAsked(await open(first, register))).toBe(false);
  const second = await open(again, register, { at: scheduledAtMs + 300_000 });
  expect(peopleAsked(second)).toBe(true);
  expect(because(second)).toBe(
    'rule 1 “the same again”: the payee and amount are those of order-17, asked for 5 minutes before',
  );
});

it('asks about all but one of many that come at once', async () => {
  const register = createRegister();
  const opened = await Promise.all(
    Array.from({ length: 50 }, async (_, index) =>
      open(exampleRequest({ reference: `click-${index}` }), register),
    ),
  );
  expect(opened.filter(peopleAsked)).toHaveLength(49);
});

it('takes the payout itself, opened again after a reset or a lost worker, for no other', async () => {
  const register = createRegister();
  await open(first, register);
  await open(again, register);
  expect(peopleAsked(await open(first, register))).toBe(false);
  expect(register.size()).toBe(2);
});

it('takes the payout whose place it takes for no other', async () => {
  const register = createRegister();
  await open(first, register);
  const edited = exampleRequest({ reference: 'order-19', replaces: 'order-17' });
  const replacing = await open(edited, register);
  expect(because(replacing)).toBe('the default: no rule matches');
  // Of a third one it is one like any other.
  expect(because(await open(again, register))).toContain('those of order-19');
});

it.each<readonly [string, Partial<PayoutRequest>]>([
  ['another amount', { amount: { value: '125.01', side: 'source' } }],
  [
    'another account',
    {
      beneficiary: {
        method: 'bank-account',
        name: 'Beatriz Santos',
        account: { accountNumber: '0012345679' },
      },
    },
  ],
  ['another tenant', { tenant: 'globex' }],
  ['another currency', { source: { currency: 'EUR' } }],
])('is no duplicate with %s', async (_, change) => {
  const register = createRegister();
  await open(first, register);
  expect(peopleAsked(await open(exampleRequest({ reference: 'order-18', ...change }), register))).toBe(false);
});

it.each<readonly [string, EarlierPayouts | undefined]>([
  ['there is no register', undefined],
  [
    'it cannot be read',
    { find: async () => ({ kind: 'unavailable' }), enter: async () => ({ kind: 'unavailable' }) },
  ],
  [
    'it throws',
    {
      find: async () => Promise.reject(new Error('away')),
      enter: async () => Promise.reject(new Error('away')),
    },
  ],
])('holds, and never takes it for the first, when %s', async (_, register) => {
  expect(await open(first, register)).toMatchObject({
    kind: 'held',
    reason: 'unexpected_failure',
    note: expect.stringContaining('cannot be read'),
    request: first,
  });
});

it('asks no register where no rule of the tenant asks', async () => {
  const register = createRegister();
  expect((await open(first, register, { of: indifferent })).kind).toBe('planned');
  expect((await open(first, undefined, { of: indifferent })).kind).toBe('planned');
  expect(register.asked).toEqual([]);
});

it('hands over no account number and no name', async () => {
  const register = createRegister();
  await open(first, register);
  expect(register.asked).toEqual([
    {
      tenant: 'acme',
      except: ['order-17'],
      payee: expect.stringMatching(/^[0-9a-f]{64}$/),
      amount: { value: '125', currency: 'USDT' },
    },
  ]);
});

it('a check only reads: it enters nothing, and says what a start would be asked', async () => {
  const register = createRegister();
  const { run } = stage(scriptedProvider({}), { installation: { policy, earlierPayouts: register } });
  const check = async () => run('checkPayout', { schema: 1, request: again, now: scheduledAtMs });
  expect(await check()).toMatchObject({ kind: 'planned', policy: { peopleNeeded: 0 } });
  expect(register.size()).toBe(0);
  await open(first, register);
  expect(await check()).toMatchObject({
    kind: 'planned',
    policy: { peopleNeeded: 1, because: expect.stringContaining('those of order-17') },
  });
  expect(register.size()).toBe(1);
});
