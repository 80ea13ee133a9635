import type { Command } from 'commander';
import type { ListedPayout, ListOptions } from '../../client/payout-list';
import type { PayoutAttention } from '../../client/visibility-query';
import { payoutAttentions } from '../../client/visibility-query';
import type { PayoutStatus } from '../../domain/payout-status';
import { payoutStatuses } from '../../domain/payout-status';
import { heldReasons } from '../../domain/reason';
import type { HeldReason } from '../../domain/reason';
import { CliError } from '../cli-error';
import type { CommandContext } from '../cli-ports';
import { withClient, withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { readTime, timeForms } from '../input/time-option';
import { exitCodes } from '../exit-codes';
import { interrupted } from '../interruption';
import { listHeader, listRow } from '../output/payout-list-lines';
import { createPrinter } from '../output/printer';
import { createWaitingAsker, waitsForPeople } from '../output/waiting-details';
import type { Asked, WaitingAsker } from '../output/waiting-details';

type ListCommandOptions = ConnectionOptions & {
  readonly json?: boolean;
  readonly status?: readonly string[];
  readonly tenant?: string;
  readonly account?: string;
  readonly held?: true | string;
  readonly attention?: true | string;
  readonly mine?: string;
  readonly since?: string;
  readonly until?: string;
  readonly cursor?: string;
  readonly limit: string;
  readonly statusOnly?: boolean;
};

/** Of those that wait, so many are asked by `--mine` in one go. */
const mostAsked = 500;

export function addListCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('list'))
    .summary('list payouts')
    .description(
      'Lists payouts, newest first by when they were started. Of those that wait for people it asks the workers who may decide ' +
        'and until when; without a worker the rest is shown all the same.',
    )
    .option('--status <status...>', `one or more of ${payoutStatuses.join(', ')}`)
    .option('--tenant <tenant>', 'only of this tenant')
    .option('--account <id>', 'only of this provider account')
    .option('--held [reason]', `only held ones, for any reason or for one of ${heldReasons.join(', ')}`)
    .option(
      '--attention [kind]',
      `only those that wait longer than they should, for any cause or one of ${payoutAttentions.join(', ')}`,
    )
    .option('--mine <who>', `only those that this person may decide now; of ${mostAsked} that wait at most`)
    .option('--since <time>', `started at or after: ${timeForms}`)
    .option('--until <time>', 'started before: the same forms')
    .option('--limit <number>', 'at most so many', '50')
    .option('--cursor <cursor>', 'go on behind the payout that had this cursor, with the same filters')
    .option('--status-only', 'only what Temporal itself knows: asks no worker')
    .option('--json', 'print NDJSON: one JSON object per payout and line, each with its cursor')
    .addHelpText(
      'after',
      `
Examples:
  payouts list
  payouts list --status awaiting-approval submitting --tenant acme
  payouts list --mine alice
  payouts list --attention --since 3d
  payouts list --held insufficient_funds --account syncgram-main
  payouts list --since 2026-11-01 --until 2026-12-01 --limit 9999 --json
  payouts list --held --json | jq -r .reference`,
    )
    .action(async (options: ListCommandOptions) => {
      const limit = readLimit(options.limit);
      const asked = listOptions(options, Date.now());
      const printer = createPrinter(context.stdout, context.env);
      await withClient(options, context, async (client) => {
        const asker = options.statusOnly === true ? undefined : createWaitingAsker(client);
        const shown: Asked[] = [];
        let looked = 0;
        let cursor: string | undefined;
        for await (const batch of batches(client.list(asked), asker)) {
          for (const one of batch) {
            looked += 1;
            ({ cursor } = one.payout);
            if (options.mine !== undefined && one.details?.mayDecide.includes(options.mine) !== true)
              continue;
            shown.push(one);
            if (options.json) printer.json(asJson(one));
            if (shown.length >= limit) break;
          }
          if (context.signal.aborted || shown.length >= limit) break;
        }
        if (!options.json && shown.length > 0) {
          const now = Date.now();
          // A terminal is narrow: when it was started stands there as its age.
          const shownColumns = context.stdout.isTTY === true ? listHeader.length - 1 : listHeader.length;
          printer.table(
            listHeader.slice(0, shownColumns),
            shown.map((one) => listRow(one, now).slice(0, shownColumns)),
          );
        }
        if (context.signal.aborted)
          throw interrupted(cursor === undefined ? 'list again' : `go on with --cursor ${cursor}`);
        const isCut = shown.length >= limit || looked >= (asked.limit ?? limit);
        tellEnd(context, options, {
          shown: shown.length,
          looked,
          unasked: asker?.unasked(),
          ...(isCut ? { cursor } : {}),
        });
      });
    });
}

/** What the list itself does not say: that it is empty, incomplete, or not the end. */
function tellEnd(
  context: CommandContext,
  { json, limit, mine }: ListCommandOptions,
  end: {
    readonly shown: number;
    readonly looked: number;
    readonly unasked: ReturnType<WaitingAsker['unasked']>;
    readonly cursor?: string | undefined;
  },
): void {
  const notes = createPrinter(context.stderr, context.env);
  const { shown, looked, unasked, cursor } = end;
  // What is not known is never "none": somebody would believe that nothing waits for them.
  if (mine !== undefined && unasked !== undefined) context.exitWith(exitCodes.notReachable);
  const message =
    unasked === undefined
      ? undefined
      : `${unasked.count} of those that wait could not be asked who may decide: ${unasked.why.message}`;
  if (json) {
    if (message !== undefined) notes.json({ warning: { code: 'not_asked', message } });
    if (cursor !== undefined) notes.json({ more: { cursor } });
    return;
  }
  if (shown === 0) notes.line(mine === undefined ? 'No payouts found.' : 'None found.');
  if (message !== undefined) notes.line(message);
  if (cursor === undefined) return;
  const why = shown >= Number(limit) ? `Stopped at ${limit}.` : `Looked at ${looked} that may wait.`;
  notes.line(`${why} There may be more: --cursor ${cursor}`);
}

/** In small groups, as they are asked, so that a stream begins at once. */
async function* batches(
  list: AsyncIterable<ListedPayout>,
  asker: WaitingAsker | undefined,
): AsyncGenerator<readonly Asked[], void, undefined> {
  const ask = async (payouts: readonly ListedPayout[]): Promise<readonly Asked[]> =>
    asker === undefined ? payouts.map((payout) => ({ payout, details: undefined })) : asker.ask(payouts);
  let batch: ListedPayout[] = [];
  for await (const payout of list) {
    batch.push(payout);
    if (batch.length < (asker?.together ?? 1)) continue;
    yield await ask(batch);
    batch = [];
  }
  if (batch.length > 0) yield await ask(batch);
}

function listOptions(options: ListCommandOptions, now: number): ListOptions {
  const { status, tenant, account, held, attention, mine, since, until, cursor } = options;
  if (mine !== undefined && (status !== undefined || options.statusOnly === true))
    throw new CliError(
      'list_unclear',
      exitCodes.badInput,
      '--mine goes with neither --status nor --status-only',
      'It looks at every payout that asks for a decision; who may decide only the payouts themselves know.',
    );
  const from = since === undefined ? undefined : readTime('--since', since, now);
  const to = until === undefined ? undefined : readTime('--until', until, now);
  if (from !== undefined && (from > now || (to !== undefined && from >= to)))
    throw new CliError(
      'list_unclear',
      exitCodes.badInput,
      from > now ? '--since is in the future' : '--since is not before --until: nothing lies between',
      'Give the earlier time to --since: --since 5d --until 3d.',
    );
  return {
    limit: mine === undefined ? Number(options.limit) : mostAsked,
    // The client refuses what is no status, reason or cursor.
    ...(mine === undefined ? {} : { status: ['awaiting-approval', 'screening'] as const }),
    ...(status === undefined ? {} : { status: status as readonly PayoutStatus[] }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(account === undefined ? {} : { account }),
    ...(held === undefined ? {} : { held: held as true | HeldReason }),
    ...(attention === undefined ? {} : { attention: attention as true | PayoutAttention }),
    ...(from === undefined ? {} : { since: from }),
    ...(to === undefined ? {} : { until: to }),
    ...(cursor === undefined ? {} : { after: cursor }),
  };
}

/** `mayDecide` and the others are left out where nobody could be asked, or was. */
const asJson = ({ payout, details }: Asked): object =>
  waitsForPeople(payout) && details !== undefined ? { ...payout, ...details } : payout;

function readLimit(text: string): number {
  const limit = Number(text);
  if (/^[1-9]\d{0,6}$/.test(text)) return limit;
  throw new CliError(
    'limit_invalid',
    exitCodes.badInput,
    '--limit is no number from 1 to 9999999',
    'Give a whole number, such as --limit 200.',
  );
}
