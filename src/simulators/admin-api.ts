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

/** Answers an admin request; `path` starts with `/_admin/`. */
export type AdminApi = (method: string, path: string, body: string) => SimulatedReply;

const decimal = z.string().regex(/^\d+(\.\d+)?$/, 'must be a decimal string');

const faultsBody = z.union([faultSpecSchema, z.array(faultSpecSchema).min(1)]);
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

/** The routes of the admin API; bodies are JSON, and what is not valid is refused with 400 and the reasons. */
export function createAdminApi({ simulator, clock, webhookCounts }: AdminApiOptions): AdminApi {
  const routes: Readonly<Record<string, (body: string) => SimulatedReply>> = {
    'GET ledger': () => jsonReply(200, { entries: simulator.ledger() }),
    'GET requests': () => jsonReply(200, { requests: simulator.requests() }),
    'GET payouts': () => jsonReply(200, { payouts: simulator.payouts() }),
    'GET webhooks': () => jsonReply(200, webhookCounts()),
    'GET clock': () => jsonReply(200, describeClock()),
    'GET faults': () =>
      jsonReply(200, { planned: simulator.plannedFaults(), fired: simulator.firedFaults() }),
    'POST faults': (body) =>
      withBody(faultsBody, body, (given) => {
        const specs = Array.isArray(given) ? given : [given];
        return jsonReply(201, { planned: specs.map((spec) => simulator.addFault(spec)) });
      }),
    'DELETE faults': () => jsonReply(200, { removed: simulator.clearFaults() }),
    'POST scripts': (body) =>
      withBody(scriptBody, body, (script) => {
        simulator.script(script);
        return jsonReply(201, { script });
      }),
    'POST balance': (body) =>
      withBody(balanceBody, body, ({ currency, available }) => {
        simulator.setBalance(currency, available);
        return jsonReply(200, { currency, available });
      }),
    'POST clock': (body) =>
      withBody(clockBody, body, ({ advanceMs }) => {
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
    const resource = path.slice('/_admin/'.length);
    const route = routes[`${method} ${resource}`];
    if (route) return route(body);
    const allowed = Object.keys(routes).filter((name) => name.endsWith(` ${resource}`));
    if (allowed.length === 0) return refuse(404, `No such admin resource: ${resource}`);
    return refuse(405, `Use ${allowed.map((name) => name.split(' ')[0]).join(' or ')} for ${resource}`);
  };
}

/** The shape of every refusal of the admin API. */
export function refuse(status: number, message: string, issues: readonly string[] = []): SimulatedReply {
  return jsonReply(status, { error: { message, issues } });
}

function withBody<Output>(
  schema: z.ZodType<Output>,
  body: string,
  accept: (value: Output) => SimulatedReply,
): SimulatedReply {
  const json = parseJson(body);
  if (json === undefined) return refuse(400, 'The body is not JSON');
  const parsed = schema.safeParse(json);
  if (!parsed.success) return refuse(400, 'The body is not valid', describeIssues(parsed.error));
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

function describeIssues(error: z.ZodError): string[] {
  return z.prettifyError(error).split('\n');
}
