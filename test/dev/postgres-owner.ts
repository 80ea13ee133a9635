/**
 * A process of its own that starts a PostgreSQL as its arguments say (one JSON object), names it in one line, and ends when it
 * is told.
 */
import { startPostgres } from '../../src/dev/postgres/start-postgres';
import type { PostgresOptions } from '../../src/dev/postgres/start-postgres';

async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? '{}') as Partial<PostgresOptions>;
  const said: string[] = [];
  const server = await startPostgres({ say: (line) => said.push(line), env: process.env, ...options });
  const { pid, url, dataFolder } = server;
  process.stdout.write(`${JSON.stringify({ pid, url, dataFolder, said, uid: process.getuid?.() })}\n`);
  process.stdin.once('data', () => process.exit(0));
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
