/**
 * The fault layer over a provider core: decides, for one request, what the caller's connection sees and what the
 * provider does. Pure like the core, so a real HTTP server and a simulation on a virtual clock execute the same
 * decisions. Nothing here waits: the host calls `advance` when `nextDueAt` has come.
 */
import { cutReply, htmlReply, oversizedReply, randomBytesReply, withHeaders } from './broken-replies';
import type { ChosenFaults, FaultPlan, FiredFault, PlannedFault, RequestFacts } from './fault-plan';
import { createFaultPlan } from './fault-plan';
import type { Fault, FaultSpec } from './fault-spec';
import { sha256Hex } from './hmac-signature';
import type {
  CoreContext,
  LedgerEntry,
  Operation,
  ProviderCore,
  SimulatedPayout,
  SimulatedProvider,
  SimulatedReply,
  SimulatedRequest,
  StatusScript,
  SubmitFields,
  WebhookEffect,
} from './provider-core';

/** What the host does to the connection, after `delayMs`; the webhooks go out at once. */
export type TransportDecision = {
  readonly delayMs: number;
  readonly effects: readonly WebhookEffect[];
} & (
  | { readonly connection: 'reply'; readonly reply: SimulatedReply }
  /** Announce the length of the whole body, send `sentBytes` of it, then destroy the connection. */
  | { readonly connection: 'truncate'; readonly reply: SimulatedReply; readonly sentBytes: number }
  /** Destroy the connection before any byte; `commitsAt` when the provider processes the request later. */
  | { readonly connection: 'cut'; readonly commitsAt?: number }
  /** Send nothing until the caller leaves. */
  | { readonly connection: 'hang' }
);

/** A request as the simulator saw it, without credentials, signatures and body. */
export type RecordedRequest = {
  readonly number: number;
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly operation?: Operation;
  readonly fields?: SubmitFields;
  /** Tells whether two requests carried the same bytes. */
  readonly bodySha256: string;
  readonly connection: TransportDecision['connection'];
  /** The status the caller was sent, when it was sent one. */
  readonly repliedStatus?: number;
  /** When the provider processed the request, and the status it meant to answer; absent while it has not. */
  readonly processed?: { readonly at: number; readonly status: number };
  readonly faultIds: readonly string[];
};

export type Simulator = {
  readonly provider: SimulatedProvider;
  handle(request: SimulatedRequest, context: CoreContext): TransportDecision;
  /** Everything due up to `context.now` in the order of time: late commits and status changes. */
  advance(context: CoreContext): readonly WebhookEffect[];
  nextDueAt(): number | undefined;
  addFault(spec: FaultSpec): PlannedFault;
  clearFaults(): number;
  plannedFaults(): readonly PlannedFault[];
  firedFaults(): readonly FiredFault[];
  requests(): readonly RecordedRequest[];
  ledger(): readonly LedgerEntry[];
  payouts(): readonly SimulatedPayout[];
  script(script: StatusScript): void;
  setBalance(currency: string, available: string): void;
  /** Starts over with a new core: no payouts, ledger, faults, scripts, balances or records. */
  reset(): void;
};

type LateCommit = {
  readonly dueAt: number;
  readonly receivedAt: number;
  readonly request: SimulatedRequest;
  readonly record: Writable<RecordedRequest>;
  readonly releaseKey?: () => void;
};

type Writable<Type> = { -readonly [Field in keyof Type]: Type[Field] };

type State = {
  readonly core: ProviderCore;
  readonly plan: FaultPlan;
  readonly records: Writable<RecordedRequest>[];
  readonly lateCommits: LateCommit[];
};

/** One request on its way through the fault layer. */
type Exchange = {
  readonly request: SimulatedRequest;
  readonly context: CoreContext;
  readonly record: Writable<RecordedRequest>;
  readonly delayMs: number;
  readonly effects: WebhookEffect[];
};

const recordedHeaders = ['content-type', 'content-length', 'user-agent', 'idempotency-key', 'x-timestamp'];
/** A core whose due time does not move after this many advances at one instant is broken. */
const maxAdvancesAtOneInstant = 1_000;

/** A simulator of the provider that `createCore` makes; every reset makes a new one. */
export function createSimulator(createCore: () => ProviderCore): Simulator {
  let state = createState(createCore);

  return {
    provider: state.core.provider,
    handle: (request, context) => handle(state, request, context),
    advance: (context) => advance(state, context),
    nextDueAt: () => nextDueAt(state),
    addFault: (spec) => state.plan.add(spec),
    clearFaults: () => state.plan.clear(),
    plannedFaults: () => state.plan.planned(),
    firedFaults: () => state.plan.fired(),
    requests: () => state.records.map((record) => ({ ...record })),
    ledger: () => state.core.ledger(),
    payouts: () => state.core.payouts(),
    script: (script) => state.core.script(script),
    setBalance: (currency, available) => state.core.setBalance(currency, available),
    reset() {
      state = createState(createCore);
    },
  };
}

function createState(createCore: () => ProviderCore): State {
  return { core: createCore(), plan: createFaultPlan(), records: [], lateCommits: [] };
}

function handle(state: State, request: SimulatedRequest, context: CoreContext): TransportDecision {
  const effects = [...advance(state, context)];
  const record = recordRequest(state, request, context);
  const { outcome, delays } = chooseFaults(state, request, record);
  for (const delay of delays) fire(state, delay, record);
  const delayMs = delays.reduce((sum, { fault }) => sum + (fault.kind === 'latency' ? fault.ms : 0), 0);
  const exchange: Exchange = { request, context, record, delayMs, effects };

  const decision = outcome
    ? decideWithFault(state, exchange, outcome)
    : replyWith(exchange, processNow(state, exchange));
  record.connection = decision.connection;
  if ('reply' in decision) record.repliedStatus = decision.reply.status;
  return decision;
}

/** Without a plan no facts are gathered, so that long runs without faults stay fast. */
function chooseFaults(
  { core, plan }: State,
  request: SimulatedRequest,
  record: RecordedRequest,
): ChosenFaults {
  if (plan.planned().length === 0) return { delays: [] };
  return plan.choose(factsOf(core, request, record), record.at);
}

function decideWithFault(state: State, exchange: Exchange, planned: PlannedFault): TransportDecision {
  const { fault } = planned;
  if (fault.kind === 'not-found-for') return decideHiding(state, exchange, planned);
  fire(state, planned, exchange.record);
  return decide(state, exchange, fault);
}

/** Only a read that would have found something is hidden; any other answer stands and uses up nothing. */
function decideHiding(state: State, exchange: Exchange, planned: PlannedFault): TransportDecision {
  const { core } = state;
  const reply = processNow(state, exchange);
  if (reply.status >= 300) return replyWith(exchange, reply);
  fire(state, planned, exchange.record);
  const { request, context } = exchange;
  return replyWith(exchange, core.absentReply?.(request, context) ?? core.cannedReply('not-found', context));
}

function decide(
  state: State,
  exchange: Exchange,
  fault: Exclude<Fault, { kind: 'not-found-for' }>,
): TransportDecision {
  const { context, delayMs, effects } = exchange;
  const { core } = state;
  switch (fault.kind) {
    case 'refuse':
      return replyWith(exchange, refusal(core, fault, context));
    case 'cut-before-processing':
      return { connection: 'cut', delayMs, effects };
    case 'cut-after-processing':
      processNow(state, exchange);
      return { connection: 'cut', delayMs, effects };
    case 'commit-late':
      return {
        connection: 'cut',
        delayMs,
        effects,
        commitsAt: postpone(state, exchange, fault.afterMs, fault.holdsKey),
      };
    case 'hang':
      if (fault.processed) processNow(state, exchange);
      return { connection: 'hang', delayMs, effects };
    case 'server-error': {
      if (fault.processed) processNow(state, exchange);
      const reply =
        fault.body === undefined
          ? core.cannedReply('server-error', context)
          : htmlReply(fault.status, fault.body);
      return replyWith(exchange, { ...reply, status: fault.status });
    }
    case 'truncated-json': {
      const reply = processNow(state, exchange);
      if (fault.variant === 'valid-length') return replyWith(exchange, cutReply(reply));
      const sentBytes = Math.floor(Buffer.byteLength(reply.body) / 2);
      return { connection: 'truncate', reply, sentBytes, delayMs, effects };
    }
    case 'garbage':
      if (fault.processed) processNow(state, exchange);
      return replyWith(
        exchange,
        fault.content === 'html' ? htmlReply(fault.status) : randomBytesReply(fault.status, context.random),
      );
    case 'oversized':
      if (fault.processed) processNow(state, exchange);
      return replyWith(exchange, oversizedReply(fault.bytes));
    case 'in-progress':
      if (fault.processed) processNow(state, exchange);
      return replyWith(exchange, core.cannedReply('in-progress', context));
    case 'rate-limited':
      return replyWith(
        exchange,
        withHeaders(core.cannedReply('rate-limited', context), { 'retry-after': fault.retryAfter }),
      );
    case 'expired-token':
      return replyWith(exchange, core.cannedReply('expired-token', context));
    case 'latency':
      break;
  }
  return replyWith(exchange, processNow(state, exchange));
}

function replyWith({ delayMs, effects }: Exchange, reply: SimulatedReply): TransportDecision {
  return { connection: 'reply', reply, delayMs, effects };
}

function refusal(
  core: ProviderCore,
  { canned, status, body, headers = {} }: Extract<Fault, { kind: 'refuse' }>,
  context: CoreContext,
): SimulatedReply {
  const own: SimulatedReply = { status: 503, headers: { 'content-type': 'application/json' }, body: '' };
  const base = canned === undefined ? own : core.cannedReply(canned, context);
  const changed = body === undefined ? base.body : typeof body === 'string' ? body : JSON.stringify(body);
  return withHeaders({ ...base, status: status ?? base.status, body: changed }, headers);
}

/** Lets the provider process the request now; its webhooks join the effects of the exchange. */
function processNow(state: State, { request, context, record, effects }: Exchange): SimulatedReply {
  const answer = state.core.handle(request, context);
  record.processed = { at: context.now, status: answer.reply.status };
  effects.push(...answer.effects);
  return answer.reply;
}

function postpone(
  state: State,
  { request, context, record }: Exchange,
  afterMs: number,
  holdsKey: boolean,
): number {
  const dueAt = context.now + afterMs;
  const releaseKey = holdsKey ? state.core.hold?.(request, context) : undefined;
  state.lateCommits.push({
    dueAt,
    receivedAt: context.now,
    request,
    record,
    ...(releaseKey && { releaseKey }),
  });
  return dueAt;
}

function advance(state: State, { now, random }: CoreContext): WebhookEffect[] {
  const effects: WebhookEffect[] = [];
  let previous: number | undefined;
  let advances = 0;
  for (let due = nextDueAt(state); due !== undefined && due <= now; due = nextDueAt(state)) {
    advances = due === previous ? advances + 1 : 0;
    if (advances > maxAdvancesAtOneInstant)
      throw new Error(`${state.core.provider}: nothing moves on at ${due}`);
    previous = due;
    effects.push(...state.core.advance({ now: due, random }));
    effects.push(...commitLate(state, { now: due, random }));
  }
  return effects;
}

function commitLate(state: State, context: CoreContext): WebhookEffect[] {
  const { lateCommits } = state;
  const index = lateCommits.findIndex(({ dueAt }) => dueAt <= context.now);
  const [commit] = index < 0 ? [] : lateCommits.splice(index, 1);
  if (!commit) return [];
  commit.releaseKey?.();
  const answer = state.core.handle(commit.request, { ...context, receivedAt: commit.receivedAt });
  commit.record.processed = { at: context.now, status: answer.reply.status };
  return [...answer.effects];
}

function nextDueAt({ core, lateCommits }: State): number | undefined {
  const due = [core.nextDueAt(), ...lateCommits.map(({ dueAt }) => dueAt)].filter((at) => at !== undefined);
  return due.length === 0 ? undefined : Math.min(...due);
}

function fire(state: State, planned: PlannedFault, record: Writable<RecordedRequest>): void {
  state.plan.recordFired(planned, record.at, record.number);
  record.faultIds = [...record.faultIds, planned.id];
}

function recordRequest(
  { core, records }: State,
  request: SimulatedRequest,
  { now }: CoreContext,
): Writable<RecordedRequest> {
  const operation = core.operationOf(request);
  const fields = operation === 'submit' ? core.submitFields(request) : undefined;
  const record: Writable<RecordedRequest> = {
    number: records.length + 1,
    at: now,
    method: request.method,
    path: request.path,
    query: request.query,
    headers: Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => recordedHeaders.includes(name)),
    ),
    ...(operation && { operation }),
    ...(fields && { fields }),
    bodySha256: sha256Hex(request.body),
    connection: 'reply',
    faultIds: [],
  };
  records.push(record);
  return record;
}

function factsOf(core: ProviderCore, request: SimulatedRequest, record: RecordedRequest): RequestFacts {
  const { provider } = core;
  const { method, path, operation, fields } = record;
  return {
    provider,
    method,
    path,
    ...(operation && { operation }),
    ...(fields ?? payoutAskedFor(core, request)),
  };
}

function payoutAskedFor(core: ProviderCore, request: SimulatedRequest): Partial<SimulatedPayout> {
  const target = core.statusTarget?.(request);
  if (target === undefined) return {};
  const payout = core
    .payouts()
    .find(({ providerPayoutId, callerKey }) => providerPayoutId === target || callerKey === target);
  if (!payout) return {};
  const { providerPayoutId, callerKey, amount, beneficiary } = payout;
  return { providerPayoutId, callerKey, amount, beneficiary };
}
