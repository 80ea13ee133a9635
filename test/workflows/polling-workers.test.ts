/** Who works on a task queue, whichever of its partitions they ask. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { createPayoutClient } from '../../src/client';
import { testTemporalAddress } from '../support/payout-worker';
import { eventually } from '../support/process-watch';

/** A server gives each poll one of four partitions: that all of them ask the first one happens once in sixteen million times. */
const many = Array.from({ length: 12 }, (_, number) => `poller-${number}`);
/** `temporal.api.enums.v1.TaskQueueKind` */
const normal = 1;

it('names everybody who asks for work', async () => {
  const address = testTemporalAddress();
  const connection = await Connection.connect({ address });
  const taskQueue = `pollers-${randomUUID()}`;
  const client = createPayoutClient({ client: new Client({ connection }), taskQueue });
  expect(await client.workers()).toEqual({ taskQueue, polled: false, workers: [] });
  const refused: unknown[] = [];
  const cut = many.map(() => new AbortController());
  // A server takes no poll that has no deadline.
  const polls = many.map(async (identity, number) =>
    connection
      .withAbortSignal(cut[number]?.signal ?? AbortSignal.abort(), async () =>
        connection.withDeadline(Date.now() + 170_000, async () =>
          connection.workflowService.pollWorkflowTaskQueue({
            namespace: 'default',
            // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum is in a package that is none of ours
            taskQueue: { name: taskQueue, kind: normal },
            identity,
          }),
        ),
      )
      .catch((error: unknown) => cut[number]?.signal.aborted || refused.push(error)),
  );
  try {
    await eventually('all of them are seen', async () => {
      expect(refused).toEqual([]);
      return (await client.workers()).workers.length === many.length;
    });
    const { polled, workers } = await client.workers();
    expect(polled).toBe(true);
    expect(workers.map(({ identity }) => identity).toSorted()).toEqual(many.toSorted());
    expect(new Set(workers.flatMap(({ asksFor }) => asksFor))).toEqual(new Set(['workflow']));
  } finally {
    for (const one of cut) one.abort();
    await Promise.all(polls);
    await connection.close();
  }
});
