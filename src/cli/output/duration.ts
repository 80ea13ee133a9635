const units = [
  ['d', 24 * 3_600_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

/** As long as people need it: `3d`, `5h`, `12m`, `40s`. */
export function duration(ms: number): string {
  const [unit, size] = units.find(([, least]) => ms >= least) ?? ['s', 1_000];
  return `${Math.max(0, Math.floor(ms / size))}${unit}`;
}

/** `in 5h`, or `2h ago`. */
export const fromNow = (at: number, now: number): string =>
  at >= now ? `in ${duration(at - now)}` : `${duration(now - at)} ago`;
