import type { HealthCheck } from '../../observability/health-server';
import type { Logger } from '../../observability/logger';
import type { ReadTaskQueue } from '../temporal/task-queue';
import { taskTypes } from '../temporal/task-queue';

/** What is asked of the SDK's worker. */
export type WatchedWorker = {
  getState(): string;
  readonly options: { readonly identity: string };
};

export type WorkerHealthDeps = {
  readonly checkEveryMs: number;
  /** So long without a poll of ours, while Temporal answers, and the worker is ill. */
  readonly noPollMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
};

/** `stopping`: it finishes what is under way, and takes nothing new. */
export type WorkerHealth = {
  readonly live: HealthCheck;
  readonly ready: HealthCheck;
  watch(worker: WatchedWorker, readTaskQueue: ReadTaskQueue): void;
  stopping(): void;
  /** Looks now; called every `checkEveryMs` by whoever runs it. Never rejects. */
  check(): Promise<void>;
};

/**
 * Whether a worker works, found out by asking Temporal whether it polls: its own word about itself would also be good while its
 * polls lead nowhere. Ready: it runs, and Temporal answered the last time and knows its polls. Live: everything but what a
 * restart can mend, so a Temporal that is away leaves it live.
 */
export function createWorkerHealth(deps: WorkerHealthDeps): WorkerHealth {
  const { checkEveryMs, noPollMs, now, logger } = deps;
  let watched: { readonly worker: WatchedWorker; readonly readTaskQueue: ReadTaskQueue } | undefined;
  let isStopping = false;
  let answer: { readonly at: number; readonly problem?: string } | undefined;
  /** The newest poll that the server has seen, by its clock, and since when no newer one has come, by ours. */
  const polls = new Map<string, { readonly askedAt: number; readonly since: number }>();
  /** Whether the log says that it is ready. */
  let told: boolean | undefined;

  const ended = (): readonly string[] => {
    const state = watched?.worker.getState();
    return state === 'FAILED' || (state === 'STOPPED' && !isStopping) ? [`the worker is ${state}`] : [];
  };
  const silent = (): readonly string[] =>
    isStopping
      ? []
      : taskTypes
          .filter((type) => now() - (polls.get(type)?.since ?? now()) > noPollMs)
          .map((type) => `no poll for ${type} tasks for ${noPollMs} ms`);
  const problems = (): readonly string[] => {
    if (isStopping) return ['it is stopping'];
    if (watched === undefined) return ['it has not started yet'];
    const state = watched.worker.getState();
    if (state !== 'RUNNING') return [`the worker is ${state}`];
    if (answer === undefined) return ['Temporal was not asked yet'];
    if (answer.problem !== undefined) return [answer.problem];
    // The loop that asks is a timer: late by so much, it or the whole process was stuck.
    if (now() - answer.at > checkEveryMs * 3 + slackMs) return ['Temporal has not been asked for too long'];
    return silent();
  };

  async function look({ worker, readTaskQueue }: NonNullable<typeof watched>): Promise<string | undefined> {
    const { identity } = worker.options;
    try {
      await Promise.all(
        taskTypes.map(async (type) => {
          const { pollers } = await readTaskQueue(type);
          const own = pollers.filter((poller) => poller.identity === identity);
          const askedAt = Math.max(0, ...own.map((poller) => poller.askedAt));
          const before = polls.get(type);
          if (before === undefined || askedAt > before.askedAt) polls.set(type, { askedAt, since: now() });
        }),
      );
    } catch {
      // Polls that nobody could ask about are no missing polls.
      for (const [type, poll] of polls) polls.set(type, { ...poll, since: now() });
      return 'Temporal does not answer';
    }
    const unseen = taskTypes.filter((type) => (polls.get(type)?.askedAt ?? 0) === 0);
    return unseen.length === 0 ? undefined : `Temporal has seen no poll for ${unseen.join(' and ')} tasks`;
  }

  return {
    live: () => [...ended(), ...silent()],
    ready: problems,
    watch(worker, readTaskQueue) {
      watched = { worker, readTaskQueue };
    },
    stopping() {
      isStopping = true;
    },
    async check() {
      if (watched === undefined || isStopping) return;
      const problem = await look(watched);
      answer = { at: now(), ...(problem === undefined ? {} : { problem }) };
      const [first] = problems();
      if (first === undefined && told !== true) logger.info('worker ready');
      // Its first polls may not have reached the server yet; and one that stops says so itself.
      if (first !== undefined && told === true && !isStopping)
        logger.warn('worker not ready', { problem: first });
      if (first === undefined || told === true) told = first === undefined;
    },
  };
}

/** What one question may take. */
const slackMs = 10_000;
