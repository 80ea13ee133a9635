import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { CliError } from '../cli-error';
import type { CommandContext } from '../cli-ports';
import { exitCodes } from '../exit-codes';
import type { ExitCode } from '../exit-codes';
import { withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { printDeployment, printMove } from '../output/version-lines';
import type { DeploymentView, MoveView } from '../output/version-lines';
import { createPrinter } from '../output/printer';

type VersionOptions = ConnectionOptions & { readonly deploymentName?: string; readonly json?: boolean };
type RoutingOptions = VersionOptions & { readonly withoutReplay?: boolean };

type RoutingChange = {
  readonly deployment: string;
  readonly buildId: string;
  readonly replayed: number;
};

/** What the worker's side offers. */
export type OpenVersions = (
  options: VersionOptions,
  env: Readonly<Record<string, string | undefined>>,
) => Promise<{
  read(): Promise<DeploymentView>;
  ramp(
    buildId: string,
    percent: number,
    options: { readonly withoutReplay?: boolean },
  ): Promise<RoutingChange>;
  promote(buildId: string, options: { readonly withoutReplay?: boolean }): Promise<RoutingChange>;
  rollback(): Promise<RoutingChange & { readonly ended: 'ramp' | 'current'; readonly from: string }>;
  move(
    from: string,
    to: string,
    options: { readonly move: boolean; readonly skipRefused: boolean },
  ): Promise<MoveView>;
  close(): Promise<void>;
}>;

const withVersionOptions = (command: Command): Command =>
  withConnectionOptions(command)
    .option(
      '--deployment-name <name>',
      'worker deployment (default: TEMPORAL_DEPLOYMENT_NAME, then the only one there is)',
    )
    .option('--json', 'print one JSON document');

const buildIdArgument = ['<version>', 'a version, by the build id that `payouts versions` shows'] as const;

export function addVersionsCommand(program: Command, context: CommandContext): void {
  const versions = program
    .command('versions')
    .summary('show and change which version of the workers takes which payouts')
    .description(
      'Worker versioning: new payouts go to the current version (and to one that ramps), and each ends with the version that it ' +
        'began with, for as long as workers of that version run. Off unless workers have a deployment name.',
    )
    .addHelpText(
      'after',
      `
A new version, step by step:
  payouts versions                            the new version is there, inactive
  payouts versions ramp VERSION --percent 5   5 in 100 new payouts go to it
  payouts versions promote VERSION            all new payouts go to it
  payouts versions                            the old one drains: stop its
                                              workers when none are left
  payouts versions rollback                   new ones go where they went before
  payouts versions move OLD --to VERSION      what would drain for too long,
                                              after a replay`,
    );

  withVersionOptions(versions.command('list', { isDefault: true }))
    .summary('show versions, where new payouts go, and which open payouts are bound to which (the default)')
    .description(
      'Shows every version with its state, the share of new payouts that it gets, the open payouts that are bound to it, and the ' +
        'workers that asked for work in the last minute and a half. What has no version is looked for in the task queues that the ' +
        'versions work on; a --task-queue that none of them works on is shown beside it. Exit code 4 where open payouts are bound to a version ' +
        'without workers.',
    )
    // As the default it is given whatever is no command.
    .allowExcessArguments()
    .action(async (options: VersionOptions, { args: [excess] }: Command) => {
      if (excess !== undefined)
        throw new CliError(
          'usage_invalid',
          exitCodes.badInput,
          `unknown command '${excess}' of \`payouts versions\``,
          'Add --help to `payouts versions` to see its commands.',
        );
      const view = await withVersions(options, context, async (opened) => opened.read());
      if (view.versions.some(({ stranded }) => stranded)) context.exitWith(exitCodes.refused);
      const printer = createPrinter(context.stdout, context.env);
      if (options.json) printer.json(view);
      else printDeployment(view, printer);
    });

  withReplayOption(withVersionOptions(versions.command('ramp')))
    .argument(...buildIdArgument)
    .requiredOption(
      '--percent <share>',
      'of new payouts, from 0 (none: it ends the ramp) to 100',
      readPercent,
    )
    .summary('send a share of new payouts to a version')
    .description(
      'Sends a share of new payouts to a version, the rest to the current one. Payouts that have begun stay where they are.',
    )
    .action(async (buildId: string, options: RoutingOptions & { readonly percent: number }) => {
      const change = await withVersions(options, context, async (opened) =>
        opened.ramp(buildId, options.percent, options),
      );
      print(options, change, `${options.percent} % of new payouts go to ${buildId}${afterReplay(change)}`);
    });

  withReplayOption(withVersionOptions(versions.command('promote')))
    .argument(...buildIdArgument)
    .summary('send all new payouts to a version')
    .description(
      'Makes a version current: all new payouts go to it, and so do the runs of accounts and payouts that are bound to no ' +
        'version (begun before versioning was on). Their histories are replayed with its code first; one that does not replay ' +
        'stops the command (exit code 4). Payouts that are bound to another version end there.',
    )
    .action(async (buildId: string, options: RoutingOptions) => {
      const change = await withVersions(options, context, async (opened) => opened.promote(buildId, options));
      print(options, change, `All new payouts go to ${buildId}${afterReplay(change)}`);
    });

  withVersionOptions(versions.command('rollback'))
    .summary('send new payouts where they went before')
    .description(
      'Ends a ramp. Where there is none, makes the version current again that was current before. Nothing is replayed, and ' +
        'payouts that have begun on the newer version end there: keep its workers until they have.',
    )
    .action(async (options: VersionOptions) => {
      const change = await withVersions(options, context, async (opened) => opened.rollback());
      const { buildId, from, ended } = change;
      const done =
        ended === 'ramp'
          ? `The ramp of ${from} has ended: all new payouts go to ${buildId === '' ? 'workers without a version' : buildId}`
          : `All new payouts go to ${buildId} again`;
      print(
        options,
        change,
        `${done}. Payouts that began on ${from} end there: keep its workers until it is drained`,
      );
    });

  withVersionOptions(versions.command('move'))
    .argument('<from>', 'the version that open payouts are bound to')
    .requiredOption('--to <version>', 'the version that goes on with them')
    .option('--replay-only', 'say which would replay, and move none')
    .option(
      '--skip-refused',
      'move those that replay even where others do not (otherwise none is moved then)',
    )
    .summary('bind open payouts to another version, after a replay')
    .description(
      'Replays the history of every open payout that is bound to a version with the code of another one, and binds them to that. ' +
        'Run it with the program of the version that they are moved to. Payouts that do not replay are named and stay ' +
        '(exit code 4), and so are those of which Temporal did not answer (exit code 5). Sends that are under way go on where ' +
        'they are.',
    )
    .addHelpText(
      'after',
      `
Examples:
  payouts versions move 1.4.0-3f2a9c01b7de --to 1.5.0-9b1c44f0a2e1 --replay-only
  payouts versions move 1.4.0-3f2a9c01b7de --to 1.5.0-9b1c44f0a2e1`,
    )
    .action(
      async (
        from: string,
        options: VersionOptions & {
          readonly to: string;
          readonly replayOnly?: boolean;
          readonly skipRefused?: boolean;
        },
      ) => {
        const { to, replayOnly = false, skipRefused = false } = options;
        const report = await withVersions(options, context, async (opened) =>
          opened.move(from, to, { move: !replayOnly, skipRefused }),
        );
        context.exitWith(exitCodeOfMove(report));
        const printer = createPrinter(context.stdout, context.env);
        if (options.json) printer.json(report);
        else printMove(report, !replayOnly, printer);
      },
    );

  function print(options: VersionOptions, change: RoutingChange, line: string): void {
    const printer = createPrinter(context.stdout, context.env);
    if (options.json) printer.json(change);
    else printer.line(line);
  }
}

const withReplayOption = (command: Command): Command =>
  command.option(
    '--without-replay',
    'do not replay the runs that follow the current version: for when they were replayed elsewhere',
  );

const afterReplay = ({ replayed }: RoutingChange): string =>
  replayed === 0 ? '' : ` (${replayed} runs that follow the current version were replayed with its code)`;

function readPercent(text: string): number {
  const percent = Number(text);
  if (/^\d{1,3}(\.\d{1,2})?$/.test(text) && percent <= 100) return percent;
  throw new InvalidArgumentError('It is no share from 0 to 100.');
}

/** What nobody knows counts more than what was refused. */
export function exitCodeOfMove({ failed, refused, putBack }: MoveView): ExitCode {
  const failure = failed.find(({ isBack }) => !isBack) ?? failed[0];
  if (failure !== undefined) return versionExits[failure.code] ?? exitCodes.other;
  return refused.length > 0 || putBack.length > 0 ? exitCodes.refused : exitCodes.ok;
}

type OpenedVersions = Awaited<ReturnType<OpenVersions>>;

async function withVersions<T>(
  options: VersionOptions,
  { env }: CommandContext,
  use: (versions: OpenedVersions) => Promise<T>,
): Promise<T> {
  const { openVersions } = require('../../worker/versions/open-versions') as {
    readonly openVersions: OpenVersions;
  };
  try {
    const versions = await openVersions(options, env);
    try {
      return await use(versions);
    } finally {
      await versions.close();
    }
  } catch (error) {
    throw inOurWords(error);
  }
}

const versionExits: Readonly<Record<string, ExitCode>> = {
  version_not_found: exitCodes.badInput,
  version_refused: exitCodes.refused,
  temporal_versioning_unavailable: exitCodes.notReachable,
  temporal_unavailable: exitCodes.notReachable,
};

/** An error of the worker's side says by itself what to do next. */
function inOurWords(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, next } = error as { readonly code?: unknown; readonly next?: unknown };
  const exitCode = typeof code === 'string' ? versionExits[code] : undefined;
  return exitCode === undefined || typeof code !== 'string' || typeof next !== 'string'
    ? error
    : new CliError(code, exitCode, error.message, next);
}
