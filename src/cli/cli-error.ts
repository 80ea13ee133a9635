import { PayoutClientError, PayoutRefusedError, PayoutRequestInvalidError } from '../client/errors';
import { refusalText } from '../client/refusal-texts';
import { clientFailures, exitCodes } from './exit-codes';
import type { ExitCode } from './exit-codes';

/** A failure of the command line's own: what happened, and what to do next. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly code: string,
    readonly exitCode: ExitCode,
    message: string,
    readonly next: string,
  ) {
    super(message);
  }
}

/** How a command failed, as it is printed. */
export type Failure = {
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly message: string;
  readonly next: string;
  /** Fields of a request, when those were the reason. */
  readonly problems?: readonly { readonly path: string; readonly message: string }[];
};

export function failureOf(error: unknown): Failure {
  if (error instanceof CliError) {
    const { code, exitCode, message, next } = error;
    return { code, exitCode, message, next };
  }
  if (error instanceof PayoutClientError) {
    const { code, message } = error;
    return {
      code,
      message,
      ...clientFailures[code],
      ...(error instanceof PayoutRefusedError ? nextAfter(error) : {}),
      ...(error instanceof PayoutRequestInvalidError ? { problems: error.problems } : {}),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  return { code, exitCode: exitCodeFor(code), message, next: nextFor(code) };
}

/** A newer worker's refusal keeps the general advice. */
function nextAfter({ refusal }: PayoutRefusedError): { readonly next?: string } {
  const text = refusalText(refusal);
  return text === undefined ? {} : { next: `Nothing changed. ${text.next}` };
}

/** Errors of what the starting commands start carry stable codes of their own. */
function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code !== '' ? code : 'unexpected_error';
}

function nextFor(code: string): string {
  if (code === 'interrupted') return 'What had been started is stopped.';
  if (code.startsWith('kept_')) return 'Nothing was started.';
  return 'See the message above; `payouts --help` lists the commands.';
}

/** Somebody has what a start needs. */
const inConflict: readonly string[] = ['temporal_port_in_use', 'kept_port_in_use', 'kept_in_use'];

function exitCodeFor(code: string): ExitCode {
  if (code === 'interrupted') return exitCodes.interrupted;
  if (inConflict.includes(code)) return exitCodes.refused;
  if (code.startsWith('temporal_') || code === 'ECONNREFUSED') return exitCodes.notReachable;
  if (code.startsWith('configuration_') || code === 'unsafe_setting' || code === 'kept_unreadable')
    return exitCodes.badInput;
  return exitCodes.other;
}
