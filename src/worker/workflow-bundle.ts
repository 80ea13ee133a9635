import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowBundleOption } from '@temporalio/worker';

/** Where the build puts the bundled workflows; the same file from `src` (tests) and from `dist`. */
export const workflowBundlePath = join(__dirname, '..', '..', 'dist', 'workflow-bundle.js');

/** The workflows as built once by `npm run build`: no worker bundles at its start, and all run the same bytes. */
export function loadWorkflowBundle(path: string = workflowBundlePath): WorkflowBundleOption {
  if (!existsSync(path)) throw new Error(`there is no workflow bundle at ${path}: run npm run build`);
  return { codePath: path };
}
