/**
 * A TCP proxy between a worker and Temporal that can stop, slow down or end all traffic, so that a test can kill a worker
 * that knows a result and has not told it, or one that has told it and has not heard what comes next.
 */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type TemporalGate = {
  readonly address: string;
  /** From now on nothing gets through: in either direction, or only what Temporal says. Connections stay: half open. */
  freeze(direction?: 'both' | 'to-worker'): void;
  /** Ends every connection that was frozen, with what it held back; new ones get through. */
  thaw(): void;
  /** Everything arrives this much later, in order, in both directions; 0: at once. */
  delay(ms: number): void;
  /** Ends every connection, and new ones as soon as they stand, until `thaw`. */
  cut(): void;
  /** How many pieces of traffic were held back, came late, or met their end, since the start. */
  disturbed(): number;
  stop(): Promise<void>;
};

export async function startTemporalGate(target: string): Promise<TemporalGate> {
  const [host = '127.0.0.1', port = '7233'] = target.split(':');
  const sockets = new Set<Socket>();
  let frozen: 'no' | 'both' | 'to-worker' = 'no';
  let refusing = false;
  let delayMs = 0;
  let disturbed = 0;

  /** Like `pipe`; what a frozen connection would carry is thrown away: it ends before anything else gets through. */
  const carry = (from: Socket, to: Socket, direction: 'to-worker' | 'to-temporal'): void => {
    const held = (): boolean => frozen === 'both' || frozen === direction;
    // One after the other: pieces that come late must not overtake each other.
    let queue: Promise<unknown> = Promise.resolve();
    from.on('data', (piece: Buffer) => {
      if (held() || delayMs > 0) disturbed += 1;
      if (held()) return;
      const dueAt = performance.now() + delayMs;
      queue = queue.then(async () => {
        const waitMs = dueAt - performance.now();
        if (waitMs > 0) await sleep(waitMs);
        if (!to.destroyed) to.write(piece);
      });
    });
    from.once('close', () => {
      if (!held()) void queue.then(() => to.destroy());
    });
  };

  const server = createServer((worker) => {
    if (refusing) {
      disturbed += 1;
      worker.destroy();
      return;
    }
    const temporal = connect({ host, port: Number(port) });
    for (const socket of [worker, temporal]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
    }
    carry(worker, temporal, 'to-temporal');
    carry(temporal, worker, 'to-worker');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    freeze(direction = 'both') {
      frozen = direction;
    },
    thaw() {
      const wasFrozen = frozen !== 'no';
      frozen = 'no';
      refusing = false;
      if (wasFrozen) endAll();
    },
    delay(ms) {
      delayMs = ms;
    },
    cut() {
      refusing = true;
      disturbed += sockets.size;
      endAll();
    },
    disturbed: () => disturbed,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      endAll();
      await closed;
    },
  };
}
