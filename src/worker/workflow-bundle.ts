import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleOptions } from '@temporalio/worker';

/** Written by the build beside the compiled code, so that a worker starts without webpack. The same path from `src`. */
export const builtBundlePath = join(__dirname, '..', '..', 'dist', 'workflow-bundle.js');

const workflowsPath = require.resolve('../workflows');

/**
 * What the bundle is made of. The workflows are loaded once per thread and frozen, instead of once per run: no module of
 * theirs keeps anything (`test/conventions/determinism.test.ts`), and a cached run is that much smaller.
 */
export const bundledWorkflows: Pick<BundleOptions, 'workflowsPath' | 'preloadModules'> = {
  workflowsPath,
  preloadModules: [workflowsPath],
};

/**
 * The prebuilt bundle of the workflows; a clear error when the build did not run. Stack traces are left out where nobody
 * asks for them: see `withoutStackTraces`.
 */
export function workflowBundle({ stackTraces }: { readonly stackTraces: boolean }): {
  readonly code: string;
} {
  if (!existsSync(builtBundlePath)) {
    throw new Error('the workflow bundle is missing: run `npm run build` first');
  }
  const code = readFileSync(builtBundlePath, 'utf8');
  return { code: stackTraces ? code : withoutStackTraces(code) };
}

const mapComment = '//# sourceMappingURL=data:';

/**
 * The SDK takes a stack trace for every promise of a workflow, and looks each frame up in the bundle's source map: a fourth
 * of what a worker's threads do. Its promise hook cannot be turned off, so the workflows' own `Error` is told to take no
 * frames (after the bundle was evaluated the SDK freezes it, so this holds for all runs), and the map stays out of memory.
 * Nothing outside of the workflows' context is touched: activities and everything else keep their stacks.
 */
export function withoutStackTraces(code: string): string {
  const end = code.lastIndexOf(mapComment);
  if (end === -1) throw new Error('the workflow bundle has no source map at its end');
  return `${code.slice(0, end)}Error.stackTraceLimit = 0;\n${mapComment}application/json;base64,${noMap}\n`;
}

/** The SDK wants one. */
const noMap = Buffer.from(
  JSON.stringify({ version: 3, file: 'workflow-bundle.js', sources: [], names: [], mappings: '' }),
).toString('base64');
