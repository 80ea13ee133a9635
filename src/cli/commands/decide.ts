import type { Command } from 'commander';
import { PayoutRefusedError } from '../../client/errors';
import type { PayoutAddress } from '../../client/payout-address';
import type { PayoutClient } from '../../client/payout-client';
import type { DecideCommand } from '../../client/payout-commands';
import type { PayoutView } from '../../client/read-payout';
import { amountWords } from '../../domain/amount-words';
import { formatMoney } from '../../domain/money';
import type { ApprovalSummary, DecideResult, PayoutSnapshot } from '../../domain/payout-snapshot';
import { CliError } from '../cli-error';
import type { CommandContext } from '../cli-ports';
import { withClient, withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { exitCodes } from '../exit-codes';
import { payoutArgument, readPayoutArgument } from '../input/payout-argument';
import { askPayee, payeeFacts } from '../output/payee-lines';
import type { AskedPayee } from '../output/payee-lines';
import { statusText } from '../output/payout-lines';
import { printable } from '../output/printable';
import { createPrinter } from '../output/printer';
import type { Styled } from '../output/printer';
import { readProof } from '../input/proof-option';
import type { ProofOptions } from '../input/proof-option';

type DecideOptions = ConnectionOptions &
  ProofOptions &
  DecisionOptions & {
    readonly json?: boolean;
    readonly as: string;
    readonly reason?: string;
    readonly digest?: string;
    readonly yes?: boolean;
    readonly reveal?: boolean;
  };

/** Which of the two. */
export type DecisionOptions = { readonly approve?: boolean; readonly reject?: boolean };

export function addDecideCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('decide'))
    .argument(...payoutArgument)
    .summary('approve or reject a payout')
    .description(
      'Approves or rejects a payout that waits for people. On a terminal it shows what is decided about, whom it pays ' +
        'included, and asks before it decides. Elsewhere, and with --json, it needs --digest or --yes. The decision ' +
        'binds to the digest shown (or given), whatever changes meanwhile. Safe to repeat.',
    )
    .option('--approve', 'approve it')
    .option('--reject', 'reject it; one rejection ends the payout')
    .requiredOption(
      '--as <who>',
      'who decides: somebody whom the payout names as one who may, never the requester',
    )
    .option('--reason <text>', 'kept in the timeline; no personal data')
    .option('--digest <digest>', 'what is decided about, when it was looked at before')
    .option('--yes', 'decide without asking, on what is asked about now')
    .option('--reveal', 'show account numbers and other identifiers whole before asking')
    .option('--proof <token>', 'signed token that proves who decides; other users of this machine can see it')
    .option('--proof-file <file>', 'the same from a file, or - for standard input')
    .option(
      '--json',
      'print one JSON document: {"tenant", "reference", "decision", "digest", "approvals", "required"}',
    )
    .addHelpText(
      'after',
      `
Examples:
  payouts decide acme/order-17 --approve --as alice
  payouts decide acme/order-17 --reject --as bob --reason "wrong amount"
  payouts decide acme/order-17 --approve --as alice --reveal
  payouts decide acme/order-17 --approve --as alice --digest "$DIGEST" --json
  payouts token acme/order-17 --approve --as alice --key dev-key.json \\
    --issuer dev --audience payouts/acme-1 \\
    | payouts decide acme/order-17 --approve --as alice --proof-file - --yes`,
    )
    .action(async (payout: string, options: DecideOptions) => {
      const address = readPayoutArgument(payout);
      const decision = readDecision(options);
      const proof = await readProof(options, context);
      const printer = createPrinter(context.stdout, context.env);
      const ask = asker(options, context);
      await withClient(options, context, async (client) => {
        // Read once: what is shown is what is decided about, whatever the payout asks by then.
        const snapshot =
          options.digest === undefined || ask !== undefined ? await client.get(address) : undefined;
        const digest = options.digest ?? digestOf(snapshot, payout);
        if (snapshot !== undefined && !options.json) {
          const isPerson = context.ask !== undefined || options.reveal === true;
          const payee = isPerson ? await askPayee(client, address, options) : undefined;
          printer.facts(decisionFacts(snapshot, payee, { by: options.as, decision, digest }));
        }
        // Another digest than the one asked about cannot be confirmed by what is shown: the payout refuses it.
        if (ask !== undefined && snapshot?.approval?.digest === digest)
          await confirm(ask, questionAbout(snapshot.approval, decision, options.as));
        const result = await decideOrSayWhat(client, {
          ...address,
          by: options.as,
          decision,
          digest,
          ...(options.reason === undefined ? {} : { reason: options.reason }),
          ...(proof === undefined ? {} : { proof }),
        });
        if (options.json) printer.json({ ...address, digest, ...result });
        else if (result.decision === 'reject') printer.line(`Rejected ${payout}, digest ${digest}`);
        else {
          printer.line(
            `Approved ${payout}, digest ${digest}: ${result.approvals} of ${result.required} approvals`,
          );
        }
      });
    });
}

/** Who is asked before it is decided: the person at the terminal, or nobody where the command line says enough. */
function asker(options: DecideOptions, { ask }: CommandContext): CommandContext['ask'] {
  if (options.yes === true) return undefined;
  // A program reads the one, and a token came by the other.
  const isTerminal = ask !== undefined && options.json !== true && options.proofFile !== '-';
  if (isTerminal) return ask;
  if (options.digest !== undefined) return undefined;
  throw new CliError(
    'confirmation_needed',
    exitCodes.badInput,
    'nobody can be asked here whether this is what is meant: there is no terminal, or --json, or --proof-file -',
    'Name what is decided about with --digest (`payouts show` prints it), or add --yes to decide on what is asked about now.',
  );
}

async function confirm(ask: NonNullable<CommandContext['ask']>, question: string): Promise<void> {
  const answer = await ask(`${question} (y/N) `);
  if (answer !== undefined && /^y(?:es)?$/i.test(answer.trim())) return;
  throw new CliError(
    'not_confirmed',
    exitCodes.notConfirmed,
    answer === undefined ? 'there was no answer: nothing was decided' : 'nothing was decided',
    'The payout still waits. Run the command again when you know.',
  );
}

function questionAbout({ purpose }: ApprovalSummary, decision: 'approve' | 'reject', by: string): string {
  const who = printable(by);
  if (purpose === 'payout')
    return decision === 'approve' ? `Approve it as ${who}?` : `Reject it as ${who}? That ends the payout.`;
  return decision === 'approve'
    ? `Say as ${who} that the payee is nobody who is listed?`
    : `Say as ${who} that the payee is listed? That ends the payout.`;
}

/** A decision about what is no longer asked is refused, with what is asked instead. */
async function decideOrSayWhat(client: PayoutClient, command: DecideCommand): Promise<DecideResult> {
  try {
    return await client.decide(command);
  } catch (error) {
    if (!(error instanceof PayoutRefusedError) || error.refusal !== 'digest_mismatch') throw error;
    const now = await askedNow(client, command);
    throw new PayoutRefusedError(
      error.refusal,
      `${error.message.replace(/\.$/, '')}; it asks now about ${now}`,
      {
        cause: error,
      },
    );
  }
}

async function askedNow(client: PayoutClient, { tenant, reference }: PayoutAddress): Promise<string> {
  try {
    return (await client.get({ tenant, reference })).approval?.digest ?? 'nothing';
  } catch {
    return 'something else, which could not be read';
  }
}

/** What somebody decides about. */
function decisionFacts(
  snapshot: PayoutView,
  payee: AskedPayee | undefined,
  about: { readonly by: string; readonly decision: string; readonly digest: string },
): readonly (readonly [string, string | Styled])[] {
  const { amounts, account, approval, held } = snapshot;
  const words = amountWords(snapshot);
  const optional = (label: string, value: string | undefined): readonly (readonly [string, string])[] =>
    value === undefined || value === '' ? [] : [[label, value]];
  const isOther = approval !== undefined && approval.digest !== about.digest;
  return [
    ['payout', `${snapshot.tenant}/${snapshot.reference}`],
    ['status', statusText(snapshot.status, held?.reason)],
    ...(payee === undefined ? [] : payeeFacts(payee)),
    ...optional(words.source, amounts.source && formatMoney(amounts.source)),
    ...optional(words.destination, amounts.destination && formatMoney(amounts.destination)),
    ...optional('rate', amounts.rate),
    ...optional(
      'band',
      approval?.band &&
        `at least ${approval.band.leastReceived} arrive, at most ${approval.band.mostDebited} are debited`,
    ),
    ...optional('account', account && `${account.id} (${account.provider}, ${account.mode})`),
    ['requested by', snapshot.requestedBy],
    ...optional('asked for by', approval?.because),
    ...optional(
      approval?.purpose === 'screening' ? 'screening review' : 'approval',
      approval &&
        `${approval.approvedBy.length} of ${approval.required}${approval.open ? '' : ', closed'}${approval.levels.length < 2 ? '' : `, level ${approval.level} of ${approval.levels.length}`}`,
    ),
    ...optional('approved by', approval?.approvedBy.join(', ')),
    ...optional('may decide now', approval?.open === true ? approval.mayDecide.join(', ') : undefined),
    [`${about.decision} as`, about.by],
    ['digest', about.digest],
    ...(isOther ? ([['asked about now', approval.digest]] as const) : []),
  ];
}

/** Which decision the options name: exactly one. */
export function readDecision({ approve, reject }: DecisionOptions): 'approve' | 'reject' {
  if (approve === true && reject !== true) return 'approve';
  if (reject === true && approve !== true) return 'reject';
  throw new CliError(
    'decision_missing',
    exitCodes.badInput,
    'a decision is either --approve or --reject',
    'Give one of the two.',
  );
}

/** What is asked about now. */
export function digestOf(snapshot: PayoutSnapshot | undefined, payout: string): string {
  if (snapshot?.approval?.digest !== undefined) return snapshot.approval.digest;
  throw new CliError(
    'nothing_to_decide',
    exitCodes.refused,
    `${payout} asks for no approval (status ${snapshot?.status ?? 'unknown'})`,
    'Nothing changed. Show the payout to see where it stands.',
  );
}
