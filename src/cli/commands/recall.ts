import type { Command } from 'commander';
import { cancelInWords } from './cancel';
import type { CommandContext } from '../cli-ports';
import { withClient, withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { exitCodes } from '../exit-codes';
import { payoutArgument, readPayoutArgument } from '../input/payout-argument';
import { createPrinter } from '../output/printer';
import { readRequest } from '../input/request-file';

type RecallOptions = ConnectionOptions & {
  readonly json?: boolean;
  readonly as: string;
  readonly reason?: string;
};

export function addRecallCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('recall'))
    .argument(...payoutArgument)
    .summary('take a payout back that you asked for')
    .description(
      'Of whoever asked for the payout: like cancel, with the same answers. ' +
        'From then on nothing new is sent.',
    )
    .requiredOption('--as <who>', 'who asked for the payout')
    .option('--reason <text>', 'why; no personal data')
    .option('--json', 'print one JSON document: {"tenant","reference","outcome"}')
    .addHelpText(
      'after',
      `
Examples:
  payouts recall acme/order-17 --as dana --reason "wrong amount"`,
    )
    .action(async (payout: string, options: RecallOptions) => {
      const address = readPayoutArgument(payout);
      const outcome = await withClient(options, context, async (client) =>
        client.recall({ ...address, ...said(options) }),
      );
      if (outcome !== 'cancelled') context.exitWith(exitCodes.refused);
      const printer = createPrinter(context.stdout, context.env);
      if (options.json) printer.json({ ...address, outcome });
      else printer.line(`${payout}: ${cancelInWords(outcome)}`);
    });
}

export function addEditCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('edit'))
    .argument(...payoutArgument)
    .argument(
      '<file>',
      'JSON file with the new request (same tenant, another reference), or - for standard input',
    )
    .summary('recall a payout and start another one in its place')
    .description(
      'A payout is never changed: it is recalled by whoever asked for it, and a new one with its own approvals takes its ' +
        'place. Each shows the other. Nothing is started unless the old one was recalled. Safe to repeat.',
    )
    .requiredOption('--as <who>', 'who asked for the payout')
    .option('--reason <text>', 'why; no personal data')
    .option('--json', 'print one JSON document: {"tenant", "reference", "workflowId", "runId", "started"}')
    .addHelpText(
      'after',
      `
Examples:
  jq '.reference = "order-17b" | .amount.value = "90.00"' request.json \\
    | payouts edit acme/order-17 - --as dana`,
    )
    .action(async (payout: string, file: string, options: RecallOptions) => {
      const address = readPayoutArgument(payout);
      const request = await readRequest(file, context);
      const started = await withClient(options, context, async (client) =>
        client.replace({ ...address, ...said(options), request }),
      );
      const printer = createPrinter(context.stdout, context.env);
      if (options.json) printer.json(started);
      else printer.line(`Recalled ${payout}; ${started.tenant}/${started.reference} takes its place`);
    });
}

const said = ({ as: by, reason }: RecallOptions): { readonly by: string; readonly reason?: string } => ({
  by,
  ...(reason === undefined ? {} : { reason }),
});
