import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, buildConnector, Client, errors } from 'undici';
import type { Dispatcher } from 'undici';
import { SendFailure } from './sender';
import type { HttpReply, HttpRequest, SendFailureCode, Sender, SendOptions } from './sender';

export type UndiciSenderOptions = {
  /** Certificate authorities (PEM) to trust instead of the system's. Verification itself cannot be turned off. */
  readonly certificateAuthorities?: string;
};

/**
 * The sender of production, on undici. It never follows redirects, never retries, and knows whether a request was
 * written:
 *
 * - undici runs `onRequestStart` when a connection stands, and writes the request in the same tick after it returns
 *   (undici `lib/dispatcher/client-h1.js`, `writeH1`). `beforeWrite` is asked there; when it throws, nothing is written.
 * - A POST has a connection of its own: on a reused one, an idle close by the provider would look like a lost reply.
 *   GETs may reuse connections, because reading twice does no harm.
 * - One deadline covers everything from the call of `send`: queueing, DNS, connecting, TLS, writing and the whole reply.
 */
export function createUndiciSender(options: UndiciSenderOptions = {}): {
  readonly send: Sender;
  /** Refuses new calls, waits for those under way (their deadlines bound it), and closes idle connections. */
  close(): Promise<void>;
} {
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    allowH2: false,
    // Given explicitly, it also outweighs NODE_TLS_REJECT_UNAUTHORIZED=0.
    rejectUnauthorized: true,
    ...(options.certificateAuthorities === undefined ? {} : { ca: options.certificateAuthorities }),
  });
  const limits = { connect, maxHeaderSize: maxHeaderBytes, headersTimeout: 0, bodyTimeout: 0 };
  const reads = new Agent({ ...limits, connections: 64 });
  const userAgent = `durable-payouts/${packageVersion()}`;
  const underWay = new Set<Promise<HttpReply>>();
  let closed = false;

  async function exchange(request: HttpRequest, sendOptions: SendOptions): Promise<HttpReply> {
    const url = new URL(request.url);
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      throw new TypeError('URL must be http or https');
    if (url.username !== '' || url.password !== '') throw new TypeError('URL must not hold credentials');
    if (closed || sendOptions.signal?.aborted) throw new SendFailure('aborted', false);
    const dispatchOptions: Dispatcher.DispatchOptions = {
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method,
      headers: { ...request.headers, 'user-agent': userAgent, 'accept-encoding': 'identity' },
      body: request.body ?? null,
    };
    if (request.method === 'GET') return dispatchOnce(reads, dispatchOptions, sendOptions);
    // Pipelining 0 is undici's word for "connection: close".
    const connection = new Client(url.origin, { ...limits, pipelining: 0 });
    try {
      return await dispatchOnce(connection, dispatchOptions, sendOptions);
    } finally {
      // Also ends a connection attempt that nobody waits for any more.
      connection.destroy().catch(() => undefined);
    }
  }

  return {
    send(request, sendOptions) {
      const call = exchange(request, sendOptions);
      underWay.add(call);
      const done = (): void => void underWay.delete(call);
      call.then(done, done);
      return call;
    },
    async close() {
      closed = true;
      await Promise.allSettled(underWay);
      await reads.close();
    },
  };
}

/** Shorter deadlines win. Longer ones do not: an address that takes this long is not reachable. */
const connectTimeoutMs = 10_000;
const maxHeaderBytes = 16_384;

/** One request on the wire, at most once, whatever the dispatcher would like to do about its failure. */
function dispatchOnce(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { timeoutMs, maxReplyBytes, signal, beforeWrite }: SendOptions,
): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    let written = false;
    let ended = false;
    let controller: Dispatcher.DispatchController | undefined;

    const end = (): boolean => {
      if (ended) return false;
      ended = true;
      clearTimeout(deadline);
      signal?.removeEventListener('abort', onAbort);
      return true;
    };
    /** Ends the call and the connection, or keeps a request that still waits for one from ever being written. */
    const fail = (error: Error): void => {
      if (!end()) return;
      reject(error);
      controller?.abort(error);
    };
    const failAs = (code: SendFailureCode, cause?: unknown): void =>
      fail(new SendFailure(code, written, cause === undefined ? undefined : { cause }));

    const deadline = setTimeout(() => failAs('timeout'), timeoutMs);
    const onAbort = (): void => failAs('aborted');
    signal?.addEventListener('abort', onAbort, { once: true });

    let status = 0;
    let headers: HttpReply['headers'] = {};
    const chunks: Buffer[] = [];
    let replyBytes = 0;

    dispatcher.dispatch(request, {
      onRequestStart(started) {
        // Whatever is thrown in here keeps undici from writing.
        if (ended) throw new Error('the call has ended');
        controller = started;
        if (written) {
          // undici would send again what it believes was not processed.
          failAs('connection_lost', 'sent-before');
          throw new Error('never written twice');
        }
        // A process that stood still gets here before its overdue timer fires.
        if (performance.now() - startedAt >= timeoutMs) {
          failAs('timeout');
          throw new Error('past the deadline');
        }
        try {
          beforeWrite?.();
        } catch (cause) {
          failAs('forbidden', cause);
          throw cause;
        }
        written = true;
      },
      onResponseStart(_controller, statusCode, received) {
        // 102 and 103 announce; undici itself ends the connection on an unasked 100 or 101.
        if (statusCode < 200) return;
        status = statusCode;
        headers = Object.fromEntries(
          Object.entries(received).map(([name, value]) => [
            name.toLowerCase(),
            [value ?? ''].flat().join(', '),
          ]),
        );
      },
      onResponseData(_controller, chunk) {
        replyBytes += chunk.length;
        if (replyBytes > maxReplyBytes) failAs('reply_too_large');
        else chunks.push(chunk);
      },
      onResponseEnd() {
        if (end()) resolve({ status, headers, body: new TextDecoder().decode(Buffer.concat(chunks)) });
      },
      onResponseError(_controller, error) {
        // A request that undici finds malformed is an adapter's bug.
        if (!written && error instanceof errors.InvalidArgumentError) fail(error);
        else failAs(failureCodeOf(error, written), codeOf(error));
      },
    });
  });
}

/** What an error of undici, the socket or TLS says. A cut, malformed or short reply is a lost connection. */
function failureCodeOf(error: Error, written: boolean): SendFailureCode {
  if (!written) return tlsCode.test(codeOf(error) ?? '') ? 'tls_refused' : 'not_reachable';
  return error instanceof errors.HeadersOverflowError ? 'reply_too_large' : 'connection_lost';
}

/** Codes of node:tls and of OpenSSL's certificate verification (nodejs.org/api/tls.html, "X509 certificate error codes"). */
const tlsCode =
  /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH$|INVALID_(CA|PURPOSE)$|PATH_LENGTH_|ERROR_IN_)/;

/** Only the code goes on as the cause: messages and members of these errors hold addresses and bytes of replies. */
const codeOf = (error: Error): string | undefined =>
  'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** From `package.json`, which lies two levels up both in `src` and in `dist`. */
function packageVersion(): string {
  const text = readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
