/**
 * Import this before anything that loads the SDK, in a process that does nothing but simulate. `AsyncLocalStorage` of Node 20
 * keeps numbers, resources and a stack for every promise; the SDK needs only its values there, which this hands from promise
 * to promise by V8's own hooks. Where workflows run in the worker's VM, Node's own stays; both come out the same.
 */
import asyncHooks = require('node:async_hooks');
import { promiseHooks } from 'node:v8';
import { runsInVm } from './shard-options';

/** A value for each storage. Never changed. */
type Frame = readonly unknown[];

const frameOf = Symbol('frame');
type Framed = Promise<unknown> & { [frameOf]?: Frame };

let storages = 0;
let current: Frame = [];
const outer: Frame[] = [];

/** As much of it as the SDK uses outside of a VM. */
class QuickAsyncLocalStorage<T> {
  readonly #place = storages++;

  getStore(): T | undefined {
    return current[this.#place] as T | undefined;
  }

  run<Args extends unknown[], R>(store: T, callback: (...args: Args) => R, ...args: Args): R {
    const before = current;
    const frame = [...before];
    frame[this.#place] = store;
    current = frame;
    try {
      return callback(...args);
    } finally {
      current = before;
    }
  }
}

if (!runsInVm) {
  promiseHooks.createHook({
    init(promise) {
      (promise as Framed)[frameOf] = current;
    },
    before(promise) {
      outer.push(current);
      current = (promise as Framed)[frameOf] ?? [];
    },
    after() {
      current = outer.pop() ?? [];
    },
  });
  (asyncHooks as { AsyncLocalStorage: unknown }).AsyncLocalStorage = QuickAsyncLocalStorage;
}
