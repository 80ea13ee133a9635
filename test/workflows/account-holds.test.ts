import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import type { Installation } from '../../src/activities/installation';
import { createPayoutClient } from '../../src/client';
import type { AccountView, PayoutClient } from '../../src/client';
import { accountWorkflowId } from '../../src/contract/workflow-ids';
import { accountWorkflowType } from '../../src/contract/workflow-inputs';
import { simulatedConfiguration } from '../../src/dev/simulated-configuration';
import type { PayoutSnapshot } from '../../src/domain/payout-snapshot';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { PayoutProvider } from '../../src/providers/provider';
import { createUndiciSender } from '../../src/http/undici-sender';
import type { RunningSimulators } from '../../src/simulators/start-simulators';
import { startSimulators } from '../../src/simulators/start-simulators';
import { openInstallation } from '../../src/worker/installation/check-configuration';
import type { PayoutHarness, StartedPayout } from '../support/payout-harness';
import { installationOf, payoutRequest, startHarness } from '../support/payout-harness';
import type { ProviderScript, ScriptedProvider } from '../support/scripted-provider';
import { accepted, contracts, failed, scriptedProvider } from '../support/scripted-provider';
import { fastForward } from '../support/time-skipping';

type Stage = {
  readonly account: string;
  readonly harness: PayoutHarness;
  readonly client: PayoutClient;
  readonly start: (changes?: Partial<PayoutRequest>) => Promise<StartedPayout>;
  readonly stop: () => Promise<void>;
};

const stages: Stage[] = [];
afterEach(async () => {
  await Promise.all(
    stages.splice(0).map(async ({ harness, account, stop }) => {
      await harness.client.workflow
        .getHandle(accountWorkflowId(account, harness.installation))
        .terminate()
        .catch(() => undefined);
      await stop();
    }),
  );
});

/** An account of this test's own: the server is shared. */
const newAccount = (): string => `main-${randomUUID().slice(0, 8)}`;

async function open(
  account: string,
  installation: Installation,
  request: () => PayoutRequest,
  close: () => Promise<void> = async () => undefined,
): Promise<Stage> {
  const harness = await startHarness(installation, { pausable: true });
  const stage: Stage = {
    account,
    harness,
    client: createPayoutClient({ client: harness.client, taskQueue: harness.taskQueue }),
    start: async (changes = {}) => harness.start({ ...request(), ...changes }),
    stop: async () => {
      await harness.stop();
      await close();
    },
  };
  stages.push(stage);
  return stage;
}

function scriptedInstallation(account: string, provider: PayoutProvider): Installation {
  const accounts = new Map([
    [account, { id: account, mode: 'sandbox' as const, fingerprint: 'f'.repeat(64), provider }],
  ]);
  return installationOf(provider, { accounts, routes: [{ account }] });
}

async function openScripted(
  script: ProviderScript,
): Promise<Stage & { readonly provider: ScriptedProvider; sends(): number }> {
  const account = newAccount();
  const provider = scriptedProvider(script);
  const stage = await open(account, scriptedInstallation(account, provider), payoutRequest);
  const sends = (): number => provider.calls.filter(({ kind }) => kind === 'submit').length;
  return { ...stage, provider, sends };
}

/** Payfield's adapter of production, and its simulator behind a port. */
async function openPayfield(): Promise<
  Stage & { readonly payfield: RunningSimulators['payfield']; submits(): Promise<number> }
> {
  const account = newAccount();
  const simulators = await startSimulators();
  const folder = await mkdtemp(join(tmpdir(), 'payouts-account-'));
  const { configuration, env } = simulatedConfiguration(simulators, 'set by the harness');
  const { accounts } = configuration as { readonly accounts: { readonly payfield: object } };
  const file = join(folder, 'payouts.json');
  await writeFile(
    file,
    JSON.stringify({
      ...configuration,
      temporal: {},
      accounts: { [account]: accounts.payfield },
      routes: [{ account }],
      holds: { recheckMs: 15 * 60_000 },
      log: { level: 'error' },
    }),
  );
  const sender = createUndiciSender();
  const { installation } = openInstallation(file, env, sender.send);
  let number = 0;
  const request = (): PayoutRequest => {
    number += 1;
    return payoutRequest({
      amount: { value: '1000.00', side: 'source' },
      source: { currency: 'BDT' },
      destination: { country: 'BD', currency: 'BDT' },
      beneficiary: {
        method: 'bank-account',
        name: 'Juan dela Cruz',
        account: { accountNumber: String(1_000_000_000 + number) },
      },
      payer: { userId: 'merchant-user-001', ipAddress: '203.0.113.10' },
    });
  };
  const stage = await open(account, installation, request, async () => {
    await Promise.all([simulators.stop(), sender.close()]);
    await rm(folder, { recursive: true, force: true });
  });
  const { payfield } = simulators;
  return {
    ...stage,
    payfield,
    async submits() {
      const reply = await fetch(`${payfield.url}/_admin/requests`);
      const { requests } = (await reply.json()) as {
        readonly requests: readonly { readonly operation?: string }[];
      };
      return requests.filter(({ operation }) => operation === 'submit').length;
    },
  };
}

const invalidKey = {
  message: 'Invalid API key',
  code: 'unauthorized',
  error: { code: 'unauthorized', message: 'Invalid API key' },
};

const heldAs =
  (reason: string) =>
  ({ held }: PayoutSnapshot): boolean =>
    held?.reason === reason;

/** What the newest runs did, taken through today's code once more. */
async function replayProblems(
  { harness }: Stage,
  workflowIds: readonly string[],
): Promise<readonly unknown[]> {
  const problems: unknown[] = [];
  const codePath = process.env['PAYOUTS_TEST_WORKFLOW_BUNDLE'] ?? '';
  for (const workflowId of workflowIds) {
    const history = await harness.client.workflow.getHandle(workflowId).fetchHistory();
    const replayed = Worker.runReplayHistories({ workflowBundle: { codePath } }, [{ workflowId, history }]);
    for await (const { error } of replayed) if (error !== undefined) problems.push(error);
  }
  return problems;
}

async function accountOf({ client, account }: Stage): Promise<AccountView | undefined> {
  for await (const view of client.accounts()) if (view.account === account) return view;
  return undefined;
}

/** Lists lag behind by fractions of a second. */
async function untilAccount(stage: Stage, isSo: (view: AccountView) => boolean): Promise<AccountView> {
  for (let tries = 0; tries < 400; tries += 1) {
    const view = await accountOf(stage);
    if (view !== undefined && isSo(view)) return view;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`the account is still ${JSON.stringify(await accountOf(stage))}`);
}

const released = async (payout: StartedPayout) =>
  (await payout.timeline()).filter(({ type }) => type === 'released');

describe('a top-up of the account', () => {
  it('pays twenty payouts that wait for money, once each', async () => {
    const stage = await openPayfield();
    const { payfield, account, client } = stage;
    payfield.simulator.setBalance('BDT', '5.00');
    const payouts: StartedPayout[] = [];
    for (let started = 0; started < 20; started += 1) payouts.push(await stage.start());
    for (const payout of payouts) await payout.until('held', heldAs('insufficient_funds'));
    payfield.simulator.setBalance('BDT', '1000000.00');
    const answer = await client.toppedUp({ account, by: 'Tess', reason: 'transfer 4711' });
    expect(answer).toMatchObject({ account, paused: false });
    for (const payout of payouts) await payout.until('paid', ({ status }) => status === 'paid');
    const debits = payfield.simulator.ledger().filter(({ kind }) => kind === 'debit');
    expect(new Set(debits.map(({ beneficiary }) => beneficiary)).size).toBe(20);
    expect(debits).toHaveLength(20);
    for (const payout of payouts) {
      expect(await released(payout)).toMatchObject([
        { by: 'tess', code: 'insufficient_funds', note: `account ${account} was topped up: transfer 4711` },
      ]);
    }
  });

  it('can be told by one raw signal, also when nothing ever happened to the account', async () => {
    const stage = await openScripted({ submits: [failed('insufficient_funds'), accepted()] });
    const { account, harness } = stage;
    const payout = await stage.start();
    await payout.until('held', heldAs('insufficient_funds'));
    const tell = async (notice: unknown) =>
      harness.client.workflow.signalWithStart(accountWorkflowType, {
        workflowId: accountWorkflowId(account, harness.installation),
        taskQueue: harness.taskQueue,
        args: [{ schema: 1 }],
        signal: 'toppedUp',
        signalArgs: [notice],
      });
    const run = await tell({ schema: 1, by: '' });
    await tell('garbage');
    await tell({ schema: 1, by: 'tess' });
    await payout.until('paid', ({ status }) => status === 'paid');
    expect(stage.sends()).toBe(2);
    const { currentDetails } = await run.query<{ readonly currentDetails: string }>(
      '__temporal_workflow_metadata',
    );
    expect(currentDetails).toContain('message_malformed');
    expect(currentDetails).toMatch(/Topped up.*says tess/);
  });

  it('does nothing to payouts that wait for something else, and leaves no event when they do not wait', async () => {
    const stage = await openScripted({
      submits: [failed('account_suspended'), accepted()],
    });
    const payout = await stage.start();
    await payout.until('held', heldAs('account_suspended'));
    const { events } = await payout.snapshot();
    await payout.handle.signal('accountChanged', {
      schema: 1,
      account: stage.account,
      heldReasons: ['insufficient_funds'],
      by: 'tess',
      note: 'topped up',
    });
    for (const garbage of [undefined, 'x', { account: stage.account, heldReasons: 7 }, { by: 1 }])
      await payout.handle.signal('accountChanged', garbage);
    expect(await payout.snapshot()).toMatchObject({ events, held: { reason: 'account_suspended' } });
    await expect(stage.client.toppedUp({ account: stage.account, by: '' })).rejects.toMatchObject({
      code: 'arguments_invalid',
    });
    expect(stage.sends()).toBe(1);
  });

  it('leaves a paused account paused, also when its run was terminated by hand', async () => {
    const stage = await openScripted({});
    const { account, client, harness } = stage;
    await client.pauseAccount({ account, by: 'dana', reason: 'incident 12' });
    await harness.client.workflow.getHandle(accountWorkflowId(account, harness.installation)).terminate();
    expect(await client.toppedUp({ account, by: 'tess' })).toMatchObject({ paused: true, by: 'dana' });
    const payout = await stage.start();
    await payout.until('held', heldAs('account_paused'));
    expect(await client.resumeAccount({ account, by: 'erin' })).toMatchObject({ paused: false });
    await payout.until('paid', ({ status }) => status === 'paid');
  });
});

describe('refused credentials', () => {
  it('pause the account: nobody asks the provider again and again, and when they are mended all is paid', async () => {
    const stage = await openPayfield();
    const { payfield } = stage;
    payfield.simulator.addFault({
      match: { operation: 'submit' },
      fault: { kind: 'refuse', status: 401, body: invalidKey },
      times: 'unlimited',
    });
    const first = await stage.start();
    await first.until('held', heldAs('credentials_refused'));
    expect(await untilAccount(stage, ({ paused }) => paused)).toMatchObject({
      by: 'payouts',
      cause: 'credentials_refused',
    });
    const later: StartedPayout[] = [];
    for (let started = 0; started < 5; started += 1) later.push(await stage.start());
    for (const payout of later) await payout.until('held', heldAs('account_paused'));
    expect(await stage.submits()).toBe(1);
    // Only who saw the refusal tries again by itself, and sees it again.
    for (const payout of [first, ...later]) await payout.fastForward('16m');
    await first.until('held', heldAs('credentials_refused'));
    expect(await stage.submits()).toBe(2);
    payfield.simulator.clearFaults();
    await first.fastForward('31m');
    for (const payout of [first, ...later]) await payout.until('paid', ({ status }) => status === 'paid');
    expect(payfield.simulator.ledger().filter(({ kind }) => kind === 'debit')).toHaveLength(6);
    expect(await stage.submits()).toBe(8);
    expect(await accountOf(stage)).toMatchObject({ paused: false, by: 'payouts' });
    for (const payout of later)
      expect(await released(payout)).toMatchObject([{ by: 'payouts', code: 'account_paused' }]);
    const runs = [first, ...later].map(({ handle }) => handle.workflowId);
    expect(
      await replayProblems(stage, [accountWorkflowId(stage.account, stage.harness.installation), ...runs]),
    ).toEqual([]);
  });

  it('are tried by another payout when the one that saw them refused is gone', async () => {
    const stage = await openScripted({ submits: [failed('credentials_refused'), accepted()] });
    const first = await stage.start();
    await first.until('held', heldAs('credentials_refused'));
    const [second, third] = [await stage.start(), await stage.start()];
    for (const payout of [second, third]) await payout.until('held', heldAs('account_paused'));
    await first.handle.executeUpdate<unknown, [unknown]>('cancel', { args: [{ schema: 1, by: 'dora' }] });
    // It asks for leave, and there is none so soon.
    await second.fastForward('16m');
    expect(stage.sends()).toBe(1);
    await fastForward(
      stage.harness.client,
      accountWorkflowId(stage.account, stage.harness.installation),
      '16m',
    );
    await second.fastForward('31m');
    for (const payout of [second, third]) await payout.until('paid', ({ status }) => status === 'paid');
    expect(stage.sends()).toBe(3);
    expect(await accountOf(stage)).toMatchObject({ paused: false });
  });

  it('do not keep what is unresolved from being found out', async () => {
    const stage = await openScripted({
      contract: { ...contracts.replay, recoveryPlanMs: [600_000] },
      submits: [failed('connection_lost', 'unknown'), failed('credentials_refused'), accepted()],
    });
    const lost = await stage.start();
    await lost.until('unconfirmed', ({ status }) => status === 'unconfirmed');
    const refused = await stage.start();
    await refused.until('held', heldAs('credentials_refused'));
    await untilAccount(stage, ({ paused }) => paused);
    expect(await lost.skipToEnd()).toMatchObject({ status: 'paid' });
    expect(stage.sends()).toBe(3);
    expect(await accountOf(stage)).toMatchObject({ paused: true });
    // A person who has mended them need not wait.
    expect(
      await stage.client.resumeAccount({ account: stage.account, by: 'erin', reason: 'new key' }),
    ).toMatchObject({ paused: false });
    await refused.until('paid', ({ status }) => status === 'paid');
    expect(await released(refused)).toMatchObject([{ by: 'erin', code: 'credentials_refused' }]);
  });

  it('keep prices from being asked for, too', async () => {
    const stage = await openScripted({
      quotes: [
        'credentials_refused',
        {
          quoteId: 'q-1',
          rate: '58.00',
          source: { value: '10.00', currency: 'USDT' },
          destination: { value: '580.00', currency: 'PHP' },
          validForMs: 900_000,
        },
      ],
    });
    const quotes = (): number => stage.provider.calls.filter(({ kind }) => kind === 'quote').length;
    const first = await stage.start();
    await first.until('held', heldAs('credentials_refused'));
    const second = await stage.start();
    await second.until('held', heldAs('account_paused'));
    expect(quotes()).toBe(1);
    await first.fastForward('16m');
    for (const payout of [first, second]) await payout.until('paid', ({ status }) => status === 'paid');
    expect(quotes()).toBe(3);
    expect(stage.sends()).toBe(2);
  });

  it('never end a pause of people', async () => {
    const stage = await openScripted({ submits: [failed('credentials_refused'), accepted()] });
    const { account, client } = stage;
    const first = await stage.start();
    await first.until('held', heldAs('credentials_refused'));
    const byPeople = await client.pauseAccount({ account, by: 'dana', reason: 'incident 12' });
    expect(byPeople).not.toHaveProperty('cause');
    await first.fastForward('16m');
    await first.until('paused', heldAs('account_paused'));
    expect(stage.sends()).toBe(1);
    expect(await accountOf(stage)).toMatchObject({ paused: true, by: 'dana', reason: 'incident 12' });
    await client.resumeAccount({ account, by: 'erin' });
    await first.until('paid', ({ status }) => status === 'paid');
    expect(stage.sends()).toBe(2);
  });

  it('never end a pause that people make while a send tries them', async () => {
    const account = newAccount();
    let release: () => void = () => undefined;
    const mayAnswer = new Promise<void>((resolve) => (release = resolve));
    let tries: () => void = () => undefined;
    const isTrying = new Promise<void>((resolve) => (tries = resolve));
    const scripted = scriptedProvider({ submits: [failed('credentials_refused'), accepted()] });
    let sends = 0;
    const provider: PayoutProvider = {
      ...scripted,
      async submit(attempt, call) {
        sends += 1;
        const reply = await scripted.submit(attempt, call);
        if (sends === 2) {
          tries();
          await mayAnswer;
        }
        return reply;
      },
    };
    const stage = await open(account, scriptedInstallation(account, provider), payoutRequest);
    const first = await stage.start();
    await first.until('held', heldAs('credentials_refused'));
    await first.handle.executeUpdate<unknown, [unknown]>('resume', { args: [{ schema: 1, by: 'erin' }] });
    await isTrying;
    await stage.client.pauseAccount({ account, by: 'dana', reason: 'incident 12' });
    release();
    await first.until('paid', ({ status }) => status === 'paid');
    expect(await accountOf(stage)).toMatchObject({ paused: true, by: 'dana' });
    const second = await stage.start();
    await second.until('held', heldAs('account_paused'));
  });
});
