import type { Command } from 'commander';
import type { AccountView } from '../../client/account-commands';
import type { CommandContext } from '../cli-ports';
import { withClient, withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { time } from '../output/payout-lines';
import { createPrinter, styled } from '../output/printer';
import { isSeenAccount } from '../input/seen-accounts';

const header = ['account', 'installation', 'state', 'since', 'by', 'reason', 'payouts'] as const;

/** `seen`: whether a payout was ever routed to it. */
type SeenAccountView = AccountView & { readonly seen: boolean };

export function addAccountsCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('accounts'))
    .summary('show which provider accounts are paused')
    .description(
      'Shows every provider account that was ever paused or topped up, and whether a payout was ever routed to it: a pause of one that was ' +
        'never seen may be of a mistyped name. A pause by `payouts` for refused credentials ends by itself when they are mended. ' +
        'Works while no worker runs.',
    )
    .option('--json', 'print NDJSON: one JSON object per account and line')
    .addHelpText(
      'after',
      `
Examples:
  payouts accounts
  payouts accounts --json | jq -r 'select(.paused).account'`,
    )
    .action(async (options: ConnectionOptions & { readonly json?: boolean }) => {
      const printer = createPrinter(context.stdout, context.env);
      await withClient(options, context, async (client) => {
        const found: SeenAccountView[] = [];
        for await (const view of client.accounts()) {
          const account = { ...view, seen: await isSeenAccount(client, view.account) };
          if (options.json) printer.json(account);
          else found.push(account);
        }
        if (options.json) return;
        if (found.length === 0)
          createPrinter(context.stderr, context.env).line('No account was ever paused or topped up.');
        else printer.table(header, found.map(row));
      });
    });
}

const row = ({ account, installation, since, by, reason, seen, ...state }: SeenAccountView) => [
  account,
  installation ?? 'all',
  state.paused
    ? styled('yellow', state.cause === undefined ? 'paused' : `paused: ${state.cause}`)
    : 'not paused',
  since === undefined ? '-' : time(since),
  by ?? '-',
  reason ?? '-',
  seen ? 'seen' : styled('yellow', 'none ever: check the name'),
];
