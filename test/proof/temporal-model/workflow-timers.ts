import type { World } from './world';

/** The server's timers of a run. */
export class WorkflowTimers {
  readonly #world: World;
  readonly #fired: (seq: number) => void;
  readonly #open = new Map<number, () => void>();

  constructor(world: World, fired: (seq: number) => void) {
    this.#world = world;
    this.#fired = fired;
  }

  start(seq: number, ms: number): void {
    const callOff = this.#world.after(ms, () => {
      this.#open.delete(seq);
      this.#fired(seq);
    });
    this.#open.set(seq, callOff);
  }

  cancel(seq: number): void {
    this.#open.get(seq)?.();
    this.#open.delete(seq);
  }

  forgetAll(): void {
    for (const callOff of this.#open.values()) callOff();
    this.#open.clear();
  }
}
