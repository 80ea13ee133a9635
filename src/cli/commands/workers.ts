import type { Command } from 'commander';
import type { PollingWorker } from '../../client/polling-workers';
import type { CommandContext } from '../cli-ports';
import { withClient, withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { readPayoutArgument } from '../input/payout-argument';
import { exitCodes } from '../exit-codes';
import { duration } from '../output/duration';
import { time } from '../output/payout-lines';
import { createPrinter, styled } from '../output/printer';
import { nobodyPolls } from '../output/poller-lines';

const header = ['worker', 'polls', 'asks for', 'version', 'deployment', 'last asked'] as const;

type WorkersCommandOptions = ConnectionOptions & { readonly json?: boolean; readonly payout?: string };

export function addWorkersCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('workers'))
    .summary('show who polls the task queue')
    .description(
      'Shows which workers ask Temporal for work, with version and build of each as far as it says them. Where nobody asks, payouts are ' +
        'started and go no further: then the exit code is 5. A worker that was stopped is still listed for some minutes.',
    )
    .option('--payout <payout>', 'the task queue that this payout waits in, instead of --task-queue')
    .option('--json', 'print one JSON document: {"taskQueue", "polled", "workers"}')
    .addHelpText(
      'after',
      `
Examples:
  payouts workers
  payouts workers --task-queue payouts-eu
  payouts workers --payout acme/order-17
  payouts workers --json | jq -r '.workers[] | select(.polled).identity'`,
    )
    .action(async (options: WorkersCommandOptions) => {
      const payout = options.payout === undefined ? undefined : readPayoutArgument(options.payout);
      const found = await withClient(options, context, async (client) => client.workers(payout ?? {}));
      if (!found.polled) context.exitWith(exitCodes.notReachable);
      const printer = createPrinter(context.stdout, context.env);
      if (options.json) {
        printer.json(found);
        return;
      }
      const now = Date.now();
      if (found.workers.length > 0)
        printer.table(
          header,
          found.workers.map((worker) => row(worker, now)),
        );
      if (!found.polled) createPrinter(context.stderr, context.env).line(nobodyPolls(found.taskQueue));
    });
}

const row = (
  { identity, polled, asksFor, version, build, deployment, buildId, lastAskedAt }: PollingWorker,
  now: number,
) => [
  identity,
  polled ? styled('green', 'yes') : styled('yellow', 'no more'),
  asksFor.join(', '),
  version === undefined ? '-' : `${version}, build ${build ?? '-'}`,
  deployment === undefined ? '-' : `${deployment} ${buildId ?? ''}`,
  `${time(lastAskedAt)} (${duration(Math.max(0, now - lastAskedAt))} ago)`,
];
