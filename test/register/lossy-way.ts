import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseAddress } from '../../src/register/postgres/register-settings';

/** A way to PostgreSQL that loses one answer: the connection is cut when the answer comes, or the answer never arrives. */
export type LossyWay = {
  readonly host: string;
  /** Of the next statement with this value. */
  loseAnswer(how: 'cut' | 'swallow', value: string): void;
  lost(): number;
  close(): Promise<void>;
};

export async function startLossyWay(to: DatabaseAddress): Promise<LossyWay> {
  const host = mkdtempSync(join(tmpdir(), 'way-'));
  const name = `.s.PGSQL.${to.port}`;
  const sockets = new Set<Socket>();
  let fault: { readonly how: 'cut' | 'swallow'; readonly value: string } | undefined;
  let lost = 0;
  const server = createServer((client) => {
    const upstream = connect(join(to.host, name));
    let losing: 'cut' | 'swallow' | undefined;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('data', (bytes) => {
      if (fault !== undefined && bytes.toString('latin1').includes(fault.value)) {
        losing = fault.how;
        fault = undefined;
      }
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (losing === undefined) {
        client.write(bytes);
        return;
      }
      lost += 1;
      if (losing === 'cut') {
        client.destroy();
        upstream.destroy();
      }
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(join(host, name), resolve));
  return {
    host,
    loseAnswer: (how, value) => {
      fault = { how, value };
    },
    lost: () => lost,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(host, { recursive: true, force: true });
    },
  };
}
