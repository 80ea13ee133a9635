/**
 * Runs a simulator behind a real HTTP server: executes its transport decisions on the socket, delivers its webhooks and
 * moves its clock. All time, timers and randomness of a simulated provider are here.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AdminClock } from './admin-api';
import { createAdminApi, refuse } from './admin-api';
import { equalsSecret } from './hmac-signature';
import type { CoreContext, ProviderCore, SimulatedReply, SimulatedRequest } from './provider-core';
import type { Simulator, TransportDecision } from './simulator';
import { keepSimulator } from './kept-simulator';
import type { KeptSimulator } from './kept-simulator';
import { createSimulator } from './simulator';
import { createWebhookDelivery } from './webhook-delivery';

export type SimulatorServerOptions = {
  /** Makes the provider; called again by every reset. */
  readonly createCore: () => ProviderCore;
  /** `127.0.0.1` unless given. */
  readonly host?: string;
  /** A free port unless given. */
  readonly port?: number;
  /** When given, admin requests must carry it in `x-admin-token`. */
  readonly adminToken?: string;
  /** Unix milliseconds; the wall clock unless given. The admin API moves the simulator's clock ahead of it. */
  readonly clock?: () => number;
  readonly random?: () => number;
  /** File to keep over restarts what the simulator knows. Default: in memory. */
  readonly keptIn?: string;
};

export type RunningSimulator = {
  readonly url: string;
  /** Base of the admin API, without a slash at the end. */
  readonly adminUrl: string;
  readonly simulator: Simulator;
  /** Unix milliseconds of the simulator's own clock. */
  now(): number;
  /** Moves the simulator's clock forward and lets everything that falls due happen. */
  advanceClock(byMs: number): void;
  /** Closes every connection, also those that hang, and frees the port. */
  stop(): Promise<void>;
};

const maxBodyBytes = 256 * 1024;
const maxTimerMs = 2 ** 31 - 1;

/** Listens, and from then on runs the simulator on its own clock until stopped. */
export async function startSimulator(options: SimulatorServerOptions): Promise<RunningSimulator> {
  const { host = '127.0.0.1', port = 0, adminToken, clock = Date.now, random = Math.random } = options;
  const { simulator, lastNow } = made(options);
  const webhooks = createWebhookDelivery();
  const replyTimers = new Set<NodeJS.Timeout>();
  let dueTimer: NodeJS.Timeout | undefined;
  // A clock that was moved ahead never goes back.
  let offsetMs = Math.max(0, (lastNow ?? 0) - clock());

  const adminClock: AdminClock = {
    now: () => clock() + offsetMs,
    offsetMs: () => offsetMs,
    advance(byMs) {
      offsetMs += byMs;
      runDue();
    },
    reset() {
      offsetMs = 0;
      armDueTimer();
    },
  };
  const admin = createAdminApi({ simulator, clock: adminClock, webhookCounts: webhooks.counts });

  function context(): CoreContext {
    return { now: adminClock.now(), random };
  }

  function runDue(): void {
    webhooks.send(simulator.advance(context()));
    armDueTimer();
  }

  function armDueTimer(): void {
    clearTimeout(dueTimer);
    const dueAt = simulator.nextDueAt();
    if (dueAt === undefined) return;
    const waitMs = Math.min(Math.max(dueAt - adminClock.now(), 0), maxTimerMs);
    dueTimer = setTimeout(runDue, waitMs);
    dueTimer.unref();
  }

  /** Runs `action` after the delay unless the caller has left by then. */
  function afterDelay(delayMs: number, response: ServerResponse, action: () => void): void {
    if (delayMs === 0) {
      action();
      return;
    }
    const timer = setTimeout(() => {
      replyTimers.delete(timer);
      action();
    }, delayMs);
    replyTimers.add(timer);
    response.once('close', () => {
      clearTimeout(timer);
      replyTimers.delete(timer);
    });
  }

  function answerProvider(request: SimulatedRequest, response: ServerResponse): void {
    const decision = simulator.handle(request, context());
    webhooks.send(decision.effects);
    armDueTimer();
    afterDelay(decision.delayMs, response, () => execute(decision, response, adminClock.now()));
  }

  function answerAdmin(request: SimulatedRequest, response: ServerResponse): void {
    const allowed =
      adminToken === undefined || equalsSecret(request.headers['x-admin-token'] ?? '', adminToken);
    const reply = allowed
      ? admin(request.method, request.path, request.body)
      : refuse(401, 'x-admin-token is missing or wrong');
    armDueTimer();
    send(response, reply, adminClock.now());
  }

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    if (body === undefined) {
      response.shouldKeepAlive = false;
      send(response, refuse(413, `The body is larger than ${maxBodyBytes} bytes`), adminClock.now());
      return;
    }
    const request = readRequest(incoming, body);
    if (/^\/_admin(\/|$)/.test(request.path)) answerAdmin(request, response);
    else answerProvider(request, response);
  }

  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  // What fell due meanwhile happens now.
  if (lastNow !== undefined) armDueTimer();
  const url = `http://${host}:${(server.address() as AddressInfo).port}`;

  return {
    url,
    adminUrl: `${url}/_admin`,
    simulator,
    now: adminClock.now,
    advanceClock: adminClock.advance,
    async stop() {
      clearTimeout(dueTimer);
      for (const timer of replyTimers) clearTimeout(timer);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await Promise.all([closed, webhooks.stop()]);
    },
  };
}

function made({ createCore, keptIn }: SimulatorServerOptions): KeptSimulator {
  const simulator = createSimulator(createCore);
  return keptIn === undefined ? { simulator, lastNow: undefined } : keepSimulator(simulator, keptIn);
}

function execute(decision: TransportDecision, response: ServerResponse, now: number): void {
  switch (decision.connection) {
    case 'reply':
      send(response, decision.reply, now);
      return;
    case 'truncate': {
      const { reply, sentBytes } = decision;
      const whole = Buffer.from(reply.body, reply.encoding);
      response.writeHead(reply.status, transportHeaders(reply, whole, now));
      response.write(whole.subarray(0, sentBytes), () => response.destroy());
      return;
    }
    case 'cut':
      response.destroy();
      return;
    case 'hang':
      return;
  }
}

function send(response: ServerResponse, reply: SimulatedReply, now: number): void {
  const body = Buffer.from(reply.body, reply.encoding);
  response.writeHead(reply.status, transportHeaders(reply, body, now));
  response.end(body);
}

/** The `Date` header tells the simulator's time, so that a caller can notice a clock that is off. */
function transportHeaders(reply: SimulatedReply, body: Buffer, now: number): Record<string, string> {
  return { date: new Date(now).toUTCString(), ...reply.headers, 'content-length': String(body.length) };
}

/** The raw body, or undefined when it is larger than the limit; an oversized body is read to its end and dropped. */
async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  return size > maxBodyBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

function readRequest(incoming: IncomingMessage, body: string): SimulatedRequest {
  const url = new URL(incoming.url ?? '/', 'http://simulator.invalid');
  const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries(headers),
    body,
  };
}
