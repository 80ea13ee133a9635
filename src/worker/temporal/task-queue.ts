import { temporal } from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';

/** The two kinds of tasks that a worker of ours asks for. */
export const taskTypes = ['workflow', 'activity'] as const;
export type TaskType = (typeof taskTypes)[number];

export type TaskQueueReading = {
  readonly pollers: readonly {
    readonly identity: string;
    /** When it last asked for a task: Unix milliseconds of the server's clock. */
    readonly askedAt: number;
  }[];
  /** Absent where the server does not tell. */
  readonly backlog?: { readonly tasks: number; readonly ageSeconds: number };
};

const { TaskQueueType } = temporal.api.enums.v1;
const serverTypes = {
  workflow: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  activity: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
} as const;

export type ReadTaskQueue = (
  type: TaskType,
  options?: { readonly backlog?: boolean },
) => Promise<TaskQueueReading>;

/** Asks Temporal who polls a task queue, and what waits in it. Rejects when it does not answer in time. */
export const createTaskQueueReader =
  (
    connection: Pick<NativeConnection, 'workflowService' | 'withDeadline'>,
    namespace: string,
    taskQueue: string,
    patienceMs: number,
  ): ReadTaskQueue =>
  async (type, { backlog = false } = {}) => {
    const { pollers, stats } = await connection.withDeadline(Date.now() + patienceMs, () =>
      connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueue },
        taskQueueType: serverTypes[type],
        reportStats: backlog,
      }),
    );
    return {
      pollers: (pollers ?? []).map(({ identity, lastAccessTime }) => ({
        identity: identity ?? '',
        askedAt: secondsOf(lastAccessTime) * 1000,
      })),
      ...(stats
        ? {
            backlog: {
              tasks: Number(stats.approximateBacklogCount ?? 0),
              ageSeconds: secondsOf(stats.approximateBacklogAge),
            },
          }
        : {}),
    };
  };

/** Of a protobuf Duration or Timestamp. */
const secondsOf = (
  time: { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined,
): number => Number(time?.seconds ?? 0) + (time?.nanos ?? 0) / 1e9;
