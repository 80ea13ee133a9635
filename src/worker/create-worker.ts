import type { NativeConnection, WorkflowBundleOption } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../activities/create-activities';
import type { Installation } from '../activities/installation';
import { createMachinePorts } from './machine-ports';
import { createPriorAttemptReader } from './prior-attempts';

export type PayoutWorkerOptions = {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly installation: Installation;
  readonly workflowBundle: WorkflowBundleOption;
  /** Longest wait for calls under way at a graceful stop; must cover the slowest submit. Milliseconds. */
  readonly shutdownGraceMs?: number;
  readonly maxConcurrentActivities?: number;
  readonly maxCachedWorkflows?: number;
};

/** What a send does around its call, after the submit timeout. */
const graceSlackMs = 10_000;

/** Composes a worker: the activities over the installation, and settings that a killed worker costs only seconds with. */
export function createPayoutWorker(options: PayoutWorkerOptions): Promise<Worker> {
  const { connection, namespace, taskQueue, installation, workflowBundle } = options;
  const slowestSubmitMs = Math.max(0, ...[...installation.accounts.values()].map(({ provider }) => provider.submitTimeoutMs));
  const activities = createActivities({
    installation,
    ports: createMachinePorts(createPriorAttemptReader(connection, namespace)),
  });
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle,
    activities,
    // A run whose worker was killed is picked up by another one after this, instead of the SDK's ten seconds.
    stickyQueueScheduleToStartTimeout: '2s',
    shutdownGraceTime: Math.max(options.shutdownGraceMs ?? 0, slowestSubmitMs + graceSlackMs),
    maxConcurrentActivityTaskExecutions: options.maxConcurrentActivities ?? 100,
    maxConcurrentWorkflowTaskExecutions: 40,
    maxCachedWorkflows: options.maxCachedWorkflows ?? 500,
  });
}
