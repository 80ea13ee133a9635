import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { createPayoutClient } from '../../src/client';
import type { AccountView, PayoutClient } from '../../src/client';
import { accountWorkflowId } from '../../src/contract/workflow-ids';
import { accountWorkflowType } from '../../src/contract/workflow-inputs';
import type { PayoutHarness, StartedPayout } from '../support/payout-harness';
import { installationOf, payoutRequest, startHarness, testInstallation } from '../support/payout-harness';
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
        .getHandle(accountWorkflowId(account, harness.installation))
        .terminate()
        .catch(() => undefined);
      await harness.stop();
    }),
  );
});

/** An account of this test's own: the server is shared. */
async function openStage(
  script: ProviderScript = {},
  { account = `main-${randomUUID().slice(0, 8)}`, id = testInstallation } = {},
): Promise<Stage> {
  const provider = scriptedProvider(script);
  const accounts = new Map([
    [account, { id: account, mode: 'sandbox' as const, fingerprint: 'f'.repeat(64), provider }],
  ]);
  const harness = await startHarness(installationOf(provider, { id, accounts, routes: [{ account }] }), {
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
      .getHandle(accountWorkflowId(account, harness.installation))
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
    await harness.client.workflow.getHandle(accountWorkflowId(account, harness.installation)).terminate();
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
    const handle = harness.client.workflow.getHandle(accountWorkflowId(account, harness.installation));
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

describe('two installations in one namespace, with accounts of one name', () => {
  async function openTwo(): Promise<readonly [Stage, Stage]> {
    const account = `main-${randomUUID().slice(0, 8)}`;
    return [await openStage({}, { account, id: 'acme-1' }), await openStage({}, { account, id: 'acme-2' })];
  }
  const everyAccount = async (client: PayoutClient, account: string): Promise<readonly AccountView[]> => {
    const found: AccountView[] = [];
    for await (const view of client.accounts()) if (view.account === account) found.push(view);
    return found;
  };

  it('do not stop each other, nor let each other go on', async () => {
    const [first, second] = await openTwo();
    const { account } = first;
    expect(await first.client.pauseAccount({ account, ...paused })).toMatchObject({
      account,
      installation: 'acme-1',
      paused: true,
    });
    const waits = await first.start();
    await waits.until('paused', isPaused);
    // What the one resumes is not what the other paused.
    await second.client.pauseAccount({ account, ...paused });
    const alsoWaits = await second.start();
    await alsoWaits.until('paused', isPaused);
    expect(await second.client.resumeAccount({ account, by: 'erin' })).toMatchObject({
      installation: 'acme-2',
      paused: false,
    });
    expect(await alsoWaits.skipToEnd()).toMatchObject({ status: 'paid' });
    expect(await (await second.start()).skipToEnd()).toMatchObject({ status: 'paid' });
    expect(await waits.snapshot()).toMatchObject({ held: { reason: 'account_paused' } });
    expect([sends(first), sends(second)]).toEqual([0, 2]);
    for (let tries = 0; (await everyAccount(first.client, account)).length < 2 && tries < 100; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await everyAccount(first.client, account)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ installation: 'acme-1', paused: true }),
        expect.objectContaining({ installation: 'acme-2', paused: false }),
      ]),
    );
  });

  it('have been told apart only since a version: a pause of before counts for both, until it is ended', async () => {
    const [first, second] = await openTwo();
    const { account } = first;
    const shared = accountWorkflowId(account, undefined);
    // What a client of an older version sends.
    await first.harness.client.workflow.executeUpdateWithStart('pause', {
      args: [{ schema: 1, ...paused }],
      startWorkflowOperation: new WithStartWorkflowOperation(accountWorkflowType, {
        workflowId: shared,
        taskQueue: first.harness.taskQueue,
        args: [{ schema: 1 }],
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    });
    try {
      const payouts = [await first.start(), await second.start()];
      for (const payout of payouts) await payout.until('paused', isPaused);
      // Both say why: one pause beside another one.
      await first.client.pauseAccount({ account, by: 'erin', reason: 'still down' });
      expect(await second.client.resumeAccount({ account, by: 'frank' })).toMatchObject({ paused: false });
      expect(await payouts[1]?.skipToEnd()).toMatchObject({ status: 'paid' });
      // It is woken with the others, and its send finds out that it is still paused.
      await payouts[0]?.until('paused again', isPaused);
      expect(sends(first)).toBe(0);
      expect(await first.client.resumeAccount({ account, by: 'erin' })).toMatchObject({ paused: false });
      expect(await payouts[0]?.skipToEnd()).toMatchObject({ status: 'paid' });
      await expect(first.client.resumeAccount({ account, by: 'erin' })).rejects.toMatchObject({
        refusal: 'not_paused',
      });
    } finally {
      await first.harness.client.workflow.getHandle(shared).terminate();
    }
  });

  it('are paused together where somebody says so, and each ends all that keeps it from sending', async () => {
    const [first, second] = await openTwo();
    const { account } = first;
    const shared = accountWorkflowId(account, undefined);
    await second.client.pauseAccount({ account, ...paused });
    const view = await first.client.pauseAccount({ account, ...paused, everywhere: true });
    expect(view).not.toHaveProperty('installation');
    try {
      const payouts = [await first.start(), await second.start()];
      for (const payout of payouts) await payout.until('paused', isPaused);
      expect(await first.client.resumeAccount({ account, by: 'erin' })).toMatchObject({ paused: false });
      expect(await payouts[0]?.skipToEnd()).toMatchObject({ status: 'paid' });
      await payouts[1]?.until('paused again', isPaused);
      expect(sends(second)).toBe(0);
      await first.client.pauseAccount({ account, ...paused, everywhere: true });
      // Both of its pauses end, so that nobody hears that it goes on while one is left.
      expect(await second.client.resumeAccount({ account, by: 'erin' })).toMatchObject({ paused: false });
      expect(await payouts[1]?.skipToEnd()).toMatchObject({ status: 'paid' });
      expect([sends(first), sends(second)]).toEqual([1, 1]);
    } finally {
      await first.harness.client.workflow.getHandle(shared).terminate();
    }
  });

  it('are paused together while a worker of an older version asks only the shared one', async () => {
    const { account, client, harness, start } = await openStage();
    const { taskQueue } = harness;
    const old = new AbortController();
    // There is no task that it could take.
    const poll = harness.client
      .withAbortSignal(old.signal, async () =>
        harness.client.withDeadline(Date.now() + 60_000, async () =>
          harness.client.workflowService.pollWorkflowTaskQueue({
            namespace: 'default',
            taskQueue: { name: taskQueue },
            identity: '7@old-worker',
          }),
        ),
      )
      .catch(() => undefined);
    const polls = async (): Promise<boolean> => {
      const { pollers } = await harness.client.workflowService.describeTaskQueue({
        namespace: 'default',
        taskQueue: { name: taskQueue },
      });
      return pollers.some(({ identity }) => identity === '7@old-worker');
    };
    while (!(await polls())) await new Promise((resolve) => setTimeout(resolve, 25));
    old.abort();
    await poll;
    const view = await client.pauseAccount({ account, ...paused });
    expect(view).not.toHaveProperty('installation');
    const payout = await start();
    await payout.until('paused', isPaused);
    expect(await client.resumeAccount({ account, by: 'erin' })).toMatchObject({ paused: false });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
    await harness.client.workflow.getHandle(accountWorkflowId(account, undefined)).terminate();
  });
});
