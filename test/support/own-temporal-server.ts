/** A Temporal server of one scenario's own, in a file, to be killed and started again where it was. */
import { rm } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { payoutSearchAttributes } from '../../src/contract/search-attributes';
import { startTemporalServer } from '../../src/dev/temporal-server';
import type { TemporalServerOptions } from '../../src/dev/temporal-server';

export type OwnTemporalServer = {
  /** The same after every restart. */
  readonly address: string;
  /** How often it was killed while it ran. */
  kills(): number;
  /** `kill -9`; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and file. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

export async function startOwnTemporalServer(
  options: Pick<TemporalServerOptions, 'dynamicConfig'> = {},
): Promise<OwnTemporalServer> {
  const folder = mkdtempSync(join(tmpdir(), 'payouts-temporal-'));
  const start = (port?: number) =>
    startTemporalServer({
      say: () => undefined,
      keep: join(folder, 'temporal.db'),
      logLevel: 'never',
      searchAttributes: payoutSearchAttributes,
      ...options,
      ...(port === undefined ? {} : { port }),
    });
  let server = await start();
  const { address } = server;
  const port = Number(address.split(':')[1]);
  let running = true;
  let kills = 0;
  return {
    address,
    kills: () => kills,
    async kill() {
      if (!running) return;
      running = false;
      kills += 1;
      process.kill(server.pid, 'SIGKILL');
      await server.ended;
    },
    async restart() {
      if (running) return;
      server = await start(port);
      running = true;
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
