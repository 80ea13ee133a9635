import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Written by the build beside the compiled code, so that a worker starts without webpack. */
export const builtBundlePath = join(__dirname, '..', 'workflow-bundle.js');

/** The prebuilt bundle of the workflows; a clear error when the build did not run. */
export function workflowBundle(): { readonly codePath: string } {
  if (!existsSync(builtBundlePath)) {
    throw new Error('the workflow bundle is missing: run `npm run build` first');
  }
  return { codePath: builtBundlePath };
}
