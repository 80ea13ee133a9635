import type { World, WorldEnd } from './world';

/**
 * Two drivers with equal results. Both run one event, then everything that promises have to say about it, then the next
 * event. `runSynchronously` is several times faster; it drains the microtask queue by the function with which Node itself
 * does that between two callbacks. `runByEventLoop` uses public means only.
 */
type DrainingProcess = { readonly _tickCallback?: () => void };

// Node has no public name for it. Not there (or of no use): the other driver.
// oxlint-disable-next-line no-underscore-dangle
const drainMicrotasks = (process as unknown as DrainingProcess)._tickCallback;

/**
 * Runs until `until` holds between two events. Must be called from a macrotask (`inMacrotask`): inside of a promise
 * reaction the microtask queue cannot be drained.
 */
export function runSynchronously(world: World, until: () => boolean, maxSteps: number): WorldEnd {
  if (drainMicrotasks === undefined) throw new Error('this Node cannot drain microtasks: use runByEventLoop');
  const last = world.steps + maxSteps;
  drainMicrotasks();
  while (world.isMidEvent || !until()) {
    if (world.steps >= last && !world.isMidEvent) return 'too-long';
    if (!world.step()) return 'idle';
    drainMicrotasks();
  }
  return 'done';
}

/** The same, one turn of the event loop for each event. */
export async function runByEventLoop(
  world: World,
  until: () => boolean,
  maxSteps: number,
): Promise<WorldEnd> {
  const last = world.steps + maxSteps;
  await turnOfTheLoop();
  while (world.isMidEvent || !until()) {
    if (world.steps >= last && !world.isMidEvent) return 'too-long';
    if (!world.step()) return 'idle';
    await turnOfTheLoop();
  }
  return 'done';
}

/** Runs something in a macrotask of its own: where `runSynchronously` works, also under jest. */
export function inMacrotask<T>(run: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(run());
      } catch (error) {
        reject(error);
      }
    });
  });
}

const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
