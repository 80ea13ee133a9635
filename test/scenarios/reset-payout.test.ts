/** `temporal workflow reset`, by Temporal's own CLI, to before the submit: nothing is ever paid a second time. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { payoutWorkflowId } from '../../src/contract/workflow-ids';
import { findTemporalCli } from '../../src/dev/temporal-cli-finder';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { PayoutStage } from '../support/payout-stage';
import { providers, startStage } from '../support/payout-stage';
import { eventually } from '../support/process-watch';
import { testTemporalAddress } from '../support/payout-worker';

const run = promisify(execFile);

/** As `docs/operations.md` would have a person do it: the first workflow task of the newest run. */
async function resetToBeforeSubmit(stage: PayoutStage, request: PayoutRequest): Promise<void> {
  const workflowId = payoutWorkflowId(request);
  const before = await stage.temporal.workflow.getHandle(workflowId).describe();
  const { path } = await findTemporalCli({ say: () => undefined });
  await run(path, [
    'workflow',
    'reset',
    '--address',
    testTemporalAddress(),
    '--workflow-id',
    workflowId,
    '--type',
    'FirstWorkflowTask',
    '--reason',
    'test',
  ]);
  const after = await stage.temporal.workflow.getHandle(workflowId).describe();
  expect(after.runId).not.toBe(before.runId);
}

const minutes = 60_000;

describe('a reset to before the submit', () => {
  it.concurrent(
    'early, inside the key window: one debit, paid again',
    async () => {
      const stage = await startStage('reset-payout', { ungated: true });
      try {
        stage.startWorker();
        const payouts = providers.map((provider) => ({ provider, request: stage.request(provider) }));
        await Promise.all(payouts.map(({ request }) => stage.client.start(request)));
        for (const { request } of payouts) expect((await stage.settled(request)).status).toBe('paid');
        await Promise.all(payouts.map(({ request }) => resetToBeforeSubmit(stage, request)));
        for (const { provider, request } of payouts) {
          const { status, heldReason } = await stage.settled(request);
          expect({ provider, status, heldReason }).toEqual({
            provider,
            status: 'paid',
            heldReason: undefined,
          });
          expect(stage.ledger(provider).filter(({ kind }) => kind === 'debit')).toHaveLength(1);
          const { events } = await stage.timeline(request);
          expect(events.find(({ type }) => type === 'outcome-unknown')?.code).toBe('run_reset');
        }
      } finally {
        await stage.stop();
      }
    },
    200_000,
  );

  it.concurrent.each([{ hidden: false }, { hidden: true }])(
    'after the key window (provider finds nothing: $hidden): held or paid, never a second debit',
    async ({ hidden }) => {
      // The window has passed when the payout is paid; the provider's own has, when its clock has moved.
      const stage = await startStage('reset-payout', {
        ungated: true,
        common: { contract: { replayWindowMs: 1_000, personAfterMs: 2_000 } },
      });
      try {
        stage.startWorker();
        const payouts = providers.map((provider) => ({ provider, request: stage.request(provider) }));
        await Promise.all(payouts.map(({ request }) => stage.client.start(request)));
        for (const { request } of payouts) expect((await stage.settled(request)).status).toBe('paid');
        stage.simulators.syncgram.advanceClock(31 * minutes);
        if (hidden) {
          stage.simulators.syncgram.simulator.addFault({
            times: 'unlimited',
            fault: { kind: 'not-found-for', ms: 60 * minutes },
          });
        }
        await Promise.all(payouts.map(({ request }) => resetToBeforeSubmit(stage, request)));
        for (const { provider, request } of payouts) {
          const findable = provider === 'payfield' || (provider === 'syncgram' && !hidden);
          // A person may be asked before the look-up has found it.
          const { status, heldReason } = await stage.settled(request, { throughHolds: findable });
          expect({ provider, status, heldReason }).toEqual({
            provider,
            status: findable ? 'paid' : 'unconfirmed',
            heldReason: findable ? undefined : 'outcome_unknown',
          });
        }
        if (hidden) {
          // A person who resumes makes it look again, and look only.
          const { simulator } = stage.simulators.syncgram;
          const syncgram = payouts.find(({ provider }) => provider === 'syncgram');
          if (syncgram === undefined) throw new Error('no payout');
          const seen = simulator.requests().length;
          const { tenant, reference } = syncgram.request;
          await stage.client.resume({ tenant, reference, by: 'alice', reason: 'test' });
          await eventually('another look', () => simulator.requests().length > seen);
        }
        for (const { provider, request } of payouts) {
          expect(stage.submits(provider, request)).toHaveLength(1);
          expect(stage.ledger(provider).filter(({ kind }) => kind === 'debit')).toHaveLength(1);
        }
      } finally {
        await stage.stop();
      }
    },
    200_000,
  );
});
