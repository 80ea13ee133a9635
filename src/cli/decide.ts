import type { Command } from 'commander';
import { doubtfulAmounts, plannedAmounts } from '../domain/amount-words';
import type { PayoutSnapshot } from '../domain/payout-snapshot';
import { CliError } from './cli-error';
import type { CommandContext } from './cli-ports';
import { withClient, withConnectionOptions } from './connection-options';
import type { ConnectionOptions } from './connection-options';
import { exitCodes } from './exit-codes';
import { payoutArgument, readPayoutArgument } from './payout-argument';
import { snapshotFacts } from './payout-lines';
import { createPrinter } from './printer';
import { readProof } from './proof-option';
import type { ProofOptions } from './proof-option';

type DecideOptions = ConnectionOptions &
  ProofOptions &
  DecisionOptions & {
    readonly json?: boolean;
    readonly as: string;
    readonly reason?: string;
    readonly digest?: string;
  };

/** Which of the two. */
export type DecisionOptions = { readonly approve?: boolean; readonly reject?: boolean };

const shown: ReadonlySet<string> = new Set([
  'payout',
  'status',
  ...Object.values(plannedAmounts),
  ...Object.values(doubtfulAmounts),
  'rate',
  'requested by',
  'account',
  'approval',
  'approved by',
]);

export function addDecideCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('decide'))
    .argument(...payoutArgument)
    .summary('approve or reject a payout')
    .description(
      'Approves or rejects a payout that waits for approval. The decision binds to the digest of its content: ' +
        'without --digest, to the one shown now. Safe to repeat.',
    )
    .option('--approve', 'approve it')
    .option('--reject', 'reject it; one rejection ends the payout')
    .requiredOption(
      '--as <who>',
      'who decides: somebody whom the payout names as one who may, never the requester',
    )
    .option('--reason <text>', 'kept in the timeline; no personal data')
    .option('--digest <digest>', 'what is decided about, when it was looked at before')
    .option('--proof <token>', 'signed token that proves who decides; other users of this machine can see it')
    .option('--proof-file <file>', 'the same from a file, or - for standard input')
    .option(
      '--json',
      'print one JSON document: {"tenant","reference","decision","digest","approvals","required"}',
    )
    .addHelpText(
      'after',
      `
Examples:
  payouts decide acme/order-17 --approve --as alice
  payouts decide acme/order-17 --reject --as bob --reason "wrong amount"
  payouts decide acme/order-17 --approve --as alice --digest "$DIGEST"
  payouts token acme/order-17 --approve --as alice --key dev-key.json --issuer dev --audience payouts/acme-1 \\
    | payouts decide acme/order-17 --approve --as alice --proof-file -`,
    )
    .action(async (payout: string, options: DecideOptions) => {
      const address = readPayoutArgument(payout);
      const decision = readDecision(options);
      const proof = await readProof(options, context);
      const printer = createPrinter(context.stdout, context.env);
      await withClient(options, context, async (client) => {
        const snapshot = options.digest === undefined ? await client.get(address) : undefined;
        const digest = options.digest ?? digestOf(snapshot, payout);
        if (snapshot !== undefined && !options.json) {
          printer.facts(snapshotFacts(snapshot).filter(([label]) => shown.has(label)));
        }
        const result = await client.decide({
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
