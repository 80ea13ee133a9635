import { createHash } from 'node:crypto';
import { activityInfo } from '@temporalio/activity';
import type {
  ActivityPorts,
  EndOfPayout,
  OtherRuns,
  TakenPlace,
} from '../../../src/activities/activity-ports';
import { accountChangedSignal, credentialsUpdate, probeUpdate } from '../../../src/contract/messages';
import {
  payoutAttemptKeyAttribute,
  payoutHeldReasonAttribute,
  payoutProviderAccountAttribute,
  payoutStatusAttribute,
  providerPayoutIdAttribute,
} from '../../../src/contract/search-attributes';
import { accountWorkflowId, successorWorkflowId } from '../../../src/contract/workflow-ids';
import type { AccountMemo, SuccessorMemo } from '../../../src/contract/workflow-inputs';
import {
  accountWorkflowType,
  successorIn,
  successorWorkflowType,
} from '../../../src/contract/workflow-inputs';
import type { AccountState } from '../../../src/domain/account-state';
import { isUnpaidEndOfPayout } from '../../../src/domain/payout-status';
import { parseAccountState } from '../../../src/domain/account-state';
import { heartbeatPauseMs } from './heartbeats';
import type { ServerModel } from './server-model';
import type { WorkerProcess } from './worker-process';
import type { World } from './world';

/** Whose accounts are paused in the model. */
export const modelInstallation = 'model';

/** As `src/worker/ports/account-pause.ts` has it. */
const freshMs = 2_000;
const memoField: keyof AccountMemo = 'account';

/** The activities' ports in a simulated process. One set for each process: what they remember dies with it. */
export function createSimulatedPorts(
  world: World,
  server: ServerModel,
  process: WorkerProcess,
): ActivityPorts {
  const ask = <T>(read: () => T, unavailable: T): Promise<T> => askServer(world, process, read, unavailable);
  const notPaused = new Map<string, { readonly state: AccountState; readonly readAt: number }>();
  const tell = (account: string, update: AccountUpdate): Promise<boolean | 'unavailable'> =>
    updateAccount(world, server, process, account, update);
  return {
    // Counts on while the process is stopped, and knows nothing of a wrong wall clock.
    stopwatch: () => {
      const startedAt = world.now;
      return () => world.now - startedAt;
    },
    // Core takes all beats of one pause as one: after the second, more would only cost time.
    every: (ms, run) => {
      const pauseMs = heartbeatPauseMs(activityInfo().heartbeatTimeoutMs);
      return process.every(ms, run, Math.max(ms, pauseMs));
    },
    sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
    isCurrentAttempt: ({ runId, activityId, attempt }) =>
      ask(
        () =>
          (server.run(runId)?.activities.open ?? []).some(
            (open) => open.command.id === activityId && open.attempt === attempt && open.started,
          ),
        false,
      ),
    otherRuns: ({ workflowId, runId, originalRunId }) =>
      ask<OtherRuns | 'unavailable'>(
        () => otherRuns(server, workflowId, runId, originalRunId),
        'unavailable',
      ),
    claimsOn: ({ providerPayoutId }) =>
      ask<readonly string[] | 'unavailable'>(
        () => server.workflowIdsWith(providerPayoutIdAttribute.name, providerPayoutId),
        'unavailable',
      ),
    endOfPayout: (workflowId) =>
      ask<EndOfPayout>(() => endOfPayout(server, workflowId), { kind: 'unavailable' }),
    takePlace: (place) => ask<TakenPlace>(() => takePlace(server, place), { kind: 'unavailable' }),
    accountPause: async (account) => {
      const known = notPaused.get(account);
      if (known !== undefined && world.now - known.readAt < freshMs) return known.state;
      const readAt = world.now;
      const state = await ask(() => accountState(server, account), 'unavailable');
      if (state !== 'unavailable' && !state.paused) notPaused.set(account, { state, readAt });
      else notPaused.delete(account);
      return state;
    },
    reportCredentials: async (account, report) => {
      const told = await tell(account, { name: credentialsUpdate.name, message: { schema: 1, ...report } });
      if (report.said === 'refused') notPaused.delete(account);
      return told === 'unavailable' ? told : 'reported';
    },
    mayProbe: async (account) =>
      (await tell(account, { name: probeUpdate.name, message: { schema: 1 } })) === true,
    heldPayouts: ({ account, reasons }) =>
      askOrThrow(world, process, () =>
        server
          .workflowIdsWith(payoutProviderAccountAttribute.name, account)
          .filter(
            (workflowId) =>
              server.current(workflowId).end === undefined &&
              reasons.some((reason) =>
                server.workflowIdsWith(payoutHeldReasonAttribute.name, reason).includes(workflowId),
              ),
          ),
      ),
    tellPayout: (workflowId, change) =>
      askOrThrow(world, process, () => server.signal(workflowId, accountChangedSignal.name, change)),
    pause: (ms) => process.delay(ms),
  };
}

/** A call that is repeated with its activity. */
async function askOrThrow<T>(world: World, process: WorkerProcess, read: () => T): Promise<T> {
  const answer = await askServer<{ readonly value: T } | undefined>(
    world,
    process,
    () => ({ value: read() }),
    undefined,
  );
  if (answer === undefined) throw new Error('Temporal cannot be asked');
  return answer.value;
}

type AccountUpdate = { readonly name: string; readonly message: object };
/** As `src/worker/ports/account-messages.ts` has it. */
const patienceMs = 2_000;
const updates = new WeakMap<World, number>();

/** An update of the account's workflow, which is started where there is none. True: it was carried out. */
function updateAccount(
  world: World,
  server: ServerModel,
  process: WorkerProcess,
  account: string,
  { name, message }: AccountUpdate,
): Promise<boolean | 'unavailable'> {
  return new Promise((resolve) => {
    process.after(patienceMs, () => resolve('unavailable'));
    world.after(world.between(1, 10), () => {
      if (!process.isConnected) return;
      const workflowId = accountWorkflowId(account, modelInstallation);
      if (!server.has(workflowId))
        server.start({ workflowId, workflowType: accountWorkflowType, args: [{ schema: 1 }] });
      const count = (updates.get(world) ?? 0) + 1;
      updates.set(world, count);
      server.update(workflowId, { id: `${name}-${count}`, name, args: [message] }, ({ kind }) => {
        world.after(world.between(1, 10), () => {
          if (process.isConnected) process.enter(() => resolve(kind === 'completed'));
        });
      });
    });
  });
}

/**
 * A question of the process to the server. The server answers in its own moment; when the answer arrives, it may be old:
 * a process that was stopped in between reads it when it goes on. Cut off, the process learns after a while that it is.
 */
function askServer<T>(world: World, process: WorkerProcess, read: () => T, unavailable: T): Promise<T> {
  return new Promise((resolve) => {
    const giveUp = (): void => void process.after(world.between(500, 10_000), () => resolve(unavailable));
    world.after(world.between(1, 10), () => {
      if (!process.isConnected) {
        giveUp();
        return;
      }
      const answer = read();
      world.after(world.between(1, 10), () => {
        if (process.isConnected) process.enter(() => resolve(answer));
        else giveUp();
      });
    });
  });
}

/** As `src/worker/ports/other-runs.ts` reads it: the runs that this one was made from must be known, and all others count. */
function otherRuns(
  server: ServerModel,
  workflowId: string,
  runId: string,
  originalRunId: string,
): OtherRuns | 'unavailable' {
  for (let current = runId; current !== originalRunId;) {
    const base = server.run(current)?.base?.runId;
    if (base === undefined) return 'unavailable';
    current = base;
  }
  const attributes = server
    .runsOf(workflowId)
    .filter(({ start }) => start.runId !== runId)
    .map(({ searchAttributes }) => searchAttributes);
  return {
    keys: attributes.flatMap((of) => {
      const key = of.get(payoutAttemptKeyAttribute.name);
      return typeof key === 'string' && key !== '' ? [key] : [];
    }),
    endedUnpaid: attributes.some((of) => isUnpaidEndOfPayout(of.get(payoutStatusAttribute.name))),
  };
}

function accountState(server: ServerModel, account: string): AccountState | 'unavailable' {
  const workflowId = accountWorkflowId(account, modelInstallation);
  if (!server.has(workflowId)) return { paused: false };
  const memo = server.current(workflowId).memo.get(memoField);
  return memo === undefined ? { paused: false } : (parseAccountState(memo) ?? 'unavailable');
}

/** As `src/worker/ports/end-of-payout.ts` reads it. */
function endOfPayout(server: ServerModel, workflowId: string): EndOfPayout {
  if (!server.has(workflowId)) return { kind: 'missing' };
  const { end, searchAttributes } = server.current(workflowId);
  if (end?.kind !== 'completed' || !isUnpaidEndOfPayout(searchAttributes.get(payoutStatusAttribute.name)))
    return { kind: 'otherwise' };
  const { replacedBy, moneyMoved } = end.result as {
    readonly replacedBy?: string;
    readonly moneyMoved?: unknown;
  };
  if (moneyMoved === 'unknown') return { kind: 'otherwise' };
  return { kind: 'unpaid', ...(replacedBy === undefined ? {} : { replacedBy }) };
}

/** As `src/worker/ports/successors.ts` takes it; the answer can be lost after it was taken. */
function takePlace(
  server: ServerModel,
  { replacedWorkflowId, reference }: Parameters<ActivityPorts['takePlace']>[0],
): TakenPlace {
  const workflowId = successorWorkflowId(replacedWorkflowId);
  if (!server.has(workflowId)) {
    const memo: SuccessorMemo = { successor: reference };
    server.start({ workflowId, workflowType: successorWorkflowType, args: [], memo });
  }
  const by = successorIn(Object.fromEntries(server.current(workflowId).memo));
  return by === undefined ? { kind: 'unavailable' } : { kind: 'taken', by };
}
