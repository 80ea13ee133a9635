import type { Command } from 'commander';
import type { PayoutAddress } from '../../client/payout-address';
import type { PayoutClient } from '../../client/payout-client';
import { cancelInWords } from './cancel';
import type { CommandContext } from '../cli-ports';
import { withClient, withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { exitCodes } from '../exit-codes';
import { payoutArgument, readPayoutArgument } from '../input/payout-argument';
import { createPrinter, styled } from '../output/printer';
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
        'place. Each shows the other. Nothing is recalled when the new one would be refused, and nothing is started unless ' +
        'the old one was recalled. Safe to repeat.',
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
      const { started, endedAs } = await withClient(options, context, async (client) => {
        const replacement = await client.replace({ ...address, ...said(options), request });
        return { started: replacement, endedAs: await endedUnpaid(client, replacement) };
      });
      const printer = createPrinter(context.stdout, context.env);
      const replacement = `${started.tenant}/${started.reference}`;
      if (options.json) printer.json(started);
      else if (endedAs === undefined) printer.line(`Recalled ${payout}; ${replacement} takes its place`);
      if (endedAs === undefined) return;
      context.exitWith(exitCodes.refused);
      createPrinter(context.stderr, context.env).line(
        styled(
          'red',
          `${payout} is taken back, and ${replacement} is ${endedAs}: nothing is paid by either. ` +
            `See why: payouts show ${replacement}`,
        ),
      );
    });
}

/** What could not be seen before the recall: the new payout has ended at once. For advice only. */
async function endedUnpaid(client: PayoutClient, payout: PayoutAddress): Promise<string | undefined> {
  const { tenant, reference } = payout;
  const outcome = await client.outcome({ tenant, reference, timeoutMs: 0 }).catch(() => undefined);
  return outcome?.final === true && outcome.moneyMoved === 'no' ? outcome.status : undefined;
}

const said = ({ as: by, reason }: RecallOptions): { readonly by: string; readonly reason?: string } => ({
  by,
  ...(reason === undefined ? {} : { reason }),
});
