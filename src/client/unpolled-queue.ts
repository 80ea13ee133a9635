import { PayoutClientError } from './errors';
import type { CallAttempted } from './temporal-calls';

/**
 * After so long without an answer Temporal is asked whether anybody works there, and once more this much later: right after a
 * restart of its own it knows of nobody.
 */
const askedAfterMs = [1_000, 1_500] as const;

export type QueueWatch = {
  readonly taskQueue: () => Promise<string | undefined>;
  /** Nobody asked for its work within the last minutes, for sure. */
  readonly isUnpolled: (taskQueue: string) => Promise<boolean>;
  /** Waits; false when the call has its answer. */
  readonly pause: (ms: number) => Promise<boolean>;
};

/**
 * The task queue whose worker would have to answer, once it is known that there is none: a call need not wait out its time for
 * nobody. Undefined wherever that is not certain. A worker that was there minutes ago may only be restarting.
 */
export async function unpolledQueue({
  taskQueue: find,
  isUnpolled,
  pause,
}: QueueWatch): Promise<string | undefined> {
  let taskQueue: string | undefined;
  for (const ms of askedAfterMs) {
    if (!(await pause(ms))) return undefined;
    try {
      taskQueue ??= await find();
      if (taskQueue === undefined || !(await isUnpolled(taskQueue))) return undefined;
    } catch {
      return undefined;
    }
  }
  return taskQueue;
}

/** Nobody works on the task queue: to send the message again is of no use before somebody does. */
export class NobodyPollsError extends PayoutClientError {
  constructor({ what, changes }: CallAttempted, taskQueue: string) {
    const nobody = `could not ${what}: nobody polls task queue ${taskQueue}`;
    if (changes === false)
      super('worker_not_available', `${nobody}, so nobody can answer until a worker runs`);
    // Temporal keeps the message for a moment: a worker that comes up in it takes it.
    else
      super(
        'reply_timed_out',
        `${nobody}, so nothing was carried out; a worker that starts within moments may still do it`,
      );
  }
}
