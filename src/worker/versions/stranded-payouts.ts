import type { NativeConnection } from '@temporalio/worker';
import { createVersionCalls } from './version-calls';
import { readDeployment } from './version-readings';

/** How many open payouts are bound to each version of a deployment of which no worker runs; 0 for a version with workers. */
export function createStrandedReader(
  connection: Pick<NativeConnection, 'workflowService' | 'withDeadline'>,
  namespace: string,
  deploymentName: string,
  now: () => number,
): () => Promise<ReadonlyMap<string, number>> {
  const calls = createVersionCalls(connection, namespace);
  return async () => {
    const { workerDeploymentInfo } = await calls.ask((service) =>
      service.describeWorkerDeployment({ namespace, deploymentName }),
    );
    const { versions } = await readDeployment(calls, workerDeploymentInfo ?? { name: deploymentName }, now);
    return new Map(
      versions.map(({ buildId, stranded, openPayouts }) => [buildId, stranded ? openPayouts : 0]),
    );
  };
}
