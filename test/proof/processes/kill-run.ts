/**
 * Real processes under fire: a Temporal server in a file, a worker, and the three simulated providers; payouts over all
 * of them without a pause, while worker and server are killed, stopped, suspended and cut off at drawn moments. At the end
 * every payout is compared with the providers' ledgers. The seed fixes what is done and where, in which order; how the
 * processes run between two faults, no seed can fix.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { PayoutClientError } from '../../../src/client/errors';
import type { PayoutOutcome } from '../../../src/client/payout-outcome';
import type { PayoutRequest } from '../../../src/domain/payout-request';
import type { SimulatorName } from '../../../src/simulators/start-simulators';
import type { OwnTemporalServer } from '../../support/own-temporal-server';
import { startOwnTemporalServer } from '../../support/own-temporal-server';
import type { PayoutStage } from '../../support/payout-stage';
import { isStatusRead, isSubmit, startStage } from '../../support/payout-stage';
import type { GateStop, StoppedExchange } from '../../support/provider-gate';
import type { Draws } from '../../support/seeded-draws';
import { createDraws } from '../../support/seeded-draws';
import type { TemporalGate } from '../../support/temporal-gate';
import { startTemporalGate } from '../../support/temporal-gate';
import { WorkerSuccession } from '../../support/worker-succession';

export type KillRunOptions = {
  /** How many processes to kill with `kill -9`; a kill of server and worker together counts as two. */
  readonly kills: number;
  readonly seed: number;
  readonly onProgress?: (line: string) => void;
};

export type KillRunReport = {
  readonly seed: number;
  readonly kills: number;
  readonly serverKills: number;
  /** Kills by the point of an exchange at which they came. */
  readonly byPoint: Readonly<Record<string, number>>;
  readonly payouts: number;
  /** Payouts by final status. */
  readonly ended: Readonly<Record<string, number>>;
  readonly held: number;
  /** What must never be; empty when the run passed. */
  readonly violations: readonly string[];
  /** Every kind of fault and how often it fired; each planned one did, or was drawn again. */
  readonly faultsFired: Readonly<Record<string, number>>;
  /** Faults whose moment did not come within the patience of the run. */
  readonly faultsMissed: number;
  readonly seconds: number;
};

/** Drawn as often as they stand here. */
const kinds = [
  'kill worker',
  'kill worker',
  'kill worker',
  'kill worker',
  'kill worker',
  'kill worker',
  'kill worker',
  'kill worker',
  'kill server',
  'kill server',
  'kill both',
  'kill both',
  'stop worker',
  'suspend worker',
  'reset',
  'cut',
  'half open',
] as const;
type FaultKind = (typeof kinds)[number];

/** Where in an exchange it strikes, as long as the connection is still there to be broken. */
const connectedPoints = [
  'connecting',
  'written',
  'processed',
  'mid-reply',
  'read sent',
  'read answered',
] as const;
/** With the reply read; around the report to Temporal; in no exchange at all. */
const points = [...connectedPoints, 'replied', 'reported', 'any moment'] as const;
type Point = (typeof points)[number];

const providerNames = ['pontis', 'payfield', 'syncgram'] as const;
/** Payouts under way at each provider at any time. */
const lanesPerProvider = 4;
const momentWithinMs = 20_000;
const mostMissed = 20;
/** Some payouts meet one kill after the other; after the last one a minute is plenty. */
const settledWithinMs = 24 * 60 * 60_000;
const endsWithinMs = 5 * 60_000;

type Fault = {
  readonly kind: FaultKind;
  readonly point: Point;
  readonly provider: SimulatorName;
  /** What stands goes on after the blow: the request arrives although its sender is gone. */
  readonly goesOn: boolean;
  readonly delayMs: number;
  readonly restMs: number;
};

type Scene = {
  readonly stage: PayoutStage;
  readonly server: OwnTemporalServer;
  readonly temporal: TemporalGate;
  readonly workers: WorkerSuccession;
};

type PaidPayout = {
  readonly provider: SimulatorName;
  readonly request: PayoutRequest;
  outcome?: PayoutOutcome;
};

/** Pays and kills until enough has been killed, then lets everything come to its end and compares it with the ledgers. */
export async function runKills(options: KillRunOptions): Promise<KillRunReport> {
  const { kills, seed, onProgress = () => undefined } = options;
  onProgress(`kill run with seed ${seed}: ${kills} kills`);
  const startedAt = performance.now();
  const server = await startOwnTemporalServer();
  const temporal = await startTemporalGate(server.address);
  const stage = await startStage('kill-run', {
    temporalAddress: server.address,
    workerAddress: temporal.address,
  });
  try {
    fillBalances(stage);
    const workers = new WorkerSuccession(() => stage.startWorker());
    const scene = { stage, server, temporal, workers };
    const count = new Counter();
    const done = new AbortController();
    const payouts: PaidPayout[] = [];
    const lanes = providerNames.flatMap((provider) =>
      Array.from({ length: lanesPerProvider }, () =>
        payOneAfterTheOther(scene, provider, payouts, done.signal),
      ),
    );
    const draws = createDraws(seed);
    while (workers.killed + server.kills() < kills) {
      await strike(scene, drawFault(draws), count);
      onProgress(
        `${workers.killed + server.kills()} of ${kills} killed, ${payouts.length} payouts begun, ${
          payouts.filter(({ outcome }) => outcome !== undefined).length
        } ended`,
      );
    }
    done.abort();
    const late = await Promise.race([
      Promise.all(lanes).then(() => false),
      sleep(endsWithinMs, true, { ref: false }),
    ]);
    const violations = [
      ...(late
        ? [`payouts have not come to an end within ${endsWithinMs / 60_000} minutes after the last kill`]
        : []),
      ...payouts.flatMap((payout) => violationsOf(stage, payout)),
      ...strayDebits(stage, payouts),
    ];
    if ((await workers.current.stop()) !== 0) violations.push('the last worker did not stop in good order');
    return {
      seed,
      kills: workers.killed + server.kills(),
      serverKills: server.kills(),
      byPoint: count.of('point'),
      payouts: payouts.length,
      ended: tally(payouts.map(({ outcome }) => (outcome?.final ? outcome.status : 'not ended'))),
      held: payouts.filter(({ outcome }) => outcome?.heldReason !== undefined).length,
      violations,
      faultsFired: count.of('fault'),
      faultsMissed: count.total('missed'),
      seconds: Math.round((performance.now() - startedAt) / 1_000),
    };
  } finally {
    await stage.stop();
    await temporal.stop();
    await server.stop();
  }
}

class Counter {
  private readonly counts = new Map<string, Map<string, number>>();

  add(group: 'fault' | 'point' | 'missed', name: string, times = 1): void {
    const names = this.counts.get(group) ?? new Map<string, number>();
    this.counts.set(group, names.set(name, (names.get(name) ?? 0) + times));
  }

  of(group: string): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts.get(group) ?? []);
  }

  total(group: string): number {
    return [...(this.counts.get(group)?.values() ?? [])].reduce((sum, times) => sum + times, 0);
  }
}

function tally(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** The run is about lost messages: nobody runs out of money. */
function fillBalances({ simulators }: PayoutStage): void {
  const plenty = '1000000000.00';
  simulators.pontis.simulator.setBalance('USDT', plenty);
  simulators.payfield.simulator.setBalance('BDT', plenty);
  simulators.syncgram.simulator.setBalance('NGN', plenty);
}

async function payOneAfterTheOther(
  { stage }: Scene,
  provider: SimulatorName,
  payouts: PaidPayout[],
  done: AbortSignal,
): Promise<void> {
  while (!done.aborted) {
    const payout: PaidPayout = { provider, request: stage.request(provider) };
    payouts.push(payout);
    await startThroughOutages(stage, payout.request);
    payout.outcome = await stage.settled(payout.request, { withinMs: settledWithinMs });
  }
}

/** Starting is safe to repeat, and has to be: the server is killed in the middle of it. */
async function startThroughOutages(stage: PayoutStage, request: PayoutRequest): Promise<void> {
  for (;;) {
    try {
      await stage.client.start(request);
      return;
    } catch (error) {
      if (!(error instanceof PayoutClientError) || error.code !== 'temporal_unavailable') throw error;
      await sleep(100);
    }
  }
}

function drawFault(draws: Draws): Fault {
  const kind = draws.oneOf(kinds);
  const breaksConnection = kind === 'reset' || kind === 'cut' || kind === 'half open';
  return {
    kind,
    point: breaksConnection ? draws.oneOf(connectedPoints) : draws.oneOf(points),
    provider: draws.oneOf(providerNames),
    goesOn: draws.chance(0.5),
    delayMs: draws.below(1_500),
    restMs: draws.below(2_000),
  };
}

/** Waits for the fault's moment, strikes, and sees to it that server and worker run again. */
async function strike(scene: Scene, fault: Fault, count: Counter): Promise<void> {
  const { temporal, workers } = scene;
  await workers.current.started;
  const held = await momentOf(scene, fault);
  if (!workers.current.isRunning()) throw new Error('the worker ended by itself');
  if (held === 'missed') {
    count.add('missed', fault.point);
    if (count.total('missed') > mostMissed) throw new Error(`${mostMissed} moments in vain: nothing goes on`);
    return;
  }
  const before = workers.killed + scene.server.kills();
  await blow(scene, fault, held);
  count.add('fault', fault.kind);
  const killed = workers.killed + scene.server.kills() - before;
  if (killed > 0) count.add('point', fault.point, killed);
  if (fault.goesOn) held?.release();
  temporal.thaw();
  await workers.current.started;
  // Let it get somewhere: a worker that never lives for long only shows how it starts.
  await sleep(fault.restMs);
}

/** The exchange that stands at the fault's point; undefined for a moment in none. */
async function momentOf(
  { stage, temporal }: Scene,
  { point, provider, delayMs }: Fault,
): Promise<StoppedExchange | 'missed' | undefined> {
  if (point === 'any moment') {
    await sleep(delayMs);
    return undefined;
  }
  const held = stage.gates[provider].stopNext(stopAt(point, provider, temporal));
  const missed = await Promise.race([
    held.reached.then(() => false),
    sleep(momentWithinMs, true, { ref: false }),
  ]);
  if (missed) {
    held.disarm();
    held.release();
    return 'missed';
  }
  // Between the provider's reply, the report to Temporal, and what Temporal says next: Temporal cannot be heard.
  if (point === 'reported') await sleep(delayMs / 10);
  return held;
}

function stopAt(
  point: Exclude<Point, 'any moment'>,
  provider: SimulatorName,
  temporal: TemporalGate,
): GateStop {
  if (point === 'read sent') return { at: 'written', match: isStatusRead[provider] };
  if (point === 'read answered') return { at: 'processed', match: isStatusRead[provider] };
  const match = isSubmit[provider];
  if (point !== 'reported') return { at: point, match };
  return { at: 'replied', match, onProcessed: () => temporal.freeze('to-worker') };
}

async function blow(
  { server, workers }: Scene,
  { kind, delayMs }: Fault,
  held: StoppedExchange | undefined,
): Promise<void> {
  switch (kind) {
    case 'kill worker':
      await workers.killCurrent();
      return;
    case 'kill server':
      await server.kill();
      await server.restart();
      return;
    case 'kill both':
      await server.kill();
      await workers.killCurrent(() => server.restart());
      return;
    case 'stop worker':
      await workers.stopCurrent(() => held?.release());
      return;
    case 'suspend worker':
      workers.current.suspend();
      // Sometimes shorter, sometimes longer than the heartbeat timeout.
      await sleep(delayMs * 6);
      workers.current.wake();
      return;
    case 'reset':
      held?.reset();
      return;
    case 'cut':
      held?.cut();
      return;
    case 'half open':
      return;
  }
}

/** Inside their windows all three providers can be asked: nobody needs a person here, and nobody is paid but once. */
function violationsOf(stage: PayoutStage, { provider, request, outcome }: PaidPayout): readonly string[] {
  const debits = stage.debits(provider, request);
  const what = `${provider} ${request.reference}`;
  const said = outcome?.final ? outcome.status : 'without an end';
  return [
    ...(debits > 1 ? [`${what}: ${debits} debits`] : []),
    ...(outcome?.final ? [] : [`${what}: no end`]),
    ...(outcome?.heldReason === undefined ? [] : [`${what}: held as ${outcome.heldReason}`]),
    ...(outcome?.closed === undefined ? [] : [`${what}: its run was ended from outside`]),
    ...(said === 'paid' && debits !== 1 ? [`${what}: paid, with ${debits} debits`] : []),
    ...(said !== 'paid' && outcome?.final ? [`${what}: ended ${said}, which nothing here asks for`] : []),
  ];
}

/** The ledgers hold the payouts' debits and nothing else. */
function strayDebits(stage: PayoutStage, payouts: readonly PaidPayout[]): readonly string[] {
  return providerNames.flatMap((provider) => {
    const booked = stage.ledger(provider).length;
    const ours = payouts
      .filter((payout) => payout.provider === provider)
      .reduce((sum, { request }) => sum + stage.debits(provider, request), 0);
    return booked === ours
      ? []
      : [`${provider}: ${booked} bookings, ${ours} of them for payouts of this run`];
  });
}
