import type { Client } from '@temporalio/client';
import { defaultTaskQueue } from '../contract/task-queues';
import { listAccounts, pauseAccount, resumeAccount, topUpAccount } from './account-commands';
import { begunRuns } from './begun-runs';
import { cancelPayout, decidePayout, recallPayout, resolvePayout, resumePayout } from './payout-commands';
import { checkPayout } from './check-payout';
import { followEvents } from './payout-events';
import { readHistory } from './payout-history';
import { listPayouts } from './payout-list';
import { pollingWorkers } from './polling-workers';
import { awaitOutcome } from './payout-outcome';
import { replacePayout } from './replace-payout';
import { describePayout, readPayee, readPayout, readTimeline } from './read-payout';
import { assertClientOptions, strictClient } from './strict-client';
import { startPayout } from './start-payout';
import { createTemporalCalls } from './temporal-calls';
import { connectToTemporal } from './temporal-connection';
import type { PayoutClient, PayoutClientOptions } from './payout-client';

/**
 * The client. Connects with its first call: by the settings given, and for the rest by `TEMPORAL_*` variables and
 * profiles (address, namespace, TLS, API key). Throws `connection_settings_invalid`.
 *
 * @example
 * const payouts = createPayoutClient({});
 * const { started } = await payouts.start(request);
 * const { status, moneyMoved } = await payouts.outcome({ ...request, timeoutMs: 60_000 });
 */
export function createPayoutClient(options: PayoutClientOptions = {}): PayoutClient {
  assertClientOptions(options);
  const { client, contact, close } =
    options.client === undefined ? connectToTemporal(options) : callersOwn(options.client);
  const timeouts = {
    callTimeoutMs: options.callTimeoutMs ?? 10_000,
    answerTimeoutMs: options.answerTimeoutMs ?? 15_000,
    startTimeoutMs: options.startTimeoutMs ?? 30_000,
  };
  const calls = createTemporalCalls(client, timeouts, contact);
  const taskQueue = options.taskQueue ?? defaultTaskQueue;
  const begun = begunRuns();
  return strictClient({
    start: async (request) => begun.note(await startPayout(calls, taskQueue, request)),
    check: async (request) => checkPayout(calls, taskQueue, request),
    get: async (payout) => readPayout(calls, payout),
    payee: async (payout, payeeOptions) => readPayee(calls, payout, payeeOptions),
    timeline: async (payout) => readTimeline(calls, await describePayout(calls, payout)),
    events: (eventsOptions) => followEvents(calls, eventsOptions),
    history: async (historyOptions) => readHistory(calls, historyOptions),
    list: (listOptions = {}) => listPayouts(calls, listOptions),
    outcome: async (outcomeOptions) => awaitOutcome(calls, outcomeOptions, begun.take(outcomeOptions)),
    decide: async (command) => decidePayout(calls, command),
    cancel: async (command) => cancelPayout(calls, command),
    recall: async (command) => recallPayout(calls, command),
    replace: async (command) => replacePayout(calls, taskQueue, command),
    resume: async (command) => resumePayout(calls, command),
    resolve: async (command) => resolvePayout(calls, command),
    pauseAccount: async (command) => pauseAccount(calls, taskQueue, command),
    resumeAccount: async (command) => resumeAccount(calls, taskQueue, command),
    toppedUp: async (command) => topUpAccount(calls, taskQueue, command),
    accounts: () => listAccounts(calls),
    workers: async (workersOptions = {}) => pollingWorkers(calls, taskQueue, workersOptions),
    async close() {
      calls.close();
      await close();
    },
  });
}

/** It connects as its owner wants it to, and stays open. */
const callersOwn = (client: Client) => ({
  client,
  contact: undefined,
  close: async (): Promise<void> => undefined,
});
