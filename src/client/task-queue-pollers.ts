import type { Client } from '@temporalio/client';
import type { TemporalCalls } from './temporal-calls';

type Reply = Awaited<ReturnType<Client['workflowService']['describeTaskQueue']>>;
type RawPoller = NonNullable<Reply['pollers']>[number];

/** Somebody who asked Temporal for the work of a task queue within the last minutes. */
export type Poller = {
  readonly identity: string;
  readonly asksFor: 'workflow' | 'activity';
  /** Unix milliseconds, by the server's clock. */
  readonly lastAskedAt: number;
  /** The worker deployment that it belongs to, and as which of its versions, where it belongs to one. */
  readonly deployment?: string;
  readonly buildId?: string;
};

/**
 * Numbers of `temporal.api.enums.v1`, as `@temporalio/proto` is a large package for three of them: both kinds of tasks, and the
 * mode that asks every partition of a task queue.
 */
const kinds = { workflow: 1, activity: 2 } as const;
const everyPartition = 1;

export type PollerReading = {
  readonly pollers: readonly Poller[];
  /** The server spoke for every partition of the queue: whoever is not among them is not there. */
  readonly isWhole: boolean;
};

/** Who asks for the work of a task queue. */
export async function readPollers(calls: TemporalCalls, taskQueue: string): Promise<PollerReading> {
  return calls.run(
    { what: `ask who works on task queue ${taskQueue}` },
    calls.timeouts.callTimeoutMs,
    async () => askForPollers(calls.client, taskQueue),
  );
}

/**
 * Whether nobody at all asked for its workflow tasks within the last minutes, on any partition. Where the server cannot say
 * so of every partition, it is not known, and false.
 */
export async function isUnpolled(client: Client, taskQueue: string, timeoutMs: number): Promise<boolean> {
  const { pollers, isWhole } = await client.withDeadline(Date.now() + timeoutMs, async () =>
    askForPollers(client, taskQueue),
  );
  return isWhole && !pollers.some(({ asksFor }) => asksFor === 'workflow');
}

/**
 * Asks twice over. The plain question hears of workers of every deployment, but only of those who asked the queue's first
 * partition; the other one asks every partition, says nothing of deployments, and some servers do not know it. So somebody may
 * be named twice, each time with what that answer knows.
 */
async function askForPollers(
  { workflowService, options }: Client,
  taskQueue: string,
): Promise<PollerReading> {
  const asked = { namespace: options.namespace, taskQueue: { name: taskQueue } };
  const [everywhere, workflow, activity] = await Promise.all([
    workflowService
      .describeTaskQueue({
        ...asked,
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enums are in a package that is none of ours
        apiMode: everyPartition,
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- as above
        taskQueueTypes: [kinds.workflow, kinds.activity],
        reportPollers: true,
        versions: { unversioned: true, allActive: true },
      })
      .catch(() => undefined),
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- as above
    workflowService.describeTaskQueue({ ...asked, taskQueueType: kinds.workflow }),
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- as above
    workflowService.describeTaskQueue({ ...asked, taskQueueType: kinds.activity }),
  ]);
  const infos = Object.values(everywhere?.versionsInfo ?? {}).map(({ typesInfo }) => typesInfo ?? {});
  const pollers = [
    ...pollersIn('workflow', workflow.pollers),
    ...pollersIn('activity', activity.pollers),
    ...infos.flatMap((info) => pollersIn('workflow', info[kinds.workflow]?.pollers)),
    ...infos.flatMap((info) => pollersIn('activity', info[kinds.activity]?.pollers)),
  ];
  return { pollers, isWhole: everywhere !== undefined };
}

const pollersIn = (
  asksFor: Poller['asksFor'],
  pollers: readonly RawPoller[] | null | undefined,
): readonly Poller[] =>
  (pollers ?? []).map(({ identity, lastAccessTime, deploymentOptions }) => {
    const deployment = deploymentOptions?.deploymentName || undefined;
    const buildId = deploymentOptions?.buildId;
    return {
      identity: identity || 'unknown',
      asksFor,
      lastAskedAt: Number(lastAccessTime?.seconds ?? 0) * 1000,
      // A worker without versioning has a build id of the SDK's, which says nothing.
      ...(deployment === undefined || !buildId ? {} : { deployment, buildId }),
    };
  });
