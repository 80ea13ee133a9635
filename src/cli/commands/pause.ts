import type { Command } from 'commander';
import { accountArgument, readAccountArgument } from '../input/account-argument';
import type { CommandContext } from '../cli-ports';
import { withClient, withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { ownerInWords } from '../output/account-owner';
import { createPrinter } from '../output/printer';
import { assertSeenAccount } from '../input/seen-accounts';

type PauseOptions = ConnectionOptions & {
  readonly json?: boolean;
  readonly as: string;
  readonly reason: string;
  readonly unseen?: boolean;
  readonly everywhere?: boolean;
};

export function addPauseCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('pause'))
    .argument(...accountArgument)
    .summary('pause a provider account')
    .description(
      'Pauses a whole provider account: within seconds no new send goes out by it, and payouts wait, held as ' +
        'account_paused. What is unresolved goes on being resolved. `payouts resume ACCOUNT` ends it. An account that no payout was ever ' +
        'routed to is refused (exit code 4), because its name may be mistyped. It counts for the installation whose workers poll the task ' +
        'queue; --everywhere for all of the namespace, workers of older versions included.',
    )
    .requiredOption('--as <who>', 'who asks')
    .requiredOption('--reason <text>', 'why; no personal data')
    .option('--unseen', 'pause it even though no payout was ever routed to it, and do not look')
    .option(
      '--everywhere',
      'pause it for every installation of the namespace, on whichever task queue: in doubt, and in the middle of an upgrade',
    )
    .option(
      '--json',
      'print one JSON document: {"account", "installation", "paused", "by", "since", "reason"}; no installation: all',
    )
    .addHelpText(
      'after',
      `
Examples:
  payouts pause pontis-main --reason "provider incident 12" --as dana
  payouts list --held account_paused --account pontis-main`,
    )
    .action(async (text: string, options: PauseOptions) => {
      const account = readAccountArgument(text);
      const paused = await withClient(options, context, async (client) => {
        // A mistyped name would be paused all the same, and everybody would believe that sends have stopped.
        if (!options.unseen)
          await assertSeenAccount(client, account, {
            message: 'nothing is paused, sends go on',
            next: 'Check the name; --unseen pauses it before its first use.',
            ...(options.everywhere === true ? { everywhere: true } : {}),
          });
        return client.pauseAccount({
          account,
          by: options.as,
          reason: options.reason,
          ...(options.everywhere === true ? { everywhere: true } : {}),
        });
      });
      const printer = createPrinter(context.stdout, context.env);
      if (options.json) printer.json(paused);
      else
        printer.line(
          `Paused ${account} of ${ownerInWords(paused)}: new sends wait; unresolved ones go on being resolved`,
        );
    });
}
