/**
 * SIGSTOP for longer than a send may take, then SIGCONT. Temporal gives the attempts up, another worker finds out and
 * finishes, and the one that wakes up with everything still in its hands sends nothing and is believed nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { payoutWorkflowId } from '../../src/contract/workflow-ids';
import { expectNothingElse, expectPaidOnce } from '../support/expect-paid';
import type { PayoutStage } from '../support/payout-stage';
import { isSubmit, providers, startStage } from '../support/payout-stage';
import { recordFaults } from '../support/proof-record';
import type { GatePoint } from '../support/provider-gate';

const installation = 'suspended-worker';

/**
 * Where the sends stand when the process is stopped. `before`: what was held goes on while it sleeps, so that it wakes up
 * to a connection that stands, or a reply that is there. `after`: once it is awake, too late for anybody.
 */
const moments: readonly { readonly at: GatePoint; readonly goesOn: 'before waking' | 'after waking' }[] = [
  { at: 'written', goesOn: 'before waking' },
  { at: 'written', goesOn: 'after waking' },
  { at: 'processed', goesOn: 'before waking' },
  { at: 'mid-reply', goesOn: 'before waking' },
  { at: 'connecting', goesOn: 'before waking' },
  { at: 'connecting', goesOn: 'after waking' },
];

/** As Temporal has it in the history: what the workflow asked for. */
async function startToCloseMs(stage: PayoutStage, workflowId: string): Promise<number> {
  const { events } = await stage.temporal.workflow.getHandle(workflowId).fetchHistory();
  const send = (events ?? []).find(
    ({ activityTaskScheduledEventAttributes }) =>
      activityTaskScheduledEventAttributes?.activityType?.name === 'submitPayout',
  );
  const timeout = send?.activityTaskScheduledEventAttributes?.startToCloseTimeout;
  if (!timeout) throw new Error('no send with a start-to-close timeout');
  return Number(timeout.seconds ?? 0) * 1_000;
}

describe('SIGSTOP of the worker in mid-submit for longer than start-to-close, then SIGCONT', () => {
  it('sends nothing when it wakes up; its late results are refused; every payout is paid by one debit', async () => {
    // A Pontis login is a read, and the first connection that is held.
    const stage = await startStage(installation, {
      common: { submitTimeoutMs: 8_000, readTimeoutMs: 8_000 },
      worker: { shutdownGraceMs: 20_000 },
    });
    try {
      const sleeper = stage.startWorker();
      await sleeper.started;
      const payouts = (
        await Promise.all(
          providers.map(async (provider) => {
            const held = [];
            // One after the other: a Pontis request is encrypted, so only the order tells whose it is.
            for (const moment of moments) {
              const request = stage.request(provider);
              const exchange = stage.gates[provider].stopNext({ at: moment.at, match: isSubmit[provider] });
              await stage.client.start(request);
              await exchange.reached;
              held.push({ provider, request, moment, exchange });
            }
            return held;
          }),
        )
      ).flat();
      sleeper.suspend();
      const suspendedAt = performance.now();
      for (const { request } of payouts) expect(await stage.sends(request)).toEqual(['open']);
      const limitMs = Math.max(
        ...(await Promise.all(
          payouts.map(({ request }) => startToCloseMs(stage, payoutWorkflowId(request))),
        )),
      );

      const successor = stage.startWorker();
      await successor.started;
      for (const { moment, exchange } of payouts) if (moment.goesOn === 'before waking') exchange.release();
      for (const { provider, request, moment } of payouts) {
        await expectPaidOnce(stage, provider, request, `${moment.at}, goes on ${moment.goesOn}`);
        // Written before the sleep or not, Temporal could not wait: nobody reported.
        expect((await stage.sends(request))[0]).toBe('timed out');
      }
      await sleep(Math.max(0, limitMs + 1_000 - (performance.now() - suspendedAt)));
      const seen = payouts.map(({ provider, request }) => stage.submits(provider, request).length);
      const sends = await Promise.all(payouts.map(({ request }) => stage.sends(request)));

      sleeper.wake();
      for (const { moment, exchange } of payouts) {
        if (moment.goesOn === 'after waking') exchange.release();
        // The woken worker has looked at its deadline and gone.
        await exchange.abandoned;
      }
      // It has told Temporal what it thinks of them: it ends only then.
      expect(await sleeper.stop()).toBe(0);

      for (const [index, { provider, request, moment }] of payouts.entries()) {
        const name = `${moment.at}, goes on ${moment.goesOn}`;
        // What was on its way before the sleep may still arrive; a new byte is never written.
        const onItsWay = moment.at === 'written' && moment.goesOn === 'after waking' ? 1 : 0;
        const submits = stage.submits(provider, request).length - onItsWay;
        expect({ name, provider, submits }).toEqual({ name, provider, submits: seen[index] });
        expect(await stage.sends(request)).toEqual(sends[index]);
        await expectPaidOnce(stage, provider, request, name);
      }
      expectNothingElse(stage, payouts);
      recordFaults('suspended-worker', {
        'SIGSTOP longer than start-to-close': 1,
        'sends under way at a SIGSTOP': payouts.length,
      });
      expect(await successor.stop()).toBe(0);
    } finally {
      await stage.stop();
    }
  }, 200_000);
});
