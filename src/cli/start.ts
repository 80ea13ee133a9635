import type { Command } from 'commander';
import type { CommandContext } from './cli-ports';
import { withClient, withConnectionOptions } from './connection-options';
import type { ConnectionOptions } from './connection-options';
import { createPrinter } from './printer';
import { readRequest } from './request-file';

export function addStartCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('start'))
    .argument('<file>', 'JSON file with the request, or - for standard input')
    .summary('start a payout')
    .description(
      'Starts the payout that a request asks for. Safe to repeat: the same tenant, reference and content is the same payout. ' +
        'docs/payout-request.md explains every field; config/examples/requests has examples.',
    )
    .option('--json', 'print one JSON document: {"tenant","reference","workflowId","runId","started"}')
    .addHelpText(
      'after',
      `
Examples:
  payouts start config/examples/requests/pontis.json
  payouts start request.json
  jq '.reference = "order-18"' request.json | payouts start - --json`,
    )
    .action(async (file: string, options: ConnectionOptions & { readonly json?: boolean }) => {
      const request = await readRequest(file, context);
      const started = await withClient(options, context, async (client) => client.start(request));
      const printer = createPrinter(context.stdout, context.env);
      if (options.json) {
        printer.json(started);
        return;
      }
      const address = `${started.tenant}/${started.reference}`;
      printer.line(
        started.started ? `Started ${address}` : `${address} was started before, with the same content`,
      );
      printer.line(`Follow it: payouts watch ${address}`);
    });
}
