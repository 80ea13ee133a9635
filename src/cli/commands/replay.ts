import type { Command } from 'commander';
import type { PayoutAddress } from '../../client/payout-address';
import type { PayoutEvent, PayoutSnapshot } from '../../domain/payout-snapshot';
import { CliError } from '../cli-error';
import type { CommandContext } from '../cli-ports';
import { withClient, withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { exitCodes } from '../exit-codes';
import { readPayoutArgument } from '../input/payout-argument';
import { eventHeader, eventRow, snapshotFacts } from '../output/payout-lines';
import { createPrinter, styled } from '../output/printer';

type ReplayOptions = ConnectionOptions & { readonly json?: boolean; readonly runId?: string };

/** What the worker's side answers; `problem` for a text that is no history of ours. */
export type ReplayText = (text: string) => Promise<ReplayedText | { readonly problem: string }>;

export type ReplayedText = {
  readonly workflowId: string;
  readonly runId: string;
  /** Number of events in the history. */
  readonly events: number;
  readonly difference?: { readonly message: string; readonly eventId?: number; readonly details: string };
  readonly snapshot?: PayoutSnapshot;
  readonly timeline?: readonly PayoutEvent[];
};

/** Temporal ends a run at 50 MB of history; as JSON with base64 that can be some more. */
const mostBytes = 256 * 1024 * 1024;

export function addReplayCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('replay'))
    .argument(
      '<history>',
      'a history as JSON (a .json file, - for standard input), or TENANT/REFERENCE to fetch it from Temporal',
    )
    .summary('replay one run on this machine')
    .description(
      'Replays the history of one run with the workflows of this version: nothing is sent, no worker is asked. Prints ' +
        'whether they would do the same again (exit code 4 if not), the timeline, and where the payout stood.',
    )
    .option('--run-id <id>', 'this run of the payout instead of the newest one (after a reset)')
    .option('--json', 'print one JSON document: {"replays","difference","snapshot","timeline", …}')
    .addHelpText(
      'after',
      `
Examples:
  payouts replay acme/order-17
  temporal workflow show --workflow-id payout/acme/order-17 --output json \\
    > history.json
  payouts replay history.json --json`,
    )
    .action(async (argument: string, options: ReplayOptions) => {
      const source = sourceOf(argument, options.runId);
      const text =
        'file' in source
          ? await readFile(source.file, context)
          : await withClient(options, context, async (client) => client.history(source));
      const { replayText } = require('../../worker/replay/replay-text') as {
        readonly replayText: ReplayText;
      };
      const replayed = await replayText(text);
      if ('problem' in replayed) throw unreadable(argument, replayed.problem);
      if (replayed.difference !== undefined) context.exitWith(exitCodes.refused);
      print(replayed, options, context);
    });
}

/** A payout's reference can look like a file's name, and the other way round: see the help. */
function sourceOf(
  argument: string,
  runId: string | undefined,
): { readonly file: string } | (PayoutAddress & { readonly runId?: string }) {
  const isWorkflowId = /^payout\/[^/]+\/[^/]+$/.test(argument);
  const isFile = argument === '-' || argument.endsWith('.json') || /^[./\\]/.test(argument);
  if (isFile && !isWorkflowId && runId === undefined) return { file: argument };
  if (!argument.includes('/') && runId === undefined) return { file: argument };
  if (runId !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(runId)) {
    throw new CliError(
      'run_id_invalid',
      exitCodes.badInput,
      `${JSON.stringify(runId)} is no run id`,
      'Temporal’s UI and `temporal workflow list` show the runs of a workflow id.',
    );
  }
  return { ...readPayoutArgument(argument), ...(runId === undefined ? {} : { runId }) };
}

async function readFile(path: string, context: CommandContext): Promise<string> {
  try {
    return await context.readText(path, mostBytes);
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error));
  }
}

const unreadable = (argument: string, why: string): CliError =>
  new CliError(
    'history_unreadable',
    exitCodes.badInput,
    `${argument} cannot be replayed: ${why}`,
    'Download the history in Temporal’s UI, or with `temporal workflow show --output json`.',
  );

function print(replayed: ReplayedText, { json }: ReplayOptions, context: CommandContext): void {
  const { difference, snapshot, timeline, events } = replayed;
  const printer = createPrinter(context.stdout, context.env);
  const replays = difference === undefined;
  if (json) {
    printer.json({ replays, ...replayed });
    return;
  }
  printer.facts([
    ['workflow', replayed.workflowId],
    ['run', replayed.runId],
    ['replays', replays ? styled('green', `yes, all ${events} events`) : styled('red', 'no')],
    ...(difference === undefined
      ? []
      : ([
          ['first difference', difference.message],
          ['in the SDK’s words', difference.details],
        ] as const)),
  ]);
  if (snapshot !== undefined) {
    printer.line();
    if (!replays) printer.line('Where it stood, as far as it could be replayed:');
    printer.facts(snapshotFacts(snapshot));
  }
  if (timeline !== undefined) {
    printer.line();
    printer.table(eventHeader, timeline.map(eventRow));
  }
}
