import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer as createHttp1 } from 'node:http';
import { createSecureServer, createServer as createHttp2 } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPayoutClient, TemporalUnreachableError, unreachableReasons } from '../../src/client';
import type { PayoutClient, UnreachableReason } from '../../src/client';
import { exampleRequest } from '../support/example-request';
import { eventually } from '../support/process-watch';

const address = { tenant: 'acme', reference: 'r-1' };
const opened: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];

afterEach(async () => {
  for (const { server, sockets } of opened.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  }
});

async function listen(server: Server, host = '127.0.0.1', at = 0): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  opened.push({ server, sockets });
  await new Promise<void>((done) => server.listen(at, host, done));
  return `${host}:${(server.address() as AddressInfo).port}`;
}

async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return `127.0.0.1:${port}`;
}

/** Ours, for a day, made when the tests run. */
const certificate = ((): { readonly key: Buffer; readonly cert: Buffer; readonly path: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'payouts-certificate-'));
  const [key, path] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const asked = `req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1`;
  execFileSync('openssl', [...asked.split(' '), '-keyout', key, '-out', path], { stdio: 'ignore' });
  return { key: readFileSync(key), cert: readFileSync(path), path };
})();

const silent = async (): Promise<string> => listen(createServer(() => undefined));
const hangingUp = async (): Promise<string> => listen(createServer((socket) => void socket.destroy()));
const web = async (): Promise<string> => listen(createHttp1((_, reply) => void reply.writeHead(404).end()));
const webByHttp2 = async (): Promise<string> =>
  listen(createHttp2((_, reply) => void reply.writeHead(404).end()));
const plaintext = async (): Promise<string> => listen(createHttp2());
const encrypted = async (): Promise<string> => listen(createSecureServer(certificate));
const tls = { TEMPORAL_TLS: 'true' };

const failures: readonly (readonly [
  UnreachableReason,
  string,
  () => Promise<string>,
  Record<string, string>,
])[] = [
  ['refused', 'a port that nobody listens at', closedPort, {}],
  ['refused', 'the same by TLS', closedPort, tls],
  ['unknown_host', 'a word', async () => 'nonsense', {}],
  ['unknown_host', 'a name that nobody has', async () => 'temporal.invalid:7233', tls],
  ['no_answer', 'a socket that accepts and says nothing', silent, {}],
  ['no_answer', 'the same by TLS', silent, tls],
  ['tls_expected', 'TLS where we speak plaintext', encrypted, {}],
  ['tls_not_expected', 'plaintext where we speak TLS', plaintext, tls],
  ['certificate_refused', 'a certificate that nobody signed', encrypted, tls],
  ['no_temporal', 'another program', web, {}],
  ['no_temporal', 'another program that speaks HTTP/2', webByHttp2, {}],
  ['no_temporal', 'one that hangs up', hangingUp, {}],
  ['no_temporal', 'one that hangs up on TLS', hangingUp, tls],
];

describe.each(failures)('%s: %s', (reason, _, start, env) => {
  let at: string;
  let client: PayoutClient;
  beforeEach(async () => {
    at = await start();
    client = createPayoutClient({ address: at, env });
  });
  afterEach(async () => client.close());

  it('is said within two seconds, by every method', async () => {
    for (const [name, call] of Object.entries(calls)) {
      let isQuick = false;
      // A busy machine may take its time once.
      for (let tries = 0; !isQuick && tries < 3; tries += 1) {
        const began = performance.now();
        await expect(call(client)).rejects.toMatchObject({
          name: 'TemporalUnreachableError',
          code: 'temporal_unavailable',
          reason,
          message: expect.stringContaining(`Temporal at ${at}`),
        });
        isQuick = performance.now() - began < 2_000;
      }
      expect([name, isQuick]).toEqual([name, true]);
    }
  });
});

const first = async (items: AsyncIterable<unknown>): Promise<unknown> => items[Symbol.asyncIterator]().next();
const by = 'dana';
const calls: Readonly<Record<string, (client: PayoutClient) => Promise<unknown>>> = {
  start: async (client) => client.start(exampleRequest()),
  check: async (client) => client.check(exampleRequest()),
  outcome: async (client) => client.outcome({ ...address, timeoutMs: 60_000 }),
  decide: async (client) => client.decide({ ...address, by, decision: 'approve', digest: 'd' }),
  list: async (client) => first(client.list()),
  accounts: async (client) => first(client.accounts()),
  events: async (client) => first(client.events(address)),
  pauseAccount: async (client) => client.pauseAccount({ account: 'main', by, reason: 'a test' }),
};

it('says so where nobody configured an address', async () => {
  const client = createPayoutClient({ env: {}, callTimeoutMs: 1_000 });
  // Whatever listens at the default address of this machine, only a failure is of interest here.
  const failure: unknown = await client.get(address).then(
    () => undefined,
    (error: unknown) => error,
  );
  await client.close();
  const isReached = !(failure instanceof TemporalUnreachableError);
  const said = failure instanceof Error && failure.message.includes('TEMPORAL_ADDRESS is not set');
  expect([isReached, said]).toEqual([isReached, !isReached]);
});

/** A server that takes the first call and is gone before it answers; and back soon where `comesBack`. */
async function restarting(comesBack: boolean) {
  const taken: string[] = [];
  const take = (stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>): void => {
    stream.on('error', () => undefined);
    taken.push(String(headers[':path']).split('/').at(-1) ?? '');
  };
  const server = createHttp2();
  const at = await listen(server);
  server.on('stream', (stream, headers) => {
    take(stream, headers);
    // The connection is cut when nobody listens any more, so that whoever looks is refused.
    server.close();
    stream.session?.destroy();
    if (comesBack) setTimeout(() => void comeBack(), 300);
  });
  const comeBack = async (): Promise<void> => {
    const next = createHttp2();
    next.on('stream', (stream, headers) => {
      take(stream, headers);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      // gRPC's five bytes, and StartWorkflowExecutionResponse { run_id: "run-1" }.
      stream.end(Buffer.from([0, 0, 0, 0, 7, 0x0a, 5, ...Buffer.from('run-1')]));
    });
    await listen(next, '127.0.0.1', Number(at.split(':').at(-1)));
  };
  return { at, taken };
}

const doubt = '; it may have been carried out all the same: repeat the call';

describe('a server that takes the very first call and restarts before it answers', () => {
  it('is waited for, and asked again', async () => {
    const { at, taken } = await restarting(true);
    const client = createPayoutClient({ address: at, env: {} });
    expect(await client.start(exampleRequest())).toMatchObject({ runId: 'run-1', started: true });
    expect(taken).toEqual(['StartWorkflowExecution', 'StartWorkflowExecution']);
    await client.close();
  });

  it.each([
    ['start', 'temporal_unavailable', true],
    // Its code says the same: it may be carried out all the same.
    ['decide', 'reply_timed_out', false],
    ['get', 'temporal_unavailable', false],
  ])('is no wrong address where it stays away: %s', async (name, code, changes) => {
    const { at } = await restarting(false);
    const client = createPayoutClient({
      address: at,
      env: {},
      startTimeoutMs: 700,
      callTimeoutMs: 700,
      answerTimeoutMs: 700,
    });
    const call = calls[name] ?? (async () => client.get(address));
    const error: unknown = await call(client).catch((thrown: unknown) => thrown);
    await client.close();
    expect(error).toMatchObject({ name: 'PayoutClientError', code });
    const { message } = error as Error;
    expect([message, message.endsWith(doubt)]).toEqual([message, changes]);
  });
});

it('is over when the caller says so', async () => {
  const client = createPayoutClient({ address: await silent(), env: {} });
  const stop = new AbortController();
  const waiting = client.outcome({ ...address, timeoutMs: 60_000, signal: stop.signal });
  setImmediate(() => stop.abort());
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
  await client.close();
});

it('ends at once with the client', async () => {
  const client = createPayoutClient({ address: await silent(), env: {} });
  const waiting = client.get(address);
  setImmediate(() => void client.close());
  await expect(waiting).rejects.toMatchObject({ code: 'client_closed' });
});

it('can be closed while the SDK pauses before it asks again', async () => {
  let asked = 0;
  const busy = createHttp2();
  busy.on('stream', (stream: ServerHttp2Stream) => {
    asked += 1;
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '14' },
      { endStream: true },
    );
  });
  const client = createPayoutClient({ address: await listen(busy), env: {} });
  const ended = client.get(address).then(
    () => 'answered',
    ({ code }: { readonly code?: string }) => code,
  );
  // Asked again once: from now on it pauses, for longer each time.
  await eventually('it is asked again', () => asked >= 2);
  await client.close();
  expect(await ended).toBe('client_closed');
  // The pause ends: an error that is thrown out of it would end this process.
  const thrown: unknown[] = [];
  const note = (error: unknown): void => void thrown.push(error);
  process.on('uncaughtException', note);
  await sleep(1_500);
  process.off('uncaughtException', note);
  expect({ thrown, asked }).toEqual({ thrown: [], asked: 2 });
});

it('tells every reason there is, but the one that takes a network of its own', () => {
  const tried = new Set(failures.map(([reason]) => reason));
  expect(unreachableReasons.filter((reason) => !tried.has(reason))).toEqual(['no_route']);
});
