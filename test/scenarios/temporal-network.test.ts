/** Every way in which the network between worker and Temporal breaks while sends are under way. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expectNothingElse, expectPaidOnce } from '../support/expect-paid';
import { isSubmit, providers, startStage } from '../support/payout-stage';
import { testTemporalAddress } from '../support/payout-worker';
import { eventually } from '../support/process-watch';
import { recordFaults } from '../support/proof-record';
import { startTemporalGate } from '../support/temporal-gate';

const installation = 'temporal-network';

const faults = [
  { name: 'cut', lasts: 'a moment', given: ['completed', 'timed out'] },
  { name: 'half open', lasts: 'a moment', given: ['completed', 'timed out'] },
  // Temporal hears no heartbeat and gives the send up; its result comes too late and is refused.
  { name: 'half open', lasts: 'until the send is given up', given: ['timed out'] },
  { name: 'slow', lasts: 'a moment', given: ['completed'] },
] as const;

describe('a broken connection between worker and Temporal in mid-submit', () => {
  it.concurrent.each(faults)(
    '$name for $lasts: every payout is paid by one debit',
    async ({ name, lasts, given }) => {
      const temporal = await startTemporalGate(testTemporalAddress());
      const stage = await startStage(installation, {
        workerAddress: temporal.address,
        common: { submitTimeoutMs: 8_000 },
        worker: { shutdownGraceMs: 20_000 },
      });
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
        if (name === 'cut') temporal.cut();
        if (name === 'half open') temporal.freeze();
        if (name === 'slow') temporal.delay(400);
        // The reply comes while the worker cannot tell it.
        for (const { held } of payouts) {
          held.release();
          await held.abandoned;
        }
        if (lasts === 'a moment') await sleep(2_000);
        else {
          for (const { request } of payouts) {
            await eventually(
              'Temporal gives the send up',
              async () => (await stage.sends(request))[0] === 'timed out',
            );
          }
        }
        expect(temporal.disturbed()).toBeGreaterThan(0);
        if (name === 'slow') temporal.delay(0);
        else temporal.thaw();
        for (const { provider, request } of payouts) {
          await expectPaidOnce(stage, provider, request);
          expect(given).toContain((await stage.sends(request))[0]);
        }
        expectNothingElse(stage, payouts);
        recordFaults(installation, { [`sends under way, Temporal ${name}`]: payouts.length });
        expect(await worker.stop()).toBe(0);
      } finally {
        await stage.stop();
        await temporal.stop();
      }
    },
    200_000,
  );
});
