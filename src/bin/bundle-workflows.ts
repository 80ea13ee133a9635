import { renameSync, writeFileSync } from 'node:fs';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { builtBundlePath, bundledWorkflows } from '../worker/workflow-bundle';

/** Last step of the build: the workflows in one file, made by the SDK version that will run them. */
async function bundle(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    ...bundledWorkflows,
    logger: new DefaultLogger('WARN'),
  });
  // A worker that starts just now sees a whole bundle or none, never half of one.
  const unfinished = `${builtBundlePath}.${process.pid}`;
  writeFileSync(unfinished, code);
  renameSync(unfinished, builtBundlePath);
}

bundle().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
