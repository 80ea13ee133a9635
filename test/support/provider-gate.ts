/**
 * An HTTPS proxy between a worker and a simulated provider that stops one chosen exchange at one chosen byte, so that a
 * test can kill the worker exactly there, or break the connection in the way it wants. TLS, because only then does a
 * connection take more than the kernel: a handshake that never ends holds a send before its first byte.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as httpRequest } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';

const certificates = join(__dirname, '..', 'http', 'certificates');
/** What a worker must trust (`NODE_EXTRA_CA_CERTS`) to go through a gate. */
export const gateCertificateFile = join(certificates, 'localhost-cert.pem');

/**
 * Where an exchange is stopped, in the order of time:
 * - `connecting`: the connection stands, the TLS handshake does not: nothing of the request is written
 * - `written`: the whole request has left the worker, nothing of it has reached the provider
 * - `processed`: the provider has answered, nothing of it has reached the worker
 * - `mid-reply`: half of the reply has been sent to the worker
 * - `replied`: the worker has read the whole reply (it has closed the connection)
 */
export type GatePoint = 'connecting' | 'written' | 'processed' | 'mid-reply' | 'replied';

export type GatedRequest = { readonly method: string; readonly path: string; readonly body: string };

export type GateStop = {
  readonly at: GatePoint;
  /** Which exchange; `connecting` stops the next connection, whatever it wants. */
  readonly match?: (request: GatedRequest) => boolean;
  /** Called when the provider has answered, before anything of that reaches the worker. */
  readonly onProcessed?: () => void;
};

/**
 * One exchange that stands. Left alone it is half open: the worker's connection stays, and nothing ever comes. What
 * happens to the connection and what happens to the exchange behind it are two things: after a `reset` the request may
 * still travel on.
 */
export type StoppedExchange = {
  /** Resolves when the exchange stands at its point. */
  readonly reached: Promise<void>;
  /** Resolves when the worker's connection has ended after that, by whomever. */
  readonly abandoned: Promise<void>;
  /** Lets it go on from its point: a request goes to the provider even when its sender is dead by now. */
  release(): void;
  /** Stops nothing any more, if it has not yet. */
  disarm(): void;
  /** The worker sees the connection end in good order (FIN). */
  cut(): void;
  /** The worker sees the connection refused from now on (RST). */
  reset(): void;
};

export type ProviderGate = {
  readonly url: string;
  /** Stops the next exchange that matches, once. */
  stopNext(stop: GateStop): StoppedExchange;
  /** Ends everything that is open. */
  stop(): Promise<void>;
};

type Armed = GateStop & {
  used: boolean;
  /** The worker's connection, once the exchange stands. */
  socket: Socket | undefined;
  readonly reached: (socket: Socket | undefined) => void;
  readonly released: Promise<void>;
};

type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
};

export async function startProviderGate(targetUrl: string): Promise<ProviderGate> {
  const armed: Armed[] = [];
  // By the worker's port: what an HTTPS server hands out is not the connection but the TLS on top of it.
  const sockets = new Map<number | undefined, Socket>();
  const take = (fits: (stop: Armed) => boolean): Armed | undefined => {
    const found = armed.find((stop) => !stop.used && fits(stop));
    if (found) found.used = true;
    return found;
  };

  const https = createHttpsServer(
    {
      cert: readFileSync(gateCertificateFile),
      key: readFileSync(join(certificates, 'localhost-key.pem')),
    },
    (incoming, response) => {
      exchange(incoming, response).catch(() => response.destroy());
    },
  );

  async function exchange(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(incoming);
    const { method = 'GET', url = '/' } = incoming;
    const request = { method, path: url.split('?')[0] ?? '/', body: body.toString('latin1') };
    const stop = take(({ at, match }) => at !== 'connecting' && (match?.(request) ?? true));
    const socket = sockets.get(incoming.socket.remotePort);
    if (stop?.at === 'written') await hold(stop, socket);
    const reply = await forward(targetUrl, incoming, body);
    stop?.onProcessed?.();
    if (stop?.at === 'processed') await hold(stop, socket);
    // The worker, not the gate, ends the connection: its end then tells that the reply has been read.
    response.writeHead(reply.status, { ...reply.headers, connection: 'keep-alive' });
    if (stop?.at === 'mid-reply') {
      const half = Math.floor(reply.body.length / 2);
      await new Promise<void>((resolve) => response.write(reply.body.subarray(0, half), () => resolve()));
      await hold(stop, socket);
      response.end(reply.body.subarray(half));
      return;
    }
    const closed = stop?.at === 'replied' ? once(incoming.socket, 'close') : undefined;
    response.end(reply.body);
    if (closed) {
      await closed;
      stop?.reached(undefined);
    }
  }

  const server = createServer((socket) => {
    const { remotePort } = socket;
    sockets.set(remotePort, socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(remotePort));
    const stop = take(({ at }) => at === 'connecting');
    if (!stop) {
      https.emit('connection', socket);
      return;
    }
    // Read all the time: one that is not read does not notice that the worker has left.
    const early: Buffer[] = [];
    const keep = (piece: Buffer): void => void early.push(piece);
    socket.on('data', keep);
    void hold(stop, socket).then(() => {
      if (socket.destroyed) return;
      socket.off('data', keep).pause();
      socket.unshift(Buffer.concat(early));
      https.emit('connection', socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stopNext(stop) {
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      let reach: (socket: Socket | undefined) => void = () => undefined;
      const stands = new Promise<Socket | undefined>((resolve) => {
        reach = resolve;
      });
      const entry: Armed = {
        ...stop,
        used: false,
        socket: undefined,
        released,
        reached(socket) {
          entry.socket = socket;
          reach(socket);
        },
      };
      armed.push(entry);
      return {
        reached: stands.then(() => undefined),
        abandoned: stands.then(async (socket) => {
          if (socket && !socket.destroyed) await once(socket, 'close');
        }),
        release,
        disarm() {
          entry.used = true;
        },
        cut: () => entry.socket?.destroy(),
        reset: () => entry.socket?.resetAndDestroy(),
      };
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets.values()) socket.destroy();
      await closed;
    },
  };
}

async function hold(stop: Armed, socket: Socket | undefined): Promise<void> {
  stop.reached(socket);
  await stop.released;
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function forward(targetUrl: string, incoming: IncomingMessage, body: Buffer): Promise<Reply> {
  const { hostname, port } = new URL(targetUrl);
  const outgoing = httpRequest({
    hostname,
    port,
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers: { ...incoming.headers, connection: 'close' },
    agent: false,
  });
  outgoing.end(body);
  const [reply] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: reply.statusCode ?? 502, headers: reply.headers, body: await readAll(reply) };
}
