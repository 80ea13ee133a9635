import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WatchedProgram } from './temporal-watchdog';

const KEPT_LOG_LINES = 30;

export type LastLines = {
  /** When the outputs are closed, or half a second from now: the end of an error message. */
  settled(): Promise<string>;
};

/** Reads both outputs all the time (a full pipe would stop the program) and remembers the end for error messages. */
export function keepLastLines(
  { stdout, stderr }: WatchedProgram,
  onLogLine: ((line: string) => void) | undefined,
): LastLines {
  const lines: string[] = [];
  const closed = [stdout, stderr].map(
    async (input) =>
      new Promise<void>((done) => {
        const reader = createInterface({ input });
        reader.on('line', (line) => {
          lines.push(line);
          if (lines.length > KEPT_LOG_LINES) lines.shift();
          onLogLine?.(line);
        });
        reader.once('close', done);
      }),
  );
  return {
    async settled() {
      // The exit is often known before the last words; nobody else holds these pipes open for long.
      await Promise.race([Promise.all(closed), sleep(500, undefined, { ref: false })]);
      const text = lines.filter((line) => line.trim() !== '').join('\n');
      return text === '' ? ' It wrote nothing.' : ` Its last lines:\n${text}`;
    },
  };
}
