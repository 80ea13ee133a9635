/** A gRPC proxy before Temporal that refuses some calls, as a server does that keeps them for administrators or lacks them. */
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import type { ClientHttp2Session, ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** gRPC's numbers. */
export const refusals = { permissionDenied: 7, unimplemented: 12, unauthenticated: 16 } as const;

export type RefusingProxy = {
  readonly address: string;
  /** From now on: the code for each call that is refused, by the end of its path (`/DescribeNamespace`). */
  refuse(calls: Readonly<Record<string, number>>): void;
  /** Paths of the calls that were refused. */
  refused(): readonly string[];
  stop(): Promise<void>;
};

export async function startRefusingProxy(target: string): Promise<RefusingProxy> {
  let refusing: Readonly<Record<string, number>> = {};
  const refused: string[] = [];
  const sessions = new Set<ServerHttp2Session | ClientHttp2Session>();
  const server = createServer();
  server.on('session', (session) => {
    // Each connection leads to one of its own: a stream's end is the end of the other.
    const temporal = connect(`http://${target}`);
    for (const one of [session, temporal]) {
      sessions.add(one);
      one.on('error', () => undefined);
      one.once('close', () => {
        sessions.delete(one);
        session.destroy();
        temporal.destroy();
      });
    }
    session.on('stream', (stream, headers) => {
      const path = headers[':path'] ?? '';
      const name = Object.keys(refusing).find((end) => path.includes(end));
      stream.on('error', () => undefined);
      if (name !== undefined) {
        refused.push(path);
        stream.respond(
          {
            ':status': 200,
            'content-type': 'application/grpc',
            'grpc-status': String(refusing[name]),
            'grpc-message': 'refused by the test',
          },
          { endStream: true },
        );
        return;
      }
      const { ':authority': _authority, ...rest } = headers;
      const onward = temporal.request(rest);
      onward.on('error', () => stream.destroy());
      onward.once('response', (answer, flags) => {
        if (stream.destroyed) return;
        const isOver = (flags & endOfStream) !== 0;
        stream.respond(answer, { endStream: isOver, waitForTrailers: !isOver });
      });
      let trailers: object = {};
      onward.once('trailers', (given) => (trailers = given));
      stream.once('wantTrailers', () => stream.sendTrailers({ ...trailers }));
      stream.pipe(onward);
      onward.on('data', (piece: Buffer) => stream.write(piece));
      onward.once('end', () => stream.end());
      stream.once('close', () => onward.close());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    refuse(calls) {
      refusing = calls;
    },
    refused: () => refused,
    async stop() {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** HTTP/2's flag on a frame that is a stream's last. */
const endOfStream = 0x1;
