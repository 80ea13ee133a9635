import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { SendFailure } from '../../src/http/sender';
import type { HttpReply, HttpRequest, SendOptions } from '../../src/http/sender';
import { createUndiciSender } from '../../src/http/undici-sender';
import { startRawServer } from './raw-server';
import type { RawServer } from './raw-server';

const sender = createUndiciSender();
const servers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => sender.close());

const defaults: SendOptions = { timeoutMs: 30_000, maxReplyBytes: 256 * 1024 };
const post = (url: string, body = '{"amount":"1.00"}'): HttpRequest => ({
  method: 'POST',
  url: `${url}/payouts?shop=1`,
  headers: { 'content-type': 'application/json' },
  body,
});
const get = (url: string): HttpRequest => ({ method: 'GET', url: `${url}/payouts/1`, headers: {} });

const rawServer = async (onRequest: (socket: Socket, nth: number) => void): Promise<RawServer> => {
  const server = await startRawServer(onRequest);
  servers.push(server);
  return server;
};
const answering = (text: string): Promise<RawServer> => rawServer((socket) => socket.end(text));
const plainReply = (body: string, more = ''): string =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${more}\r\n${body}`;

/** What a call ends with: the reply, or `code, written`. */
async function endOf(call: Promise<HttpReply>): Promise<string> {
  try {
    return `reply ${(await call).status}`;
  } catch (error) {
    if (!(error instanceof SendFailure)) throw error;
    return `${error.code}, ${error.written ? 'written' : 'not written'}`;
  }
}
const send = (request: HttpRequest, options: Partial<SendOptions> = {}): Promise<HttpReply> =>
  sender.send(request, { ...defaults, ...options });

/** The end of a call that had the time to connect: on a busy machine a short deadline passes before that, and gets longer. */
async function endOnceWritten(
  server: RawServer,
  leastMs: number,
): Promise<{ readonly end: string; readonly connections: number }> {
  for (let timeoutMs = leastMs; ; timeoutMs *= 4) {
    const before = server.connections();
    const end = await endOf(send(post(server.url), { timeoutMs }));
    if (end !== 'timeout, not written' || timeoutMs >= defaults.timeoutMs)
      return { end, connections: server.connections() - before };
  }
}

/** A port where nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a reply', () => {
  it('holds status, lower-case headers and body; the request holds exactly what was asked', async () => {
    const server = await answering(
      'HTTP/1.1 201 Created\r\nX-Request-Id: r1\r\nSet-Cookie: a\r\nSet-Cookie: b\r\ncontent-length: 4\r\n\r\nпр',
    );
    expect(await send(post(server.url))).toEqual({
      status: 201,
      headers: { 'x-request-id': 'r1', 'set-cookie': 'a, b', 'content-length': '4' },
      body: 'пр',
    });
    const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8'));
    expect(server.received).toEqual([
      `POST /payouts?shop=1 HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\nconnection: close\r\n` +
        `content-type: application/json\r\nuser-agent: durable-payouts/${version}\r\naccept-encoding: identity\r\n` +
        'content-length: 17\r\n\r\n{"amount":"1.00"}',
    ]);
  });

  it('may be chunked or end with the connection', async () => {
    const chunked = await answering(
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n',
    );
    expect((await send(post(chunked.url))).body).toBe('abc');
    const closing = await answering('HTTP/1.1 200 OK\r\n\r\nabc');
    expect((await send(post(closing.url))).body).toBe('abc');
  });

  it('is never a redirect that was followed', async () => {
    const target = await answering(plainReply('no'));
    const server = await answering(
      `HTTP/1.1 307 Moved\r\nlocation: ${target.url}\r\ncontent-length: 0\r\n\r\n`,
    );
    expect((await send(post(server.url))).status).toBe(307);
    expect((await send(get(server.url))).status).toBe(307);
    expect(target.connections()).toBe(0);
  });

  it.each([500, 502, 503, 504, 408, 425, 429])('is not asked for again after %d', async (status) => {
    const server = await answering(`HTTP/1.1 ${status} No\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n`);
    expect((await send(post(server.url))).status).toBe(status);
    expect(server.connections()).toBe(1);
  });

  it('follows an early hint', async () => {
    const server = await answering(`HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${plainReply('done')}`);
    expect((await send(post(server.url))).body).toBe('done');
  });

  it('is not unpacked: nothing was offered', async () => {
    const packed = gzipSync('{"id":1}');
    const server = await rawServer((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n`);
      socket.end(packed);
    });
    expect((await send(post(server.url))).body).not.toContain('id');
  });
});

describe('nothing is written', () => {
  it('when the port refuses', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    expect(await endOf(send(post(url)))).toBe('not_reachable, not written');
    expect(await endOf(send(get(url)))).toBe('not_reachable, not written');
  });

  it('when the name does not resolve, and the cause says so', async () => {
    const failure = await send(post('http://no-such-host.invalid')).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'not_reachable', written: false });
    expect((failure as SendFailure).cause).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
  });

  it('when the TLS handshake never comes to an end', async () => {
    const server = await rawServer(() => undefined);
    expect(await endOf(send(post(server.url.replace('http:', 'https:')), { timeoutMs: 150 }))).toBe(
      'timeout, not written',
    );
    expect(server.received.join('')).not.toContain('amount');
  });

  it('when the server drops the connection during the TLS handshake', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push({ close: () => new Promise((resolve) => server.close(() => resolve())) });
    const { port } = server.address() as AddressInfo;
    expect(await endOf(send(post(`https://127.0.0.1:${port}`)))).toBe('not_reachable, not written');
  });

  it('when the server talks no TLS', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n', () => socket.destroySoon());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push({ close: () => new Promise((resolve) => server.close(() => resolve())) });
    const { port } = server.address() as AddressInfo;
    expect(await endOf(send(post(`https://127.0.0.1:${port}`)))).toBe('tls_refused, not written');
  });

  it('when the caller has aborted before', async () => {
    const server = await answering(plainReply(''));
    expect(await endOf(send(post(server.url), { signal: AbortSignal.abort() }))).toBe('aborted, not written');
    expect(server.connections()).toBe(0);
  });

  it.each(['GET', 'POST'] as const)('when the caller aborts %s while connecting', async (method) => {
    const server = await answering(plainReply(''));
    const controller = new AbortController();
    const beforeWrite = jest.fn();
    const call = endOf(send({ ...post(server.url), method }, { signal: controller.signal, beforeWrite }));
    controller.abort();
    expect(await call).toBe('aborted, not written');
    // A later call proves that the server had time to see what the first would have written.
    expect((await send(get(server.url))).status).toBe(200);
    expect(beforeWrite).not.toHaveBeenCalled();
    expect(server.received.join('')).not.toContain('shop=1');
  });

  it('when the caller aborts inside beforeWrite', async () => {
    const server = await answering(plainReply(''));
    const controller = new AbortController();
    const call = send(post(server.url), {
      signal: controller.signal,
      beforeWrite: () => {
        controller.abort();
        throw new Error('aborted');
      },
    });
    expect(await endOf(call)).toBe('aborted, not written');
  });

  it.each(['GET', 'POST'] as const)(
    'when beforeWrite of %s throws on a standing connection',
    async (method) => {
      const server = await answering(plainReply(''));
      const thrown = new Error('generation changed');
      const failure = await send(
        { ...post(server.url), method },
        {
          beforeWrite: () => {
            // The connection stands: the server will see it open and close, without a byte.
            throw thrown;
          },
        },
      ).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'forbidden', written: false, cause: thrown });
      expect((await send(get(server.url))).status).toBe(200);
      expect(server.received).toEqual(['', expect.stringContaining('GET /payouts/1')]);
    },
  );

  it('after close', async () => {
    const server = await answering(plainReply(''));
    const closing = createUndiciSender();
    await closing.close();
    expect(await endOf(closing.send(post(server.url), defaults))).toBe('aborted, not written');
    expect(server.connections()).toBe(0);
  });

  it('when the process stood still past the deadline before the connection was used', async () => {
    const server = await answering(plainReply(''));
    const beforeWrite = jest.fn();
    const call = endOf(send(post(server.url), { timeoutMs: 50, beforeWrite }));
    const until = performance.now() + 80;
    while (performance.now() < until);
    expect(await call).toBe('timeout, not written');
    expect(beforeWrite).not.toHaveBeenCalled();
    await endOf(send(get(server.url)));
    expect(server.received.join('')).not.toContain('shop=1');
  });
});

describe('beforeWrite', () => {
  it('runs once, after the connection stands and before any byte', async () => {
    const server = await answering(plainReply(''));
    const seen: string[] = [];
    await send(post(server.url), { beforeWrite: () => seen.push(server.received.join('')) });
    expect(seen).toEqual(['']);
  });

  it('is not run when there is no connection', async () => {
    const beforeWrite = jest.fn();
    await endOf(send(post(`http://127.0.0.1:${await closedPort()}`), { beforeWrite }));
    expect(beforeWrite).not.toHaveBeenCalled();
  });
});

describe('the outcome is unknown', () => {
  const cuts: readonly [string, (socket: Socket) => void, string][] = [
    ['closed without a reply', (socket) => socket.end(), 'connection_lost, written'],
    ['reset without a reply', (socket) => socket.resetAndDestroy(), 'connection_lost, written'],
    ['cut in the status line', (socket) => socket.end('HTTP/1.1 2'), 'connection_lost, written'],
    [
      'cut in the headers',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-le'),
      'connection_lost, written',
    ],
    [
      'cut before the announced length',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"id":1}'),
      'connection_lost, written',
    ],
    [
      'reset before the announced length',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"id":1}', () => socket.resetAndDestroy());
      },
      'connection_lost, written',
    ],
    [
      'cut before the announced length, with connection: close',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\n{"id":1}'),
      'connection_lost, written',
    ],
    [
      'cut between chunks',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\n{"id":1}\r\n'),
      'connection_lost, written',
    ],
    [
      'cut between chunks, with connection: close',
      (socket) =>
        socket.end(
          'HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n8\r\n{"id":1}\r\n',
        ),
      'connection_lost, written',
    ],
    ['no HTTP at all', (socket) => socket.end('\u0000\u0001SSH-2.0-OpenSSH\r\n'), 'connection_lost, written'],
    [
      'two lengths',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nabc'),
      'connection_lost, written',
    ],
    [
      'length and chunks',
      (socket) =>
        socket.end(
          'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
        ),
      'connection_lost, written',
    ],
    [
      'an upgrade nobody asked for',
      (socket) => socket.end('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
      'connection_lost, written',
    ],
    // A client may meet an unasked 100 (RFC 9110 §15.2); undici gives the connection up, which is safe but unresolved.
    [
      '100 Continue nobody asked for',
      (socket) => socket.end(`HTTP/1.1 100 Continue\r\n\r\n${plainReply('{}')}`),
      'connection_lost, written',
    ],
    [
      'endless headers',
      (socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_000)}\r\n`);
      },
      'reply_too_large, written',
    ],
    [
      'endless trailers',
      (socket) => {
        socket.write(
          `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: ${'y'.repeat(20_000)}\r\n`,
        );
      },
      'reply_too_large, written',
    ],
    ['silence', () => undefined, 'timeout, written'],
    [
      'headers, then silence',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{');
      },
      'timeout, written',
    ],
    [
      'a hint, then silence',
      (socket) => {
        socket.write('HTTP/1.1 103 Early Hints\r\n\r\n');
      },
      'timeout, written',
    ],
  ];

  test.each(cuts)('%s', async (_name, onRequest, expected) => {
    const server = await rawServer(onRequest);
    const leastMs = expected.startsWith('timeout') ? 150 : defaults.timeoutMs;
    expect(await endOnceWritten(server, leastMs)).toEqual({ end: expected, connections: 1 });
  });

  it('slow drip: every byte in time, the whole too late', async () => {
    const server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    // A reply that was waited for to its end, after twenty seconds, would be one.
    expect(await endOnceWritten(server, 200)).toEqual({ end: 'timeout, written', connections: 1 });
  });

  it('aborted after the write', async () => {
    const server = await rawServer(() => undefined);
    const controller = new AbortController();
    const call = endOf(send(post(server.url), { signal: controller.signal }));
    await server.firstByteOn(1);
    controller.abort();
    expect(await call).toBe('aborted, written');
  });
});

describe('the size limit', () => {
  const tenMegabytes = 10 * 1024 * 1024;

  it.each([
    ['announced', `content-length: ${tenMegabytes}\r\n`, ''],
    ['chunked', 'transfer-encoding: chunked\r\n', `${tenMegabytes.toString(16)}\r\n`],
    ['neither', '', ''],
  ])('ends a reply of 10 MB, %s, long before it was all read', async (_name, header, prefix) => {
    let taken = 0;
    const server = await rawServer((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${header}\r\n${prefix}`);
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const more = (): void => {
        while (!socket.destroyed && taken < tenMegabytes) {
          taken += chunk.length;
          if (!socket.write(chunk)) return void socket.once('drain', more);
        }
      };
      more();
    });
    expect(await endOf(send(post(server.url)))).toBe('reply_too_large, written');
  });

  it('is inclusive', async () => {
    const server = await answering(plainReply('x'.repeat(100)));
    expect(await endOf(send(post(server.url), { maxReplyBytes: 100 }))).toBe('reply 200');
    expect(await endOf(send(post(server.url), { maxReplyBytes: 99 }))).toBe('reply_too_large, written');
  });
});

describe('connections', () => {
  it('a POST never rides on one that was used before, a GET may', async () => {
    let connections = 0;
    const server = createHttpServer((request, response) => {
      request.resume();
      response.end('ok');
    }).on('connection', () => (connections += 1));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push({ close: () => new Promise((resolve) => server.close(() => resolve())) });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const own = createUndiciSender();
    const call = (request: HttpRequest): Promise<HttpReply> => own.send(request, defaults);

    await call(get(url));
    // undici reuses a connection only after a whole turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await call(get(url));
    expect(connections).toBe(1);
    await call(post(url));
    await call(post(url));
    expect(connections).toBe(3);
    await call(get(url));
    expect(connections).toBe(3);
    await own.close();
  });

  it('a server that closes idle connections at once never costs a POST its outcome', async () => {
    const server = await rawServer((socket) => {
      socket.write(plainReply('ok', 'connection: keep-alive\r\n'), () => socket.end());
    });
    for (let round = 0; round < 20; round += 1) {
      expect(await endOf(send(post(server.url)))).toBe('reply 200');
    }
    expect(server.connections()).toBe(20);
  });

  it('close waits for a call under way', async () => {
    let answer = (): void => undefined;
    const server = await rawServer((socket) => {
      answer = () => socket.end(plainReply('late'));
    });
    const own = createUndiciSender();
    const call = own.send(post(server.url), defaults);
    await server.firstByteOn(1);
    const closing = own.close();
    expect(await endOf(own.send(post(server.url), defaults))).toBe('aborted, not written');
    answer();
    expect((await call).body).toBe('late');
    await closing;
  });
});

describe('TLS', () => {
  const pem = (name: string): string => readFileSync(join(__dirname, 'certificates', name), 'utf8');
  const tlsServer = async (name: string): Promise<{ url: string; requests: () => number }> => {
    let requests = 0;
    const server = createHttpsServer(
      { cert: pem(`${name}-cert.pem`), key: pem(`${name}-key.pem`) },
      (_, response) => {
        requests += 1;
        response.end('ok');
      },
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push({
      close: () => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(() => resolve()));
      },
    });
    return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, requests: () => requests };
  };

  it('refuses a certificate that nobody vouches for, also with NODE_TLS_REJECT_UNAUTHORIZED=0', async () => {
    const { url, requests } = await tlsServer('localhost');
    expect(await endOf(send(post(url)))).toBe('tls_refused, not written');
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      expect(await endOf(send(post(url)))).toBe('tls_refused, not written');
      expect(await endOf(send(get(url)))).toBe('tls_refused, not written');
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
    expect(requests()).toBe(0);
  });

  it('refuses a certificate for another name', async () => {
    const { url, requests } = await tlsServer('other-name');
    const own = createUndiciSender({ certificateAuthorities: pem('other-name-cert.pem') });
    expect(await endOf(own.send(post(url), defaults))).toBe('tls_refused, not written');
    await own.close();
    expect(requests()).toBe(0);
  });

  it('accepts a certificate that the given authorities vouch for', async () => {
    const { url, requests } = await tlsServer('localhost');
    const own = createUndiciSender({ certificateAuthorities: pem('localhost-cert.pem') });
    expect(await endOf(own.send(post(url), defaults))).toBe('reply 200');
    expect(await endOf(own.send(post(url), defaults))).toBe('reply 200');
    expect(await endOf(own.send(get(url), defaults))).toBe('reply 200');
    await own.close();
    expect(requests()).toBe(3);
  });
});

describe('a bug of the caller is thrown as one', () => {
  it.each(['ftp://example.invalid/', 'http://user:secret@127.0.0.1/', 'no url'])('%s', async (url) => {
    await expect(send({ method: 'POST', url, headers: {}, body: '' })).rejects.toMatchObject({
      name: 'TypeError',
    });
  });

  it('a header with a line break', async () => {
    const server = await answering(plainReply(''));
    await expect(send({ ...post(server.url), headers: { 'x-a': 'b\r\nx-c: d' } })).rejects.toThrow(
      'invalid x-a header',
    );
    expect(server.connections()).toBe(0);
  });
});

it('failures name neither URL, header nor body', async () => {
  const server = await answering('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"card":"4111111111111111"}');
  const failure = await send(post(server.url, '{"card":"4111111111111111"}')).catch(
    (error: unknown) => error,
  );
  const text = `${String(failure)} ${JSON.stringify(failure)} ${String((failure as SendFailure).cause)}`;
  expect(text).not.toMatch(/4111|127\.0\.0\.1|payouts|shop/);
});
