import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { pauseAccountUpdate, resumeAccountUpdate, toppedUpUpdate } from '../contract/messages';
import { visibilityLiteral } from '../contract/visibility-literal';
import { accountWorkflowId, parseAccountWorkflowId } from '../contract/workflow-ids';
import type { AccountPlace } from '../contract/workflow-ids';
import { accountSummary, accountWorkflowType } from '../contract/workflow-inputs';
import type { AccountMemo, AccountWorkflowInput } from '../contract/workflow-inputs';
import { installationAt } from './account-installation';
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
export type AccountView = AccountState & {
  readonly account: string;
  /**
   * Whose account it is. Absent: of every installation of the namespace; so it was before they were told apart, and so it is
   * while workers of an older version run.
   */
  readonly installation?: string;
};

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
  const place = placeOf(account, await installationAt(calls, taskQueue));
  const updateId = `pause-${randomUUID()}`;
  const state = await toAccount(calls, place, 'pause', async () =>
    calls.client.workflow.executeUpdateWithStart(pauseAccountUpdate, {
      args: [{ schema: 1, by, reason }],
      updateId,
      startWorkflowOperation: startOf(place, taskQueue),
    }),
  );
  return { ...place, ...state };
}

/** A pause that counts for every installation ends with it, as it always did. */
export async function resumeAccount(
  calls: TemporalCalls,
  taskQueue: string,
  { account, by, reason }: AccountCommand,
): Promise<ResumedAccount> {
  const own = placeOf(account, await installationAt(calls, taskQueue));
  const payouts = await countHeld(calls, own, taskQueue, ['account_paused', 'credentials_refused']);
  const updateId = `resume-${randomUUID()}`;
  const resumeAt = async (place: AccountPlace): Promise<AccountState> =>
    accountCall(async () =>
      toAccount(calls, place, 'resume', async () =>
        calls.client.workflow.getHandle(idOf(place)).executeUpdate(resumeAccountUpdate, {
          args: [{ schema: 1, by, ...(reason === undefined ? {} : { reason }) }],
          updateId,
        }),
      ),
    );
  const shared: AccountPlace = { account };
  const alsoShared = own.installation !== undefined && (await readState(calls, shared))?.paused === true;
  // Where only the shared one is paused, there is nothing to end at our own.
  if (alsoShared && (await readState(calls, own))?.paused !== true)
    return { ...own, ...(await resumeAt(shared)), payouts };
  const state = await resumeAt(own);
  return { ...own, ...(alsoShared ? await resumeAt(shared) : state), payouts };
}

/** Says that money was put on the account: the payouts that wait for it are tried again. */
export async function topUpAccount(
  calls: TemporalCalls,
  taskQueue: string,
  { account, by, reason }: AccountCommand,
): Promise<ToppedUpAccount> {
  const place = placeOf(account, await installationAt(calls, taskQueue));
  const payouts = await countHeld(calls, place, taskQueue, ['insufficient_funds']);
  const updateId = `topped-up-${randomUUID()}`;
  const state = await toAccount(calls, place, 'tell of the top-up', async () =>
    calls.client.workflow.executeUpdateWithStart(toppedUpUpdate, {
      args: [{ schema: 1, by, ...(reason === undefined ? {} : { reason }) }],
      updateId,
      // A paused run that somebody terminated stays paused: the next one begins with what it said.
      startWorkflowOperation: startOf(place, taskQueue, await readState(calls, place)),
    }),
  );
  return { ...place, ...state, payouts };
}

const placeOf = (account: string, installation: string | undefined): AccountPlace => ({
  account,
  ...(installation === undefined ? {} : { installation }),
});

const idOf = ({ account, installation }: AccountPlace): string => accountWorkflowId(account, installation);

/** To the account's newest run, which may go on in another one meanwhile. */
const toAccount = async <T>(
  calls: TemporalCalls,
  place: AccountPlace,
  doing: string,
  send: () => Promise<T>,
): Promise<T> =>
  untilTaken({
    timeoutMs: calls.timeouts.answerTimeoutMs,
    send: async (timeoutMs) =>
      calls.run({ what: `${doing} ${idOf(place)}`, asks: 'worker' }, timeoutMs, send),
    async lookAt(error) {
      const mayBeTaken = error.code === 'payout_not_found' || error.code === 'worker_not_available';
      if (!mayBeTaken || !(await isOpen(calls, place))) throw error;
      return undefined;
    },
  });

/** Whether the account has a run that takes messages. */
async function isOpen(calls: TemporalCalls, place: AccountPlace): Promise<boolean> {
  const status = (await newestRun(calls, place))?.status.name;
  return status === 'RUNNING' || status === 'CONTINUED_AS_NEW';
}

/** The account's newest run; undefined when there never was one. */
const newestRun = async (calls: TemporalCalls, place: AccountPlace) =>
  orNothing(async () =>
    calls.run({ what: `read account ${place.account}` }, calls.timeouts.callTimeoutMs, async () =>
      calls.client.workflow.getHandle(idOf(place)).describe(),
    ),
  );

/** Those that the account's workflow will find; lists lag behind by fractions of a second. */
async function countHeld(
  calls: TemporalCalls,
  { account, installation }: AccountPlace,
  taskQueue: string,
  reasons: readonly HeldReason[],
): Promise<number> {
  const there = installation === undefined ? '' : ` AND TaskQueue = ${visibilityLiteral(taskQueue)}`;
  const counts = await Promise.all(
    reasons.map(async (held) => {
      const query = `${visibilityQuery({ account, held })} AND ExecutionStatus = 'Running'${there}`;
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
  place: AccountPlace,
  taskQueue: string,
  state?: AccountState,
): WithStartWorkflowOperation<(input: AccountWorkflowInput) => Promise<void>> {
  const isPaused = state?.paused === true;
  return new WithStartWorkflowOperation<(input: AccountWorkflowInput) => Promise<void>>(accountWorkflowType, {
    workflowId: idOf(place),
    taskQueue,
    args: [{ schema: 1, ...(isPaused ? { state } : {}) }],
    ...(isPaused ? { memo: { [memoField]: state } } : {}),
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: accountSummary(place.account),
  });
}

/** What the newest run says, also one that was terminated; undefined when there never was one. */
async function readState(calls: TemporalCalls, place: AccountPlace): Promise<AccountState | undefined> {
  const run = await newestRun(calls, place);
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
    const place = parseAccountWorkflowId(next.value.workflowId);
    if (place === undefined) continue;
    // Lists lag behind; a description does not.
    const { memo } = await calls.run(
      { what: `read account ${place.account}` },
      calls.timeouts.callTimeoutMs,
      async () => calls.client.workflow.getHandle(next.value.workflowId).describe(),
    );
    yield { ...place, ...stateIn(memo) };
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
