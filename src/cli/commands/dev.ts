import type { Command } from 'commander';
import type { CommandContext } from '../cli-ports';
import { launchContext } from '../launch';
import type { LaunchContext } from '../launch';
import { readPort } from '../input/port-option';

export type DevOptions = {
  readonly temporalAddress?: string;
  readonly namespace?: string;
  readonly taskQueue?: string;
  /** File to keep the Temporal server's data in. */
  readonly keep?: string;
  readonly port?: number;
  readonly uiPort?: number;
  /** Print the addresses as one JSON document on one line. */
  readonly json: boolean;
};

/** Resolves when the signal has ended it and everything is stopped. */
export type RunDev = (options: DevOptions, context: LaunchContext) => Promise<void>;

export function addDevCommand(program: Command, context: CommandContext): void {
  program
    .command('dev')
    .summary('server, simulated providers and worker on this machine, until Ctrl-C')
    .description(
      'Starts a Temporal server with its UI, the simulated providers and a worker, prints their addresses and stays up. ' +
        'Ignores TEMPORAL_* settings: another server is only used by --temporal-address.',
    )
    .option('--temporal-address <host:port>', 'use this Temporal server instead of starting one')
    .option('--namespace <name>', 'its namespace (default: default)')
    .option('--task-queue <name>', 'task queue of the worker (default: one of its own on another server)')
    .option(
      '--keep <file>',
      'keep the server’s data in this file, and beside it the ports of the simulated providers and what they know, for ' +
        'the next start (default: in memory)',
    )
    .option(
      '--port <port>',
      'port of the Temporal server (default: 7233 where it is free, else any)',
      readPort,
    )
    .option('--ui-port <port>', 'port of Temporal’s UI (default: 8233 where it is free, else any)', readPort)
    .option('--json', 'print the addresses as one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  payouts dev
  payouts dev --keep ./payouts.db --ui-port 8233`,
    )
    .action(async (options: Partial<DevOptions>) => {
      const { runDev } = require('../../dev/dev-environment') as { readonly runDev: RunDev };
      await runDev({ ...options, json: options.json === true }, launchContext(context));
    });
}
