import { randomUUID } from 'node:crypto';
import { createPayoutClient } from '../../src/client';
import type { AccountView, PayoutClient } from '../../src/client';
import { accountWorkflowId } from '../../src/contract/workflow-ids';
import type { PayoutHarness, StartedPayout } from '../support/payout-harness';
import { installationOf, payoutRequest, startHarness } from '../support/payout-harness';
import type { ProviderScript, ScriptedProvider } from '../support/scripted-provider';
import { accepted, contracts, failed, scriptedProvider } from '../support/scripted-provider';

type Stage = {
  readonly account: string;
  readonly provider: ScriptedProvider;
  readonly harness: PayoutHarness;
  readonly client: PayoutClient;
  readonly start: () => Promise<StartedPayout>;
};

const stages: Stage[] = [];
afterEach(async () => {
  await Promise.all(
    stages.splice(0).map(async ({ harness, account }) => {
      await harness.client.workflow
        .getHandle(accountWorkflowId(account))
        .terminate()
        .catch(() => undefined);
      await harness.stop();
    }),
  );
});

/** An account of this test's own: the server is shared. */
async function openStage(script: ProviderScript = {}): Promise<Stage> {
  const account = `main-${randomUUID().slice(0, 8)}`;
  const provider = scriptedProvider(script);
  const accounts = new Map([
    [account, { id: account, mode: 'sandbox' as const, fingerprint: 'f'.repeat(64), provider }],
  ]);
  const harness = await startHarness(installationOf(provider, { accounts, routes: [{ account }] }), {
    pausable: true,
  });
  const client = createPayoutClient({ client: harness.client, taskQueue: harness.taskQueue });
  const stage = { account, provider, harness, client, start: () => harness.start(payoutRequest()) };
  stages.push(stage);
  return stage;
}

const sends = ({ provider }: Stage): number => provider.calls.filter(({ kind }) => kind === 'submit').length;
const isPaused = ({ held }: { readonly held?: { readonly reason: string } }): boolean =>
  held?.reason === 'account_paused';
const paused = { by: 'dana', reason: 'provider incident 12' };

async function listed(client: PayoutClient, account: string): Promise<AccountView | undefined> {
  for await (const view of client.accounts()) if (view.account === account) return view;
  return undefined;
}

describe('a paused account', () => {
  it('holds new sends visibly, and pays each once when it is resumed', async () => {
    const stage = await openStage();
    const { account, client } = stage;
    expect(await client.pauseAccount({ account, ...paused })).toMatchObject({
      account,
      paused: true,
      ...paused,
    });
    const payouts = await Promise.all([stage.start(), stage.start()]);
    for (const payout of payouts) {
      expect(await payout.until('paused', isPaused)).toMatchObject({
        status: 'submitting',
        moneyMoved: 'no',
        held: { owner: 'operations' },
      });
    }
    expect(sends(stage)).toBe(0);
    const resumed = await client.resumeAccount({ account, by: 'erin' });
    expect(resumed).toMatchObject({ account, paused: false, by: 'erin' });
    for (const payout of payouts) {
      expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
      expect(await payout.story()).toContain('send-not-made');
    }
    expect(sends(stage)).toBe(2);
  });

  it('is tried again by itself, also when nobody tells the payout', async () => {
    const stage = await openStage();
    const { account, client, harness } = stage;
    await client.pauseAccount({ account, ...paused });
    const payout = await stage.start();
    await payout.until('paused', isPaused);
    await payout.fastForward('16m');
    expect(sends(stage)).toBe(0);
    expect(await payout.snapshot()).toMatchObject({ held: { reason: 'account_paused' } });
    await harness.client.workflow
      .getHandle(accountWorkflowId(account))
      .executeUpdate<unknown, [unknown]>('resume', { args: [{ schema: 1, by: 'erin' }] });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
    expect(sends(stage)).toBe(1);
  });

  it('goes on resolving what is unresolved', async () => {
    const stage = await openStage({
      contract: { ...contracts.replay, recoveryPlanMs: [600_000] },
      submits: [failed('connection_lost', 'unknown'), accepted()],
    });
    const payout = await stage.start();
    await payout.until('unconfirmed', ({ status }) => status === 'unconfirmed');
    await stage.client.pauseAccount({ account: stage.account, ...paused });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
    expect(sends(stage)).toBe(2);
  });

  it('can be cancelled while it waits', async () => {
    const stage = await openStage();
    await stage.client.pauseAccount({ account: stage.account, ...paused });
    const payout = await stage.start();
    await payout.until('paused', isPaused);
    expect(
      await payout.handle.executeUpdate<unknown, [unknown]>('cancel', { args: [{ schema: 1, by: 'dora' }] }),
    ).toBe('cancelled');
    expect(sends(stage)).toBe(0);
  });
});

describe('the pause itself', () => {
  it('is renewed by a second one, listed, refused to end twice, and outlives its run', async () => {
    const stage = await openStage();
    const { account, client, harness } = stage;
    await expect(client.resumeAccount({ account, by: 'erin' })).rejects.toMatchObject({
      refusal: 'not_paused',
    });
    const first = await client.pauseAccount({ account, ...paused });
    const second = await client.pauseAccount({ account, by: 'erin', reason: 'still down' });
    expect(second).toEqual({ ...first, by: 'erin', reason: 'still down' });
    for (let tries = 0; !(await listed(client, account)) && tries < 100; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await listed(client, account)).toMatchObject({ paused: true, by: 'erin', reason: 'still down' });
    // Somebody terminated the run by hand: what it said still counts.
    await harness.client.workflow.getHandle(accountWorkflowId(account)).terminate();
    const payout = await stage.start();
    await payout.until('paused', isPaused);
    // The next pause begins a new run, which can be resumed.
    await client.pauseAccount({ account, ...paused });
    await client.resumeAccount({ account, by: 'erin', reason: 'over' });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
    await expect(client.resumeAccount({ account, by: 'erin' })).rejects.toMatchObject({
      refusal: 'not_paused',
    });
  });

  it('is handed on to the next run when its history grows', async () => {
    const { account, client, harness } = await openStage();
    const handle = harness.client.workflow.getHandle(accountWorkflowId(account));
    await client.pauseAccount({ account, ...paused });
    const { runId } = await handle.describe();
    for (let changes = 1; changes < 100; changes += 1) await client.pauseAccount({ account, ...paused });
    let next = await handle.describe();
    for (let tries = 0; next.runId === runId && tries < 100; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      next = await handle.describe();
    }
    expect(next.runId).not.toBe(runId);
    expect(next.memo).toMatchObject({ account: { paused: true, ...paused } });
    expect(await client.resumeAccount({ account, by: 'erin' })).toMatchObject({ paused: false });
  });
});
