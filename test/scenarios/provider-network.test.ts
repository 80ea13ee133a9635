/** Every way in which the network between worker and provider breaks, at every provider: one debit, and no person. */
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { SimulatorName } from '../../src/simulators/start-simulators';
import { expectNothingElse, expectPaidOnce } from '../support/expect-paid';
import { isStatusRead, isSubmit, providers, startStage } from '../support/payout-stage';
import { recordFaults } from '../support/proof-record';
import type { GatePoint, StoppedExchange } from '../support/provider-gate';

const installation = 'provider-network';

type NetworkFault = {
  readonly name: string;
  readonly at: GatePoint;
  /** What the worker's connection does; `silence`: half open, until the worker leaves by its own deadline. */
  readonly connection: 'reset' | 'cut' | 'silence' | 'late';
  /** Whether what stands goes on behind the broken connection: the request arrives although nobody waits for its reply. */
  readonly goesOn: boolean;
  /** Whether the worker can tell what became of the send. */
  readonly unknown: boolean;
};

const faults: readonly NetworkFault[] = [
  { name: 'reset, request lost', at: 'written', connection: 'reset', goesOn: false, unknown: true },
  { name: 'reset, request arrives', at: 'written', connection: 'reset', goesOn: true, unknown: true },
  { name: 'reset before the reply', at: 'processed', connection: 'reset', goesOn: false, unknown: true },
  { name: 'reset inside the reply', at: 'mid-reply', connection: 'reset', goesOn: false, unknown: true },
  { name: 'cut, request lost', at: 'written', connection: 'cut', goesOn: false, unknown: true },
  { name: 'cut, request arrives', at: 'written', connection: 'cut', goesOn: true, unknown: true },
  { name: 'cut before the reply', at: 'processed', connection: 'cut', goesOn: false, unknown: true },
  { name: 'cut inside the reply', at: 'mid-reply', connection: 'cut', goesOn: false, unknown: true },
  { name: 'half open, request lost', at: 'written', connection: 'silence', goesOn: false, unknown: true },
  {
    name: 'half open, request comes late',
    at: 'written',
    connection: 'silence',
    goesOn: true,
    unknown: true,
  },
  {
    name: 'half open before the reply',
    at: 'processed',
    connection: 'silence',
    goesOn: false,
    unknown: true,
  },
  { name: 'half open in the reply', at: 'mid-reply', connection: 'silence', goesOn: false, unknown: true },
  { name: 'late, but in time', at: 'processed', connection: 'late', goesOn: true, unknown: false },
  // The last ones: what was never written is sent again at once, and would meet the next fault.
  {
    name: 'half open while connecting',
    at: 'connecting',
    connection: 'silence',
    goesOn: false,
    unknown: false,
  },
  { name: 'reset while connecting', at: 'connecting', connection: 'reset', goesOn: false, unknown: false },
];

async function play({ connection, goesOn }: NetworkFault, exchange: StoppedExchange): Promise<void> {
  await exchange.reached;
  if (connection === 'reset') exchange.reset();
  if (connection === 'cut') exchange.cut();
  if (connection === 'late') {
    await new Promise((resolve) => setTimeout(resolve, 500));
    exchange.release();
  }
  await exchange.abandoned;
  if (goesOn) exchange.release();
}

describe('a broken connection between worker and provider', () => {
  it.concurrent(
    'in mid-submit: every payout is paid by one debit',
    async () => {
      // No replay before every first send has met its fault: a Pontis request is encrypted, so only the order tells whose
      // it is.
      const stage = await startStage(installation, {
        common: { contract: { recoveryPlanMs: [15_000, 1_000, 2_000] } },
      });
      try {
        const worker = stage.startWorker();
        await worker.started;
        const disturbed = await Promise.all(
          providers.map(async (provider) => {
            const payouts: {
              readonly provider: SimulatorName;
              readonly request: PayoutRequest;
              readonly fault: NetworkFault;
              readonly fired: Promise<void>;
            }[] = [];
            for (const fault of faults) {
              const request = stage.request(provider);
              const exchange = stage.gates[provider].stopNext({ at: fault.at, match: isSubmit[provider] });
              const fired = play(fault, exchange);
              await stage.client.start(request);
              await exchange.reached;
              payouts.push({ provider, request, fault, fired });
            }
            return payouts;
          }),
        );
        const payouts = disturbed.flat();
        expect(payouts).toHaveLength(providers.length * faults.length);
        for (const { fired } of payouts) await fired;
        recordFaults(installation, { 'broken connections in a submit': payouts.length });

        for (const { provider, request, fault } of payouts) {
          await expectPaidOnce(stage, provider, request, fault.name);
          const { events } = await stage.timeline(request);
          const unknown = events.some(({ type }) => type === 'outcome-unknown');
          expect({ name: fault.name, provider, unknown }).toEqual({
            name: fault.name,
            provider,
            unknown: fault.unknown,
          });
        }
        expectNothingElse(stage, payouts);
        expect(await worker.stop()).toBe(0);
      } finally {
        await stage.stop();
      }
    },
    200_000,
  );

  it.concurrent(
    'under status reads, also on a connection that was used before: the payout is followed to its end',
    async () => {
      const stage = await startStage(installation);
      try {
        const worker = stage.startWorker();
        await worker.started;
        const reads = faults.filter(({ at }) => at !== 'connecting');
        const payouts = await Promise.all(
          providers.map(async (provider) => {
            const request = stage.request(provider);
            const fired = reads.map((fault) =>
              play(fault, stage.gates[provider].stopNext({ at: fault.at, match: isStatusRead[provider] })),
            );
            await stage.client.start(request);
            return { provider, request, fired };
          }),
        );
        for (const { provider, request, fired } of payouts) {
          await Promise.all(fired);
          await expectPaidOnce(stage, provider, request);
          expect(stage.submits(provider, request)).toHaveLength(1);
        }
        recordFaults(installation, { 'broken connections in a read': payouts.length * reads.length });
        expectNothingElse(stage, payouts);
        expect(await worker.stop()).toBe(0);
      } finally {
        await stage.stop();
      }
    },
    200_000,
  );
});
