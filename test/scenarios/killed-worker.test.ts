/**
 * `kill -9` of a worker process at every point of the submit step, once for each provider. The worker dies at an exact
 * byte: the gate before the provider holds the exchange there until the process is gone.
 */
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { SimulatorName } from '../../src/simulators/start-simulators';
import type { PayoutStage } from '../support/payout-stage';
import { isRecovery, isSubmit, providers, startStage } from '../support/payout-stage';
import { testTemporalAddress } from '../support/payout-worker';
import type { GatePoint } from '../support/provider-gate';
import type { TemporalGate } from '../support/temporal-gate';
import { startTemporalGate } from '../support/temporal-gate';
import type { WorkerUnderTest } from '../support/worker-under-test';

const installation = 'killed-worker';

/** What the provider had seen and booked when the worker was dead, and what it has seen when all is over. */
type Kill = {
  readonly name: string;
  readonly at: GatePoint;
  readonly seenAtKill: number;
  readonly bookedAtKill: number;
  /** The held request goes on to the provider after its sender is dead. */
  readonly travelsOn?: boolean;
  /** Nothing reaches Temporal from the moment that the send is on its way. */
  readonly temporalFrozen?: boolean;
  /** The second worker is killed, too, with the first step of recovery in its hands. */
  readonly again?: GatePoint;
};

const kills: readonly Kill[] = [
  // The longest first: a read that dies with its worker is repeated only after its time limit.
  {
    name: 'a second time, before the first step of recovery reaches the provider',
    at: 'processed',
    again: 'written',
    seenAtKill: 1,
    bookedAtKill: 1,
  },
  {
    name: 'a second time, with the answer to recovery on its way',
    at: 'processed',
    again: 'processed',
    seenAtKill: 1,
    bookedAtKill: 1,
  },
  { name: 'while it connects, before the first byte', at: 'connecting', seenAtKill: 0, bookedAtKill: 0 },
  { name: 'with the request written and lost', at: 'written', seenAtKill: 0, bookedAtKill: 0 },
  {
    name: 'with the request written, which arrives when its sender is dead',
    at: 'written',
    travelsOn: true,
    seenAtKill: 0,
    bookedAtKill: 0,
  },
  { name: 'after the provider booked, before the reply', at: 'processed', seenAtKill: 1, bookedAtKill: 1 },
  { name: 'in the middle of the reply', at: 'mid-reply', seenAtKill: 1, bookedAtKill: 1 },
  {
    name: 'with the reply read and Temporal not told',
    at: 'replied',
    temporalFrozen: true,
    seenAtKill: 1,
    bookedAtKill: 1,
  },
];

type KilledPayout = {
  readonly request: PayoutRequest;
  readonly seenAtKill: number;
  readonly bookedAtKill: number;
};

/** One worker at a time; a killed one is followed by the next. */
class Succession {
  current: WorkerUnderTest;
  killed = 0;
  private next: Promise<void> = Promise.resolve();

  constructor(private readonly stage: PayoutStage) {
    this.current = stage.startWorker();
  }

  /** Kills the worker that runs now, at once, and starts another when it is dead. */
  async killCurrent(whenDead: () => void = () => undefined): Promise<void> {
    const victim = this.current;
    if (victim.isRunning()) this.killed += 1;
    const dead = victim.kill();
    this.next = this.next.then(async () => {
      await dead;
      whenDead();
      // Two exchanges may have been stopped in the same worker.
      if (this.current === victim) this.current = this.stage.startWorker();
    });
    await this.next;
  }
}

/** Kills a worker for each provider, one after the other, while the earlier payouts are still unresolved. */
async function killEach(kill: Kill, stage: PayoutStage, temporal: TemporalGate, workers: Succession) {
  const payouts = new Map<SimulatorName, KilledPayout>();
  const second: { readonly provider: SimulatorName; happened: boolean }[] = [];
  for (const provider of providers) {
    const request = stage.request(provider);
    await workers.current.started;
    const gate = stage.gates[provider];
    const held = gate.stopNext({
      at: kill.at,
      match: isSubmit[provider],
      ...(kill.temporalFrozen ? { onProcessed: () => temporal.freeze() } : {}),
    });
    await stage.client.start(request);
    await held.reached;
    await workers.killCurrent(() => {
      payouts.set(provider, {
        request,
        seenAtKill: stage.submits(provider, request).length,
        bookedAtKill: stage.debits(provider, request),
      });
      if (kill.travelsOn) held.release();
      temporal.thaw();
    });
    if (kill.again === undefined) continue;
    const secondKill = { provider, happened: false };
    second.push(secondKill);
    const recovery = gate.stopNext({ at: kill.again, match: isRecovery[provider] });
    void recovery.reached.then(async () => {
      secondKill.happened = true;
      await workers.killCurrent();
    });
  }
  return { payouts, second };
}

describe('kill -9 of the worker in mid-submit, and a restart', () => {
  it.concurrent.each(kills)(
    '$name: every payout is paid, by one debit',
    async (kill) => {
      const temporal = await startTemporalGate(testTemporalAddress());
      const stage = await startStage(installation, { workerAddress: temporal.address });
      try {
        const workers = new Succession(stage);
        const { payouts, second } = await killEach(kill, stage, temporal, workers);
        // One after the other: a failure must not leave calls behind on a connection that is closed then.
        for (const [provider, { request, seenAtKill, bookedAtKill }] of payouts) {
          const { status, moneyMoved, heldReason } = await stage.settled(request);
          const sends = await stage.sends(request);
          expect({ provider, status, moneyMoved, heldReason }).toEqual({
            provider,
            status: 'paid',
            moneyMoved: 'yes',
            heldReason: undefined,
          });
          // The kill met the send, and met it where it was planned.
          expect({ provider, seenAtKill, bookedAtKill, firstSend: sends[0] }).toEqual({
            provider,
            seenAtKill: kill.seenAtKill,
            bookedAtKill: kill.bookedAtKill,
            firstSend: 'timed out',
          });
          expect(stage.debits(provider, request)).toBe(1);
          expect(stage.ledger(provider)).toHaveLength(1);
        }
        expect(second.map(({ happened }) => happened)).toEqual(
          kill.again === undefined ? [] : [true, true, true],
        );
        expect(workers.killed).toBeGreaterThanOrEqual(providers.length + (kill.again === undefined ? 0 : 1));
        expect(await workers.current.stop()).toBe(0);
      } finally {
        await stage.stop();
        await temporal.stop();
      }
    },
    200_000,
  );
});
