import type { WorkerUnderTest } from './worker-under-test';

/** One worker at a time; one that was killed is followed by the next. */
export class WorkerSuccession {
  current: WorkerUnderTest;
  /** Workers killed while they ran. */
  killed = 0;
  private next: Promise<void> = Promise.resolve();

  constructor(private readonly startWorker: () => WorkerUnderTest) {
    this.current = startWorker();
  }

  /** Kills the worker that runs now, at once, and starts another when it is dead and `whenDead` is done. */
  async killCurrent(whenDead: () => void | Promise<void> = () => undefined): Promise<void> {
    const victim = this.current;
    if (victim.isRunning()) this.killed += 1;
    const dead = victim.kill();
    this.next = this.next.then(async () => {
      await dead;
      await whenDead();
      // Two exchanges may have been stopped in the same worker.
      if (this.current === victim) this.current = this.startWorker();
    });
    await this.next;
  }
}
