/** Everything random of a run from one number, so that the same number draws the same again. */
export type Draws = {
  /** 0 ≤ n < limit, whole. */
  below(limit: number): number;
  chance(probability: number): boolean;
  oneOf<Item>(items: readonly [Item, ...Item[]]): Item;
};

/** Mulberry32: small, and good enough to choose where to hurt. */
export function createDraws(seed: number): Draws {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (probability) => next() < probability,
    oneOf: (items) => items[below(items.length)] ?? items[0],
  };
}
