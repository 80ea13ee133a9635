import type { Client } from '@temporalio/client';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, TypedSearchAttributes } from '@temporalio/common';
import { cancelPayout } from '../../src/client/payout-commands';
import { createTemporalCalls } from '../../src/client/temporal-calls';

const address = { tenant: 'acme', reference: 'order-1' };

/** A run that is open, and a worker that drops the first messages unread; what was sent, by update id. */
function dropping(times: number) {
  const sent: (string | undefined)[] = [];
  const handle = {
    describe: async () => ({
      workflowId: 'payout/acme/order-1',
      runId: 'run-1',
      historyLength: 12,
      status: { name: 'RUNNING' },
      typedSearchAttributes: new TypedSearchAttributes([]),
      startTime: new Date(),
    }),
    executeUpdate: async (_definition: unknown, { updateId }: { readonly updateId?: string }) => {
      sent.push(updateId);
      if (sent.length > times) return 'cancelled';
      const dropped = ApplicationFailure.nonRetryable('not processed by worker', 'UnprocessedUpdate');
      throw new WorkflowUpdateFailedError('Workflow Update failed', dropped);
    },
  };
  const client = {
    connection: {},
    workflow: { getHandle: () => handle },
    withAbortSignal: async (_signal: unknown, call: () => unknown) => call(),
    withDeadline: async (_deadline: unknown, call: () => unknown) => call(),
  } as unknown as Client;
  const timeouts = { callTimeoutMs: 2_000, answerTimeoutMs: 600, startTimeoutMs: 2_000 };
  return { sent, calls: createTemporalCalls(client, timeouts) };
}

it('sends a message again that a worker dropped unread, under the same id', async () => {
  const { sent, calls } = dropping(2);
  await expect(cancelPayout(calls, { ...address, by: 'olga' })).resolves.toBe('cancelled');
  expect(sent).toHaveLength(3);
  expect(new Set(sent).size).toBe(1);
});

it('says that it is not carried out when that goes on', async () => {
  const { calls } = dropping(Number.POSITIVE_INFINITY);
  await expect(cancelPayout(calls, { ...address, by: 'olga' })).rejects.toMatchObject({
    code: 'worker_not_available',
    message: 'could not cancel payout/acme/order-1: a worker dropped it; it is not carried out',
  });
});
