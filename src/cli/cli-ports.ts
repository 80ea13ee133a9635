import type { PayoutClient, PayoutClientOptions } from '../client/payout-client';
import type { ExitCode } from './exit-codes';

/** What the command line may use of the process; `bin` gives the real one, tests their own. */
export type CliPorts = {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /** A file's text, or standard input for `-`; at most `maxBytes`, else it throws. */
  readonly readText: (path: string, maxBytes: number) => Promise<string>;
  /**
   * Asks whoever sits at the terminal, and gives their line; undefined when the input ended or Ctrl-C was pressed. Absent
   * where standard input or standard output is no terminal.
   */
  readonly ask?: (question: string) => Promise<string | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly openClient: (options: PayoutClientOptions) => PayoutClient;
  /** Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /**
   * Aborts when nobody reads standard output any more (`payouts watch … | head -1`): for commands that only print, and may wait
   * long before they print again. Absent where that cannot be known.
   */
  readonly watchReader?: () => AbortSignal;
};

export type TextOutput = {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** How wide the terminal is. */
  readonly columns?: number;
};

/** What one command gets. */
export type CommandContext = CliPorts & {
  /** Sets the exit code of a command that did what it should and has bad news. */
  exitWith(code: ExitCode): void;
};
