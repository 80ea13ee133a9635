import type { World } from './world';

/**
 * `Date` and `Math.random` of this realm while a simulation runs: those of the world, and inside of a workflow activation
 * those of the workflow. What was there before comes back by `restore`.
 */
type Source = { readonly now: () => number; readonly random: () => number };

let outside: Source | undefined;
let inWorkflow: Source | undefined;
/** One class for all simulations: objects of many classes would make all code that meets a date slow. */
let virtual: { readonly of: DateConstructor; readonly date: DateConstructor } | undefined;

const realRandom = Math.random;
const virtualRandom = (): number => (inWorkflow ?? outside)?.random() ?? realRandom();

/** Takes the clock over; the returned function gives it back. Not reentrant: one simulation at a time. */
export function installVirtualGlobals(world: World): () => void {
  if (outside !== undefined) throw new Error('another simulation holds the clock');
  const realDate = globalThis.Date;
  const randomBefore = Math.random;
  outside = { now: () => world.now, random: () => world.random() };
  if (virtual?.of !== realDate) virtual = { of: realDate, date: virtualDate(realDate) };
  globalThis.Date = virtual.date;
  Math.random = virtualRandom;
  return () => {
    globalThis.Date = realDate;
    Math.random = randomBefore;
    outside = undefined;
    inWorkflow = undefined;
  };
}

/** Called by a host around workflow code; `undefined` when the workflow is left. */
export function useWorkflowClock(source: Source | undefined): void {
  inWorkflow = source;
}

function virtualDate(realDate: DateConstructor): DateConstructor {
  const now = (): number => (inWorkflow ?? outside)?.now() ?? realDate.now();
  class VirtualDate extends realDate {
    constructor(...given: unknown[]) {
      if (given.length === 0) super(now());
      else super(...(given as [string]));
    }
    static override now(): number {
      return now();
    }
  }
  // The SDK knows a date by the name of its class when it hands one into its VM.
  Object.defineProperty(VirtualDate, 'name', { value: 'Date' });
  return VirtualDate as DateConstructor;
}
