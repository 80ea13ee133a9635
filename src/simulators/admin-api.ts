/**
 * The simulator's own API under `/_admin/`: what happened, and what shall go wrong next. It only reads the ledger; a
 * whole reset is the one way to empty it.
 */
import { z } from 'zod';
import { faultSpecSchema } from './fault-spec';
import { jsonReply } from './json-reply';
import type { SimulatedReply } from './provider-core';
import type { Simulator } from './simulator';

export type AdminClock = {
  readonly now: () => number;
  readonly offsetMs: () => number;
  readonly advance: (byMs: number) => void;
  readonly reset: () => void;
};

export type AdminApiOptions = {
  readonly simulator: Simulator;
  readonly clock: AdminClock;
  readonly webhookCounts: () => { readonly delivered: number; readonly failed: number };
};

/** Answers an admin request; `path` is `/_admin` or below it. */
export type AdminApi = (method: string, path: string, body: string) => SimulatedReply;

const decimal = z.string().regex(/^\d+(\.\d+)?$/, 'must be a decimal string');

const faultsBody = z.array(faultSpecSchema).min(1);
const balanceBody = z.strictObject({ currency: z.string().min(1), available: decimal });
const clockBody = z.strictObject({ advanceMs: z.number().int().nonnegative() });
const scriptBody = z.strictObject({
  match: z.strictObject({
    callerKey: z.string().optional(),
    amount: z.string().optional(),
    beneficiary: z.string().optional(),
  }),
  steps: z.array(z.strictObject({ status: z.string().min(1), afterMs: z.number().int().nonnegative() })),
  times: z.number().int().positive().optional(),
});

/** One resource of the admin API, as `GET /_admin` lists it and docs/simulators.md explains it. */
export type AdminResource = {
  readonly method: string;
  readonly resource: string;
  readonly about: string;
  /** A body that is accepted. */
  readonly example?: unknown;
};

/** What there is, for people; a test holds it equal to the routes and to docs/simulators.md. */
export const adminResources: readonly AdminResource[] = [
  { method: 'GET', resource: 'ledger', about: 'every debit and credit, in order' },
  { method: 'GET', resource: 'payouts', about: 'every payout with its statuses' },
  { method: 'GET', resource: 'requests', about: 'what arrived, and how it was answered' },
  { method: 'GET', resource: 'faults', about: 'the planned faults, and those that fired' },
  {
    method: 'POST',
    resource: 'faults',
    about: 'plan one fault, or a list of them',
    example: { match: { operation: 'submit', amount: '131.00' }, fault: { kind: 'cut-after-processing' } },
  },
  { method: 'DELETE', resource: 'faults', about: 'drop the planned faults' },
  {
    method: 'POST',
    resource: 'scripts',
    about: 'the statuses that later payouts go through',
    example: { match: { amount: '220.00' }, steps: [{ status: 'processing', afterMs: 500 }] },
  },
  {
    method: 'POST',
    resource: 'balance',
    about: 'set the balance in one currency; unlimited until then',
    example: { currency: 'USDT', available: '5.00' },
  },
  { method: 'GET', resource: 'clock', about: 'the simulator’s own time' },
  { method: 'POST', resource: 'clock', about: 'move it forward', example: { advanceMs: 60_000 } },
  { method: 'GET', resource: 'webhooks', about: 'how many were delivered, and how many failed' },
  { method: 'POST', resource: 'reset', about: 'forget everything: ledger, payouts, faults, scripts, clock' },
];

/** The routes of the admin API; bodies are JSON, and what is not valid is refused with 400 and the reasons. */
export function createAdminApi({ simulator, clock, webhookCounts }: AdminApiOptions): AdminApi {
  const routes: Readonly<Record<string, (body: string) => SimulatedReply>> = {
    'GET ': () => jsonReply(200, { resources: adminResources.map(listed), documentation }),
    'GET ledger': () => jsonReply(200, { entries: simulator.ledger() }),
    'GET requests': () => jsonReply(200, { requests: simulator.requests() }),
    'GET payouts': () => jsonReply(200, { payouts: simulator.payouts() }),
    'GET webhooks': () => jsonReply(200, webhookCounts()),
    'GET clock': () => jsonReply(200, describeClock()),
    'GET faults': () =>
      jsonReply(200, { planned: simulator.plannedFaults(), fired: simulator.firedFaults() }),
    'POST faults': (body) =>
      withBody(faultsBody, body, 'faults', (specs) =>
        jsonReply(201, { planned: specs.map((spec) => simulator.addFault(spec)) }),
      ),
    'DELETE faults': () => jsonReply(200, { removed: simulator.clearFaults() }),
    'POST scripts': (body) =>
      withBody(scriptBody, body, 'scripts', (script) => {
        simulator.script(script);
        return jsonReply(201, { script });
      }),
    'POST balance': (body) =>
      withBody(balanceBody, body, 'balance', ({ currency, available }) => {
        simulator.setBalance(currency, available);
        return jsonReply(200, { currency, available });
      }),
    'POST clock': (body) =>
      withBody(clockBody, body, 'clock', ({ advanceMs }) => {
        clock.advance(advanceMs);
        return jsonReply(200, describeClock());
      }),
    'POST reset': () => {
      simulator.reset();
      clock.reset();
      return jsonReply(200, { reset: true });
    },
  };

  function describeClock(): { now: number; offsetMs: number } {
    return { now: clock.now(), offsetMs: clock.offsetMs() };
  }

  return (method, path, body) => {
    const resource = path.replace(/^\/_admin\/?/, '');
    const route = routes[`${method} ${resource}`];
    if (route) return route(body);
    const allowed = Object.keys(routes).filter((name) => name.endsWith(` ${resource}`));
    if (allowed.length === 0)
      return refuse(404, `No such admin resource: ${resource}. GET /_admin lists them`);
    return refuse(405, `Use ${allowed.map((name) => name.split(' ')[0]).join(' or ')} for ${resource}`);
  };
}

const documentation = 'docs/simulators.md';

const listed = ({ method, resource, about, example }: AdminResource): object => ({
  request: `${method} /_admin/${resource}`,
  about,
  ...(example === undefined ? {} : { example }),
});

/** The shape of every refusal of the admin API. */
export function refuse(
  status: number,
  message: string,
  issues: readonly string[] = [],
  example?: unknown,
): SimulatedReply {
  return jsonReply(status, {
    error: { message, issues, ...(example === undefined ? {} : { example, documentation }) },
  });
}

function withBody<Output>(
  schema: z.ZodType<Output>,
  body: string,
  resource: string,
  accept: (value: Output) => SimulatedReply,
): SimulatedReply {
  const example = adminResources.find((one) => one.method === 'POST' && one.resource === resource)?.example;
  const json = parseJson(body);
  if (json === undefined) return refuse(400, 'The body is not JSON', [], example);
  // One fault may come without its list; asked for by itself, it is refused with paths of its own.
  const isOne = resource === 'faults' && !Array.isArray(json);
  const parsed = schema.safeParse(isOne ? [json] : json);
  if (!parsed.success)
    return refuse(400, 'The body is not valid', issuesIn(parsed.error, isOne ? 1 : 0), example);
  try {
    return accept(parsed.data);
  } catch (error) {
    return refuse(400, error instanceof Error ? error.message : 'The body was refused');
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** `fault.kind: …`; `skip` leaves out the first members of each path. */
const issuesIn = ({ issues }: z.ZodError, skip: number): readonly string[] =>
  issues.map(({ path, message }) => `${path.slice(skip).join('.') || '(body)'}: ${message}`);
