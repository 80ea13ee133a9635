import type { Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { listAccounts } from '../../src/client/account-commands';
import { accountWorkflowId } from '../../src/contract/workflow-ids';
import { newestRuns } from '../../src/client/newest-runs';
import { createTemporalCalls } from '../../src/client/temporal-calls';
import type { Contact, TemporalCalls } from '../../src/client/temporal-calls';
import { TemporalUnreachableError } from '../../src/client/unreachable-temporal';
import type { Unreachable } from '../../src/client/unreachable-temporal';

const timeouts = { callTimeoutMs: 1_000, answerTimeoutMs: 1_000, startTimeoutMs: 1_000 };
const info = (workflowId: string) => ({
  workflowId,
  runId: 'run-1',
  historyLength: 5,
  status: { name: 'RUNNING' },
  typedSearchAttributes: new TypedSearchAttributes([]),
  startTime: new Date(),
});
/** What @grpc/grpc-js throws. */
const away = (): Error =>
  Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: 'no connection', metadata: {} });
const nobody: Unreachable = {
  reason: 'refused',
  address: 'x:1',
  why: 'nobody',
  cause: undefined,
};

/** Temporal, which the first call does not reach, and the next one does. */
function reachedLate(
  workflowId: string,
  { isWatched = true, found }: { readonly isWatched?: boolean; readonly found?: Unreachable } = {},
): TemporalCalls & { readonly asked: () => number } {
  let asked = 0;
  async function* list() {
    asked += 1;
    if (asked === 1) throw away();
    yield info(workflowId);
  }
  const client = {
    connection: {},
    withAbortSignal: async (_: unknown, call: () => Promise<unknown>) => call(),
    withDeadline: async (_: unknown, call: () => Promise<unknown>) => call(),
    workflow: { list, getHandle: () => ({ describe: async () => info(workflowId) }) },
  } as unknown as Client;
  let isMade = false;
  const contact: Contact = {
    isMade: () => isMade,
    isWatched,
    made() {
      isMade = true;
    },
    tryContact: async () => found,
  };
  return { ...createTemporalCalls(client, timeouts, contact), asked: () => asked };
}

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('a list that is the first call of a client, and whose first try fails', () => {
  it('shows the payouts that there are', async () => {
    const calls = reachedLate('payout/acme/r-1');
    expect(await all(newestRuns(calls, { query: 'x', pageSize: 10 }))).toMatchObject([{ reference: 'r-1' }]);
    expect(calls.asked()).toBe(2);
  });

  it('shows the accounts that there are', async () => {
    const calls = reachedLate(accountWorkflowId('main', undefined));
    expect(await all(listAccounts(calls))).toMatchObject([{ account: 'main', paused: false }]);
    expect(calls.asked()).toBe(2);
  });
});

describe('a call that never reached Temporal', () => {
  const fails = (changes: boolean, isWatched: boolean): Promise<unknown> =>
    reachedLate('x', { isWatched, found: nobody }).run({ what: 'try', changes }, 1_000, async () => {
      throw away();
    });

  it('was not carried out, where every connection would have been noticed', async () => {
    await expect(fails(true, true)).rejects.toThrow(
      new TemporalUnreachableError('refused', 'x:1', 'could not try: nobody'),
    );
  });

  it('may have been carried out where connections cannot be seen, if it changes anything', async () => {
    const error: unknown = await fails(true, false).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TemporalUnreachableError);
    expect(error).toMatchObject({
      reason: 'refused',
      message: 'could not try: nobody; it may have been carried out all the same: repeat the call',
    });
    await expect(fails(false, false)).rejects.toMatchObject({ message: 'could not try: nobody' });
  });
});

it('leaves no timer behind that would keep the process from ending', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  const calls = reachedLate(accountWorkflowId('pontis-main', 'acme-1'));
  await all(listAccounts(calls));
  expect(timers()).toBe(before);
});
