import { duplicateKeyProblems } from '../../config/duplicate-keys';
import { whereIn } from '../../config/read-json-file';
import type { PayoutRequest } from '../../domain/payout-request';
import { CliError } from '../cli-error';
import type { CommandContext } from '../cli-ports';
import { exitCodes } from '../exit-codes';

/** More than any request the schema lets through. */
const maxRequestBytes = 256 * 1024;

/** Its shape is the client's business; here it only has to be JSON. */
export async function readRequest(file: string, { readText }: CommandContext): Promise<PayoutRequest> {
  let text: string;
  try {
    text = await readText(file, maxRequestBytes);
  } catch (error) {
    throw new CliError(
      'request_unreadable',
      exitCodes.badInput,
      `cannot read ${file === '-' ? 'standard input' : file}: ${error instanceof Error ? error.message : String(error)}`,
      'Give a JSON file with a request (at most 16 KiB), or - for standard input.',
    );
  }
  let request: PayoutRequest;
  try {
    request = JSON.parse(text) as PayoutRequest;
  } catch {
    // The parser's message quotes the text, and with it account numbers.
    throw new CliError(
      'request_no_json',
      exitCodes.badInput,
      `${file === '-' ? 'standard input' : file} is not JSON${whereIn(text)}`,
      'Give one JSON object; docs/payout-request.md shows requests and every field.',
    );
  }
  // `JSON.parse` silently keeps the last of two amounts.
  const [twice] = duplicateKeyProblems(text);
  if (twice !== undefined) {
    throw new CliError(
      'request_ambiguous',
      exitCodes.badInput,
      `${twice.path}: ${twice.message}`,
      'Nothing was sent. Name every field once.',
    );
  }
  return request;
}
