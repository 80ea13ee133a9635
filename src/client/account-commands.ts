import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { pauseAccountUpdate, resumeAccountUpdate, toppedUpUpdate } from '../contract/messages';
import { visibilityLiteral } from '../contract/visibility-literal';
import { accountWorkflowId, parseAccountWorkflowId } from '../contract/workflow-ids';
import type { AccountPlace } from '../contract/workflow-ids';
import { accountSummary, accountWorkflowType } from '../contract/workflow-inputs';
import type { AccountMemo, AccountWorkflowInput } from '../contract/workflow-inputs';
import { onlyInstallation, workersAt } from './account-installation';
import type { WorkersThere } from './account-installation';
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

export type PauseCommand = AccountCommand & {
  /**
   * Pause it for every installation of the namespace that has an account of this id, on whichever task queue, workers of
   * older versions included. Default: for the installation whose workers poll the client's task queue, and for all where
   * these cannot be told apart.
   */
  readonly everywhere?: boolean;
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
  { account, by, reason, everywhere = false }: PauseCommand,
): Promise<AccountView> {
  if (reason === undefined)
    throw new PayoutClientError('arguments_invalid', 'pauseAccount: reason is missing');
  const there = await workersAt(calls, taskQueue);
  const place = placeOf(account, everywhere ? undefined : onlyInstallation(there));
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

/** Ends every pause that keeps workers of this task queue from sending, also the one that counts for every installation. */
export async function resumeAccount(
  calls: TemporalCalls,
  taskQueue: string,
  { account, by, reason }: AccountCommand,
): Promise<ResumedAccount> {
  const there = await workersAt(calls, taskQueue);
  const own = placeOf(account, onlyInstallation(there));
  const payouts = await countHeld(calls, own, taskQueue, ['account_paused', 'credentials_refused']);
  const updateId = `resume-${randomUUID()}`;
  let state: AccountState | undefined;
  for (const place of await pausedPlaces(calls, account, there)) {
    state = await accountCall(async () =>
      toAccount(calls, place, 'resume', async () =>
        calls.client.workflow.getHandle(idOf(place)).executeUpdate(resumeAccountUpdate, {
          args: [{ schema: 1, by, ...(reason === undefined ? {} : { reason }) }],
          updateId,
        }),
      ),
    );
  }
  if (state === undefined) throw refusedBecause('not_paused');
  return { ...own, ...state, payouts };
}

/** Where the account is paused for these workers. */
async function pausedPlaces(
  calls: TemporalCalls,
  account: string,
  { installations }: WorkersThere,
): Promise<readonly AccountPlace[]> {
  const places = [undefined, ...installations].map((installation) => placeOf(account, installation));
  const states = await Promise.all(places.map(async (place) => readState(calls, place)));
  return places.filter((_, index) => states[index]?.paused === true);
}

/** Says that money was put on the account: the payouts that wait for it are tried again. */
export async function topUpAccount(
  calls: TemporalCalls,
  taskQueue: string,
  { account, by, reason }: AccountCommand,
): Promise<ToppedUpAccount> {
  const place = placeOf(account, onlyInstallation(await workersAt(calls, taskQueue)));
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
      const isThere = mayBeTaken && (await isOpen(calls, place).catch(() => false));
      if (!isThere) throw error;
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
  const ids = await calls.run({ what: 'list accounts' }, calls.timeouts.callTimeoutMs, async () => {
    // An iterator that has thrown says that it is at its end: each try begins one of its own.
    const found: string[] = [];
    for await (const { workflowId } of calls.client.workflow.list({ query })) found.push(workflowId);
    return found;
  });
  for (const workflowId of ids) {
    const place = parseAccountWorkflowId(workflowId);
    if (place === undefined) continue;
    // Lists lag behind; a description does not.
    const { memo } = await calls.run(
      { what: `read account ${place.account}` },
      calls.timeouts.callTimeoutMs,
      async () => calls.client.workflow.getHandle(workflowId).describe(),
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
