/**
 * Import this before anything else in a process that does nothing but simulate. It puts another `AsyncLocalStorage` in the
 * place of Node's, for the SDK's activities and workflows: the same contract for promises, by V8's promise hooks alone.
 * Node 20 tells a resource with two ids of every promise for it, which costs a fifth of a simulation.
 *
 * It follows promises and nothing else. No timer, socket or stream takes part in a simulation, whose own timers start in no
 * context (`WorkerProcess`). Tests under jest and the VM host run the same seeds with Node's class.
 */
import asyncHooks = require('node:async_hooks');
import { promiseHooks } from 'node:v8';

/** What `run` calls put around the code: immutable, innermost first. */
type Frame = {
  readonly storage: QuickAsyncLocalStorage<unknown>;
  readonly store: unknown;
  readonly outer: Frame | undefined;
};
type Framed = Promise<unknown> & { [frameOf]?: Frame };

const frameOf = Symbol('frame');
let current: Frame | undefined;
const interrupted: (Frame | undefined)[] = [];

const within = <T>(frame: Frame | undefined, run: () => T): T => {
  const before = current;
  current = frame;
  try {
    return run();
  } finally {
    current = before;
  }
};

/** The part of Node's class that the SDK uses. */
class QuickAsyncLocalStorage<Store> {
  run<Result, Given extends readonly unknown[]>(
    store: Store,
    run: (...given: Given) => Result,
    ...given: Given
  ): Result {
    return within({ storage: this, store, outer: current }, () => run(...given));
  }

  getStore(): Store | undefined {
    for (let frame = current; frame !== undefined; frame = frame.outer) {
      if (frame.storage === this) return frame.store as Store;
    }
    return undefined;
  }

  /** Nothing to take back: a storage without a frame holds nothing. */
  disable(): void {
    current = undefined;
  }
}

promiseHooks.createHook({
  init: (promise: Framed) => {
    if (current !== undefined) promise[frameOf] = current;
  },
  before: (promise: Framed) => {
    interrupted.push(current);
    current = promise[frameOf];
  },
  after: () => {
    current = interrupted.pop();
  },
  settled: undefined,
} as unknown as Parameters<typeof promiseHooks.createHook>[0]);

asyncHooks.AsyncLocalStorage = QuickAsyncLocalStorage as unknown as typeof asyncHooks.AsyncLocalStorage;
