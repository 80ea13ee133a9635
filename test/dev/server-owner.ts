/** A process of its own that starts a server, says so in one line of JSON, and then waits or ends as it is told. */
import { startTemporalServer } from '../../src/dev/temporal-server';

// Silent, because a server that writes would end of itself when nobody reads: the watchdog must not depend on that.
async function main(): Promise<void> {
  const server = await startTemporalServer({ say: () => undefined, logLevel: 'never' });
  process.stdout.write(`${JSON.stringify({ pid: server.pid, address: server.address })}\n`);
  process.stdin.once('data', () => process.exit(0));
}

void main();
