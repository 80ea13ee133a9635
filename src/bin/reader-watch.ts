import { spawn } from 'node:child_process';
import { fstatSync } from 'node:fs';

/**
 * Aborts within a second after the last reader of our standard output is gone (`payouts watch … | head -1`). A process hears of
 * that only when it writes, and Node has no poll(2) for a pipe that it writes to. GNU's tail has, for this very case: it ends by
 * SIGPIPE, and goes with us by `--pid`. Where there is another tail or none the next write finds out, as it does everywhere.
 */
export function watchReader(): AbortSignal {
  const gone = new AbortController();
  if (!fstatSync(process.stdout.fd).isFIFO()) return gone.signal;
  const tail = spawn('tail', ['-f', `--pid=${process.pid}`, '/dev/null'], {
    stdio: ['ignore', 'inherit', 'ignore'],
  });
  tail.on('error', () => undefined);
  tail.on('exit', (_code, signal) => {
    if (signal === 'SIGPIPE') gone.abort();
  });
  tail.unref();
  // It holds the pipe open: whoever reads waits for its end, too.
  process.once('exit', () => tail.kill());
  return gone.signal;
}
