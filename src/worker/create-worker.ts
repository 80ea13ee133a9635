import { Worker } from '@temporalio/worker';
import type { NativeConnection, WorkflowBundleOption } from '@temporalio/worker';
import type { PayoutActivities } from '../activities/payout-activities';
import type { LoadedConfiguration } from '../config/load-configuration';

export type PayoutWorkerDeps = {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly activities: PayoutActivities;
  readonly workflowBundle: WorkflowBundleOption;
  readonly settings: LoadedConfiguration['worker'];
};

/** How long after the grace the worker stops waiting for an activity that does not end. */
const forceAfterMs = 10_000;

/** The worker of production, tests and demo. */
export function createPayoutWorker(deps: PayoutWorkerDeps): Promise<Worker> {
  const { connection, namespace, taskQueue, activities, workflowBundle, settings } = deps;
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    activities,
    workflowBundle,
    // A run whose worker was killed goes on after this long (2 s instead of 10 s); a live worker answers in milliseconds.
    stickyQueueScheduleToStartTimeout: '2s',
    // The SDK's default is 0: a submit in flight would be cancelled, and its payout be unconfirmed, at every deployment.
    shutdownGraceTime: settings.shutdownGraceMs,
    shutdownForceTime: settings.shutdownGraceMs + forceAfterMs,
    // Fixed numbers instead of a tuner: how many sends can be in flight is a promise to the providers.
    maxConcurrentActivityTaskExecutions: settings.maxConcurrentActivities,
    maxConcurrentLocalActivityExecutions: settings.maxConcurrentLocalActivities,
    maxConcurrentWorkflowTaskExecutions: settings.maxConcurrentWorkflowTasks,
    // The SDK's default grows with the heap and has exhausted it; an evicted run only costs a replay.
    maxCachedWorkflows: settings.maxCachedWorkflows,
  });
}
