import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { WorkflowFailedError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { NativeConnection, WorkflowBundleOption } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { payoutAttemptKeyAttribute, payoutStatusAttribute } from '../../../src/contract/search-attributes';
import { wordsOf } from './failure-words';
import { playProbe } from './play-probe';
import type { Probe, ProbeAnswer } from './probe-script';

const { EventType } = temporal.api.enums.v1;

export type ProbeServer = {
  readonly client: Client;
  readonly connection: NativeConnection;
  /** Of `probe-workflows.ts`. */
  readonly workflowBundle: WorkflowBundleOption;
};

/** Plays a probe on a real server, with a worker and a task queue of its own. */
export async function playOnServer(
  probe: Probe,
  { client, connection, workflowBundle }: ProbeServer,
  /** 0: every workflow task replays the run from its history. */
  maxCachedWorkflows = 100,
): Promise<ProbeAnswer> {
  const workflowId = `probe-${probe.workflow}-${randomUUID()}`;
  const handle = client.workflow.getHandle(workflowId);
  const workers: { readonly worker: Worker; readonly running: Promise<void> }[] = [];
  const shutDown = async (): Promise<void> => {
    for (const { worker, running } of workers.splice(0)) {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
    }
  };
  let graceMs = 100;
  // A worker takes its grace when it is made, and the script says it when it is stopped.
  for (const step of probe.steps) if (step.do === 'shut-down-worker') ({ graceMs } = step);
  try {
    return await playProbe(probe, {
      now: () => Date.now(),
      delay: (ms) => sleep(ms),
      startWorker: async (activities) => {
        const worker = await Worker.create({
          connection,
          taskQueue: workflowId,
          workflowBundle,
          activities,
          maxCachedWorkflows,
          shutdownGraceTime: graceMs,
          shutdownForceTime: graceMs + 10_000,
          stickyQueueScheduleToStartTimeout: '1s',
        });
        const running = worker.run();
        // Its end is looked at when it is shut down.
        running.catch(() => undefined);
        workers.push({ worker, running });
      },
      shutDownWorker: async () => {
        for (const { worker } of workers) worker.shutdown();
        await sleep(1);
      },
      start: async () => {
        await client.workflow.start(probe.workflow, { workflowId, taskQueue: workflowId, args: [] });
      },
      signal: (text) => handle.signal('poke', text),
      update: (id, text) => toldBy(handle.executeUpdate('ask', { args: [text], updateId: id })),
      cancel: async () => {
        await handle.cancel();
      },
      reset: (task) => resetTo(client, workflowId, task),
      searchAttributes: async () => {
        const { typedSearchAttributes } = await handle.describe();
        const read = (key: typeof payoutStatusAttribute): string =>
          typedSearchAttributes.get(key) ?? 'nothing';
        return `${read(payoutStatusAttribute)}, ${read(payoutAttemptKeyAttribute)}`;
      },
      result: async () => {
        try {
          return (await handle.result()) as unknown;
        } catch (error) {
          return error instanceof WorkflowFailedError ? wordsOf(error.cause) : wordsOf(error);
        }
      },
    });
  } finally {
    await shutDown();
  }
}

async function toldBy(update: Promise<unknown>): Promise<string> {
  try {
    return String(await update);
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) return wordsOf(error.cause);
    if (error instanceof WorkflowNotFoundError) return 'WorkflowNotFoundError';
    return wordsOf(error);
  }
}

async function resetTo(client: Client, workflowId: string, task: number): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  const { events } = await handle.fetchHistory();
  const completed = (events ?? []).filter(
    ({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
  );
  const { runId } = await handle.describe();
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: completed[task]?.eventId ?? null,
    requestId: randomUUID(),
    reason: 'probe',
  });
}
