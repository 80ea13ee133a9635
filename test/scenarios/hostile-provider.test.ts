/** A provider that answers garbage, nothing, 10 MB, or not at all: the payout stays safe, the worker lives on. */
import type { FaultSpec } from '../../src/simulators/fault-spec';
import { providers, startStage } from '../support/payout-stage';

const answers: readonly { readonly name: string; readonly fault: FaultSpec['fault'] }[] = [
  { name: 'a web page', fault: { kind: 'garbage', content: 'html' } },
  // What a filter answers that swallowed the reply to a payout that was made.
  { name: 'a web page with 403', fault: { kind: 'garbage', content: 'html', status: 403, processed: true } },
  { name: 'a web page with 404', fault: { kind: 'garbage', content: 'html', status: 404, processed: true } },
  { name: 'bytes that are no text', fault: { kind: 'garbage', content: 'bytes' } },
  { name: '10 MB', fault: { kind: 'oversized' } },
  { name: 'an empty reply', fault: { kind: 'refuse', status: 200, body: '' } },
  { name: 'nothing', fault: { kind: 'hang' } },
];

describe('a hostile answer to the submit', () => {
  it('is survived by the worker; every payout is paid once, and so is the next one', async () => {
    const stage = await startStage('hostile-provider', { ungated: true });
    try {
      const worker = stage.startWorker();
      const payouts = providers.flatMap((provider) =>
        answers.map(({ name, fault }) => {
          const request = stage.request(provider);
          stage.disturb(provider, request, fault);
          return { name, provider, request };
        }),
      );
      await Promise.all(payouts.map(({ request }) => stage.client.start(request)));
      for (const { name, provider, request } of payouts) {
        const { status, heldReason } = await stage.settled(request);
        expect({ name, provider, status, heldReason }).toEqual({
          name,
          provider,
          status: 'paid',
          heldReason: undefined,
        });
        expect(stage.debits(provider, request)).toBe(1);
        // Visible: the timeline says that the outcome was unknown.
        const { events } = await stage.timeline(request);
        expect(events.map(({ type }) => type)).toContain('outcome-unknown');
      }
      for (const provider of providers) {
        expect(stage.simulators[provider].simulator.firedFaults()).toHaveLength(answers.length);
        const next = stage.request(provider);
        await stage.client.start(next);
        expect((await stage.settled(next)).status).toBe('paid');
        expect(stage.ledger(provider)).toHaveLength(answers.length + 1);
      }
      expect(worker.isRunning()).toBe(true);
      expect(await worker.stop()).toBe(0);
    } finally {
      await stage.stop();
    }
  }, 240_000);
});
