import type { Command } from 'commander';
import type { CommandContext } from '../cli-ports';
import { withClient, withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { printCheck } from '../output/check-lines';
import { nobodyPolls, workersOrNothing } from '../output/poller-lines';
import { createPrinter } from '../output/printer';
import { readRequest } from '../input/request-file';

type StartOptions = ConnectionOptions & { readonly json?: boolean; readonly check?: boolean };

export function addStartCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('start'))
    .argument('<file>', 'JSON file with the request, or - for standard input')
    .summary('start a payout')
    .description(
      'Starts the payout that a request asks for. Safe to repeat: the same tenant, reference and content is the same payout. ' +
        'docs/payout-request.md explains every field; config/examples/requests has examples.',
    )
    .option(
      '--check',
      'start nothing: say whether it is valid, which account would pay, who would be asked, and what speaks against it; ' +
        'exit code 0 if it would be started',
    )
    .option(
      '--json',
      'print one JSON document: {"tenant", "reference", "workflowId", "runId", "started", "polled"}; with --check ' +
        '{"verdict", "problems", "normalised", "reference", "worker"}',
    )
    .addHelpText(
      'after',
      `
Examples:
  payouts start config/examples/requests/pontis.json
  payouts start request.json
  payouts start request.json --check
  jq '.reference = "order-18"' request.json | payouts start - --json`,
    )
    .action(async (file: string, options: StartOptions) => {
      const request = await readRequest(file, context);
      if (options.check) {
        const check = await withClient(options, context, async (client) => client.check(request));
        printCheck(check, request, options, context);
        return;
      }
      const { started, workers } = await withClient(options, context, async (client) => {
        const met = await client.start(request);
        return { started: met, workers: await workersOrNothing(client, met) };
      });
      const printer = createPrinter(context.stdout, context.env);
      if (options.json) {
        printer.json({ ...started, ...(workers === undefined ? {} : { polled: workers.polled }) });
        return;
      }
      const address = `${started.tenant}/${started.reference}`;
      printer.line(
        started.started ? `Started ${address}` : `${address} was started before, with the same content`,
      );
      printer.line(`Follow it: payouts watch ${address}`);
      if (workers?.polled === false)
        createPrinter(context.stderr, context.env).line(nobodyPolls(workers.taskQueue));
    });
}
