import type { Command } from 'commander';
import { assertNever } from '../../domain/assert-never';
import type { ResolveResult } from '../../domain/resolution';
import type { PayoutClient } from '../../client/payout-client';
import type { ResolveCommand } from '../../client/payout-commands';
import type { PayoutAddress } from '../../client/payout-address';
import { CliError } from '../cli-error';
import type { CommandContext } from '../cli-ports';
import { withClient, withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { exitCodes } from '../exit-codes';
import { failureMeaning } from '../output/failure-meanings';
import { payoutArgument, readPayoutArgument } from '../input/payout-argument';
import { createPrinter } from '../output/printer';

type ResolveOptions = ConnectionOptions & {
  readonly json?: boolean;
  readonly adopt?: string;
  readonly neverAccepted?: boolean;
  readonly confirm?: string;
  readonly reject?: string;
  readonly keepWaiting?: boolean;
  readonly evidence?: string;
  readonly reason?: string;
  readonly as: string;
};

export function addResolveCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('resolve'))
    .argument(...payoutArgument)
    .summary('say what became of a send that the machine cannot find out about')
    .description(
      'Resolves a payout whose outcome is not known. Nothing is sent by it. --adopt reads the provider’s payout back and ' +
        'follows it when it is ours; where the provider does not repeat our key, a second person confirms. ' +
        '--never-accepted is a proposal: a second, different person confirms it with --confirm, and the payout then ends ' +
        'as failed. Neither may be who requested it. Exit code 4 when nothing was concluded.',
    )
    .option('--adopt <provider-id>', 'this is our payout at the provider')
    .option('--never-accepted', 'the provider never accepted it; needs --evidence')
    .option(
      '--evidence <text>',
      'who at the provider said what, when; 10 to 500 characters, no personal data',
    )
    .option('--confirm <proposal>', 'confirm what another person proposed; show the payout to read it')
    .option('--reject <proposal>', 'turn the proposal down, or take it back')
    .option('--keep-waiting', 'somebody looked, and it goes on waiting; needs --reason')
    .option('--reason <text>', 'kept in the timeline; no personal data')
    .requiredOption('--as <who>', 'who says so')
    .option(
      '--json',
      'print one JSON document: {"tenant", "reference", "outcome", "proposal", "providerPayoutId", "refused"}',
    )
    .addHelpText(
      'after',
      `
Examples:
  payouts resolve acme/order-17 --adopt 3f2a-77 --as dana
  payouts resolve acme/order-17 --never-accepted \\
    --evidence "support ticket 4711: no such payout" --as dana
  payouts resolve acme/order-17 --confirm "$PROPOSAL" --as erin
  payouts resolve acme/order-17 --keep-waiting \\
    --reason "provider answers on Monday" --as dana`,
    )
    .action(async (payout: string, options: ResolveOptions) => {
      const command = readCommand(readPayoutArgument(payout), options);
      const { result, refused } = await withClient(options, context, async (client) => {
        const answer = await client.resolve(command);
        const asked = answer.outcome === 'not-read' || answer.outcome === 'mismatch';
        return { result: answer, refused: asked ? await lastRefused(client, command) : undefined };
      });
      if (!concluded.has(result.outcome)) context.exitWith(exitCodes.refused);
      const printer = createPrinter(context.stdout, context.env);
      const { tenant, reference } = command;
      if (options.json) printer.json({ tenant, reference, ...result, ...(refused && { refused }) });
      else printer.line(`${payout}: ${inWords(payout, result, refused)}`);
    });
}

const concluded: ReadonlySet<ResolveResult['outcome']> = new Set<ResolveResult['outcome']>([
  'adopted',
  'ended',
  'proposed',
  'rejected',
  'waiting',
]);

function readCommand(address: PayoutAddress, options: ResolveOptions): ResolveCommand {
  const { as: by, adopt, neverAccepted, confirm, reject, keepWaiting, evidence, reason } = options;
  const given = [adopt, neverAccepted, confirm, reject, keepWaiting].filter((value) => value !== undefined);
  if (given.length !== 1) {
    throw badInput(
      'a resolution is one of --adopt, --never-accepted, --confirm, --reject and --keep-waiting',
      'Give exactly one of them.',
    );
  }
  if (evidence !== undefined && neverAccepted !== true)
    throw badInput('--evidence belongs to --never-accepted', 'Use --reason elsewhere.');
  const why = reason === undefined ? {} : { reason };
  if (adopt !== undefined) return { ...address, by, action: 'adopt', providerPayoutId: adopt, ...why };
  if (neverAccepted === true) {
    if (evidence === undefined)
      throw badInput('--never-accepted needs --evidence', 'Say who at the provider said what, and when.');
    return { ...address, by, action: 'never-accepted', evidence };
  }
  if (confirm !== undefined) return { ...address, by, action: 'confirm', proposal: confirm };
  if (reject !== undefined) return { ...address, by, action: 'reject', proposal: reject, ...why };
  if (reason === undefined) throw badInput('--keep-waiting needs --reason', 'Say what is waited for.');
  return { ...address, by, action: 'keep-waiting', reason };
}

const badInput = (message: string, next: string): CliError =>
  new CliError('resolution_unclear', exitCodes.badInput, message, next);

/** The timeline has what the answer leaves out: the failure's code, or which fields differ. */
type Refused = { readonly code?: string; readonly note?: string };

async function lastRefused(client: PayoutClient, address: PayoutAddress): Promise<Refused | undefined> {
  const { tenant, reference } = address;
  try {
    const timeline = await client.timeline({ tenant, reference });
    const event = timeline.findLast(({ type }) => type === 'resolution-refused');
    if (event === undefined) return undefined;
    const { code, note } = event;
    return { ...(code === undefined ? {} : { code }), ...(note === undefined ? {} : { note }) };
  } catch {
    // It was carried out and answered: what is missing is only the explanation.
    return undefined;
  }
}

/** Codes that stay as they are until somebody mends something. */
const lasting: ReadonlySet<string> = new Set([
  'credentials_refused',
  'account_suspended',
  'account_changed',
  'refusal_unclear',
  'unexpected_failure',
]);

function whyNotRead(refused: Refused | undefined): string {
  const code = refused?.code;
  if (code === undefined) return 'The timeline says why.';
  const meaning = failureMeaning(code) ?? 'See docs/errors.md.';
  if (code === 'misconfigured')
    return `${code}: ${meaning} Check the id first: one in no form of the provider’s is refused like this. If it is right, have base URL and settings of the account checked. Trying again helps only after that.`;
  return `${code}: ${meaning} ${lasting.has(code) ? 'Trying again helps only when that is mended.' : 'Try again in a moment.'}`;
}

function inWords(
  payout: string,
  { outcome, proposal, providerPayoutId }: ResolveResult,
  refused: Refused | undefined,
): string {
  switch (outcome) {
    case 'adopted':
      return `adopted as ${providerPayoutId ?? 'ours'}. It is followed from here on.`;
    case 'ended':
      return 'ended as failed: two people confirmed that it was never accepted. It is never sent again; paying needs a new reference.';
    case 'proposed':
      return `proposed. A second person confirms it: payouts resolve ${payout} --confirm ${proposal ?? ''} --as WHO`;
    case 'rejected':
      return 'the proposal is gone. Nothing else changed.';
    case 'waiting':
      return 'waits on; the deadline of its hold begins anew.';
    case 'mismatch':
      return `not adopted: the provider’s payout is not ours (${refused?.note ?? 'the timeline says what differs'}). Nothing changed.`;
    case 'not-found':
      return 'not adopted: the provider shows no such payout. Nothing changed.';
    case 'not-read':
      return `not concluded, nothing changed: the provider could not be asked. ${whyNotRead(refused)}`;
    case 'found-otherwise':
      return 'not concluded: it was found at the provider meanwhile. Show the payout.';
    case 'not-concluded':
      return 'not concluded: something else came first. Show the payout.';
    default:
      return assertNever(outcome, 'outcome of a resolution');
  }
}
