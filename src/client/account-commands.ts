import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { pauseAccountUpdate, resumeAccountUpdate, toppedUpUpdate } from '../contract/messages';
import { accountWorkflowId, parseAccountWorkflowId } from '../contract/workflow-ids';
import { accountSummary, accountWorkflowType } from '../contract/workflow-inputs';
import type { AccountMemo, AccountWorkflowInput } from '../contract/workflow-inputs';
import type { AccountState } from '../domain/account-state';
import { parseAccountState } from '../domain/account-state';
import type { HeldReason } from '../domain/reason';
import { PayoutClientError } from './errors';
import { orNothing } from './temporal-calls';
import type { TemporalCalls } from './temporal-calls';
import { refusedBecause } from './to-client-error';
import { untilTaken } from './until-taken';
import { visibilityQuery } from './visibility-query';

/** A provider account, by its id in the configuration. */
export type AccountCommand = {
  readonly account: string;
  /** Who asks. */
  readonly by: string;
  /** Up to 500 characters on one line, no personal data; it stands in payouts' timelines. Needed to pause. */
  readonly reason?: string;
};

/** An account that was paused or topped up at least once. */
export type AccountView = AccountState & { readonly account: string };

export type ResumedAccount = AccountView & {
  /** Payouts that waited for the account, as far as lists show: its workflow tells them now, twenty in a second. */
  readonly payouts: number;
};

export type ToppedUpAccount = AccountView & {
  /** Payouts that waited for money, as far as lists show: the account's workflow tells them now, twenty in a second. */
  readonly payouts: number;
};

export async function pauseAccount(
  calls: TemporalCalls,
  taskQueue: string,
  { account, by, reason }: AccountCommand,
): Promise<AccountView> {
  if (reason === undefined)
    throw new PayoutClientError('arguments_invalid', 'pauseAccount: reason is missing');
  const workflowId = accountWorkflowId(account);
  const updateId = `pause-${randomUUID()}`;
  const state = await toAccount(calls, account, `pause ${workflowId}`, async () =>
    calls.client.workflow.executeUpdateWithStart(pauseAccountUpdate, {
      args: [{ schema: 1, by, reason }],
      updateId,
      startWorkflowOperation: startOf(account, taskQueue),
    }),
  );
  return { account, ...state };
}

export async function resumeAccount(
  calls: TemporalCalls,
  { account, by, reason }: AccountCommand,
): Promise<ResumedAccount> {
  const workflowId = accountWorkflowId(account);
  const payouts = await countHeld(calls, account, ['account_paused', 'credentials_refused']);
  const updateId = `resume-${randomUUID()}`;
  const state = await accountCall(async () =>
    toAccount(calls, account, `resume ${workflowId}`, async () =>
      calls.client.workflow.getHandle(workflowId).executeUpdate(resumeAccountUpdate, {
        args: [{ schema: 1, by, ...(reason === undefined ? {} : { reason }) }],
        updateId,
      }),
    ),
  );
  return { account, ...state, payouts };
}

/** Says that money was put on the account: the payouts that wait for it are tried again. */
export async function topUpAccount(
  calls: TemporalCalls,
  taskQueue: string,
  { account, by, reason }: AccountCommand,
): Promise<ToppedUpAccount> {
  const payouts = await countHeld(calls, account, ['insufficient_funds']);
  const workflowId = accountWorkflowId(account);
  const updateId = `topped-up-${randomUUID()}`;
  const state = await toAccount(calls, account, `tell ${workflowId} of the top-up`, async () =>
    calls.client.workflow.executeUpdateWithStart(toppedUpUpdate, {
      args: [{ schema: 1, by, ...(reason === undefined ? {} : { reason }) }],
      updateId,
      // A paused run that somebody terminated stays paused: the next one begins with what it said.
      startWorkflowOperation: startOf(account, taskQueue, await readState(calls, account)),
    }),
  );
  return { account, ...state, payouts };
}

/** To the account's newest run, which may go on in another one meanwhile. */
const toAccount = async <T>(
  calls: TemporalCalls,
  account: string,
  what: string,
  send: () => Promise<T>,
): Promise<T> =>
  untilTaken({
    timeoutMs: calls.timeouts.answerTimeoutMs,
    send: async (timeoutMs) => calls.run({ what, asks: 'worker' }, timeoutMs, send),
    async lookAt(error) {
      const mayBeTaken = error.code === 'payout_not_found' || error.code === 'worker_not_available';
      if (!mayBeTaken || !(await isOpen(calls, account))) throw error;
      return undefined;
    },
  });

/** Whether the account has a run that takes messages. */
async function isOpen(calls: TemporalCalls, account: string): Promise<boolean> {
  const status = (await newestRun(calls, account))?.status.name;
  return status === 'RUNNING' || status === 'CONTINUED_AS_NEW';
}

/** The account's newest run; undefined when there never was one. */
const newestRun = async (calls: TemporalCalls, account: string) =>
  orNothing(async () =>
    calls.run({ what: `read account ${account}` }, calls.timeouts.callTimeoutMs, async () =>
      calls.client.workflow.getHandle(accountWorkflowId(account)).describe(),
    ),
  );

/** Those that the account's workflow will find; lists lag behind by fractions of a second. */
async function countHeld(
  calls: TemporalCalls,
  account: string,
  reasons: readonly HeldReason[],
): Promise<number> {
  const counts = await Promise.all(
    reasons.map(async (held) => {
      const query = `${visibilityQuery({ account, held })} AND ExecutionStatus = 'Running'`;
      const { count } = await calls.run(
        { what: `count the payouts held at ${account}` },
        calls.timeouts.callTimeoutMs,
        async () => calls.client.workflow.count(query),
      );
      return count;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

function startOf(
  account: string,
  taskQueue: string,
  state?: AccountState,
): WithStartWorkflowOperation<(input: AccountWorkflowInput) => Promise<void>> {
  const isPaused = state?.paused === true;
  return new WithStartWorkflowOperation<(input: AccountWorkflowInput) => Promise<void>>(accountWorkflowType, {
    workflowId: accountWorkflowId(account),
    taskQueue,
    args: [{ schema: 1, ...(isPaused ? { state } : {}) }],
    ...(isPaused ? { memo: { [memoField]: state } } : {}),
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: accountSummary(account),
  });
}

/** What the newest run says, also one that was terminated; undefined when there never was one. */
async function readState(calls: TemporalCalls, account: string): Promise<AccountState | undefined> {
  const run = await newestRun(calls, account);
  return run && stateIn(run.memo);
}

/** Every account that was ever paused or topped up, by what Temporal itself knows. */
export async function* listAccounts(calls: TemporalCalls): AsyncGenerator<AccountView, void, undefined> {
  const query = `WorkflowType = '${accountWorkflowType}' AND ExecutionStatus = 'Running'`;
  const found = calls.client.workflow.list({ query })[Symbol.asyncIterator]();
  for (;;) {
    const next = await calls.run({ what: 'list accounts' }, calls.timeouts.callTimeoutMs, async () =>
      found.next(),
    );
    if (next.done === true) return;
    const account = parseAccountWorkflowId(next.value.workflowId);
    if (account === undefined) continue;
    // Lists lag behind; a description does not.
    const { memo } = await calls.run(
      { what: `read account ${account}` },
      calls.timeouts.callTimeoutMs,
      async () => calls.client.workflow.getHandle(next.value.workflowId).describe(),
    );
    yield { account, ...stateIn(memo) };
  }
}

const memoField: keyof AccountMemo = 'account';

const stateIn = (memo: Readonly<Record<string, unknown>> | undefined): AccountState =>
  parseAccountState(memo?.[memoField]) ?? { paused: false };

/** An account that was never paused has no run: it is not paused. */
async function accountCall<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof PayoutClientError) || error.code !== 'payout_not_found') throw error;
    throw refusedBecause('not_paused', '', { cause: error });
  }
}
