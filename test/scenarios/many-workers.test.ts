/** Workers beside each other, and a worker that remembers no run from one task to the next. */
import { parseWorkerIdentity } from '../../src/contract/worker-identity';
import { payoutWorkflowId } from '../../src/contract/workflow-ids';
import { isSubmit, providers, startStage } from '../support/payout-stage';

describe('two workers', () => {
  it.concurrent.each(providers)(
    '%s: one is killed with a send in its hands; the other finishes the payout without a second debit',
    async (provider) => {
      const stage = await startStage('two-workers');
      try {
        const workers = [stage.startWorker(), stage.startWorker()];
        await Promise.all(workers.map(({ started }) => started));
        const request = stage.request(provider);
        const held = stage.gates[provider].stopNext({ at: 'processed', match: isSubmit[provider] });
        await stage.client.start(request);
        await held.reached;
        const { raw } = await stage.temporal.workflow.getHandle(payoutWorkflowId(request)).describe();
        const owner = raw.pendingActivities?.[0]?.lastWorkerIdentity;
        const victim = workers.find(({ pid }) =>
          parseWorkerIdentity(owner ?? '')?.process.startsWith(`${pid}@`),
        );
        const survivor = workers.find((worker) => worker !== victim);
        expect(victim).toBeDefined();
        await victim?.kill();
        const { status, heldReason } = await stage.settled(request);
        expect({ provider, status, heldReason }).toEqual({ provider, status: 'paid', heldReason: undefined });
        expect((await stage.sends(request))[0]).toBe('timed out');
        expect(stage.ledger(provider)).toHaveLength(1);
        expect(await survivor?.stop()).toBe(0);
      } finally {
        await stage.stop();
      }
    },
    200_000,
  );
});

describe('a worker with next to no cache', () => {
  it.concurrent.each([0, 3])(
    '%i cached runs: payouts side by side, with and without a lost reply, are paid once each',
    async (maxCachedWorkflows) => {
      const stage = await startStage('tiny-cache', { worker: { maxCachedWorkflows }, ungated: true });
      try {
        const payouts = providers.flatMap((provider) =>
          [false, false, true].map((lost) => ({ provider, lost, request: stage.request(provider) })),
        );
        for (const { provider, lost, request } of payouts) if (lost) stage.loseReply(provider, request);
        const worker = stage.startWorker();
        await Promise.all(payouts.map(({ request }) => stage.client.start(request)));
        for (const { provider, request } of payouts) {
          const { status, heldReason } = await stage.settled(request);
          expect({ provider, status, heldReason }).toEqual({
            provider,
            status: 'paid',
            heldReason: undefined,
          });
          expect(stage.debits(provider, request)).toBe(1);
        }
        for (const provider of providers) {
          expect(stage.ledger(provider)).toHaveLength(3);
          expect(stage.simulators[provider].simulator.firedFaults()).toHaveLength(1);
        }
        expect(await worker.stop()).toBe(0);
      } finally {
        await stage.stop();
      }
    },
    200_000,
  );
});
