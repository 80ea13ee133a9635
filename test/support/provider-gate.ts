/**
 * An HTTPS proxy between a worker and a simulated provider that stops one chosen exchange at one chosen byte, so that a
 * test can kill the worker exactly there. TLS, because only then does a connection take more than the kernel: a handshake
 * that never ends holds a send before its first byte.
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

export type GateStop = {
  readonly at: GatePoint;
  /** Which exchange; `connecting` stops the next connection, whatever it wants. */
  readonly match?: (request: { readonly method: string; readonly path: string }) => boolean;
  /** Called when the provider has answered, before anything of that reaches the worker. */
  readonly onProcessed?: () => void;
};

export type StoppedExchange = {
  /** Resolves when the exchange stands at its point. */
  readonly reached: Promise<void>;
  /** Lets it go on from its point: a request goes to the provider even when its sender is dead by now. */
  release(): void;
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
  readonly reached: () => void;
  readonly released: Promise<void>;
};

type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
};

export async function startProviderGate(targetUrl: string): Promise<ProviderGate> {
  const armed: Armed[] = [];
  const sockets = new Set<Socket>();
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
    const stop = take(
      ({ at, match }) => at !== 'connecting' && (match?.({ method, path: url.split('?')[0] ?? '/' }) ?? true),
    );
    if (stop?.at === 'written') await hold(stop);
    const reply = await forward(targetUrl, incoming, body);
    stop?.onProcessed?.();
    if (stop?.at === 'processed') await hold(stop);
    // The worker, not the gate, ends the connection: its end then tells that the reply has been read.
    response.writeHead(reply.status, { ...reply.headers, connection: 'keep-alive' });
    if (stop?.at === 'mid-reply') {
      const half = Math.floor(reply.body.length / 2);
      await new Promise<void>((resolve) => response.write(reply.body.subarray(0, half), () => resolve()));
      await hold(stop);
      response.end(reply.body.subarray(half));
      return;
    }
    const closed = stop?.at === 'replied' ? once(incoming.socket, 'close') : undefined;
    response.end(reply.body);
    if (closed) {
      await closed;
      stop?.reached();
    }
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    const stop = take(({ at }) => at === 'connecting');
    if (!stop) {
      https.emit('connection', socket);
      return;
    }
    void hold(stop).then(() => https.emit('connection', socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stopNext(stop) {
      let reach: () => void = () => undefined;
      let release: () => void = () => undefined;
      const reached = new Promise<void>((resolve) => {
        reach = resolve;
      });
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      armed.push({ ...stop, used: false, reached: reach, released });
      return { reached, release };
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function hold(stop: Armed): Promise<void> {
  stop.reached();
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
