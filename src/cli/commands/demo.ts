import type { Command } from 'commander';
import type { CommandContext } from '../cli-ports';
import { exitCodes } from '../exit-codes';
import { launchContext } from '../launch';
import type { LaunchContext } from '../launch';

export type DemoOptions = {
  readonly temporalAddress?: string;
  readonly namespace?: string;
  /** Keep everything up until the signal, after the table. */
  readonly stay: boolean;
  /** The last line of the output is the result as JSON; no live view. */
  readonly json: boolean;
};

/** Resolves to whether every payout ended as expected, with the debits it should have. */
export type RunDemo = (options: DemoOptions, context: LaunchContext) => Promise<boolean>;

export function addDemoCommand(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .summary('pay fifteen payouts through simulated providers, and prove the debits')
    .description(
      'Finds or fetches a Temporal server, starts simulated providers and a worker, pays payouts side by side through ' +
        'lost replies, holds and cancellations, and compares every state and every debit with what it should be. ' +
        'Ignores TEMPORAL_* settings: another server is only used by --temporal-address. Nothing here can pay for real.',
    )
    .option('--temporal-address <host:port>', 'use this Temporal server, with a task queue of our own')
    .option('--namespace <name>', 'its namespace (default: default)')
    .option(
      '--stay',
      'keep everything up afterwards, with one payout that waits for people and one that is held',
    )
    .option('--json', 'the last line of the output is one JSON document: {"ok","payouts":[…]}')
    .addHelpText(
      'after',
      `
Examples:
  payouts demo
  payouts demo --stay
  payouts demo --json | tail -n 1 | jq .ok`,
    )
    .action(async (options: Partial<DemoOptions>) => {
      // Required here, so that the other commands start without it.
      const { runDemo } = require('../../dev/demo') as { readonly runDemo: RunDemo };
      const ok = await runDemo(
        { ...options, stay: options.stay === true, json: options.json === true },
        launchContext(context),
      );
      if (!ok) context.exitWith(exitCodes.other);
    });
}
