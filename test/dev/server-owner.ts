/** A process of its own that starts a server, says so in one line of JSON, and then waits or ends as it is told. */
import { startTemporalServer } from '../../src/dev/temporal-server';

async function main(): Promise<void> {
  const server = await startTemporalServer({ say: () => undefined });
  process.stdout.write(`${JSON.stringify({ pid: server.pid, address: server.address })}\n`);
  process.stdin.once('data', () => process.exit(0));
}

void main();
