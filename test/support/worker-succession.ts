import type { WorkerUnderTest } from './worker-under-test';

/** One worker at a time; one that was killed or stopped is followed by the next. */
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
    await this.follow(victim, victim.kill(), whenDead);
  }

  /** SIGTERM; another is started when it has ended. `whenAsked` may help what it is waiting for. */
  async stopCurrent(whenAsked: () => void = () => undefined): Promise<void> {
    const leaving = this.current;
    const stopped = leaving.stop();
    whenAsked();
    await this.follow(leaving, stopped);
  }

  private async follow(
    last: WorkerUnderTest,
    ended: Promise<unknown>,
    then: () => void | Promise<void> = () => undefined,
  ): Promise<void> {
    this.next = this.next.then(async () => {
      await ended;
      await then();
      // Two exchanges may have been stopped in the same worker.
      if (this.current === last) this.current = this.startWorker();
    });
    await this.next;
  }
}
