import { Client, Connection } from '@temporalio/client';
import type { Duration } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { startTemporalServer } from '../../src/dev/temporal-server';
import type { TemporalServer } from '../../src/dev/temporal-server';
import { fastForward, skipToEnd } from '../support/time-skipping';
import type { waitingWorkflow } from '../support/waiting-workflow';

const HOUR_MS = 3_600_000;
const taskQueue = 'time-skipping';
let server: TemporalServer;
let connection: Connection;
let native: NativeConnection;
let client: Client;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger });
  server = await startTemporalServer({ say: () => undefined, timeSkipping: true, logLevel: 'error' });
  connection = await Connection.connect({ address: server.address });
  native = await NativeConnection.connect({ address: server.address });
  client = new Client({ connection });
  const workflowsPath = require.resolve('../support/waiting-workflow');
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });
  worker = await Worker.create({ connection: native, taskQueue, workflowBundle });
  running = worker.run();
}, 300_000);
afterAll(async () => {
  worker.shutdown();
  await running;
  await native.close();
  await connection.close();
  await server.stop();
});

const start = async (workflowId: string, first: Duration, second: Duration) =>
  client.workflow.start<typeof waitingWorkflow>('waitingWorkflow', {
    workflowId,
    taskQueue,
    args: [first, second],
  });

test('moves the clock of one run step by step, and says when the run closed on the way', async () => {
  const handle = await start('stepwise', '25h', '5 days');
  const other = await start('untouched', '1h', '1h');
  expect(await fastForward(client, 'stepwise', '30h')).toBe('reached');
  expect((await handle.describe()).status.name).toBe('RUNNING');
  expect(await fastForward(client, 'stepwise', '10 days')).toBe('closed');
  const [between, total] = await handle.result();
  expect(between).toBeGreaterThanOrEqual(25 * HOUR_MS);
  expect(between).toBeLessThan(25 * HOUR_MS + 60_000);
  expect(total).toBeGreaterThanOrEqual(145 * HOUR_MS);
  expect((await other.describe()).status.name).toBe('RUNNING');
  await other.terminate();
});

test('skips every wait to the end', async () => {
  const handle = await start('to-the-end', '30 days', '90 days');
  await skipToEnd(client, 'to-the-end');
  const [, total] = await handle.result();
  expect(total).toBeGreaterThanOrEqual(120 * 24 * HOUR_MS);
});

test('a short timer takes about its own time', async () => {
  // Without the latency flags of the server each of them takes a second, every time; a busy machine is not always busy.
  const tries: number[] = [];
  while (Math.min(...tries) >= 1_500 && tries.length < 10) {
    const begun = performance.now();
    const handle = await start(`short-${tries.length}`, '100ms', '100ms');
    await handle.result();
    tries.push(performance.now() - begun);
  }
  expect(Math.min(...tries)).toBeLessThan(1_500);
});
