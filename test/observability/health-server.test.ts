import { connect } from 'node:net';
import { once } from 'node:events';
import { startHealthServer } from '../../src/observability/health-server';
import type { HealthServer } from '../../src/observability/health-server';

let live: readonly string[] = [];
let ready: readonly string[] = [];
let server: HealthServer;
beforeAll(async () => {
  server = await startHealthServer({ host: '127.0.0.1', port: 0 }, { live: () => live, ready: () => ready });
});
afterAll(() => server.close());
beforeEach(() => {
  live = [];
  ready = [];
});

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${server.port}${path}`, init);

test('answers 200 while nothing is wrong', async () => {
  for (const path of ['/livez', '/readyz', '/readyz?verbose']) {
    const reply = await ask(path);
    expect([reply.status, await reply.json()]).toEqual([200, { status: 'ok' }]);
  }
});

test('answers 503 with what is wrong, each for itself', async () => {
  ready = ['Temporal does not answer'];
  expect((await ask('/livez')).status).toBe(200);
  const reply = await ask('/readyz');
  expect([reply.status, await reply.json()]).toEqual([503, { status: 'unavailable', problems: ready }]);
  live = ['the worker is FAILED'];
  expect((await ask('/livez')).status).toBe(503);
});

test('answers HEAD without a body', async () => {
  ready = ['something'];
  const reply = await ask('/readyz', { method: 'HEAD' });
  expect([reply.status, await reply.text()]).toEqual([503, '']);
});

test.each(['/', '/metrics', '/livez/', '/LIVEZ', '/constructor', '/__proto__', '//livez'])(
  'knows nothing else: %s',
  async (path) => expect((await ask(path)).status).toBe(404),
);

test.each(['POST', 'PUT', 'DELETE'])('refuses %s', async (method) => {
  const reply = await ask('/livez', { method });
  expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('closes although somebody holds a connection open', async () => {
  const other = await startHealthServer({ host: '127.0.0.1', port: 0 }, { live: () => [], ready: () => [] });
  const socket = connect({ host: '127.0.0.1', port: other.port });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const gone = once(socket, 'close');
  await other.close();
  await gone;
});

test('rejects where the address is taken', async () => {
  await expect(
    startHealthServer({ host: '127.0.0.1', port: server.port }, { live: () => [], ready: () => [] }),
  ).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
