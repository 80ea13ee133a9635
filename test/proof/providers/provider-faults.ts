import type { FaultSpec } from '../../../src/simulators/fault-spec';
import type {
  Operation,
  SimulatedRequest,
  StatusScript,
  SubmitFields,
} from '../../../src/simulators/provider-core';
import type { TransportDecision } from '../../../src/simulators/simulator';
import type { Outcome } from '../expectations/submit-cases';
import type { FaultClass, FaultRates } from './fault-classes';
import { plentyOfMoney } from './virtual-host';
import type { StatusWords, VirtualHost } from './virtual-host';
import type { VirtualWorld } from './virtual-world';

/** A request that has reached its provider. */
export type Arrival = {
  readonly world: VirtualWorld;
  readonly host: VirtualHost;
  readonly request: SimulatedRequest;
  readonly rates: FaultRates;
  /** What a test case wants to happen to exactly this request, instead of a draw. */
  readonly outcome?: Outcome;
  /** The same, for a request that is no submit. */
  readonly fault?: FaultSpec['fault'] | undefined;
  /** What is left of the host's `latestEffectMs`. */
  readonly lateRoomMs: number;
  readonly maxReplyBytes: number;
  /** Runs at the latest when faults are stopped. */
  readonly undoLater: (ms: number, undo: () => void) => void;
};

/** What is done to one request. `processed`: the provider's own code sees it, now or later. */
type Treatment = {
  readonly fault?: FaultSpec['fault'];
  readonly processed: boolean;
  /** Changes the provider for this request; the returned function changes it back. */
  readonly around?: () => (() => void) | undefined;
};

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Lets the provider take one request, with whatever the seed (or the case) makes of it. The simulator executes it. */
export function receive(arrival: Arrival): TransportDecision {
  const { world, host, request } = arrival;
  const { simulator } = host;
  const treatment: Treatment = arrival.fault
    ? { processed: false, fault: arrival.fault }
    : arrival.outcome
      ? treatmentOf(arrival, arrival.outcome)
      : Object.keys(arrival.rates).length === 0
        ? undisturbed
        : drawTreatment(arrival);
  const undo = treatment.around?.();
  if (treatment.fault !== undefined) simulator.addFault({ fault: treatment.fault });
  try {
    return simulator.handle(request, { now: world.now, random: () => world.random() });
  } finally {
    if (treatment.fault !== undefined) simulator.clearFaults();
    undo?.();
  }
}

const undisturbed: Treatment = { processed: true };

const treatments: Readonly<Record<Outcome, Treatment['fault']>> = {
  ok: undefined,
  refused: undefined,
  '5xx-accepted': { kind: 'server-error', processed: true },
  '5xx-not-accepted': { kind: 'server-error', processed: false },
  'timeout-accepted': { kind: 'hang', processed: true },
  'timeout-not-accepted': { kind: 'hang', processed: false },
  reset: { kind: 'cut-before-processing' },
};

function treatmentOf({ host, request }: Arrival, outcome: Outcome): Treatment {
  const fields = outcome === 'refused' ? host.core.submitFields(request) : undefined;
  if (fields) return { processed: true, around: () => host.refuse(fields) };
  const fault = treatments[outcome];
  return fault === undefined ? undisturbed : { processed: false, fault };
}

function drawTreatment(arrival: Arrival): Treatment {
  const operation = arrival.host.core.operationOf(arrival.request) ?? 'other';
  if (operation !== 'submit') return drawForRead(arrival, operation);
  const fields = arrival.host.core.submitFields(arrival.request);
  if (fields === undefined) return undisturbed;
  const treatment = drawForSubmit(arrival, fields);
  if (treatment.processed && !knows(arrival.host, fields)) drawScript(arrival, fields);
  return treatment;
}

const knows = ({ simulator }: VirtualHost, { callerKey }: SubmitFields): boolean =>
  simulator.payouts().some((payout) => payout.callerKey === callerKey);

function drawForSubmit(arrival: Arrival, fields: SubmitFields): Treatment {
  const { world, host } = arrival;
  const { simulator } = host;
  const happens = happensIn(arrival);
  if (happens('server-error-accepted')) return serverError(world, true);
  if (happens('server-error-not-accepted')) return serverError(world, false);
  if (happens('no-answer-accepted')) return { processed: true, fault: { kind: 'hang', processed: true } };
  if (happens('no-answer-not-accepted')) {
    return { processed: false, fault: { kind: 'hang', processed: false } };
  }
  if (arrival.lateRoomMs > minute && happens('commit-late')) {
    const afterMs = someLateness(world, arrival.lateRoomMs);
    return { processed: true, fault: { kind: 'commit-late', afterMs, holdsKey: world.random() < 0.5 } };
  }
  if (happens('in-progress')) {
    const processed = world.random() < 0.5;
    return { processed, fault: { kind: 'in-progress', processed } };
  }
  if (host.hasTokens && happens('token-expired')) {
    return { processed: false, fault: { kind: 'expired-token' } };
  }
  if (host.wouldRefuse(fields) && happens('refused')) {
    return { processed: true, around: () => host.refuse(fields) };
  }
  if (happens('refused-in-foreign-words')) {
    const status = pick(world, [400, 403, 404, 451]);
    return { processed: true, fault: { kind: 'garbage', status, content: 'html', processed: true } };
  }
  if (!knows(host, fields) && happens('balance-used-up')) {
    return {
      processed: true,
      around: () => {
        simulator.setBalance(fields.currency, fields.amount);
        arrival.undoLater(between(world, 5 * minute, 90 * minute), () =>
          simulator.setBalance(fields.currency, plentyOfMoney),
        );
        return undefined;
      },
    };
  }
  const fault = brokenReply(arrival, true);
  return fault === undefined ? undisturbed : { processed: true, fault };
}

function drawForRead(arrival: Arrival, operation: Operation): Treatment {
  const { world, host } = arrival;
  const happens = happensIn(arrival);
  if (happens('server-error-not-accepted')) return serverError(world, false);
  if (happens('no-answer-not-accepted')) {
    return { processed: false, fault: { kind: 'hang', processed: false } };
  }
  if (host.hasTokens && operation !== 'login' && happens('token-expired')) {
    return { processed: false, fault: { kind: 'expired-token' } };
  }
  if (
    (operation === 'status' || operation === 'list') &&
    mayBeHidden(arrival) &&
    happens('not-found-for-a-while')
  ) {
    return { processed: true, fault: { kind: 'not-found-for', count: 1 } };
  }
  const fault = brokenReply(arrival, false);
  return fault === undefined ? undisturbed : { processed: true, fault };
}

/**
 * Whether there is something to hide. Providers agree with themselves in the end: only what was created in the last
 * minutes can be missing from a read, and a list is hidden as a whole.
 */
function mayBeHidden({ world, host, request }: Arrival): boolean {
  const target = host.core.statusTarget?.(request);
  const asked = host.simulator
    .payouts()
    .filter(
      ({ providerPayoutId, callerKey }) =>
        target === undefined || providerPayoutId === target || callerKey === target,
    );
  const settledMs = Math.min(host.latestEffectMs, 9 * minute);
  return asked.length > 0 && asked.every(({ history }) => world.now - (history[0]?.at ?? 0) < settledMs);
}

/** Replies that nobody can read, and refusals to answer at all. */
function brokenReply(arrival: Arrival, isSubmit: boolean): FaultSpec['fault'] | undefined {
  const { world } = arrival;
  const happens = happensIn(arrival);
  if (happens('rate-limited')) return { kind: 'rate-limited' };
  if (happens('rate-limited-retry-after')) {
    return { kind: 'rate-limited', retryAfter: String(Math.floor(between(world, 1, 120))) };
  }
  if (happens('garbage-reply')) {
    const content = pick(world, ['html', 'bytes'] as const);
    return { kind: 'garbage', content, status: pick(world, isSubmit ? [200, 201, 502] : [200, 502]) };
  }
  if (happens('oversized-reply')) return { kind: 'oversized', bytes: arrival.maxReplyBytes + 1 };
  if (happens('reply-broken-off')) {
    return { kind: 'truncated-json', variant: pick(world, ['lost-connection', 'valid-length'] as const) };
  }
  return undefined;
}

const serverError = (world: VirtualWorld, processed: boolean): Treatment => {
  const status = pick(world, [500, 502, 503, 504]);
  const page = world.random() < 0.5 ? { body: '<html><h1>Bad gateway</h1></html>' } : {};
  return { processed, fault: { kind: 'server-error', processed, status, ...page } };
};

/** What the payout that this request may create will go through. */
function drawScript(arrival: Arrival, { callerKey }: SubmitFields): void {
  const { world, host } = arrival;
  const happens = happensIn(arrival);
  const scripts = scriptsFor(host.words, world);
  for (const [name, steps] of scripts) {
    if (steps === undefined || !happens(name)) continue;
    host.simulator.script({ match: { callerKey }, times: 1, steps: steps() });
    return;
  }
}

type Steps = StatusScript['steps'];

const scriptsFor = (
  { accepted, processing, paid, failed, returned }: StatusWords,
  world: VirtualWorld,
): readonly (readonly [FaultClass, (() => Steps) | undefined])[] => {
  const soon = (): number => Math.floor(between(world, second, 2 * minute));
  const someTime = (): number => Math.floor(between(world, minute, 3 * hour));
  const step = (status: string, afterMs: number): Steps[number] => ({ status, afterMs });
  return [
    ['unknown-status', () => [step('settling_v2', soon()), step(paid, someTime())]],
    [
      'regressing-status',
      () =>
        processing === undefined
          ? [step(paid, soon()), step(accepted, someTime()), step(paid, someTime())]
          : [
              step(processing, soon()),
              step(accepted, soon()),
              step(processing, soon()),
              step(paid, someTime()),
            ],
    ],
    [
      'paid-then-returned',
      returned === undefined
        ? undefined
        : () => [step(paid, soon()), step(returned, Math.floor(between(world, hour, 20 * day)))],
    ],
    ['ends-unpaid', () => [step(failed, someTime())]],
    ['slow-status', () => [step(paid, Math.floor(between(world, 2 * hour, 20 * hour)))]],
  ];
};

const happensIn =
  ({ world, rates, host }: Arrival) =>
  (name: FaultClass): boolean => {
    const happened = world.fault(name, rates[name]);
    if (happened) world.log(`${host.name}: ${name}`);
    return happened;
  };

export const between = (world: VirtualWorld, from: number, to: number): number =>
  from + world.random() * (to - from);

/** Mostly minutes, sometimes all of `roomMs`: early and late effects meet different steps of recovery. */
export const someLateness = (world: VirtualWorld, roomMs: number): number =>
  Math.floor(second + world.random() ** 2 * (roomMs - second));

function pick<Value>(world: VirtualWorld, values: readonly [Value, ...Value[]]): Value {
  return values[Math.floor(world.random() * values.length)] ?? values[0];
}
