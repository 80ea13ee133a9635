import { hostname } from 'node:os';
import type { NativeConnection, WorkflowBundleOption } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../activities/create-activities';
import type { Installation } from '../activities/installation';
import { workerIdentity } from '../contract/worker-identity';
import { build } from '../observability/build';
import { version as packageVersion } from '../observability/version';
import { createMachinePorts } from './ports/machine-ports';
import { createTemporalPorts } from './ports/temporal-ports';
import { VersionedWorker, versionedBy } from './versions/versioned-worker';
import type { WorkerVersion } from './versions/worker-version';

export type PayoutWorkerOptions = {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly installation: Installation;
  readonly workflowBundle: WorkflowBundleOption;
  /** Absent: it takes any run. */
  readonly version?: WorkerVersion;
  /** Longest wait for calls under way at a graceful stop; covers the slowest submit in any case. Milliseconds. */
  readonly shutdownGraceMs?: number;
  readonly maxConcurrentActivities?: number;
  readonly maxConcurrentLocalActivities?: number;
  readonly maxConcurrentWorkflowTasks?: number;
  readonly maxCachedWorkflows?: number;
};

/** What a send does around its call, after the submit timeout. */
export const graceSlackMs = 10_000;

/** How long after the grace the worker stops waiting for an activity that does not end. */
const forceAfterMs = 10_000;

/** The longest that one submit may take at any account of the installation; milliseconds. */
export const slowestSubmitMs = (installation: Pick<Installation, 'accounts'>): number =>
  Math.max(0, ...[...installation.accounts.values()].map(({ provider }) => provider.submitTimeoutMs));

/** Composes a worker: the activities over the installation, and settings that a killed worker costs only seconds with. */
export function createPayoutWorker(options: PayoutWorkerOptions): Promise<Worker> {
  const { connection, namespace, taskQueue, installation, workflowBundle, version } = options;
  // The SDK's default is 0: a submit in flight would be cut off, and its payout be unconfirmed, at every deployment.
  const graceMs = Math.max(options.shutdownGraceMs ?? 0, slowestSubmitMs(installation) + graceSlackMs);
  const Kind = version?.deployment === undefined ? Worker : VersionedWorker;
  return Kind.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle,
    identity: workerIdentity({
      installation: installation.id,
      version: packageVersion,
      build,
      process: `${process.pid}@${hostname()}`,
    }),
    ...(version?.deployment === undefined
      ? {}
      : { workerDeploymentOptions: versionedBy(version.deployment) }),
    activities: createActivities({
      installation,
      ports: createMachinePorts(createTemporalPorts(connection, namespace, taskQueue, installation.id)),
    }),
    // A run whose worker was killed is picked up by another one after this, instead of the SDK's ten seconds.
    stickyQueueScheduleToStartTimeout: '2s',
    shutdownGraceTime: graceMs,
    shutdownForceTime: graceMs + forceAfterMs,
    // Fixed numbers instead of a tuner: how many sends can be in flight is a promise to the providers.
    maxConcurrentActivityTaskExecutions: options.maxConcurrentActivities ?? 100,
    maxConcurrentLocalActivityExecutions: options.maxConcurrentLocalActivities ?? 50,
    maxConcurrentWorkflowTaskExecutions: options.maxConcurrentWorkflowTasks ?? 40,
    // The SDK's default grows with the heap and has exhausted it; an evicted run only costs a replay.
    maxCachedWorkflows: options.maxCachedWorkflows ?? 500,
  });
}
