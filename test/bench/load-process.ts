/**
 * A process that asks for payouts and waits for their ends, so that what a client costs can be counted by itself. Started
 * with an IPC channel; ends with whoever started it. Options: `--address`, `--task-queue`, `--workflow` (`floor` or
 * `plain`), or `--client`: the built client library to use instead.
 */
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import type { PayoutClient, PayoutClientOptions } from '../../src/client/payout-client';
import type { PayoutRequest } from '../../src/domain/payout-request';
import { requestOf } from './payment';

export type LoadOrder =
  /** Starts all, `concurrency` at a time, each until it has ended. */
  | { readonly do: 'pay'; readonly prefix: string; readonly count: number; readonly concurrency: number }
  /** Starts all and waits for none. */
  | { readonly do: 'start'; readonly prefix: string; readonly count: number }
  /** Waits for those that were started. */
  | { readonly do: 'finish'; readonly prefix: string; readonly count: number };

export type LoadResult = {
  readonly elapsedMs: number;
  /** From asking for a payout to knowing its end, for each. */
  readonly latenciesMs: readonly number[];
  /** gRPC calls by method. */
  readonly calls: Readonly<Record<string, number>>;
};

/** One way to pay. */
type Payer = {
  start(request: PayoutRequest): Promise<void>;
  /** Resolves with whether it was paid. */
  untilEnd(request: PayoutRequest): Promise<boolean>;
};

const longEnoughMs = 120_000;

function payerWith(
  values: Readonly<Record<'address' | 'task-queue' | 'workflow' | 'client', string>>,
): Payer {
  const { address, 'task-queue': taskQueue, workflow, client } = values;
  if (client !== '') {
    const { createPayoutClient } = require(client) as {
      readonly createPayoutClient: (options: PayoutClientOptions) => PayoutClient;
    };
    const payouts = createPayoutClient({ address, namespace: 'default', taskQueue, env: {} });
    return {
      async start(request) {
        const { started } = await payouts.start(request);
        if (!started) throw new Error(`${request.reference} was there already`);
      },
      async untilEnd({ tenant, reference }) {
        const { final, status } = await payouts.outcome({ tenant, reference, timeoutMs: longEnoughMs });
        return final && status === 'paid';
      },
    };
  }
  const temporal = new Client({
    connection: Connection.lazy({ address, channelArgs: { 'grpc.enable_http_proxy': 0 } }),
  });
  const workflowId = ({ reference }: PayoutRequest): string => `${workflow}/${reference}`;
  return {
    async start(request) {
      await temporal.workflow.start(workflow, {
        workflowId: workflowId(request),
        taskQueue,
        args: [request],
      });
    },
    async untilEnd(request) {
      return (await temporal.workflow.result(workflowId(request))) === 'COMPLETED';
    },
  };
}

const calls: Record<string, number> = {};

/** Every unary call that leaves this process by the gRPC library that the client under measurement has loaded. */
function countCalls(client: string): void {
  const from = createRequire(client === '' ? __filename : client);
  const grpc = createRequire(from.resolve('@temporalio/client'))('@grpc/grpc-js') as {
    readonly Client: {
      readonly prototype: { makeUnaryRequest: (path: string, ...rest: unknown[]) => unknown };
    };
  };
  const { prototype } = grpc.Client;
  const original = prototype.makeUnaryRequest;
  prototype.makeUnaryRequest = function counted(path, ...rest) {
    const method = path.slice(path.lastIndexOf('/') + 1);
    calls[method] = (calls[method] ?? 0) + 1;
    return original.call(this, path, ...rest);
  };
}

async function obey(order: LoadOrder, payer: Payer): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  const before = { ...calls };
  const startedAt = performance.now();
  const one = async (number: number): Promise<void> => {
    const request = requestOf(`${order.prefix}-${number}`, number, order.do !== 'pay');
    const askedAt = performance.now();
    if (order.do !== 'finish') await payer.start(request);
    if (order.do === 'start') return;
    if (!(await payer.untilEnd(request))) throw new Error(`${request.reference} was not paid`);
    latenciesMs.push(performance.now() - askedAt);
  };
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < order.count) {
      next += 1;
      await one(next - 1);
    }
  };
  const lanes = order.do === 'pay' ? order.concurrency : order.count;
  await Promise.all(Array.from({ length: lanes }, lane));
  const made = Object.entries(calls).map(
    ([method, times]) => [method, times - (before[method] ?? 0)] as const,
  );
  return {
    elapsedMs: performance.now() - startedAt,
    latenciesMs,
    calls: Object.fromEntries(made.filter(([, times]) => times > 0)),
  };
}

const option = { type: 'string', default: '' } as const;
const { values } = parseArgs({
  options: { address: option, 'task-queue': option, workflow: option, client: option },
});
countCalls(values.client);
const payer = payerWith(values);
process.on('message', (order: LoadOrder) => {
  obey(order, payer).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.({ ready: true });
