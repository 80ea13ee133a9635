import { temporal } from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import { visibilityLiteral } from '../../contract/visibility-literal';
import { parseWorkerIdentity } from '../../contract/worker-identity';
import { accountWorkflowType, payoutWorkflowType } from '../../contract/workflow-inputs';
import type { VersionCalls } from './version-calls';

const { WorkerDeploymentVersionStatus, VersionDrainageStatus, TaskQueueType } = temporal.api.enums.v1;

/** `inactive`: it never was current or ramping. `draining`: it gets no new payouts, and has open ones. */
export type VersionState = 'current' | 'ramping' | 'draining' | 'drained' | 'inactive';

export type VersionReading = {
  readonly buildId: string;
  readonly state: VersionState;
  /** Of new payouts, while it ramps. */
  readonly percent?: number;
  /** Open payouts that are bound to it. */
  readonly openPayouts: number;
  /** Workers that asked for work of it lately, by identity. */
  readonly workers: readonly string[];
  /** Which workflow code they run; more than one: two programs go by one build id. */
  readonly builds: readonly string[];
  /** Open payouts are bound to it, and nobody works on them. */
  readonly stranded: boolean;
  /** Unix milliseconds. */
  readonly lastCurrentAt?: number;
  /** When the server last looked whether it is drained: it looks every few minutes. */
  readonly drainageCheckedAt?: number;
};

export type DeploymentReading = {
  readonly deployment: string;
  /** Those that any version works on. */
  readonly taskQueues: readonly string[];
  readonly versions: readonly VersionReading[];
  /** There: payouts that are bound to no version: begun before versioning was on, or not yet begun. */
  readonly unversioned: Unversioned;
  /** In the task queue that was asked about, where no version works on it: nothing there is the deployment's. */
  readonly elsewhere?: Unversioned & { readonly taskQueue: string };
};

type Unversioned = { readonly openPayouts: number; readonly workers: readonly string[] };

/** A poll that brings nothing is open for a minute, and the server remembers a poller for longer than it is there. */
const recentMs = 90_000;

const open = "ExecutionStatus = 'Running'";
const payouts = `WorkflowType = ${visibilityLiteral(payoutWorkflowType)}`;

/** Search attributes that the server sets itself. */
export const pinnedTo = (deployment: string, buildId: string): string =>
  `${payouts} AND ${open} AND TemporalWorkflowVersioningBehavior = 'Pinned' AND ` +
  `TemporalWorkerDeploymentVersion = ${visibilityLiteral(`${deployment}:${buildId}`)}`;

export const boundToNone = (taskQueues: readonly string[]): string =>
  `${payouts} AND ${open} AND TemporalWorkflowVersioningBehavior IS NULL${inQueues(taskQueues)}`;

/** Runs that go with the current version, whichever that is. */
export const followersOf = (taskQueues: readonly string[]): string =>
  `WorkflowType = ${visibilityLiteral(accountWorkflowType)} AND ${open}${inQueues(taskQueues)}`;

/** A queue whose name no query can hold leaves the condition out: more runs are looked at, and none is missed. */
function inQueues(taskQueues: readonly string[]): string {
  try {
    return ` AND TaskQueue IN (${taskQueues.map(visibilityLiteral).join(', ')})`;
  } catch {
    return '';
  }
}

export type Deployment = NonNullable<
  Awaited<ReturnType<NativeConnection['workflowService']['describeWorkerDeployment']>>['workerDeploymentInfo']
>;

/** Everything about a deployment that an operator decides by. Counts come from visibility, a second or so behind. */
export async function readDeployment(
  calls: VersionCalls,
  info: Deployment,
  now: () => number,
  askedAbout?: string,
): Promise<DeploymentReading> {
  const deployment = info.name ?? '';
  const summaries = info.versionSummaries ?? [];
  const taskQueues = await taskQueuesOf(calls, info);
  const isElsewhere = askedAbout !== undefined && !taskQueues.includes(askedAbout);
  const pollers = await pollersOf(calls, taskQueues, now);
  const versions = await Promise.all(
    summaries.map(async (summary): Promise<VersionReading> => {
      const buildId = summary.deploymentVersion?.buildId ?? '';
      const state = stateOf(summary);
      const polling = pollers.filter((one) => one.deployment === deployment && one.buildId === buildId);
      const workers = [...new Set(polling.map(({ identity }) => identity))].toSorted();
      const openPayouts = await calls.count(pinnedTo(deployment, buildId));
      const lastCurrentAt = millisecondsOf(summary.lastCurrentTime);
      const drainageCheckedAt = millisecondsOf(summary.drainageInfo?.lastCheckedTime);
      return {
        buildId,
        state,
        ...(state === 'ramping' ? { percent: info.routingConfig?.rampingVersionPercentage ?? 0 } : {}),
        openPayouts,
        workers,
        builds: [
          ...new Set(workers.flatMap((identity) => parseWorkerIdentity(identity)?.build ?? [])),
        ].toSorted(),
        stranded: openPayouts > 0 && workers.length === 0,
        ...(lastCurrentAt === undefined ? {} : { lastCurrentAt }),
        ...(drainageCheckedAt === undefined ? {} : { drainageCheckedAt }),
      };
    }),
  );
  const createdAt = new Map(
    summaries.map((one) => [one.deploymentVersion?.buildId ?? '', millisecondsOf(one.createTime) ?? 0]),
  );
  return {
    deployment,
    taskQueues,
    versions: versions.toSorted(
      (one, other) => (createdAt.get(other.buildId) ?? 0) - (createdAt.get(one.buildId) ?? 0),
    ),
    unversioned: await unversionedIn(calls, taskQueues, pollers),
    ...(isElsewhere
      ? {
          elsewhere: {
            taskQueue: askedAbout,
            ...(await unversionedIn(calls, [askedAbout], await pollersOf(calls, [askedAbout], now))),
          },
        }
      : {}),
  };
}

async function unversionedIn(
  calls: VersionCalls,
  taskQueues: readonly string[],
  pollers: readonly Poller[],
): Promise<Unversioned> {
  const workers = pollers
    .filter(({ deployment, identity }) => deployment === '' && parseWorkerIdentity(identity))
    .map(({ identity }) => identity);
  return {
    openPayouts: taskQueues.length === 0 ? 0 : await calls.count(boundToNone(taskQueues)),
    workers: [...new Set(workers)].toSorted(),
  };
}

type Summary = NonNullable<Deployment['versionSummaries']>[number];

const stateOfStatus: ReadonlyMap<unknown, VersionState> = new Map([
  [WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT, 'current'],
  [WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_RAMPING, 'ramping'],
  [WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING, 'draining'],
  [WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED, 'drained'],
] as const);

/** Servers from before there was a status say it by the drainage alone. */
const stateOfDrainage: ReadonlyMap<unknown, VersionState> = new Map([
  [VersionDrainageStatus.VERSION_DRAINAGE_STATUS_DRAINING, 'draining'],
  [VersionDrainageStatus.VERSION_DRAINAGE_STATUS_DRAINED, 'drained'],
] as const);

const stateOf = ({ status, drainageInfo }: Summary): VersionState =>
  stateOfStatus.get(status) ?? stateOfDrainage.get(drainageInfo?.status) ?? 'inactive';

/** The queues that any version of the deployment works on. */
export async function taskQueuesOf(calls: VersionCalls, info: Deployment): Promise<readonly string[]> {
  const names = await Promise.all(
    (info.versionSummaries ?? []).map(async ({ deploymentVersion }) => {
      const { workerDeploymentVersionInfo } = await calls.ask((service) =>
        service.describeWorkerDeploymentVersion({
          namespace: calls.namespace,
          deploymentVersion: deploymentVersion ?? {},
        }),
      );
      return (workerDeploymentVersionInfo?.taskQueueInfos ?? []).flatMap(({ name }) => name ?? []);
    }),
  );
  return [...new Set(names.flat())].toSorted();
}

type Poller = { readonly identity: string; readonly deployment: string; readonly buildId: string };

async function pollersOf(
  calls: VersionCalls,
  taskQueues: readonly string[],
  now: () => number,
): Promise<readonly Poller[]> {
  const found = await Promise.all(
    taskQueues.map(async (name) => {
      const { pollers } = await calls.ask((service) =>
        service.describeTaskQueue({
          namespace: calls.namespace,
          taskQueue: { name },
          taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        }),
      );
      return pollers ?? [];
    }),
  );
  return found
    .flat()
    .filter(({ lastAccessTime }) => now() - (millisecondsOf(lastAccessTime) ?? 0) < recentMs)
    .map(({ identity, deploymentOptions }) => ({
      identity: identity ?? '',
      deployment: deploymentOptions?.deploymentName ?? '',
      buildId: deploymentOptions?.buildId ?? '',
    }));
}

function millisecondsOf(
  time: { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined,
): number | undefined {
  const seconds = Number(time?.seconds ?? 0);
  // The server's word for "never" is a time long ago.
  return seconds <= 0 ? undefined : seconds * 1000 + Math.floor((time?.nanos ?? 0) / 1e6);
}
