/**
 * Moves the clock of a single workflow run on a server started with `timeSkipping`. Start the run with the ordinary
 * client, do what people do in it, and only then move time: skipping that is on from the start runs a waiting approval
 * straight into its deadline.
 *
 * Timers and retry waits of the run fire on the way; a running activity blocks until it ends. `Date.now()` is virtual in
 * the workflow and real in activities.
 */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Duration } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';

const { FastForwardPollingResult } = temporal.api.enums.v1;

type TimeSkippingConfig = {
  readonly enabled: boolean;
  readonly maxSessionSkipCount?: number;
  readonly fastForwardConfig?: { readonly id: string; readonly duration: ReturnType<typeof msToTs> };
};

/** The server's default of 200 stops silently, and the run then waits in real time. */
const MAX_SKIPS = 10_000;

/**
 * Moves the run's clock by `duration`, then lets it go on in real time. `'closed'`: the run ended on the way. Throws when
 * the clock did not get there for another reason, for example because a second fast-forward took its place.
 */
export async function fastForward(
  client: Client,
  workflowId: string,
  duration: Duration,
): Promise<'reached' | 'closed'> {
  const fastForwardId = randomUUID();
  await configure(client, workflowId, {
    enabled: true,
    maxSessionSkipCount: MAX_SKIPS,
    fastForwardConfig: { id: fastForwardId, duration: msToTs(duration) },
  });
  for (;;) {
    const answer = await client.workflowService.pollWorkflowExecutionTimeSkipping({
      namespace: client.options.namespace,
      workflowExecution: { workflowId },
      fastForwardId,
    });
    switch (answer.fastForwardPollingResult) {
      case FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED:
        return 'reached';
      case FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_POLL_TIMEOUT:
        // A running activity holds the clock; the test's own time limit bounds this.
        break;
      case FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED:
      case FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_UNSPECIFIED: {
        const { status } = await client.workflow.getHandle(workflowId).describe();
        if (status.name !== 'RUNNING') return 'closed';
        throw new Error(`the clock of ${workflowId} was not moved by ${duration}: ${answer.failedReason}`);
      }
    }
  }
}

/** From now on skips every wait until the run closes. A run that waits for a person goes straight to its deadline. */
export async function skipToEnd(client: Client, workflowId: string): Promise<void> {
  await configure(client, workflowId, { enabled: true, maxSessionSkipCount: MAX_SKIPS });
}

async function configure(
  client: Client,
  workflowId: string,
  timeSkippingConfig: TimeSkippingConfig,
): Promise<void> {
  await client.workflowService.updateWorkflowExecutionOptions({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
    workflowExecutionOptions: { timeSkippingConfig },
    updateMask: { paths: ['time_skipping_config'] },
  });
}
