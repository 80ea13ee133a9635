import { Command, CommanderError } from 'commander';
import { addAccountsCommand } from './commands/accounts';
import { addCancelCommand } from './commands/cancel';
import { failureOf } from './cli-error';
import type { Failure } from './cli-error';
import type { CliPorts, CommandContext, TextOutput } from './cli-ports';
import { addConfigCommand } from './commands/config-check';
import { addDecideCommand } from './commands/decide';
import { addDemoCommand } from './commands/demo';
import { addDevCommand } from './commands/dev';
import { exitCodeMeanings, exitCodes } from './exit-codes';
import type { ExitCode } from './exit-codes';
import { addListCommand } from './commands/list';
import { addPauseCommand } from './commands/pause';
import { addPolicyCommand } from './commands/policy';
import { columnsFor, createPrinter, styled } from './output/printer';
import { addEditCommand, addRecallCommand } from './commands/recall';
import { addRegisterCommand } from './commands/register';
import { addReplayCommand } from './commands/replay';
import { addResolveCommand } from './commands/resolve';
import { addResumeCommand } from './commands/resume';
import { addShowCommand } from './commands/show';
import { addSimulatorsCommand } from './commands/simulators';
import { addStartCommand } from './commands/start';
import { addTokenCommand } from './commands/token';
import { addTopUpCommand } from './commands/topup';
import { addVersionsCommand } from './commands/versions';
import { wrapped } from './output/text-width';
import { versionLine } from './version';
import { addWatchCommand } from './commands/watch';
import { addWorkerCommand } from './commands/worker';
import { addWorkersCommand } from './commands/workers';

/** Runs one command line (without node and script) and returns its exit code. Never throws, never ends the process. */
export async function runCli(args: readonly string[], ports: CliPorts): Promise<ExitCode> {
  const usage: string[] = [];
  let exitCode: ExitCode = exitCodes.ok;
  const program = buildProgram(
    { ...ports, exitWith: (code) => (exitCode = code) },
    (text) => void usage.push(text),
  );
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    const failure = error instanceof CommanderError ? wrongUsage(error, usage.join('')) : failureOf(error);
    report(failure, args.includes('--json'), ports);
    return failure.exitCode;
  }
}

function buildProgram(context: CommandContext, keep: (usage: string) => void): Command {
  const program = new Command('payouts');
  program
    .description('Payouts as durable workflows: one intent, one debit.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      // Commander writes errors before it throws: they are printed once, and as JSON when asked for.
      writeErr: keep,
      getOutHelpWidth: () => helpColumns(context.stdout),
      getErrHelpWidth: () => helpColumns(context.stderr),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .option('--version', 'print the version of this program')
    .on('option:version', () => {
      createPrinter(context.stdout, context.env).line(versionLine());
      throw new CommanderError(exitCodes.ok, 'commander.version', 'version');
    })
    .addHelpText('afterAll', () => `\n${commonHelp(helpColumns(context.stdout))}`);
  for (const add of [
    addDemoCommand,
    addDevCommand,
    addWorkerCommand,
    addSimulatorsCommand,
    addStartCommand,
    addShowCommand,
    addListCommand,
    addWatchCommand,
    addDecideCommand,
    addTokenCommand,
    addCancelCommand,
    addRecallCommand,
    addEditCommand,
    addResumeCommand,
    addResolveCommand,
    addPauseCommand,
    addTopUpCommand,
    addAccountsCommand,
    addWorkersCommand,
    addReplayCommand,
    addVersionsCommand,
    addRegisterCommand,
    addConfigCommand,
    addPolicyCommand,
  ]) {
    add(program, context);
  }
  return program;
}

/** Lines of help are read by people also where they go to a file. */
const helpColumns = (output: TextOutput): number => Math.min(columnsFor(output) ?? 80, 100);

function commonHelp(columns: number): string {
  const lines = [
    'Exit codes:',
    ...Object.entries(exitCodeMeanings).map(([code, meaning]) => `  ${code}  ${meaning}`),
    '',
    'Tables and colour only on a terminal (NO_COLOR is respected), broken to its width; elsewhere tab-separated lines, never ' +
      'broken or cut. With --json, errors are one JSON object on standard error: {"error":{"code","message","next"}}.',
  ];
  return lines.flatMap((line) => wrapped(line, columns, line.startsWith(' ') ? '     ' : '')).join('\n');
}

/** Without a command Commander shows the help as an error; then the help is the message. */
function wrongUsage(error: CommanderError, usage: string): Failure {
  const isHelp = error.code === 'commander.help';
  return {
    code: 'usage_invalid',
    exitCode: exitCodes.badInput,
    message: isHelp ? `a command is missing\n\n${usage}` : error.message.replace(/^error: /, ''),
    next: 'Add --help to the command to see how it is written.',
  };
}

function report(failure: Failure, asJson: boolean, { stderr, env }: CliPorts): void {
  const { exitCode: _, ...error } = failure;
  const printer = createPrinter(stderr, env);
  if (asJson) {
    printer.json({ error });
    return;
  }
  const [first = '', ...rest] = failure.message.split('\n');
  if (failure.problems === undefined) printer.line(styled('red', 'Error: '), first);
  else {
    printer.line(styled('red', 'Error: '), 'the payout request is not valid');
    for (const { path, message } of failure.problems) printer.line(`  ${path || '(request)'} ${message}`);
  }
  for (const line of rest) printer.line(line);
  printer.line(failure.next);
}
