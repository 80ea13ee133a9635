import { writeFileSync } from 'node:fs';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { builtBundlePath } from '../worker/workflow-bundle';

/** Last step of the build: the workflows in one file, made by the SDK version that will run them. */
async function bundle(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve('../workflows'),
    logger: new DefaultLogger('WARN'),
  });
  writeFileSync(builtBundlePath, code);
}

bundle().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
