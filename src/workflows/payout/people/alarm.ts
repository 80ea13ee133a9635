import { CancellationScope, sleep } from '@temporalio/workflow';

/**
 * One timer for a sequence of moments. A moment that comes after the one that is set costs nothing: the timer rings once too
 * early, whoever waits looks again, and only then a new one is set.
 */
export class Alarm {
  #at: number | undefined;
  #scope: CancellationScope | undefined;
  /** How often it rang. */
  rings = 0;

  /** It rings at `at` or before, Unix milliseconds of the workflow's clock. */
  set(at: number, summary: string): void {
    if (this.#at !== undefined && this.#at <= at) return;
    this.cancel();
    const scope = new CancellationScope();
    this.#at = at;
    this.#scope = scope;
    const ring = (): void => {
      this.#at = undefined;
      this.rings += 1;
    };
    scope.run(() => sleep(Math.max(1, at - Date.now()), { summary })).then(ring, () => undefined);
  }

  cancel(): void {
    if (this.#at !== undefined) this.#scope?.cancel();
    this.#at = undefined;
  }
}
