/**
 * SIGTERM at every point of the submit step, once for each provider: the worker finishes the send, or reports that its
 * outcome is unknown; it loses nothing.
 */
import { expectNothingElse, expectPaidOnce } from '../support/expect-paid';
import { isSubmit, providers, startStage } from '../support/payout-stage';
import { testTemporalAddress } from '../support/payout-worker';
import { eventually } from '../support/process-watch';
import { recordFaults } from '../support/proof-record';
import type { GatePoint, StoppedExchange } from '../support/provider-gate';
import { startTemporalGate } from '../support/temporal-gate';

const installation = 'stopped-worker';

/** What becomes of a send that is under way at the SIGTERM. `nothing`: it ends by its own deadline. */
type Stop = {
  readonly at: GatePoint;
  readonly next: 'nothing' | 'release' | 'reset';
  /** Whether the worker can only report that it does not know. */
  readonly unknown: boolean;
};

const stops: readonly Stop[] = [
  { at: 'written', next: 'release', unknown: false },
  { at: 'written', next: 'reset', unknown: true },
  { at: 'processed', next: 'release', unknown: false },
  { at: 'processed', next: 'nothing', unknown: true },
  { at: 'mid-reply', next: 'release', unknown: false },
  { at: 'mid-reply', next: 'reset', unknown: true },
  // The last to begin: nobody waits long for a connection.
  { at: 'connecting', next: 'release', unknown: false },
  { at: 'connecting', next: 'nothing', unknown: false },
];

describe('a graceful stop in mid-submit, and a restart', () => {
  it.concurrent(
    'with sends standing at every point: each is reported, none is lost, every payout is paid by one debit',
    async () => {
      // All sends must be under way at once, on a slow machine too; cut off only where no reply comes.
      const stage = await startStage(installation, {
        // A Pontis login is a read; the first `connecting` stops it.
        common: { submitTimeoutMs: 15_000, readTimeoutMs: 15_000 },
        worker: { shutdownGraceMs: 30_000 },
      });
      try {
        const worker = stage.startWorker();
        await worker.started;
        const standing = await Promise.all(
          providers.map(async (provider) => {
            const held: { readonly stop: Stop; readonly exchange: StoppedExchange }[] = [];
            const payouts = [];
            // One after the other: a Pontis request is encrypted, so only the order tells whose it is.
            for (const stop of stops) {
              const request = stage.request(provider);
              const exchange = stage.gates[provider].stopNext({ at: stop.at, match: isSubmit[provider] });
              await stage.client.start(request);
              await exchange.reached;
              held.push({ stop, exchange });
              payouts.push({ provider, request, stop });
            }
            return { held, payouts };
          }),
        );
        const payouts = standing.flatMap((each) => each.payouts);
        const stopped = worker.stop();
        await worker.logged('worker stopping');
        for (const { request } of payouts) expect(await stage.sends(request)).toEqual(['open']);
        for (const { stop, exchange } of standing.flatMap(({ held }) => held)) {
          if (stop.next === 'release') exchange.release();
          if (stop.next === 'reset') exchange.reset();
        }
        expect(await stopped).toBe(0);

        // Told to Temporal by the worker that stopped, as a result.
        for (const { request } of payouts) expect(await stage.sends(request)).toEqual(['completed']);
        recordFaults('stopped-worker', { 'sends under way at a SIGTERM': payouts.length });

        stage.startWorker();
        for (const { provider, request, stop } of payouts) {
          const name = `${stop.at}, then ${stop.next}`;
          await expectPaidOnce(stage, provider, request, name);
          const { events } = await stage.timeline(request);
          const unknown = events.some(({ type }) => type === 'outcome-unknown');
          expect({ name, provider, unknown }).toEqual({ name, provider, unknown: stop.unknown });
        }
        expectNothingElse(stage, payouts);
      } finally {
        await stage.stop();
      }
    },
    200_000,
  );

  it.concurrent.each([
    { name: 'with replies read and Temporal not told', direction: 'both' },
    { name: 'with completions reported, before the next workflow task', direction: 'to-worker' },
  ] as const)(
    '$name: every payout is paid by one debit',
    async ({ direction }) => {
      const temporal = await startTemporalGate(testTemporalAddress());
      const stage = await startStage(installation, { workerAddress: temporal.address });
      try {
        const worker = stage.startWorker();
        await worker.started;
        const payouts = await Promise.all(
          providers.map(async (provider) => {
            const request = stage.request(provider);
            const held = stage.gates[provider].stopNext({ at: 'processed', match: isSubmit[provider] });
            await stage.client.start(request);
            await held.reached;
            return { provider, request, held };
          }),
        );
        temporal.freeze(direction);
        // All at once: a heartbeat that is not answered is the last one, and seconds later Temporal gives the attempt up.
        for (const { held } of payouts) held.release();
        for (const { held } of payouts) await held.abandoned;
        if (direction === 'to-worker') {
          for (const { request } of payouts) {
            await eventually('Temporal knows the result', async () =>
              (await stage.sends(request)).includes('completed'),
            );
          }
        }
        const stopped = worker.stop();
        await worker.logged('worker stopping');
        expect(temporal.disturbed()).toBeGreaterThan(0);
        temporal.thaw();
        expect(await stopped).toBe(0);
        recordFaults('stopped-worker', { 'sends under way at a SIGTERM': payouts.length });

        stage.startWorker();
        for (const { provider, request } of payouts) {
          await expectPaidOnce(stage, provider, request);
          // On a machine that took longer than the heartbeat timeout, Temporal did not wait for the report.
          const [first] = await stage.sends(request);
          expect(direction === 'both' ? ['completed', 'timed out'] : ['completed']).toContain(first);
        }
        expectNothingElse(stage, payouts);
      } finally {
        await stage.stop();
        await temporal.stop();
      }
    },
    200_000,
  );
});
