import { temporal } from '@temporalio/proto';
import type { WorkerOptions } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import type { Workflow, WorkflowCreator } from '@temporalio/worker/lib/workflow/interface';
import { payoutWorkflowType } from '../../contract/workflow-inputs';
import type { WorkerVersion } from './worker-version';

const { VERSIONING_BEHAVIOR_AUTO_UPGRADE: followsCurrent } = temporal.api.enums.v1.VersioningBehavior;

/**
 * A payout ends with the code that it began with, its sends included: their tasks wait in the queue of its version. What is
 * no payout follows the current version: an account's run lives for ever and would keep the workers of its first version for
 * as long, and the rest is over in one task.
 */
export const versionedBy = ({
  name,
  buildId,
}: NonNullable<WorkerVersion['deployment']>): NonNullable<WorkerOptions['workerDeploymentOptions']> => ({
  useWorkerVersioning: true,
  version: { deploymentName: name, buildId },
  defaultVersioningBehavior: 'PINNED',
});

/**
 * Says of each run that is no payout that it follows the current version. Said by the worker and not by the workflows'
 * definitions, because those are the same where versioning is off: there the server refuses every task of a workflow that
 * says how it is versioned, and its run stands still.
 */
export class VersionedWorker extends Worker {
  protected static override async createWorkflowCreator(
    ...given: Parameters<typeof Worker.createWorkflowCreator>
  ): Promise<WorkflowCreator> {
    const creator = await super.createWorkflowCreator(...given);
    return {
      async createWorkflow(options) {
        const workflow = await creator.createWorkflow(options);
        return options.info.workflowType === payoutWorkflowType ? workflow : followingCurrent(workflow);
      },
      destroy: async () => creator.destroy(),
    };
  }
}

const followingCurrent = (workflow: Workflow): Workflow => ({
  async activate(activation) {
    const completion = await workflow.activate(activation);
    return completion.successful
      ? { ...completion, successful: { ...completion.successful, versioningBehavior: followsCurrent } }
      : completion;
  },
  getAndResetSinkCalls: async () => workflow.getAndResetSinkCalls(),
  dispose: async () => workflow.dispose(),
});
