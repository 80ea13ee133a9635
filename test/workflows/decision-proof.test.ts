import { createPayoutClient, PayoutRefusedError } from '../../src/client';
import type { DecideCommand, PayoutClient } from '../../src/client';
import { parsePayoutWorkflowId } from '../../src/contract/workflow-ids';
import { createTestIssuer, testIssuerName } from '../support/decision-tokens';
import type { TestIssuer } from '../support/decision-tokens';
import type { PayoutHarness, StartedPayout } from '../support/payout-harness';
import { installationOf, payoutRequest, startHarness } from '../support/payout-harness';
import { resetToStart } from '../support/reset-to-start';
import { accepted, scriptedProvider } from '../support/scripted-provider';

let harness: PayoutHarness;
let payouts: PayoutClient;
let issuer: TestIssuer;
let stranger: TestIssuer;
let isAway = false;

beforeAll(async () => {
  issuer = await createTestIssuer();
  stranger = await createTestIssuer();
  const provider = scriptedProvider({ submits: [accepted()] });
  harness = await startHarness(installationOf(provider, { proofs: issuer.proofs({ away: () => isAway }) }));
  payouts = createPayoutClient({ client: harness.client, taskQueue: harness.taskQueue });
});
afterAll(() => harness.stop());
afterEach(() => {
  isAway = false;
});

type Waiting = {
  readonly payout: StartedPayout;
  readonly decide: (by: string, proof?: string) => Promise<unknown>;
  readonly token: (account: string, changes?: Partial<Parameters<TestIssuer['token']>[0]>) => Promise<string>;
};

/** A payout that two people must agree to. */
async function waiting(): Promise<Waiting> {
  const payout = await harness.start(payoutRequest({ amount: { value: '5000.00', side: 'source' } }));
  const { approval } = await payout.until('approval', (state) => state.approval?.open === true);
  const digest = approval?.digest ?? '';
  const address = parsePayoutWorkflowId(payout.handle.workflowId);
  if (address === undefined) throw new Error('no address');
  return {
    payout,
    decide: async (by, proof) => {
      const command: DecideCommand = { ...address, by, decision: 'approve', digest };
      return payouts.decide(proof === undefined ? command : { ...command, proof });
    },
    token: async (account, changes = {}) =>
      issuer.token({
        account,
        payout: payout.handle.workflowId,
        digest,
        decision: 'approve',
        ...changes,
      }),
  };
}

async function refusalOf(answer: Promise<unknown>): Promise<string> {
  const error: unknown = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PayoutRefusedError)) throw new Error(`not refused: ${String(error)}`);
  return error.refusal;
}

test('where a proof is asked for, signed decisions count, and the timeline says who vouches; the token stays out of it', async () => {
  const { payout, decide, token } = await waiting();
  const [alice, bob] = [await token('Alice'), await token('bob')];
  await expect(decide('alice', alice)).resolves.toMatchObject({ approvals: 1, required: 2 });
  await expect(decide('bob', bob)).resolves.toMatchObject({ approvals: 2, required: 2 });
  expect(await payout.handle.result()).toMatchObject({
    status: 'paid',
    approval: { approvedBy: ['alice', 'bob'] },
  });
  const decided = (await payout.timeline()).filter(({ type }) => type === 'approval-decided');
  expect(
    decided.map(({ note = '' }) => note.includes(testIssuerName) && note.includes(issuer.key.keyId)),
  ).toEqual([true, true]);
  const seen = JSON.stringify([await payout.snapshot(), await payout.timeline()]);
  for (const text of [alice, bob, alice.split('.')[2] ?? '']) expect(seen).not.toContain(text);
});

test('a decision without one does not count, also one sent with a Temporal client of anybody’s', async () => {
  const { payout, decide } = await waiting();
  expect(await refusalOf(decide('alice'))).toBe('proof_required');
  const { approval } = await payout.snapshot();
  const message = { schema: 1, by: 'alice', decision: 'approve', digest: approval?.digest };
  await payout.handle.signal<[unknown]>('decide', message);
  await expect(
    payout.handle.executeUpdate<unknown, [unknown]>('decide', { args: [message] }),
  ).rejects.toMatchObject({ cause: { type: 'proof_required' } });
  const refused = (await payout.timeline()).filter(({ type }) => type === 'approval-refused');
  expect(refused).toMatchObject([{ code: 'proof_required', note: 'by signal' }]);
  expect((await payout.snapshot()).approval).toMatchObject({ open: true, approvedBy: [] });
});

test('check 2: who decides is who the token says, and a token of another person, payout, issuer or time does not count', async () => {
  const { payout, decide, token } = await waiting();
  const other = await waiting();
  const { approval } = await payout.snapshot();
  const about = {
    account: 'alice',
    payout: payout.handle.workflowId,
    digest: approval?.digest ?? '',
    decision: 'approve',
  } as const;
  expect(await refusalOf(decide('alice', await token('bob')))).toBe('proof_mismatch');
  expect(await refusalOf(decide('bob', await other.token('bob')))).toBe('proof_mismatch');
  expect(await refusalOf(decide('carol', await stranger.token({ ...about, account: 'carol' })))).toBe(
    'proof_invalid',
  );
  expect((await payout.snapshot()).approval).toMatchObject({ open: true, approvedBy: [] });
});

test('an approval that a reset applies anew is checked anew: a proof that cannot be believed any more does not count', async () => {
  const { payout, decide, token } = await waiting();
  await expect(decide('alice', await token('alice'))).resolves.toMatchObject({ approvals: 1 });
  const { events } = await payout.handle.fetchHistory();
  const taken = events?.flatMap(
    ({ workflowExecutionUpdateAcceptedEventAttributes: update }) => update?.protocolInstanceId ?? [],
  );
  expect(taken).toHaveLength(1);
  isAway = true;
  await resetToStart(harness, payout);
  const reset = harness.client.workflow.getHandle(payout.handle.workflowId);
  const snapshot = async () =>
    reset.query<{ readonly approval?: { readonly approvedBy: readonly string[] } }>('snapshot');
  await expect(reset.getUpdateHandle(taken?.[0] ?? '').result()).rejects.toMatchObject({
    cause: { type: 'proof_unavailable' },
  });
  await payout.untilStatus('awaiting-approval');
  expect((await snapshot()).approval?.approvedBy).toEqual([]);
  isAway = false;
  await expect(decide('alice', await token('alice'))).resolves.toMatchObject({ approvals: 1 });
});

test('after a refusal the same person decides again, with a token that is good', async () => {
  const { decide, token } = await waiting();
  const old = await token('alice', { now: Date.now() - 3_600_000 });
  expect(await refusalOf(decide('alice', old))).toBe('proof_expired');
  expect(await refusalOf(decide('alice', old))).toBe('proof_expired');
  await expect(decide('alice', await token('alice'))).resolves.toMatchObject({ approvals: 1 });
  isAway = true;
  const good = await token('bob');
  expect(await refusalOf(decide('bob', good))).toBe('proof_unavailable');
  isAway = false;
  const counted = await decide('bob', good);
  expect(counted).toMatchObject({ approvals: 2 });
});
