import type { Command } from 'commander';
import { duplicateKeyProblems } from '../config/duplicate-keys';
import type { PayoutRequest } from '../domain/payout-request';
import { CliError } from './cli-error';
import type { CommandContext } from './cli-ports';
import { withClient, withConnectionOptions } from './connection-options';
import type { ConnectionOptions } from './connection-options';
import { exitCodes } from './exit-codes';
import { createPrinter } from './printer';

/** More than any request the schema lets through. */
const maxRequestBytes = 256 * 1024;

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

/** Its shape is the client's business; here it only has to be JSON. */
async function readRequest(file: string, { readText }: CommandContext): Promise<PayoutRequest> {
  let text: string;
  try {
    text = await readText(file, maxRequestBytes);
  } catch (error) {
    throw new CliError(
      'request_unreadable',
      exitCodes.badInput,
      `cannot read ${file === '-' ? 'standard input' : file}: ${error instanceof Error ? error.message : String(error)}`,
      'Give a JSON file of at most 256 KiB, or - for standard input.',
    );
  }
  let request: PayoutRequest;
  try {
    request = JSON.parse(text) as PayoutRequest;
  } catch {
    // The parser's message quotes the text, and with it account numbers.
    throw new CliError(
      'request_no_json',
      exitCodes.badInput,
      `${file === '-' ? 'standard input' : file} is not JSON`,
      'Give one JSON object; docs/payout-request.md shows requests and every field.',
    );
  }
  // `JSON.parse` silently keeps the last of two amounts.
  const [twice] = duplicateKeyProblems(text);
  if (twice !== undefined) {
    throw new CliError(
      'request_ambiguous',
      exitCodes.badInput,
      `${twice.path}: ${twice.message}`,
      'Nothing was sent. Name every field once.',
    );
  }
  return request;
}
