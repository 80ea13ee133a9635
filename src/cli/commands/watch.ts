import type { Command } from 'commander';
import type { PayoutClient } from '../../client/payout-client';
import type { PayoutAddress } from '../../client/payout-address';
import type { PayoutEvent } from '../../domain/payout-snapshot';
import { isFinal } from '../../domain/payout-status';
import { CliError } from '../cli-error';
import type { CommandContext } from '../cli-ports';
import { withClient, withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { exitCodes } from '../exit-codes';
import { payoutArgument, readPayoutArgument } from '../input/payout-argument';
import { statusText, time } from '../output/payout-lines';
import { createPrinter } from '../output/printer';

type WatchOptions = ConnectionOptions & {
  readonly json?: boolean;
  readonly afterSeq: string;
  readonly untilClosed?: boolean;
};

export function addWatchCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('watch'))
    .argument(...payoutArgument)
    .summary('follow a payout live')
    .description('Prints each event of a payout as it happens, until it has a final status.')
    .option('--after-seq <number>', 'go on after this event', '0')
    .option('--until-closed', 'go on until the run has ended, through the watch for returns')
    .option('--json', 'print NDJSON: one JSON object per event and line')
    .addHelpText(
      'after',
      `
Examples:
  payouts watch acme/order-17
  payouts watch acme/order-17 --json --after-seq 12`,
    )
    .action(async (payout: string, options: WatchOptions) => {
      const address = readPayoutArgument(payout);
      const afterSeq = readSeq(options.afterSeq);
      const printer = createPrinter(context.stdout, context.env);
      await withClient(options, context, async (client) => {
        for await (const event of client.events({ ...address, afterSeq, signal: context.signal })) {
          if (options.json) printer.json(event);
          else {
            const details = [event.by && `by ${event.by}`, event.code, event.note].filter(Boolean).join(', ');
            printer.line(
              `${String(event.seq).padStart(3)}  ${time(event.at)}  `,
              statusText(event.status),
              `  ${event.type}${details === '' ? '' : `: ${details}`}`,
            );
          }
          if (!options.untilClosed && (await isLast(client, address, event))) return;
        }
        if (context.signal.aborted) {
          throw new CliError(
            'interrupted',
            exitCodes.other,
            'stopped before the end',
            'The payout goes on. Watch it again, with --after-seq to go on where this ended.',
          );
        }
      });
    });
}

/** A final status can be followed by more: a return after paid, or the events of the same moment. */
async function isLast(client: PayoutClient, address: PayoutAddress, event: PayoutEvent): Promise<boolean> {
  if (!isFinal(event.status)) return false;
  const { final, held, events } = await client.get(address);
  return final && held === undefined && event.seq >= events;
}

function readSeq(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new CliError(
    'after_seq_invalid',
    exitCodes.badInput,
    '--after-seq is no number of an event',
    'Give the "seq" of the last event that you have seen, or leave it out.',
  );
}
