import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { EventQueue } from './event-queue';
import type { QueuedEvent } from './event-queue';

/** Why a run of the world stopped. */
export type WorldEnd = 'done' | 'idle' | 'too-long';

export type WorldOptions = {
  /** Unix ms at which the world begins. */
  readonly startAt?: number;
  /** Keeps every line for people; without it a trace exists only as its hash, which is much cheaper. */
  readonly keepTrace?: boolean;
};

/** 2027-01-15: any fixed moment, later than every date in our code. */
const defaultStart = 1_800_000_000_000;
const flushAtChars = 16_384;

/**
 * Virtual time, seeded choice, and a trace. Nothing here knows Temporal or payouts.
 *
 * One event runs at a time, and everything that it sets off in promises runs to the end before the next one: see
 * `drive.ts`. Events of the same millisecond run in an order that the seed decides.
 */
export class World {
  now: number;
  steps = 0;
  /** How often each fault really happened: a run cannot pass by doing nothing. */
  readonly fired = new Map<string, number>();
  readonly #queue = new EventQueue();
  readonly #soon: (() => void)[] = [];
  readonly #hash: Hash = createHash('sha256');
  readonly #lines: string[] | undefined;
  #unhashed = '';
  #random: number;

  constructor(
    readonly seed: number,
    options: WorldOptions = {},
  ) {
    this.now = options.startAt ?? defaultStart;
    this.#lines = options.keepTrace === true ? [] : undefined;
    this.#random = (Math.imul(seed, 2_654_435_761) + 0x9e37_79b9) >>> 0;
    // Small seeds lie close together; a few draws take them apart.
    for (let draws = 0; draws < 4; draws += 1) this.random();
  }

  /** Uniform in [0, 1): mulberry32. */
  random(): number {
    this.#random = (this.#random + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(this.#random ^ (this.#random >>> 15), this.#random | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return Math.floor(least + this.random() * (most - least + 1));
  }

  /** A probability of 0 (or none) draws nothing, so that a switched-off fault leaves the other draws alone. */
  chance(probability: number | undefined): boolean {
    return probability !== undefined && probability > 0 && this.random() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    const chosen = choices[Math.floor(this.random() * choices.length)];
    if (chosen === undefined) throw new Error('nothing to pick from');
    return chosen;
  }

  /** Decides whether a fault happens now; where it does, it is counted and traced. */
  fault(name: string, probability: number | undefined): boolean {
    if (!this.chance(probability)) return false;
    this.count(name);
    return true;
  }

  /** Counts a fault that somebody else decided about. */
  count(name: string): void {
    this.fired.set(name, (this.fired.get(name) ?? 0) + 1);
    this.log(`! ${name}`);
  }

  log(line: string): void {
    const stamped = `${this.now} ${line}\n`;
    this.#lines?.push(stamped);
    this.#unhashed += stamped;
    if (this.#unhashed.length > flushAtChars) this.#flush();
  }

  /** Every line so far; empty unless the world was made with `keepTrace`. */
  get trace(): string {
    return this.#lines?.join('') ?? '';
  }

  /** Of everything that was logged so far: two runs are the same when this is the same. */
  hash(): string {
    this.#flush();
    return this.#hash.copy().digest('hex').slice(0, 16);
  }

  #flush(): void {
    this.#hash.update(this.#unhashed);
    this.#unhashed = '';
  }

  /** Runs something in `ms` from now; returns how to call it off. */
  after(ms: number, run: () => void): () => void {
    const event: QueuedEvent = { at: this.now + Math.max(0, ms), tie: this.random(), run };
    this.#queue.add(event);
    return () => {
      event.run = undefined;
    };
  }

  delay(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Runs something before any other event, in the same moment, once all promises that can go on have gone on. */
  soon(run: () => void): void {
    this.#soon.push(run);
  }

  /** Runs the next thing; false when there is none. Between two of these all microtasks must be drained. */
  step(): boolean {
    const immediate = this.#soon.shift();
    if (immediate !== undefined) {
      immediate();
      return true;
    }
    for (;;) {
      const event = this.#queue.take();
      if (event === undefined) return false;
      if (event.run === undefined) continue;
      this.steps += 1;
      this.now = Math.max(this.now, event.at);
      event.run();
      return true;
    }
  }

  /** Something still has to follow in this very moment. */
  get isMidEvent(): boolean {
    return this.#soon.length > 0;
  }
}
