import { isProofText, longestProof } from '../../domain/decision-proof';
import { CliError } from '../cli-error';
import type { CommandContext } from '../cli-ports';
import { exitCodes } from '../exit-codes';

export type ProofOptions = { readonly proof?: string; readonly proofFile?: string };

/** The token that goes with a decision, if one was given. No message quotes it. */
export async function readProof(
  { proof, proofFile }: ProofOptions,
  { readText }: CommandContext,
): Promise<string | undefined> {
  if (proof !== undefined && proofFile !== undefined)
    throw unusable('a proof is either --proof or --proof-file', 'Give one of the two.');
  let text = proof;
  if (proofFile !== undefined) {
    try {
      // Room for a line break at its end.
      text = (await readText(proofFile, longestProof + 16)).trim();
    } catch (error) {
      throw unusable(
        `cannot read ${proofFile === '-' ? 'standard input' : proofFile}: ${error instanceof Error ? error.message : String(error)}`,
        'Give a file that holds one token, or - for standard input.',
      );
    }
  }
  if (text === undefined || isProofText(text)) return text;
  throw unusable(
    'what was given is no token',
    `A token has up to ${longestProof} letters, digits and ._- and nothing else; \`payouts token\` makes one.`,
  );
}

const unusable = (message: string, next: string): CliError =>
  new CliError('proof_unusable', exitCodes.badInput, message, next);
