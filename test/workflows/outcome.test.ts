/** What waiting for an outcome costs, counted call by call, and that it ends when it should. */
import { randomUUID } from 'node:crypto';
import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { createPayoutClient } from '../../src/client';
import { exampleRequest } from '../support/example-request';
import { resetToStart } from '../support/reset-to-start';
import { startPayoutWorker, testTemporalAddress, withPayoutWorker } from '../support/payout-worker';
import type { ScriptedPayouts } from '../support/payout-worker';

const calls: string[] = [];
let connection: Connection;
let temporal: Client;

beforeAll(async () => {
  connection = await Connection.connect({
    address: testTemporalAddress(),
    interceptors: [
      (options, nextCall) => {
        calls.push(options.method_definition.path.split('/').at(-1) ?? '');
        return makeGrpcRetryInterceptor(defaultGrpcRetryOptions())(options, nextCall);
      },
    ],
  });
  temporal = new Client({ connection });
});
afterAll(async () => connection.close());

const clientFor = (taskQueue: string) => createPayoutClient({ client: temporal, taskQueue });
const newRequest = () => exampleRequest({ reference: `outcome-${randomUUID()}` });
const addressOf = ({ tenant, reference }: ReturnType<typeof newRequest>) => ({ tenant, reference });

/** What `work` asks of Temporal, by method. */
async function counted<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly made: readonly string[] }> {
  calls.length = 0;
  const result = await work();
  return { result, made: [...calls] };
}

const reads = 'DescribeWorkflowExecution';
const polls = 'GetWorkflowExecutionHistory';

it('costs a bounded number of long polls however long nothing happens, and no query', async () => {
  await withPayoutWorker({ approvals: 1 }, async ({ taskQueue }) => {
    const client = clientFor(taskQueue);
    const request = newRequest();
    await client.start(request);
    await until(async () => (await client.outcome(addressOf(request))).status === 'awaiting-approval');
    const { result, made } = await counted(async () =>
      client.outcome({ ...addressOf(request), timeoutMs: 2_500 }),
    );
    expect(result).toMatchObject({ final: false, status: 'awaiting-approval' });
    // Once at the beginning and once at the end; one poll for the close, one for what is there, one for what comes.
    expect(made.filter((name) => name === reads)).toHaveLength(2);
    expect(made.filter((name) => name === polls).length).toBeLessThanOrEqual(3);
    expect(made.filter((name) => name !== reads && name !== polls)).toEqual([]);
  });
});

it('reads nothing of a payout that this client began: polls alone tell what it came to', async () => {
  await withPayoutWorker({ status: 'paid' }, async ({ taskQueue }) => {
    const client = clientFor(taskQueue);
    const request = newRequest();
    const { result, made } = await counted(async () => {
      await client.start(request);
      return client.outcome({ ...addressOf(request), timeoutMs: 30_000 });
    });
    expect(result).toMatchObject({ final: true, status: 'paid', moneyMoved: 'yes' });
    expect(made.filter((name) => name !== polls)).toEqual(['StartWorkflowExecution']);
    // It is told the same as whoever reads what Temporal stores.
    expect(await clientFor(taskQueue).outcome(addressOf(request))).toEqual(result);
  });
});

it.each(['rejected', 'failed'] as const)('is told the same of a payout that is %s', async (status) => {
  const script: ScriptedPayouts = status === 'failed' ? { status } : { approvals: 1 };
  await withPayoutWorker(script, async ({ taskQueue }) => {
    const [client, other] = [clientFor(taskQueue), clientFor(taskQueue)];
    const request = newRequest();
    await client.start(request);
    const waiting = client.outcome({ ...addressOf(request), timeoutMs: 30_000 });
    if (status === 'rejected') {
      const digest = await until(async () => (await other.get(addressOf(request))).approval?.digest);
      await other.decide({ ...addressOf(request), by: 'alice', decision: 'reject', reason: 'test', digest });
    }
    expect(await waiting).toMatchObject({ final: true, status, moneyMoved: 'no' });
    expect(await other.outcome(addressOf(request))).toEqual(await waiting);
  });
});

it('says of a run that this client began, and that was ended from outside, that nobody watches it', async () => {
  const client = clientFor(`outcome-${randomUUID()}`);
  const request = newRequest();
  const { workflowId } = await client.start(request);
  const waiting = client.outcome({ ...addressOf(request), timeoutMs: 30_000 });
  await temporal.workflow.getHandle(workflowId).terminate('test');
  expect(await waiting).toMatchObject({ final: false, closed: 'terminated', moneyMoved: 'unknown' });
});

it('ends as soon as the run does, by one long poll', async () => {
  const script: { approvals: number; status: 'paid' } = { approvals: 1, status: 'paid' };
  await withPayoutWorker(script, async ({ taskQueue }) => {
    const client = clientFor(taskQueue);
    const request = newRequest();
    await client.start(request);
    const digest = await until(async () => (await client.get(addressOf(request))).approval?.digest);
    const { result } = await counted(async () => {
      const outcome = client.outcome({ ...addressOf(request), timeoutMs: 30_000 });
      await client.decide({ ...addressOf(request), by: 'alice', decision: 'approve', digest });
      return outcome;
    });
    expect(result).toMatchObject({ final: true, status: 'paid', moneyMoved: 'yes' });
  });
});

it('ends at a final status while the run goes on to watch', async () => {
  const script: ScriptedPayouts = { watchMs: 600_000 };
  await withPayoutWorker(script, async ({ taskQueue }) => {
    const client = clientFor(taskQueue);
    const request = newRequest();
    const { workflowId } = await client.start(request);
    await until(async () => (await client.outcome(addressOf(request))).status === 'submitted');
    const waiting = client.outcome({ ...addressOf(request), timeoutMs: 30_000 });
    script.status = 'paid';
    expect(await waiting).toMatchObject({ final: true, status: 'paid', moneyMoved: 'yes' });
    const handle = temporal.workflow.getHandle(workflowId);
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.terminate('test');
  });
});

it('follows the payout into the run that a reset makes', async () => {
  const script: ScriptedPayouts = {};
  await withPayoutWorker(script, async ({ taskQueue }) => {
    const client = clientFor(taskQueue);
    const request = newRequest();
    const { workflowId } = await client.start(request);
    await until(async () => (await client.outcome(addressOf(request))).status === 'submitted');
    const waiting = client.outcome({ ...addressOf(request), timeoutMs: 40_000 });
    const handle = temporal.workflow.getHandle(workflowId);
    await resetToStart({ client: temporal }, { handle });
    script.status = 'paid';
    expect(await waiting).toMatchObject({ final: true, status: 'paid' });
  });
});

it('ends although no worker was there when it began', async () => {
  const taskQueue = `outcome-${randomUUID()}`;
  const client = clientFor(taskQueue);
  const request = newRequest();
  await client.start(request);
  const waiting = client.outcome({ ...addressOf(request), timeoutMs: 40_000 });
  const worker = await startPayoutWorker({ status: 'paid' }, taskQueue);
  try {
    expect(await waiting).toMatchObject({ final: true, status: 'paid' });
  } finally {
    await worker.stop();
  }
});

async function until<T>(read: () => Promise<T>): Promise<NonNullable<T>> {
  for (const deadline = performance.now() + 30_000; performance.now() < deadline;) {
    const value = await read().catch(() => undefined);
    if (value !== undefined && value !== null && value !== false) return value;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error('it does not come to that');
}
