/**
 * A TCP proxy between a worker and Temporal that can stop all traffic, so that a test can kill a worker that knows a
 * result and has not told it.
 */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

export type TemporalGate = {
  readonly address: string;
  /** From now on nothing gets through, in either direction. */
  freeze(): void;
  /** Ends every connection that was frozen, with what it held back; new ones get through. */
  thaw(): void;
  stop(): Promise<void>;
};

export async function startTemporalGate(target: string): Promise<TemporalGate> {
  const [host = '127.0.0.1', port = '7233'] = target.split(':');
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((worker) => {
    const temporal = connect({ host, port: Number(port) });
    for (const socket of [worker, temporal]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
    }
    if (frozen) return;
    worker.pipe(temporal);
    temporal.pipe(worker);
    worker.once('close', () => temporal.destroy());
    temporal.once('close', () => worker.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    thaw() {
      frozen = false;
      endAll();
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      endAll();
      await closed;
    },
  };
}
