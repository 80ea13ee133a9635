import type { CommandContext } from './cli-ports';
import { mayColour } from './output/printer';

/** What everything that a command starts may use of the process. */
export type LaunchContext = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard output may move the cursor and be redrawn. */
  readonly isTerminal: boolean;
  readonly colour: boolean;
  /** Ctrl-C and SIGTERM: stop everything that was started, then return. */
  readonly signal: AbortSignal;
};

export const launchContext = ({ stdout, stderr, env, signal }: CommandContext): LaunchContext => ({
  out: (text) => void stdout.write(text),
  err: (text) => void stderr.write(text),
  env,
  isTerminal: stdout.isTTY === true,
  colour: mayColour(stdout, env),
  signal,
});
