import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is wrong right now, in sentences of ours without data; empty when nothing is. */
export type HealthCheck = () => readonly string[];

export type HealthServer = { readonly port: number; close(): Promise<void> };

/**
 * Answers `GET /livez` (does the process have to be started anew?) and `GET /readyz` (does it work?) with 200 or 503 and the
 * problems as JSON. It is on the process's own event loop on purpose: where that is stuck no answer comes, which is the answer.
 * Asks nobody: checks tell what was found out before. Rejects when the address cannot be had.
 */
export async function startHealthServer(
  address: { readonly host: string; readonly port: number },
  checks: { readonly live: HealthCheck; readonly ready: HealthCheck },
): Promise<HealthServer> {
  const paths: Readonly<Record<string, HealthCheck>> = { '/livez': checks.live, '/readyz': checks.ready };
  const server = createServer({ requestTimeout: requestMs, headersTimeout: requestMs }, (request, reply) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const check = Object.hasOwn(paths, path) ? paths[path] : undefined;
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const problems = check?.() ?? [];
    const status = check === undefined ? 404 : !isRead ? 405 : problems.length === 0 ? 200 : 503;
    const body = JSON.stringify({ status: statusTexts[status], ...(status === 503 ? { problems } : {}) });
    // A probe comes once in seconds: its connection is not kept, so that none is left over at the end.
    reply.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      connection: 'close',
      ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
    });
    reply.end(request.method === 'HEAD' ? undefined : body);
  });
  server.maxConnections = mostConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const requestMs = 5_000;
const mostConnections = 50;

const statusTexts: Readonly<Record<number, string>> = {
  200: 'ok',
  404: 'not found',
  405: 'method not allowed',
  503: 'unavailable',
};
