import { parseWorkerIdentity } from '../contract/worker-identity';
import { PayoutClientError } from './errors';
import { pause } from './pause';
import type { TemporalCalls } from './temporal-calls';

const firstRepeatMs = 50;
const longestRepeatMs = 1_000;

/**
 * The installation whose workers poll a task queue, as they say themselves. Undefined: workers of an older version are among
 * them, or of more than one installation, and only the workflow that all of them ask keeps every one of them from sending.
 * Waits for a worker as an answer does: without one nobody would carry the message out.
 */
export async function installationAt(calls: TemporalCalls, taskQueue: string): Promise<string | undefined> {
  const deadline = performance.now() + calls.timeouts.answerTimeoutMs;
  for (let delayMs = firstRepeatMs; ; delayMs = Math.min(delayMs * 2, longestRepeatMs)) {
    const { pollers } = await calls.run(
      { what: `ask who works on task queue ${taskQueue}` },
      calls.timeouts.callTimeoutMs,
      async () =>
        calls.client.workflowService.describeTaskQueue({
          namespace: calls.client.options.namespace,
          taskQueue: { name: taskQueue },
        }),
    );
    if (pollers.length > 0) {
      const named = new Set(pollers.map(({ identity }) => parseWorkerIdentity(identity ?? '')?.installation));
      const [installation] = named;
      return named.size === 1 ? installation : undefined;
    }
    if (performance.now() + delayMs >= deadline)
      throw new PayoutClientError('worker_not_available', `no worker works on task queue ${taskQueue}`);
    await pause(delayMs);
  }
}
