import type { Command } from 'commander';
import { PayoutClientError } from '../../client/errors';
import type { PayoutAddress } from '../../client/payout-address';
import type { PayoutOutcome } from '../../client/payout-outcome';
import type { PayoutClient } from '../../client/payout-client';
import type { PayoutEvent, PayoutSnapshot } from '../../domain/payout-snapshot';
import type { CommandContext } from '../cli-ports';
import { withClient, withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { payoutArgument, readPayoutArgument } from '../input/payout-argument';
import { eventHeader, eventRow, outcomeFacts, snapshotFacts, whyEndedIn } from '../output/payout-lines';
import { askPayee, payeeFacts } from '../output/payee-lines';
import { createPrinter } from '../output/printer';

type ShowOptions = ConnectionOptions & {
  readonly json?: boolean;
  readonly timeline?: boolean;
  readonly statusOnly?: boolean;
  readonly reveal?: boolean;
};

export function addShowCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('show'))
    .argument(...payoutArgument)
    .summary('show a payout')
    .description(
      'Shows where a payout stands: status, hold, amounts, approval, attempt; and whom it pays, with masked identifiers.',
    )
    .option('--timeline', 'show everything that happened, too')
    .option('--status-only', 'only what Temporal itself knows; all there is while no worker runs')
    .option('--reveal', 'account numbers and other identifiers whole, and the request’s own text')
    .option(
      '--json',
      'print one JSON document: the snapshot, with "payee" beside it, and "timeline" when asked for',
    )
    .addHelpText(
      'after',
      `
Examples:
  payouts show acme/order-17
  payouts show payout/acme/order-17 --timeline
  payouts show acme/order-17 --reveal
  payouts show acme/order-17 --status-only --json`,
    )
    .action(async (payout: string, options: ShowOptions) => {
      const address = readPayoutArgument(payout);
      const printer = createPrinter(context.stdout, context.env);
      /** Beside the error, for people: a program asks for it with `--status-only`. */
      const showWhatTemporalKnows = async (client: PayoutClient): Promise<void> => {
        const outcome = await outcomeOrNothing(client, address);
        if (outcome === undefined) return;
        printer.facts(outcomeFacts(outcome));
        createPrinter(context.stderr, context.env).line('This is what Temporal knows by itself.');
      };
      await withClient(options, context, async (client) => {
        if (options.statusOnly) {
          const outcome = await client.outcome({ ...address, timeoutMs: 0, signal: context.signal });
          if (options.json) printer.json(outcome);
          else printer.facts(outcomeFacts(outcome));
          return;
        }
        const snapshot = await client.get(address).catch(async (error: unknown) => {
          if (options.json !== true && isNobodyThere(error)) await showWhatTemporalKnows(client);
          throw error;
        });
        const payee = await askPayee(client, address, options);
        const timeline = options.timeline ? await client.timeline(address) : undefined;
        if (options.json) {
          printer.json({
            ...snapshot,
            payee: payee.ok ? payee.view : { unavailable: payee.code },
            ...(timeline === undefined ? {} : { timeline }),
          });
          return;
        }
        printer.facts([
          ...snapshotFacts(snapshot, await whyEnded(client, snapshot, timeline)),
          ...payeeFacts(payee),
        ]);
        if (timeline === undefined) return;
        printer.line();
        printer.table(eventHeader, timeline.map(eventRow));
      });
    });
}

async function outcomeOrNothing(
  client: PayoutClient,
  address: PayoutAddress,
): Promise<PayoutOutcome | undefined> {
  try {
    return await client.outcome({ ...address, timeoutMs: 0 });
  } catch {
    // The error that brought us here says more.
    return undefined;
  }
}

const isNobodyThere = (error: unknown): boolean =>
  error instanceof PayoutClientError && error.code === 'worker_not_available';

/** Reasons that leave to the timeline what to correct. */
const explainedByTimeline: ReadonlySet<string> = new Set([
  'request_invalid',
  'no_route',
  'request_unsupported',
  'provider_refused',
]);

async function whyEnded(
  client: PayoutClient,
  { tenant, reference, reason }: PayoutSnapshot,
  timeline: readonly PayoutEvent[] | undefined,
): Promise<string | undefined> {
  if (reason === undefined || !explainedByTimeline.has(reason)) return undefined;
  try {
    return whyEndedIn(reason, timeline ?? (await client.timeline({ tenant, reference })));
  } catch {
    // An ended payout can be shown while no worker runs; its timeline cannot.
    return undefined;
  }
}
