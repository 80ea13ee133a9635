import type { Command } from 'commander';
import type { PayoutStatus } from '../../domain/payout-status';
import { payoutStatuses } from '../../domain/payout-status';
import { heldReasons } from '../../domain/reason';
import type { HeldReason } from '../../domain/reason';
import type { ListedPayout } from '../../client/payout-list';
import { CliError } from '../cli-error';
import type { CommandContext } from '../cli-ports';
import { withClient, withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { exitCodes } from '../exit-codes';
import { statusText, time } from '../output/payout-lines';
import { createPrinter } from '../output/printer';

type ListCommandOptions = ConnectionOptions & {
  readonly json?: boolean;
  readonly status?: readonly string[];
  readonly tenant?: string;
  readonly account?: string;
  readonly held?: true | string;
  readonly limit: string;
};

const header = ['payout', 'status', 'account', 'started', 'provider id'] as const;

export function addListCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('list'))
    .summary('list payouts')
    .description('Lists payouts, newest first, by what Temporal itself knows; works while no worker runs.')
    .option('--status <status...>', `one or more of ${payoutStatuses.join(', ')}`)
    .option('--tenant <tenant>', 'only of this tenant')
    .option('--account <id>', 'only of this provider account')
    .option('--held [reason]', `only held ones, for any reason or for one of ${heldReasons.join(', ')}`)
    .option('--limit <number>', 'at most so many', '50')
    .option('--json', 'print NDJSON: one JSON object per payout and line')
    .addHelpText(
      'after',
      `
Examples:
  payouts list
  payouts list --status awaiting-approval submitting --tenant acme
  payouts list --held --json | jq -r .reference
  payouts list --held insufficient_funds --account syncgram-main`,
    )
    .action(async (options: ListCommandOptions) => {
      const limit = readLimit(options.limit);
      const printer = createPrinter(context.stdout, context.env);
      await withClient(options, context, async (client) => {
        const found: ListedPayout[] = [];
        const payouts = client.list({
          limit,
          // The client refuses what is no status or reason.
          ...(options.status === undefined ? {} : { status: options.status as readonly PayoutStatus[] }),
          ...(options.tenant === undefined ? {} : { tenant: options.tenant }),
          ...(options.account === undefined ? {} : { account: options.account }),
          ...(options.held === undefined ? {} : { held: options.held as true | HeldReason }),
        });
        for await (const payout of payouts) {
          if (options.json) printer.json(payout);
          else found.push(payout);
        }
        if (options.json) return;
        if (found.length === 0) createPrinter(context.stderr, context.env).line('No payouts found.');
        else printer.table(header, found.map(row));
        if (found.length === limit) {
          createPrinter(context.stderr, context.env).line(`Stopped at ${limit}; --limit shows more.`);
        }
      });
    });
}

const row = ({
  tenant,
  reference,
  status,
  heldReason,
  closed,
  account,
  startedAt,
  providerPayoutId,
}: ListedPayout) => [
  `${tenant}/${reference}`,
  closed === undefined ? statusText(status, heldReason) : `${status} (run ${closed})`,
  account ?? '-',
  time(startedAt),
  providerPayoutId ?? '-',
];

function readLimit(text: string): number {
  const limit = Number(text);
  if (/^[1-9]\d{0,6}$/.test(text)) return limit;
  throw new CliError(
    'limit_invalid',
    exitCodes.badInput,
    '--limit is no number from 1 to 9999999',
    'Give a whole number, such as --limit 200.',
  );
}
