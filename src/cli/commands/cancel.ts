import type { Command } from 'commander';
import { assertNever } from '../../domain/assert-never';
import type { CancelOutcome } from '../../domain/payout-snapshot';
import type { CommandContext } from '../cli-ports';
import { withClient, withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { exitCodes } from '../exit-codes';
import { payoutArgument, readPayoutArgument } from '../input/payout-argument';
import { createPrinter } from '../output/printer';

type CancelOptions = ConnectionOptions & {
  readonly json?: boolean;
  readonly as: string;
  readonly reason?: string;
};

export function addCancelCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('cancel'))
    .argument(...payoutArgument)
    .summary('cancel a payout, if it is not too late')
    .description(
      'Asks to cancel, and tells the truth: cancelled (exit code 0), too late, or not known (exit code 4). ' +
        'From then on nothing new is sent.',
    )
    .requiredOption('--as <who>', 'who asks')
    .option('--reason <text>', 'why; no personal data')
    .option('--json', 'print one JSON document: {"tenant","reference","outcome"}')
    .addHelpText(
      'after',
      `
Examples:
  payouts cancel acme/order-17 --as dana --reason "ordered twice"
  payouts cancel acme/order-17 --as dana --json`,
    )
    .action(async (payout: string, options: CancelOptions) => {
      const address = readPayoutArgument(payout);
      const outcome = await withClient(options, context, async (client) =>
        client.cancel({
          ...address,
          by: options.as,
          ...(options.reason === undefined ? {} : { reason: options.reason }),
        }),
      );
      if (outcome !== 'cancelled') context.exitWith(exitCodes.refused);
      const printer = createPrinter(context.stdout, context.env);
      if (options.json) printer.json({ ...address, outcome });
      else printer.line(`${payout}: ${cancelInWords(outcome)}`);
    });
}

/** Of a cancellation and of a recall. */
export function cancelInWords(outcome: CancelOutcome): string {
  switch (outcome) {
    case 'cancelled':
      return 'cancelled. No money moved, and none will.';
    case 'too-late':
      return 'too late. The provider has it, or it has ended: show the payout.';
    case 'not-known':
      return 'not known. A send may have been accepted. It is not repeated; what became of it is looked up, or people find out (show the payout). Do not pay by other means.';
    default:
      return assertNever(outcome, 'cancel outcome');
  }
}
