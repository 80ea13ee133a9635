/**
 * Import this before anything that loads `@temporalio/workflow`: the library takes `AsyncLocalStorage` from the global
 * scope when it is loaded, where the worker puts it in its own VM, and goes without it otherwise.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

(globalThis as { AsyncLocalStorage?: unknown }).AsyncLocalStorage ??= AsyncLocalStorage;

// Errors are thrown by the hundred thousand here, and nobody reads their stacks; a failed test sets it back.
export const withoutStackTraces = (): (() => void) => {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  return () => {
    Error.stackTraceLimit = before;
  };
};
