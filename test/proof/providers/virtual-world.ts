/**
 * All that the simulated network and providers use of the world they run in. Time passes only when the world says so, and
 * all chance comes from the world's seed.
 */
export type VirtualWorld = {
  /** Unix milliseconds of virtual time. */
  readonly now: number;
  /** Uniform in [0, 1), from the seed. */
  random(): number;
  /** Runs once, `ms` later, unless the returned function is called before. */
  after(ms: number, run: () => void): () => void;
  /**
   * Whether a fault of this class happens here and now. Asked only where it can take effect at once, so that what is
   * counted has fired. Without a probability it never does.
   */
  fault(name: string, probability: number | undefined): boolean;
  log(line: string): void;
};
