/**
 * `kill -9` of a worker process at every point of the submit step, once for each provider. The worker dies at an exact
 * byte: the gate before the provider holds the exchange there until the process is gone.
 */
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { SimulatorName } from '../../src/simulators/start-simulators';
import { expectNothingElse, expectPaidOnce } from '../support/expect-paid';
import type { PayoutStage } from '../support/payout-stage';
import { isRecovery, isSubmit, providers, startStage } from '../support/payout-stage';
import { testTemporalAddress } from '../support/payout-worker';
import { eventually } from '../support/process-watch';
import { recordFaults } from '../support/proof-record';
import type { GatePoint } from '../support/provider-gate';
import type { TemporalGate } from '../support/temporal-gate';
import { startTemporalGate } from '../support/temporal-gate';
import { WorkerSuccession } from '../support/worker-succession';

const installation = 'killed-worker';

/** What the provider had seen and booked when the worker was dead, and what it has seen when all is over. */
type Kill = {
  readonly name: string;
  readonly at: GatePoint;
  readonly seenAtKill: number;
  readonly bookedAtKill: number;
  /** The held request goes on to the provider after its sender is dead. */
  readonly travelsOn?: boolean;
  /** From the provider's answer on nothing gets through between worker and Temporal, or only what the worker says. */
  readonly temporalFrozen?: 'both' | 'to-worker';
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
    temporalFrozen: 'both',
    seenAtKill: 1,
    bookedAtKill: 1,
  },
  {
    name: 'with the completion reported, before the next workflow task',
    at: 'replied',
    temporalFrozen: 'to-worker',
    seenAtKill: 1,
    bookedAtKill: 1,
  },
];

type KilledPayout = {
  readonly request: PayoutRequest;
  readonly seenAtKill: number;
  readonly bookedAtKill: number;
};

/** Kills a worker for each provider, one after the other, while the earlier payouts are still unresolved. */
async function killEach(
  kill: Kill,
  stage: PayoutStage,
  temporal: TemporalGate,
  workers: WorkerSuccession,
): Promise<{
  readonly payouts: ReadonlyMap<SimulatorName, KilledPayout>;
  readonly second: readonly { readonly happened: boolean }[];
}> {
  const payouts = new Map<SimulatorName, KilledPayout>();
  const second: { readonly provider: SimulatorName; happened: boolean }[] = [];
  for (const provider of providers) {
    const request = stage.request(provider);
    await workers.current.started;
    const gate = stage.gates[provider];
    const held = gate.stopNext({
      at: kill.at,
      match: isSubmit[provider],
      ...(kill.temporalFrozen ? { onProcessed: () => temporal.freeze(kill.temporalFrozen) } : {}),
    });
    await stage.client.start(request);
    await held.reached;
    if (kill.temporalFrozen === 'to-worker') {
      await eventually(
        'Temporal knows the result',
        async () => (await stage.sends(request))[0] === 'completed',
      );
    }
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
        const workers = new WorkerSuccession(() => stage.startWorker());
        const { payouts, second } = await killEach(kill, stage, temporal, workers);
        // One after the other: a failure must not leave calls behind on a connection that is closed then.
        for (const [provider, { request, seenAtKill, bookedAtKill }] of payouts) {
          await expectPaidOnce(stage, provider, request);
          const [firstSend] = await stage.sends(request);
          // The kill met the send, and met it where it was planned.
          expect({ provider, seenAtKill, bookedAtKill, firstSend }).toEqual({
            provider,
            seenAtKill: kill.seenAtKill,
            bookedAtKill: kill.bookedAtKill,
            firstSend: kill.temporalFrozen === 'to-worker' ? 'completed' : 'timed out',
          });
        }
        expectNothingElse(
          stage,
          providers.map((provider) => ({ provider })),
        );
        expect(second.map(({ happened }) => happened)).toEqual(
          kill.again === undefined ? [] : [true, true, true],
        );
        expect(workers.killed).toBeGreaterThanOrEqual(providers.length + (kill.again === undefined ? 0 : 1));
        recordFaults('killed-worker', { 'kill -9 of a worker': workers.killed });
        expect(await workers.current.stop()).toBe(0);
      } finally {
        await stage.stop();
        await temporal.stop();
      }
    },
    200_000,
  );
});
