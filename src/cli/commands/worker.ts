import type { Command } from 'commander';
import { failureOf } from '../cli-error';
import type { CommandContext, TextOutput } from '../cli-ports';
import { configurationPath } from '../input/configuration-path';
import { withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { launchContext } from '../launch';
import type { LaunchContext } from '../launch';

export type WorkerOptions = ConnectionOptions & {
  /** The configuration file. */
  readonly config: string;
  readonly deploymentName?: string;
  readonly buildId?: string;
};

/** Resolves when the signal has ended it and what was under way is finished. */
export type RunWorker = (options: WorkerOptions, context: LaunchContext) => Promise<void>;

export function addWorkerCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('worker'))
    .summary('run a worker with a configuration file')
    .description(
      'Runs a worker: it carries payouts out with the provider accounts of the configuration file. ' +
        'Ctrl-C and SIGTERM let it finish what is under way. Logs JSON lines, also about why it could not start.',
    )
    .option('--config <file>', 'configuration file (default: PAYOUTS_CONFIG)')
    .option(
      '--deployment-name <name>',
      'take part in worker versioning under this name (default: the configuration, then TEMPORAL_DEPLOYMENT_NAME; ' +
        'without any, versioning is off). See `payouts versions`',
    )
    .option(
      '--build-id <id>',
      'the version of this worker (default: the configuration, then TEMPORAL_WORKER_BUILD_ID, then one made from the code)',
    )
    .addHelpText(
      'after',
      `
Examples:
  payouts config check --config payouts.json && payouts worker \\
    --config payouts.json
  TEMPORAL_PROFILE=prod PAYOUTS_CONFIG=/etc/payouts.json payouts worker`,
    )
    .action(async (options: Partial<WorkerOptions>) => {
      const { runWorker, logWorkerFailure } = require('../../worker/run-worker') as {
        readonly runWorker: RunWorker;
        readonly logWorkerFailure: (error: unknown, to: TextOutput) => void;
      };
      const config = configurationPath(options.config, context.env);
      try {
        await runWorker({ ...options, config }, launchContext(context));
      } catch (error) {
        // Where it logs nobody reads sentences: whatever collects the lines gets this one as well.
        logWorkerFailure(error, context.stderr);
        context.exitWith(failureOf(error).exitCode);
      }
    });
}
