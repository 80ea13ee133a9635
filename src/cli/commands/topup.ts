import type { Command } from 'commander';
import { accountArgument, readAccountArgument } from '../input/account-argument';
import type { CommandContext } from '../cli-ports';
import { withClient, withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { payoutsInWords } from '../output/account-owner';
import { createPrinter, styled } from '../output/printer';
import { assertSeenAccount } from '../input/seen-accounts';

type TopUpOptions = ConnectionOptions & {
  readonly json?: boolean;
  readonly as: string;
  readonly reason?: string;
};

export function addTopUpCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('topup'))
    .argument(...accountArgument)
    .summary('say that a provider account was topped up')
    .description(
      'Says that money was put on a provider account: every payout of the account that is held as insufficient_funds is ' +
        'tried at once, twenty in a second. It moves no money itself.',
    )
    .requiredOption('--as <who>', 'who says so')
    .option('--reason <text>', 'for the timelines of the payouts; no personal data')
    .option('--json', 'print one JSON document: {"account","paused",…,"payouts"}')
    .addHelpText(
      'after',
      `
Examples:
  payouts list --held insufficient_funds --account pontis-main
  payouts topup pontis-main --as dana --reason "transfer 4711 arrived"`,
    )
    .action(async (text: string, { as: by, reason, json, ...options }: TopUpOptions) => {
      const account = readAccountArgument(text);
      const toppedUp = await withClient(options, context, async (client) => {
        await assertSeenAccount(client, account, {
          message: 'nobody is told',
          next: 'Check the name.',
        });
        return client.toppedUp({ account, by, ...(reason === undefined ? {} : { reason }) });
      });
      const printer = createPrinter(context.stdout, context.env);
      if (json) {
        printer.json(toppedUp);
        return;
      }
      printer.line(
        toppedUp.payouts === 0
          ? `Noted for ${account}: no payout was seen that waits for money; one that begins to is tried again by itself`
          : `Noted for ${account}: what waits for money is tried again now, ${payoutsInWords(toppedUp.payouts)}`,
      );
      if (toppedUp.paused)
        printer.line(styled('yellow', `${account} is paused: they wait for that next (payouts accounts)`));
    });
}
