/** A process with a worker for the workflows that ours are measured against. Ends with whoever started it. */
import { parseArgs } from 'node:util';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createUndiciSender } from '../../src/http/undici-sender';
import { createFloorActivities } from './floor-activities';

async function main(): Promise<void> {
  const option = { type: 'string', default: '' } as const;
  const { values } = parseArgs({
    options: { address: option, 'task-queue': option, bundle: option, provider: option },
  });
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('WARN') });
  const { send } = createUndiciSender();
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address: values.address }),
    taskQueue: values['task-queue'],
    workflowBundle: { codePath: values.bundle },
    activities: createFloorActivities(values.provider, send),
    // As many of everything as ours has.
    maxConcurrentActivityTaskExecutions: 100,
    maxConcurrentLocalActivityExecutions: 50,
    maxConcurrentWorkflowTaskExecutions: 40,
    maxCachedWorkflows: 500,
  });
  await worker.run();
}

process.on('disconnect', () => process.exit());
main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
