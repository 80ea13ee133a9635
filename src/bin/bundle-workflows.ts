import { renameSync, writeFileSync } from 'node:fs';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { workflowBundlePath } from '../worker/workflow-bundle';

/** Bundles the workflows for all workers. Called by the build, after the compiler. */
async function bundleWorkflows(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve('../workflows/index'),
    logger: new DefaultLogger('WARN'),
  });
  // A worker that starts just now sees the old bundle or the new one, never half of one.
  const unfinished = `${workflowBundlePath}.${process.pid}`;
  writeFileSync(unfinished, code);
  renameSync(unfinished, workflowBundlePath);
}

bundleWorkflows().catch((error: unknown) => {
  process.stderr.write(`bundling the workflows failed: ${String(error)}\n`);
  process.exitCode = 1;
});
