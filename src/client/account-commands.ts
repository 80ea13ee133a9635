import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { pauseAccountUpdate, resumeAccountUpdate } from '../contract/messages';
import { accountPattern, accountWorkflowId, parseAccountWorkflowId } from '../contract/workflow-ids';
import { accountWorkflowType } from '../contract/workflow-inputs';
import type { AccountMemo, AccountWorkflowInput } from '../contract/workflow-inputs';
import type { AccountState } from '../domain/account-state';
import { parseAccountState } from '../domain/account-state';
import { isPlainText } from '../domain/resolution';
import { PayoutClientError, PayoutRefusedError } from './errors';
import { resumePayout } from './payout-commands';
import { listPayouts } from './payout-list';
import { refusalTexts } from './refusal-texts';
import { pause as wait } from './temporal-calls';
import type { TemporalCalls } from './temporal-calls';

/** A provider account, by its id in the configuration. */
export type AccountCommand = {
  readonly account: string;
  /** Who asks. */
  readonly by: string;
  /** Up to 500 characters on one line, no personal data. Needed to pause. */
  readonly reason?: string;
};

/** An account that was paused at least once. */
export type AccountView = AccountState & { readonly account: string };

export type ResumedAccount = AccountView & {
  /** Payouts that were held as `account_paused` and go on now; others are tried again by themselves. */
  readonly payouts: number;
};

export async function pauseAccount(
  calls: TemporalCalls,
  taskQueue: string,
  { account, by, reason }: AccountCommand,
): Promise<AccountView> {
  assertAccount(account);
  if (!isPlainText(by, 1, 128) || !isPlainText(reason, 1, 500)) throw invalidMessage();
  const workflowId = accountWorkflowId(account);
  const state = await calls.run(
    { what: `pause ${workflowId}`, asks: 'worker' },
    calls.timeouts.answerTimeoutMs,
    async () =>
      calls.client.workflow.executeUpdateWithStart(pauseAccountUpdate, {
        args: [{ schema: 1, by, reason }],
        updateId: `pause-${randomUUID()}`,
        startWorkflowOperation: new WithStartWorkflowOperation<
          (input: AccountWorkflowInput) => Promise<void>
        >(accountWorkflowType, {
          workflowId,
          taskQueue,
          args: [{ schema: 1 }],
          workflowIdConflictPolicy: 'USE_EXISTING',
          staticSummary: `Provider account ${account}: paused or not`,
        }),
      }),
  );
  return { account, ...state };
}

export async function resumeAccount(
  calls: TemporalCalls,
  { account, by, reason }: AccountCommand,
): Promise<ResumedAccount> {
  assertAccount(account);
  if (!isPlainText(by, 1, 128) || (reason !== undefined && !isPlainText(reason, 1, 500)))
    throw invalidMessage();
  const workflowId = accountWorkflowId(account);
  const state = await accountCall(async () =>
    calls.run({ what: `resume ${workflowId}`, asks: 'worker' }, calls.timeouts.answerTimeoutMs, async () =>
      calls.client.workflow.getHandle(workflowId).executeUpdate(resumeAccountUpdate, {
        args: [{ schema: 1, by, ...(reason === undefined ? {} : { reason }) }],
        updateId: `resume-${randomUUID()}`,
      }),
    ),
  );
  return { account, ...state, payouts: await resumeHeld(calls, account, by) };
}

/** Lists lag behind by fractions of a second: what was held just now is only seen by a later look. */
const looks = 3;
const betweenLooksMs = 500;

async function resumeHeld(calls: TemporalCalls, account: string, by: string): Promise<number> {
  const resumed = new Set<string>();
  for (let look = 0; look < looks; look += 1) {
    if (look > 0) await wait(betweenLooksMs);
    for await (const payout of listPayouts(calls, { account, held: 'account_paused' })) {
      if (resumed.has(payout.workflowId) || payout.closedAt !== undefined) continue;
      if (await resumeOne(calls, payout, account, by)) resumed.add(payout.workflowId);
    }
  }
  return resumed.size;
}

/** A payout that cannot be resumed now (no longer held, ended, no worker for it) is tried again by itself. */
async function resumeOne(
  calls: TemporalCalls,
  { tenant, reference }: { readonly tenant: string; readonly reference: string },
  account: string,
  by: string,
): Promise<boolean> {
  try {
    await resumePayout(calls, { tenant, reference, by, reason: `account ${account} was resumed` });
    return true;
  } catch (error) {
    if (!(error instanceof PayoutClientError)) throw error;
    return false;
  }
}

/** Every account that was ever paused, by what Temporal itself knows. */
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
    throw new PayoutRefusedError('not_paused', `refused (not_paused): ${refusalTexts.not_paused.meaning}`, {
      cause: error,
    });
  }
}

function assertAccount(account: string): void {
  if (typeof account !== 'string' || !accountPattern.test(account))
    throw new PayoutClientError('arguments_invalid', `an account id must match ${accountPattern.source}`);
}

const invalidMessage = (): PayoutClientError =>
  new PayoutClientError(
    'arguments_invalid',
    'by needs 1 to 128 characters, a reason 1 to 500, each on one line',
  );
