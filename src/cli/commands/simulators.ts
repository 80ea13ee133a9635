import { once } from 'node:events';
import type { Command } from 'commander';
import type * as StartSimulators from '../../simulators/start-simulators';
import type { CommandContext } from '../cli-ports';
import { readPort } from '../input/port-option';
import { createPrinter, styled } from '../output/printer';

type SimulatorsOptions = {
  readonly host?: string;
  readonly pontisPort?: number;
  readonly payfieldPort?: number;
  readonly syncgramPort?: number;
  readonly json?: boolean;
};

export function addSimulatorsCommand(program: Command, context: CommandContext): void {
  program
    .command('simulators')
    .summary('simulated providers with faults on request, until Ctrl-C')
    .description(
      'Starts the three simulated providers with development credentials and prints how to reach them. Each has an admin ' +
        'API that shows its ledger and takes fault plans: GET it for a list, and see docs/simulators.md.',
    )
    .option('--host <host>', 'where they listen (default: 127.0.0.1)')
    .option('--pontis-port <port>', 'default: any free port', readPort)
    .option('--payfield-port <port>', 'default: any free port', readPort)
    .option('--syncgram-port <port>', 'default: any free port', readPort)
    .option('--json', 'print one JSON document: {"pontis":{"url", "adminUrl", "credentials"},…}')
    .addHelpText(
      'after',
      `
Examples:
  payouts simulators
  payouts simulators --pontis-port 7001 --payfield-port 7002 \\
    --syncgram-port 7003 --json`,
    )
    .action(async (options: SimulatorsOptions) => {
      // Required here, so that the other commands start without it.
      const { startSimulators } = require('../../simulators/start-simulators') as typeof StartSimulators;
      const { pontisPort, payfieldPort, syncgramPort } = options;
      const running = await startSimulators({
        ...(options.host === undefined ? {} : { host: options.host }),
        ports: {
          ...(pontisPort === undefined ? {} : { pontis: pontisPort }),
          ...(payfieldPort === undefined ? {} : { payfield: payfieldPort }),
          ...(syncgramPort === undefined ? {} : { syncgram: syncgramPort }),
        },
      });
      try {
        const printer = createPrinter(context.stdout, context.env);
        const { stop: _, ...providers } = running;
        const shown = Object.entries(providers).map(
          ([name, { url, adminUrl, credentials }]) => [name, { url, adminUrl, credentials }] as const,
        );
        if (options.json) printer.json(Object.fromEntries(shown));
        else {
          for (const [name, { url, adminUrl, credentials }] of shown) {
            printer.line(styled('bold', name));
            printer.facts([
              ['base URL', url],
              ['admin API', adminUrl],
              ...Object.entries<string>({ ...credentials }),
            ]);
          }
          printer.line('Development credentials: they open nothing else. Stop with Ctrl-C.');
        }
        if (!context.signal.aborted) await once(context.signal, 'abort');
      } finally {
        await running.stop();
      }
    });
}
