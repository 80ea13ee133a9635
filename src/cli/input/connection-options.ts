import type { Command } from 'commander';
import type { PayoutClient } from '../../client/payout-client';
import type { CliPorts } from '../cli-ports';

/** Options of every command that talks to Temporal. */
export type ConnectionOptions = {
  readonly temporalAddress?: string;
  readonly namespace?: string;
  readonly taskQueue?: string;
  readonly profile?: string;
};

export const withConnectionOptions = (command: Command): Command =>
  command
    .option(
      '--temporal-address <host:port>',
      'Temporal’s frontend (default: TEMPORAL_ADDRESS, then the profile)',
    )
    .option('--namespace <name>', 'Temporal namespace (default: TEMPORAL_NAMESPACE, then the profile)')
    .option('--task-queue <name>', 'where the workers listen (default: payouts)')
    .option('--profile <name>', 'profile of Temporal’s configuration file (default: TEMPORAL_PROFILE)');

/** Runs `use` with a client for these options, and closes it. */
export async function withClient<T>(
  options: ConnectionOptions,
  ports: CliPorts,
  use: (client: PayoutClient) => Promise<T>,
): Promise<T> {
  const client = ports.openClient({
    ...(options.temporalAddress === undefined ? {} : { address: options.temporalAddress }),
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    ...(options.taskQueue === undefined ? {} : { taskQueue: options.taskQueue }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    env: ports.env,
    // A person waits: say soon that nobody answers.
    callTimeoutMs: 5_000,
    startTimeoutMs: 15_000,
  });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
