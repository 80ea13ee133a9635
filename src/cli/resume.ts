import type { Command } from 'commander';
import type { CommandContext } from './cli-ports';
import { withClient, withConnectionOptions } from './connection-options';
import type { ConnectionOptions } from './connection-options';
import { payoutArgument, readPayoutArgument } from './payout-argument';
import { createPrinter } from './printer';

type ResumeOptions = ConnectionOptions & {
  readonly json?: boolean;
  readonly as: string;
  readonly reason?: string;
};

export function addResumeCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('resume'))
    .argument(...payoutArgument)
    .summary('end a hold')
    .description('Ends the hold of a payout: the held step is tried again at once.')
    .requiredOption('--as <who>', 'who asks')
    .option('--reason <text>', 'what has changed; no personal data')
    .option('--json', 'print one JSON document: {"tenant","reference","resumed"}')
    .addHelpText(
      'after',
      `
Examples:
  payouts list --held
  payouts resume acme/order-17 --as dana --reason "topped up"`,
    )
    .action(async (payout: string, options: ResumeOptions) => {
      const address = readPayoutArgument(payout);
      const { resumed } = await withClient(options, context, async (client) =>
        client.resume({
          ...address,
          by: options.as,
          ...(options.reason === undefined ? {} : { reason: options.reason }),
        }),
      );
      const printer = createPrinter(context.stdout, context.env);
      if (options.json) printer.json({ ...address, resumed });
      else printer.line(`Resumed ${payout}, which was held: ${resumed}`);
    });
}
