import type { VirtualWorld } from './virtual-world';

/** A world without Temporal: virtual time, a seed, and a count of the faults that fired. For tests of what lives in it. */
export type SmallWorld = VirtualWorld & {
  readonly fired: Readonly<Record<string, number>>;
  readonly lines: readonly string[];
  /** Lets time pass until the call ends, or until nothing is left that could end it. */
  until<Result>(call: Promise<Result>): Promise<Result>;
  /** Lets `ms` pass. */
  pass(ms: number): Promise<void>;
};

export function createSmallWorld(seed = 1, startsAt = Date.parse('2026-03-02T09:00:00Z')): SmallWorld {
  const queue: { readonly at: number; readonly order: number; readonly run: () => void }[] = [];
  const fired: Record<string, number> = {};
  const lines: string[] = [];
  let now = startsAt;
  let order = 0;
  let state = seed >>> 0;

  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  /** Runs the next event up to `limit`; false when there is none. */
  const step = (limit: number): boolean => {
    queue.sort((left, right) => left.at - right.at || left.order - right.order);
    const next = queue[0];
    if (next === undefined || next.at > limit) return false;
    queue.shift();
    now = Math.max(now, next.at);
    next.run();
    return true;
  };

  return {
    get now() {
      return now;
    },
    random,
    after(ms, run) {
      const event = { at: now + Math.max(0, ms), order: (order += 1), run };
      queue.push(event);
      return () => {
        const index = queue.indexOf(event);
        if (index >= 0) queue.splice(index, 1);
      };
    },
    fault(name, probability) {
      if (probability === undefined || random() >= probability) return false;
      fired[name] = (fired[name] ?? 0) + 1;
      return true;
    },
    log: (line) => void lines.push(line),
    fired,
    lines,
    async until(call) {
      const ending = { ended: false };
      const end = (): void => {
        ending.ended = true;
      };
      call.then(end, end);
      await settled();
      while (!ending.ended) {
        if (!step(Infinity)) throw new Error('nothing is left that could end the call');
        await settled();
      }
      return call;
    },
    async pass(ms) {
      const limit = now + ms;
      await settled();
      while (step(limit)) await settled();
      now = limit;
    },
  };
}
