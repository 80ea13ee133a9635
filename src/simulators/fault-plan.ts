/** Counts requests against the planned faults and decides which of them fire. */
import type { Operation, SimulatedProvider } from './provider-core';
import type { Fault, FaultSpec, RequestMatch } from './fault-spec';
import { faultSpecSchema } from './fault-spec';

/** What is known of a request when faults are chosen; the payout fields may be those of the payout a read asks for. */
export type RequestFacts = {
  readonly provider: SimulatedProvider;
  readonly operation?: Operation;
  readonly method: string;
  readonly path: string;
  readonly callerKey?: string;
  readonly amount?: string;
  readonly beneficiary?: string;
  readonly beneficiaryName?: string;
  readonly providerPayoutId?: string;
};

/** A fault as planned, with every default filled in. */
export type PlannedFault = {
  readonly id: string;
  readonly match: RequestMatch;
  readonly nth: number;
  readonly times: number | 'unlimited';
  readonly fault: Fault;
  /** How many requests it has matched and how often it has fired. */
  readonly matched: number;
  readonly fired: number;
};

/** The proof that a fault met a request. */
export type FiredFault = {
  readonly faultId: string;
  readonly kind: Fault['kind'];
  readonly at: number;
  readonly requestNumber: number;
};

/** The faults that one request meets: at most one that decides the outcome, and every delay. */
export type ChosenFaults = { readonly outcome?: PlannedFault; readonly delays: readonly PlannedFault[] };

export type FaultPlan = {
  /** Throws when the spec is invalid or its id is taken. */
  add(spec: FaultSpec): PlannedFault;
  /** Counts the request for every planned fault and chooses; nothing has fired until `recordFired`. */
  choose(facts: RequestFacts, now: number): ChosenFaults;
  recordFired(fault: PlannedFault, at: number, requestNumber: number): void;
  planned(): readonly PlannedFault[];
  fired(): readonly FiredFault[];
  /** Drops the planned faults and keeps the record of fired ones; returns how many were dropped. */
  clear(): number;
};

type Counter = {
  readonly spec: Omit<PlannedFault, 'matched' | 'fired'>;
  matched: number;
  fired: number;
  firstFiredAt?: number;
};

/** An empty plan: nothing goes wrong. */
export function createFaultPlan(): FaultPlan {
  let counters: Counter[] = [];
  const fired: FiredFault[] = [];
  let added = 0;

  return {
    add(input) {
      const parsed = faultSpecSchema.parse(input);
      added += 1;
      const id = parsed.id ?? `fault-${added}`;
      if (counters.some(({ spec }) => spec.id === id))
        throw new Error(`A fault with id ${id} is already planned`);
      const counter: Counter = { spec: { ...parsed, id }, matched: 0, fired: 0 };
      counters.push(counter);
      return describe(counter);
    },
    choose(facts, now) {
      const eligible: Counter[] = [];
      for (const counter of counters) {
        if (!matchesRequest(counter.spec, facts)) continue;
        counter.matched += 1;
        if (counter.matched >= counter.spec.nth && hasFiringsLeft(counter, now)) eligible.push(counter);
      }
      const outcome = eligible.find(({ spec }) => spec.fault.kind !== 'latency');
      return {
        ...(outcome && { outcome: describe(outcome) }),
        delays: eligible.filter(({ spec }) => spec.fault.kind === 'latency').map(describe),
      };
    },
    recordFired(fault, at, requestNumber) {
      const counter = counters.find(({ spec }) => spec.id === fault.id);
      if (counter) {
        counter.fired += 1;
        counter.firstFiredAt ??= at;
      }
      fired.push({ faultId: fault.id, kind: fault.fault.kind, at, requestNumber });
    },
    planned: () => counters.map(describe),
    fired: () => [...fired],
    clear() {
      const dropped = counters.length;
      counters = [];
      return dropped;
    },
  };
}

function describe({ spec, matched, fired }: Counter): PlannedFault {
  return { ...spec, matched, fired };
}

function hasFiringsLeft({ spec, fired, firstFiredAt }: Counter, now: number): boolean {
  const { fault, times } = spec;
  if (fault.kind === 'not-found-for') {
    return fault.ms === undefined
      ? fired < (fault.count ?? 0)
      : firstFiredAt === undefined || now < firstFiredAt + fault.ms;
  }
  return times === 'unlimited' || fired < times;
}

function matchesRequest({ match, fault }: Counter['spec'], facts: RequestFacts): boolean {
  const { path, ...equal } = match;
  if (fault.kind === 'not-found-for' && facts.operation !== 'status' && facts.operation !== 'list')
    return false;
  if (path !== undefined && !new RegExp(path).test(facts.path)) return false;
  return (Object.keys(equal) as (keyof typeof equal)[]).every(
    (field) => equal[field] === undefined || equal[field] === facts[field],
  );
}
