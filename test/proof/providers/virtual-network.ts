import { Buffer } from 'node:buffer';
import { SendFailure } from '../../../src/http/sender';
import type { FaultSpec } from '../../../src/simulators/fault-spec';
import type { HttpReply, HttpRequest, SendFailureCode, Sender, SendOptions } from '../../../src/http/sender';
import type { SimulatedReply, SimulatedRequest, WebhookEffect } from '../../../src/simulators/provider-core';
import type { TransportDecision } from '../../../src/simulators/simulator';
import type { Contract, CrashPoint, Outcome } from '../expectations/submit-cases';
import type { FaultClass, FaultRates } from './fault-classes';
import { between, receive, someLateness } from './provider-faults';
import type { VirtualHost } from './virtual-host';
import type { VirtualWorld } from './virtual-world';

export type VirtualNetworkOptions = {
  readonly world: VirtualWorld;
  readonly hosts: readonly VirtualHost[];
  /** Nothing goes wrong by chance without them. */
  readonly rates?: FaultRates;
  /**
   * Asked for each submit call, counted per host from 1, over all processes. What it returns is done to exactly this call,
   * instead of any draw.
   */
  readonly planSubmit?: (call: { readonly host: Contract; readonly nth: number }) => SubmitPlan | undefined;
  /** While it does, every host refuses whatever comes in. */
  readonly refusesCredentials?: () => boolean;
  /** What the next quote meets instead of a draw. */
  readonly quoteFault?: () => FaultSpec['fault'] | undefined;
  /** A webhook that arrived, as many times and as late as it does. */
  readonly onWebhook?: (host: Contract, webhook: WebhookEffect) => void;
};

/** The points of a call at which a worker can be killed from outside; the fifth lies behind the call. */
export type CallPoint = Exclude<CrashPoint, 'after-completion'>;

export type SubmitPlan = {
  readonly outcome: Outcome;
  /**
   * Called synchronously at each point that the call comes to. Killing the process in it stops the call right there:
   * after `before-request` no byte leaves; from `after-write` on the provider takes the request all the same.
   */
  readonly at?: (point: CallPoint) => void;
};

/** One process's way to the network. Its sends end with it. */
export type NetworkProcess = {
  readonly send: Sender;
  /** As kill -9: nothing that is under way ever settles, and what is on the wire goes its way. */
  kill(): void;
  /** As SIGSTOP: time goes on, this process does not notice. */
  pause(): void;
  /** As SIGCONT: what has become due meanwhile happens now, timers and sockets in either order. */
  resume(): void;
};

export type VirtualNetwork = {
  attach(): NetworkProcess;
  /** From now on nothing goes wrong: partitions heal, accounts are topped up. What is late stays under way. */
  stopFaults(): void;
  /**
   * Until when a submit that was written earlier can still take effect at a provider. The ledgers are final only after it (run
   * the world beyond it and ask again).
   */
  lastEffectAt(): number;
};

/** The sender of production gives up a connection attempt after this long (`undici-sender.ts`). */
const connectTimeoutMs = 10_000;
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

type ProcessState = {
  mode: 'running' | 'paused' | 'dead';
  readonly waiting: { readonly isTimer: boolean; readonly run: () => void }[];
};

/** HTTP over virtual time: behaves like `src/http/undici-sender.ts` at every edge, between adapters and simulator cores. */
export function createVirtualNetwork(options: VirtualNetworkOptions): VirtualNetwork {
  const { world, hosts, planSubmit, quoteFault, onWebhook } = options;
  let rates = options.rates ?? {};
  let partitionedUntil = -Infinity;
  let lastEffectAt = -Infinity;
  const undos = new Set<() => void>();
  const submits = new Map<Contract, number>();
  const byOrigin = new Map(hosts.map((host) => [host.origin, { host, ...drive(host) }]));
  type Station = NonNullable<ReturnType<typeof byOrigin.get>>;

  const happens = (name: FaultClass, host: VirtualHost): boolean => {
    const probability = rates[name];
    if (probability === undefined) return false;
    const happened = world.fault(name, probability);
    if (happened) world.log(`${host.name}: ${name}`);
    return happened;
  };
  const isRefusing = (host: VirtualHost): boolean => {
    if (options.refusesCredentials?.() !== true) return false;
    world.log(`${host.name}: credentials refused`);
    return world.fault('credentials-refused', 1);
  };
  const isPartitioned = (): boolean => world.now < partitionedUntil;
  const noteEffect = (at: number): void => {
    lastEffectAt = Math.max(lastEffectAt, at);
  };

  /** Runs a host's clock: everything that falls due there, and its webhooks. */
  function drive(host: VirtualHost): { settle(decision?: TransportDecision): void } {
    let armed: { readonly at: number; readonly cancel: () => void } | undefined;
    const arm = (): void => {
      const at = host.simulator.nextDueAt();
      if (armed?.at === at) return;
      armed?.cancel();
      armed =
        at === undefined ? undefined : { at, cancel: world.after(Math.max(0, at - world.now), advance) };
    };
    function advance(): void {
      armed = undefined;
      deliverWebhooks(host, host.simulator.advance({ now: world.now, random: () => world.random() }));
      arm();
    }
    return {
      settle(decision) {
        if (decision) deliverWebhooks(host, decision.effects);
        arm();
      },
    };
  }

  function deliverWebhooks(host: VirtualHost, effects: readonly WebhookEffect[]): void {
    if (!onWebhook) return;
    for (const effect of effects) {
      if (happens('webhook-lost', host)) continue;
      const copies = happens('webhook-repeated', host) ? 2 + Math.floor(world.random() * 3) : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        const late = happens('webhook-late', host) ? between(world, minute, 6 * hour) : 0;
        world.after(Math.floor(between(world, 5, 500) + late), () => onWebhook(host.name, effect));
      }
    }
  }

  function undoLater(ms: number, undo: () => void): void {
    const once = (): void => {
      if (undos.delete(once)) undo();
    };
    undos.add(once);
    world.after(Math.floor(ms), once);
  }

  /** One call, from the connection to its end. Follows `dispatchOnce` of the production sender step by step. */
  function call(
    process: ProcessState,
    station: Station,
    request: SimulatedRequest,
    options: SendOptions,
  ): Promise<HttpReply> {
    const { timeoutMs, maxReplyBytes, signal, beforeWrite } = options;
    const { host } = station;
    const plan = planFor(host, request);
    const isSubmit = host.core.operationOf(request) === 'submit';
    return new Promise((resolve, reject) => {
      const startedAt = world.now;
      const cancels: (() => void)[] = [];
      let written = false;
      let ended = false;

      const run = (isTimer: boolean, step: () => void): void => {
        if (process.mode === 'running') step();
        else if (process.mode === 'paused') process.waiting.push({ isTimer, run: step });
      };
      const later = (ms: number, step: () => void, isTimer = false): void => {
        cancels.push(world.after(ms, () => run(isTimer, step)));
      };
      const isWaiting = (): boolean => !ended && process.mode !== 'dead';
      const end = (settle: () => void): void => {
        if (ended || process.mode === 'dead') return;
        if (written) plan?.at?.('after-reply');
        if (isDead(process)) return;
        ended = true;
        for (const cancel of cancels) cancel();
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      const failAs = (code: SendFailureCode, cause?: unknown): void =>
        end(() => {
          world.log(`${host.name} < ${code}${written ? '' : ', not written'}`);
          reject(new SendFailure(code, written, cause === undefined ? undefined : { cause }));
        });
      const onAbort = (): void => run(false, () => failAs('aborted'));

      signal?.addEventListener('abort', onAbort, { once: true });
      later(timeoutMs, () => failAs('timeout'), true);
      connect();

      function connect(): void {
        if (plan === undefined) {
          if (!isPartitioned() && happens('network-partition', host)) {
            partitionedUntil = world.now + Math.floor(between(world, second, 10 * minute));
          }
          if (isPartitioned() || happens('connect-timeout', host)) {
            later(connectTimeoutMs, () => failAs('not_reachable', 'UND_ERR_CONNECT_TIMEOUT'), true);
            return;
          }
          if (happens('connection-refused', host)) {
            later(wireMs(), () => failAs('not_reachable', 'ECONNREFUSED'));
            return;
          }
          if (happens('tls-refused', host)) {
            later(2 * wireMs(), () => failAs('tls_refused', 'CERT_HAS_EXPIRED'));
            return;
          }
        }
        later(2 * wireMs(), write);
      }

      function write(): void {
        plan?.at?.('before-request');
        if (ended || isDead(process)) return;
        // A process that stood still gets here before its overdue timer fires.
        if (world.now - startedAt >= timeoutMs) {
          failAs('timeout');
          return;
        }
        try {
          beforeWrite?.();
        } catch (cause) {
          failAs('forbidden', cause);
          return;
        }
        // The caller may have aborted in there.
        if (ended) return;
        written = true;
        world.log(`${host.name} > ${request.method} ${request.path}`);
        carry();
        plan?.at?.('after-write');
      }

      /** The bytes are the kernel's now: whatever happens to the process, they go their way. */
      function carry(): void {
        if (plan !== undefined) {
          deliver(wireMs(), 0);
          return;
        }
        if (isPartitioned()) return;
        if (happens('reset-while-writing', host)) {
          later(2 * wireMs(), () => failAs('connection_lost', 'ECONNRESET'));
        } else if (happens('request-late', host)) {
          if (world.random() < 0.5) later(2 * wireMs(), () => failAs('connection_lost', 'ECONNRESET'));
          const lateMs = someLateness(world, host.latestEffectMs);
          deliver(lateMs, lateMs);
        } else if (!happens('request-lost', host)) {
          deliver(
            wireMs() + (happens('latency-spike', host) ? Math.floor(between(world, second, 20 * second)) : 0),
            0,
          );
        }
      }

      function deliver(afterMs: number, lateMs: number): void {
        if (isSubmit) noteEffect(world.now + afterMs);
        world.after(afterMs, () => {
          const decision =
            plan === undefined && isRefusing(host)
              ? refused401
              : receive({
                  world,
                  host,
                  request,
                  rates: plan === undefined ? rates : {},
                  fault: host.core.operationOf(request) === 'quote' ? quoteFault?.() : undefined,
                  ...(plan === undefined ? {} : { outcome: plan.outcome }),
                  lateRoomMs: host.latestEffectMs - lateMs,
                  maxReplyBytes,
                  undoLater,
                });
          if (isSubmit && decision.connection === 'cut' && decision.commitsAt !== undefined)
            noteEffect(decision.commitsAt);
          station.settle(decision);
          plan?.at?.('after-acceptance');
          if (isWaiting()) answer(decision);
        });
      }

      function answer(decision: TransportDecision): void {
        const backMs = decision.delayMs + wireMs();
        const lose = (): void => later(backMs, () => failAs('connection_lost', 'UND_ERR_SOCKET'));
        switch (decision.connection) {
          case 'hang':
            return;
          case 'cut':
            lose();
            return;
          case 'truncate':
            if (decision.sentBytes > maxReplyBytes) later(backMs, () => failAs('reply_too_large'));
            else if (decision.sentBytes < bytesOf(decision.reply).length) lose();
            else later(backMs, () => finish(decision.reply));
            return;
          case 'reply':
            break;
        }
        if (plan === undefined) {
          if (isPartitioned() || happens('reply-lost', host)) return;
          if (happens('reply-cut', host)) {
            lose();
            return;
          }
          if (happens('reply-delayed', host)) {
            later(startedAt + timeoutMs - world.now + backMs, () => finish(decision.reply));
            return;
          }
        }
        later(backMs, () => finish(decision.reply));
      }

      function finish(reply: SimulatedReply): void {
        const bytes = bytesOf(reply);
        if (bytes.length > maxReplyBytes) {
          failAs('reply_too_large');
          return;
        }
        const headers = {
          date: new Date(world.now).toUTCString(),
          ...reply.headers,
          'content-length': String(bytes.length),
        };
        const body = reply.encoding === 'latin1' ? new TextDecoder().decode(bytes) : reply.body;
        end(() => {
          world.log(`${host.name} < ${reply.status}`);
          resolve({ status: reply.status, headers, body });
        });
      }
    });
  }

  function planFor(host: VirtualHost, request: SimulatedRequest): SubmitPlan | undefined {
    if (!planSubmit || host.core.operationOf(request) !== 'submit') return undefined;
    const nth = (submits.get(host.name) ?? 0) + 1;
    submits.set(host.name, nth);
    return planSubmit({ host: host.name, nth });
  }

  /** One way, with the other side's work in it. */
  const wireMs = (): number => 1 + Math.floor(world.random() * 60);

  return {
    attach() {
      const state: ProcessState = { mode: 'running', waiting: [] };
      return {
        async send(request, options) {
          // A dead process's code may still run to its next wait, but nothing leaves it any more.
          if (isDead(state)) return new Promise<never>(() => undefined);
          const url = new URL(request.url);
          if (url.protocol !== 'https:' && url.protocol !== 'http:') {
            throw new TypeError('URL must be http or https');
          }
          if (url.username !== '' || url.password !== '')
            throw new TypeError('URL must not hold credentials');
          if (options.signal?.aborted) throw new SendFailure('aborted', false);
          const station = byOrigin.get(url.origin);
          if (station === undefined) throw new SendFailure('not_reachable', false, { cause: 'ENOTFOUND' });
          return call(state, station, simulatedRequest(request, url), options);
        },
        kill() {
          state.mode = 'dead';
          state.waiting.length = 0;
        },
        pause() {
          if (state.mode === 'running') state.mode = 'paused';
        },
        resume() {
          if (state.mode !== 'paused') return;
          state.mode = 'running';
          const due = state.waiting.splice(0);
          const timersFirst = world.random() < 0.5;
          const ordered = timersFirst
            ? [...due.filter(({ isTimer }) => isTimer), ...due.filter(({ isTimer }) => !isTimer)]
            : due;
          for (const { run } of ordered) if (!isDead(state)) run();
        },
      };
    },
    stopFaults() {
      rates = {};
      partitionedUntil = -Infinity;
      for (const undo of undos) undo();
    },
    lastEffectAt: () => lastEffectAt,
  };
}

/** In the words that all of them have for it. */
const refused401: TransportDecision = {
  connection: 'reply',
  delayMs: 0,
  effects: [],
  reply: {
    status: 401,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      message: 'Invalid API key',
      error: { code: 'unauthorized', message: 'Invalid API key' },
    }),
    encoding: 'utf8',
  },
};

/** Read anew: a hook may have killed the process meanwhile. */
const isDead = (process: ProcessState): boolean => process.mode === 'dead';

const bytesOf = (reply: SimulatedReply): Buffer => Buffer.from(reply.body, reply.encoding);

function simulatedRequest(request: HttpRequest, url: URL): SimulatedRequest {
  const headers: Record<string, string> = { host: url.host, 'user-agent': 'durable-payouts/0' };
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
  return {
    method: request.method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers,
    body: request.body ?? '',
  };
}
