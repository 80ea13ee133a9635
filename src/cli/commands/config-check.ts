import type { Command } from 'commander';
import type { CommandContext } from '../cli-ports';
import { configurationPath } from '../input/configuration-path';
import { exitCodes } from '../exit-codes';
import { createPrinter } from '../output/printer';

type Remark = { readonly path: string; readonly message: string };

/** What is wrong with a configuration, without values; no problems: it can be used. */
export type CheckConfiguration = (
  path: string,
  env: Readonly<Record<string, string | undefined>>,
) => Promise<{ readonly problems: readonly Remark[]; readonly warnings: readonly Remark[] }>;

export function addConfigCommand(program: Command, context: CommandContext): void {
  const config = program
    .command('config')
    .summary('check a configuration file')
    .description('Configuration.');
  config
    .command('check')
    .summary('check a configuration file, with the credentials it names')
    .description(
      'Reads the configuration file and every credential it names as a worker would, and says what is wrong. ' +
        'Reads the screening lists, and asks Watchman (loaded lists, canary names) and the addresses of public keys ' +
        'where they are configured. Calls no provider. Exit code 2 when it cannot be used.',
    )
    .option('--config <file>', 'configuration file (default: PAYOUTS_CONFIG)')
    .option(
      '--json',
      'print one JSON document: {"ok", "path", "problems":[{"path", "message"}],"warnings":[…]}',
    )
    .addHelpText(
      'after',
      `
Examples:
  payouts config check --config payouts.json
  PAYOUTS_CONFIG=/etc/payouts.json payouts config check --json`,
    )
    .action(async (options: { readonly config?: string; readonly json?: boolean }) => {
      const path = configurationPath(options.config, context.env);
      const { checkConfiguration } = require('../../worker/installation/check-configuration') as {
        readonly checkConfiguration: CheckConfiguration;
      };
      const { problems, warnings } = await checkConfiguration(path, context.env);
      if (problems.length > 0) context.exitWith(exitCodes.badInput);
      const printer = createPrinter(context.stdout, context.env);
      if (options.json) {
        printer.json({ ok: problems.length === 0, path, problems, warnings });
        return;
      }
      if (problems.length === 0) printer.line(`${path} can be used`);
      else printer.line(`${path} cannot be used:`);
      for (const problem of problems) printer.line(`  ${problem.path || '(file)'}: ${problem.message}`);
      for (const warning of warnings) printer.line(`Warning: ${warning.path || '(file)'} ${warning.message}`);
    });
}
