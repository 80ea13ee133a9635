import { Option } from 'commander';
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
import { interrupted } from '../interruption';
import { eventDetails, eventHeader, eventRow, statusText, time } from '../output/payout-lines';
import { nobodyPolls, workersOrNothing } from '../output/poller-lines';
import { createPrinter } from '../output/printer';

type WatchOptions = ConnectionOptions & {
  readonly json?: boolean;
  readonly after?: string;
  readonly afterSeq?: string;
  readonly untilClosed?: boolean;
};

export function addWatchCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('watch'))
    .argument(...payoutArgument)
    .summary('follow a payout live')
    .description('Prints each event of a payout as it happens, until it has a final status.')
    .option('--after <number>', 'go on after the event with this number')
    .addOption(new Option('--after-seq <number>', 'the older name of --after').hideHelp())
    .option('--until-closed', 'go on until the run has ended, through the watch for returns')
    .option('--json', 'print NDJSON: one JSON object per event and line')
    .addHelpText(
      'after',
      `
Examples:
  payouts watch acme/order-17
  payouts watch acme/order-17 --json --after 12`,
    )
    .action(async (payout: string, options: WatchOptions) => {
      const address = readPayoutArgument(payout);
      const afterSeq = readSeq(options.after ?? options.afterSeq ?? '0');
      const printer = createPrinter(context.stdout, context.env);
      const readerGone = context.watchReader?.();
      const signal =
        readerGone === undefined ? context.signal : AbortSignal.any([context.signal, readerGone]);
      let lastSeq = afterSeq;
      await withClient(options, context, async (client) => {
        const warned = warnWhereNobodyPolls(client, address, options, context);
        for await (const event of client.events({ ...address, afterSeq, signal })) {
          lastSeq = event.seq;
          if (options.json) printer.json(event);
          // A program reads what `show --timeline` writes, too.
          else if (context.stdout.isTTY !== true) printer.table(eventHeader, [eventRow(event)]);
          else {
            const details = eventDetails(event);
            printer.line(
              `${String(event.seq).padStart(3)}  ${time(event.at)}  `,
              statusText(event.status),
              `  ${event.type}${details === '' ? '' : `: ${details}`}`,
            );
          }
          if (signal.aborted) break;
          if (!options.untilClosed && (await isLast(client, address, event))) return;
        }
        await warned;
        if (readerGone?.aborted === true) return;
        if (context.signal.aborted) throw interrupted(`add --after ${lastSeq}: the payout goes on`);
      });
    });
}

/** At once, instead of after the minute that events are waited for. A payout that has ended needs nobody to move it. */
async function warnWhereNobodyPolls(
  client: PayoutClient,
  address: PayoutAddress,
  { json }: WatchOptions,
  { stderr, env }: CommandContext,
): Promise<void> {
  const workers = await workersOrNothing(client, address);
  if (workers?.polled !== false) return;
  const printer = createPrinter(stderr, env);
  const says = nobodyPolls(workers.taskQueue);
  if (json) printer.json({ warning: { code: 'nobody_polls', message: says.text } });
  else printer.line(says);
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
    '--after is no number of an event',
    'Give the "seq" of the last event that you have seen, or leave it out.',
  );
}
