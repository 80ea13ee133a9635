import { temporal } from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import type { WorkerVersion } from './worker-version';

const { TASK_QUEUE_TYPE_WORKFLOW: workflowTasks } = temporal.api.enums.v1.TaskQueueType;

type Version = { readonly deploymentName?: string | null; readonly buildId?: string | null };

/** Where the work of a task queue goes. */
export type Routing = { readonly current?: Version; readonly ramping?: Version };

export async function readRouting(
  connection: Pick<NativeConnection, 'workflowService' | 'withDeadline'>,
  namespace: string,
  taskQueue: string,
): Promise<Routing> {
  const { versioningInfo } = await connection.withDeadline(Date.now() + patienceMs, () =>
    connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: workflowTasks,
    }),
  );
  const { currentDeploymentVersion: current, rampingDeploymentVersion: ramping } = versioningInfo ?? {};
  return {
    ...(current?.buildId ? { current } : {}),
    ...(ramping?.buildId ? { ramping } : {}),
  };
}

const patienceMs = 5_000;

/**
 * What somebody has to do so that a worker that starts now gets work. Nothing fails where it gets none: payouts just wait.
 */
export function routingWarnings(
  { current, ramping }: Routing,
  deployment: WorkerVersion['deployment'],
  taskQueue: string,
): readonly string[] {
  if (deployment === undefined) {
    return current === undefined
      ? []
      : [
          `the task queue ${taskQueue} belongs to version ${nameOf(current)}: this worker gets no work until it has a ` +
            'deployment name and a version of its own, or versioning is turned off (docs/versions.md)',
        ];
  }
  const own = (version: Version | undefined): boolean =>
    version?.deploymentName === deployment.name && version.buildId === deployment.buildId;
  if (current === undefined) {
    return [
      `no version is current for the task queue ${taskQueue}: this worker gets no new payouts, and payouts wait where no ` +
        `other worker runs, until somebody decides: payouts versions promote ${deployment.buildId}`,
    ];
  }
  if (current.deploymentName !== deployment.name) {
    return [
      `the task queue ${taskQueue} belongs to the deployment ${current.deploymentName ?? ''}: this worker gets no new payouts`,
    ];
  }
  return own(current) || own(ramping)
    ? []
    : [
        `version ${current.buildId ?? ''} is current: this worker gets only payouts that are bound to ${deployment.buildId}, ` +
          `until somebody decides: payouts versions promote ${deployment.buildId}`,
      ];
}

const nameOf = ({ deploymentName, buildId }: Version): string => `${deploymentName ?? ''}:${buildId ?? ''}`;
