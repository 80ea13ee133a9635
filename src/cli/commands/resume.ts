import type { Command } from 'commander';
import { PayoutRefusedError } from '../../client/errors';
import { looksLikeAccount } from '../input/account-argument';
import type { CommandContext } from '../cli-ports';
import { withClient, withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { readPayoutArgument } from '../input/payout-argument';
import { assertSeenAccount } from '../input/seen-accounts';
import { ownerInWords, payoutsInWords } from '../output/account-owner';
import { createPrinter } from '../output/printer';

type ResumeOptions = ConnectionOptions & {
  readonly json?: boolean;
  readonly as: string;
  readonly reason?: string;
};

export function addResumeCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('resume'))
    .argument(
      '<payout-or-account>',
      'TENANT/REFERENCE (or its workflow id), or the id of a paused provider account',
    )
    .summary('end a hold, or the pause of an account')
    .description(
      'Ends the hold of a payout: the held step is tried again at once. With the id of a provider account (which has no ' +
        'slash) ends its pause, whoever made it: new sends go on, and those that waited are tried at once, twenty in a second.',
    )
    .requiredOption('--as <who>', 'who asks')
    .option('--reason <text>', 'what has changed; no personal data')
    .option(
      '--json',
      'print one JSON document: {"tenant","reference","resumed"} or {"account","paused",…,"payouts"}',
    )
    .addHelpText(
      'after',
      `
Examples:
  payouts list --held
  payouts resume acme/order-17 --as dana --reason "topped up"
  payouts resume pontis-main --as dana --reason "incident 12 is over"`,
    )
    .action(async (payout: string, options: ResumeOptions) => {
      if (looksLikeAccount(payout)) {
        await resumeAccount(payout, options, context);
        return;
      }
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

async function resumeAccount(
  account: string,
  options: ResumeOptions,
  context: CommandContext,
): Promise<void> {
  const { as: by, reason } = options;
  const resumed = await withClient(options, context, async (client) => {
    try {
      return await client.resumeAccount({ account, by, ...(reason === undefined ? {} : { reason }) });
    } catch (error) {
      if (!(error instanceof PayoutRefusedError) || error.refusal !== 'not_paused') throw error;
      // It may be mistyped, and another one still paused.
      await assertSeenAccount(client, account, {
        message: 'nothing is resumed',
        next: '`payouts accounts` lists those that are paused.',
      });
      throw error;
    }
  });
  const printer = createPrinter(context.stdout, context.env);
  if (options.json) printer.json(resumed);
  else
    printer.line(
      `Resumed account ${account} of ${ownerInWords(resumed)}: what waited is tried again now, ${payoutsInWords(resumed.payouts)}`,
    );
}
