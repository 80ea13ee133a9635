import { ApplicationFailure } from '@temporalio/common';
import type { InstalledAccount, Installation } from '../../src/activities/installation';
import type { PayoutPlan } from '../../src/activities/payout-activities';
import { scriptedProvider } from '../support/scripted-provider';
import { planFor, request, sha256, stage } from './activity-stage';

const provider = scriptedProvider({});
const account = (changes: Partial<InstalledAccount> = {}): InstalledAccount => ({
  id: 'main',
  mode: 'sandbox',
  fingerprint: 'f'.repeat(64),
  provider,
  ...changes,
});

async function prepare({
  installation = {},
  plan = {},
  generation = 1,
  of = request,
}: {
  readonly installation?: Partial<Installation>;
  readonly plan?: Partial<PayoutPlan>;
  readonly generation?: number;
  readonly of?: typeof request;
} = {}) {
  const { run } = stage(provider, { installation });
  return run('prepareAttempt', {
    schema: 1,
    request: of,
    plan: { ...(await planFor(provider)), ...plan },
    generation,
  });
}

it('freezes the same key and the same bytes every time', async () => {
  const first = await prepare();
  expect(await prepare()).toEqual(first);
  expect(first).toMatchObject({ schema: 1, generation: 1, bodyHash: sha256(first.body) });
  expect(first.body).toContain(first.key);
});

it('does not depend on anything that may change on the way: amounts, people, notes', async () => {
  const other = { ...request, requestedBy: 'eve', metadata: { note: 'x' } };
  expect((await prepare({ of: other })).key).toBe((await prepare()).key);
});

it('gives every payout, generation, account, mode and installation a key of its own', async () => {
  const live = { accounts: new Map([['main', account({ mode: 'live' })]]), mode: 'live' } as const;
  const second = { accounts: new Map([['second', account({ id: 'second' })]]) };
  const keys = await Promise.all([
    prepare(),
    prepare({ generation: 2 }),
    prepare({ generation: 3 }),
    prepare({ of: { ...request, reference: 'order-2' } }),
    prepare({ of: { ...request, tenant: 'other' } }),
    prepare({ installation: { id: 'other-installation' } }),
    prepare({ installation: live, plan: { mode: 'live' } }),
    prepare({ installation: second, plan: { account: 'second' } }),
  ]);
  expect(new Set(keys.map(({ key }) => key)).size).toBe(keys.length);
});

it.each<readonly [string, Partial<Installation>]>([
  ['is gone', { accounts: new Map() }],
  ['moved', { accounts: new Map([['main', account({ fingerprint: 'e'.repeat(64) })]]) }],
  ['is of another mode', { accounts: new Map([['main', account({ mode: 'live' })]]), mode: 'live' }],
])('prepares nothing when the plan’s account %s, and is not tried again', async (_name, installation) => {
  const failure: unknown = await prepare({ installation }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type: 'AccountChanged', nonRetryable: true });
});
