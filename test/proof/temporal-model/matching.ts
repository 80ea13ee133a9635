import type { TaskWorker } from './task-protocol';
import type { World } from './world';

/** Which worker process gets a task. All of them poll one task queue. */
export class Matching {
  readonly #world: World;
  readonly #workers = new Set<TaskWorker>();
  #waiting: (() => void)[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  add(worker: TaskWorker): void {
    this.#workers.add(worker);
  }

  remove(worker: TaskWorker): void {
    this.#workers.delete(worker);
  }

  /** Any that polls, by the seed. */
  pick(kind: 'workflow' | 'activity'): TaskWorker | undefined {
    const polling = [...this.#workers].filter((worker) => worker.polls(kind));
    return polling.length > 1 ? this.#world.pick(polling) : polling[0];
  }

  /** Called once, when a worker polls again. */
  whenAvailable(tryAgain: () => void): void {
    this.#waiting.push(tryAgain);
  }

  workerAvailable(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const tryAgain of waiting) this.#world.after(this.#world.between(1, 30), tryAgain);
  }
}
