import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A TCP server that records every byte it receives and answers as told, with no idea of HTTP. */
export type RawServer = {
  readonly url: string;
  readonly port: number;
  /** Everything received, one text per connection. */
  readonly received: readonly string[];
  /** How many connections were opened. */
  connections(): number;
  /** Resolves once the n-th connection (from 1) has received at least one byte. */
  firstByteOn(connection: number): Promise<void>;
  close(): Promise<void>;
};

/** `onRequest` runs once per connection, when a whole head has arrived and the announced body with it. */
export async function startRawServer(onRequest: (socket: Socket, nth: number) => void): Promise<RawServer> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const waiting: { nth: number; resolve: () => void }[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    const nth = received.push('');
    let answered = false;
    socket.on('data', (chunk) => {
      received[nth - 1] += chunk.toString('latin1');
      for (const { resolve } of waiting.filter((wait) => wait.nth === nth)) resolve();
      if (answered || !isWholeRequest(received[nth - 1] ?? '')) return;
      answered = true;
      onRequest(socket, nth);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    connections: () => received.length,
    firstByteOn: (nth) =>
      new Promise((resolve) => {
        if ((received[nth - 1] ?? '') === '') waiting.push({ nth, resolve });
        else resolve();
      }),
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function isWholeRequest(text: string): boolean {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const announced = /^content-length: (\d+)$/im.exec(text.slice(0, headEnd))?.[1] ?? '0';
  return text.length - headEnd - 4 >= Number(announced);
}
