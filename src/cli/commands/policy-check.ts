import type { Command } from 'commander';
import type { CommandContext } from '../cli-ports';
import { exitCodes } from '../exit-codes';
import { readPolicyFiles } from '../input/policy-files';
import { createPrinter, styled } from '../output/printer';

export function addPolicyCheckCommand(policy: Command, context: CommandContext): void {
  policy
    .command('check')
    .argument('[file]', 'policy file (default: PAYOUTS_POLICY)')
    .summary('check a policy file')
    .description(
      'Says which rules can never decide, which depend on their order alone, where more money needs fewer people, what ' +
        'nobody could ever approve, and about which currencies no rule speaks. Exit code 2 when the policy cannot be ' +
        'used; warnings alone are exit code 0.',
    )
    .option('--config <file>', 'configuration file whose routes are looked at (default: PAYOUTS_CONFIG)')
    .option('--json', 'print one JSON document: {"ok", "path", "problems":[{"severity", "path", "message"}]}')
    .addHelpText(
      'after',
      `
Examples:
  payouts policy check policy.json
  payouts policy check policy.json --config payouts.json --json`,
    )
    .action((file: string | undefined, options: { readonly config?: string; readonly json?: boolean }) => {
      const { path, policy, routes } = readPolicyFiles({ policy: file, config: options.config }, context);
      const errors = policy.ok ? [] : policy.problems;
      const { warnings } = policy;
      if (!policy.ok) context.exitWith(exitCodes.badInput);
      const printer = createPrinter(context.stdout, context.env);
      if (options.json) {
        const problems = [
          ...errors.map((problem) => ({ severity: 'error', ...problem })),
          ...warnings.map((problem) => ({ severity: 'warning', ...problem })),
        ];
        printer.json({ ok: policy.ok, path, problems });
        return;
      }
      printer.line(
        policy.ok
          ? `${path} can be used${warnings.length === 0 ? '' : '; look at this first:'}`
          : `${path} cannot be used:`,
      );
      for (const problem of errors) {
        printer.line('  ', styled('red', 'error'), `    ${problem.path || '(file)'}: ${problem.message}`);
      }
      for (const problem of warnings) {
        printer.line('  ', styled('yellow', 'warning'), `  ${problem.path || '(file)'}: ${problem.message}`);
      }
      if (routes === undefined) {
        printer.line('Currencies without a rule were not looked for: that needs --config and its routes.');
      }
    });
}
