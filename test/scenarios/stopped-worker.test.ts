/** SIGTERM in mid-submit: the worker finishes the send, or reports that its outcome is unknown; it loses nothing. */
import { isSubmit, providers, startStage } from '../support/payout-stage';

const installation = 'stopped-worker';

describe('a graceful stop in mid-submit, and a restart', () => {
  it.concurrent.each([
    { name: 'the reply still comes', released: true },
    { name: 'the reply never comes', released: false },
  ])(
    '$name: one debit, paid, and no send is lost',
    async ({ released }) => {
      // Three sends must be under way at once, on a slow machine too; cut off only where the reply never comes.
      const stage = await startStage(installation, { common: { submitTimeoutMs: 8_000 } });
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
        const stopped = worker.stop();
        await worker.logged('worker stopping');
        expect(await Promise.all(payouts.map(({ request }) => stage.sends(request)))).toEqual(
          providers.map(() => ['open']),
        );
        if (released) for (const { held } of payouts) held.release();
        expect(await stopped).toBe(0);

        // Told to Temporal by the worker that stopped, as a result.
        expect(await Promise.all(payouts.map(({ request }) => stage.sends(request)))).toEqual(
          providers.map(() => ['completed']),
        );
        stage.startWorker();
        for (const { provider, request } of payouts) {
          const { status, heldReason } = await stage.settled(request);
          expect({ provider, status, heldReason }).toEqual({
            provider,
            status: 'paid',
            heldReason: undefined,
          });
          expect(stage.debits(provider, request)).toBe(1);
          expect(stage.ledger(provider)).toHaveLength(1);
          const { events } = await stage.timeline(request);
          expect(events.some(({ type }) => type === 'outcome-unknown')).toBe(!released);
        }
      } finally {
        await stage.stop();
      }
    },
    200_000,
  );
});
