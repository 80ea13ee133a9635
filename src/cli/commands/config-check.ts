import type { Command } from 'commander';
import type { CommandContext } from '../cli-ports';
import { configurationPath } from '../input/configuration-path';
import { withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { exitCodes } from '../exit-codes';
import { createPrinter, styled } from '../output/printer';

type Remark = { readonly path: string; readonly message: string };

/** What is wrong with a configuration, without values; no problems: it can be used. */
export type CheckConfiguration = (
  path: string,
  env: Readonly<Record<string, string | undefined>>,
  online?: ConnectionOptions,
) => Promise<{
  readonly problems: readonly Remark[];
  readonly warnings: readonly Remark[];
  readonly online?: readonly { readonly what: string; readonly ok: boolean; readonly message: string }[];
}>;

type CheckOptions = ConnectionOptions & {
  readonly config?: string;
  readonly json?: boolean;
  readonly online?: boolean;
};

export function addConfigCommand(program: Command, context: CommandContext): void {
  const config = program
    .command('config')
    .summary('check a configuration file')
    .description('Configuration.');
  withConnectionOptions(config.command('check'))
    .summary('check a configuration file, with the credentials it names')
    .description(
      'Reads the configuration file and every credential it names as a worker would, and says what is wrong. ' +
        'Reads the screening lists, and asks Watchman (loaded lists, canary names) and the addresses of public keys ' +
        'where they are configured. --online tries Temporal and each provider account as well, by a question about a ' +
        'payout that there is not: nothing changes anywhere. Exit code 2 when the file cannot be used, 5 when only ' +
        'something that was tried online fails.',
    )
    .option('--config <file>', 'configuration file (default: PAYOUTS_CONFIG)')
    .option('--online', 'try Temporal, each provider account, Watchman and the issuers; one line for each')
    .option(
      '--json',
      'print one JSON document: "ok", "path", "problems":[{"path","message"}], "warnings":[{"path","message"}]; ' +
        'with --online "online":[{"what","ok","message"}], too',
    )
    .addHelpText(
      'after',
      `
Examples:
  payouts config check --config payouts.json
  TEMPORAL_PROFILE=prod payouts config check --config payouts.json --online
  PAYOUTS_CONFIG=/etc/payouts.json payouts config check --json`,
    )
    .action(async (options: CheckOptions) => {
      const path = configurationPath(options.config, context.env);
      const { checkConfiguration } = require('../../worker/installation/check-configuration') as {
        readonly checkConfiguration: CheckConfiguration;
      };
      const { problems, warnings, online } = await checkConfiguration(
        path,
        context.env,
        options.online === true ? options : undefined,
      );
      const isOnline = online?.every(({ ok }) => ok) !== false;
      if (problems.length > 0) context.exitWith(exitCodes.badInput);
      else if (!isOnline) context.exitWith(exitCodes.notReachable);
      const printer = createPrinter(context.stdout, context.env);
      if (options.json) {
        printer.json({
          ok: problems.length === 0 && isOnline,
          path,
          problems,
          warnings,
          ...(online === undefined ? {} : { online }),
        });
        return;
      }
      if (problems.length === 0) printer.line(`${path} can be used`);
      else printer.line(`${path} cannot be used:`);
      for (const problem of problems) printer.line(`  ${problem.path || '(file)'}: ${problem.message}`);
      for (const { what, ok, message } of online ?? [])
        printer.line(ok ? 'ok      ' : styled('red', 'failed  '), `${what}: ${message}`);
      for (const warning of warnings) printer.line(`Warning: ${warning.path || '(file)'} ${warning.message}`);
    });
}
