/** What the demo does not show, but histories must cover: recoveries, resets, and people with only Temporal's tools. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporal } from '@temporalio/proto';
import type { Client } from '@temporalio/client';
import type { PayoutClient } from '../../src/client/payout-client';
import { payoutWorkflowId } from '../../src/contract/workflow-ids';
import { payoutWorkflowType } from '../../src/contract/workflow-inputs';
import type { DevEnvironment } from '../../src/dev/dev-environment';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { PayoutStatus } from '../../src/domain/payout-status';

const { EventType } = temporal.api.enums.v1;

export type Stage = {
  readonly environment: DevEnvironment;
  readonly temporal: Client;
  readonly payouts: PayoutClient;
};

export type RecoveryPayout = {
  /** Also the payout's reference. */
  readonly name: string;
  readonly expected: PayoutStatus;
  /** Runs the payout until its newest run has ended. */
  run(stage: Stage): Promise<void>;
};

const identity = (reference: string) =>
  ({ schema: 1, tenant: 'recorded', reference, requestedBy: 'dora' }) as const;

const fromPontis = (
  reference: string,
  accountNumber: string,
  value: string,
  currency = 'USDT',
): PayoutRequest => ({
  ...identity(reference),
  amount: { value, side: 'source' },
  source: { currency },
  destination: { country: 'PH', currency: 'PHP' },
  beneficiary: { method: 'bank-account', name: 'Juan dela Cruz', account: { accountNumber } },
  purpose: 'Supplier payment',
  sourceOfFunds: 'Business revenue',
});

const fromPayfield = (reference: string, value: string): PayoutRequest => ({
  ...identity(reference),
  amount: { value, side: 'destination' },
  source: { currency: 'BDT' },
  destination: { country: 'BD', currency: 'BDT' },
  beneficiary: { method: 'card', name: 'Rahima Begum', account: { cardNumber: '4111111111111111' } },
  payer: { userId: 'merchant-user-001', ipAddress: '203.0.113.10' },
});

const fromSyncgram = (reference: string, accountNumber: string): PayoutRequest => ({
  ...identity(reference),
  amount: { value: '100.00', side: 'source' },
  source: { currency: 'USD' },
  destination: { country: 'NG', currency: 'NGN' },
  beneficiary: { method: 'bank-account', name: 'Ngozi Okafor', account: { accountNumber, bankCode: '058' } },
  payer: { email: 'payer@merchant.example' },
});

async function until(what: string, seen: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 90_000;
  while (!(await seen())) {
    if (performance.now() > deadline) throw new Error(`never: ${what}`);
    await sleep(100);
  }
}

const handleOf = ({ temporal: client }: Stage, request: PayoutRequest) =>
  client.workflow.getHandle(payoutWorkflowId(request));

async function pay(stage: Stage, request: PayoutRequest): Promise<void> {
  await stage.payouts.start(request);
  await handleOf(stage, request).result();
}

async function untilAwaitingApproval({ payouts }: Stage, request: PayoutRequest): Promise<void> {
  await until(
    'awaiting approval',
    async () => (await payouts.outcome(request)).status === 'awaiting-approval',
  );
}

/** What `temporal workflow reset` does, to the first workflow task; the newest run then goes on to its end. */
async function resetToStart(stage: Stage, request: PayoutRequest): Promise<void> {
  const handle = handleOf(stage, request);
  const { events } = await handle.fetchHistory();
  const first = (events ?? []).find(
    ({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
  );
  const { runId, workflowId } = await handle.describe();
  await stage.temporal.workflowService.resetWorkflowExecution({
    namespace: stage.environment.namespace,
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: first?.eventId ?? null,
    requestId: randomUUID(),
    reason: 'recorded',
  });
  await handleOf(stage, request).result();
}

export const recoveryPayouts: readonly RecoveryPayout[] = [
  {
    name: 'request-lost-payfield',
    expected: 'paid',
    async run(stage) {
      const request = fromPayfield(this.name, '810.00');
      stage.environment.simulators.payfield.simulator.addFault({
        match: { operation: 'submit', amount: '810.00' },
        fault: { kind: 'cut-before-processing' },
      });
      await pay(stage, request);
    },
  },
  {
    name: 'server-error-pontis',
    expected: 'paid',
    async run(stage) {
      stage.environment.simulators.pontis.simulator.addFault({
        match: { operation: 'submit', beneficiary: '1000000021' },
        fault: { kind: 'server-error', processed: true },
        times: 2,
      });
      await pay(stage, fromPontis(this.name, '1000000021', '130.00'));
    },
  },
  {
    name: 'rate-limited-syncgram',
    expected: 'paid',
    async run(stage) {
      stage.environment.simulators.syncgram.simulator.addFault({
        match: { operation: 'submit', beneficiary: '0123456721' },
        fault: { kind: 'rate-limited' },
      });
      await pay(stage, fromSyncgram(this.name, '0123456721'));
    },
  },
  {
    name: 'worker-killed-in-submit',
    expected: 'paid',
    async run(stage) {
      const { pontis } = stage.environment.simulators;
      pontis.simulator.addFault({
        match: { operation: 'submit', beneficiary: '1000000022' },
        fault: { kind: 'hang', processed: true },
      });
      const request = fromPontis(this.name, '1000000022', '140.00');
      await stage.payouts.start(request);
      await until('the send has reached the provider', () =>
        pontis.simulator.ledger().some(({ beneficiary }) => beneficiary === '1000000022'),
      );
      const pid = stage.environment.worker.pid();
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'reset-after-paid-pontis',
    expected: 'paid',
    async run(stage) {
      const request = fromPontis(this.name, '1000000023', '150.00');
      await pay(stage, request);
      await resetToStart(stage, request);
    },
  },
  {
    name: 'reset-after-paid-payfield',
    expected: 'paid',
    async run(stage) {
      const request = fromPayfield(this.name, '820.00');
      await pay(stage, request);
      await resetToStart(stage, request);
    },
  },
  {
    name: 'refused-by-a-signal',
    expected: 'rejected',
    async run(stage) {
      const request = fromPontis(this.name, '1000000024', '2600.00');
      await stage.payouts.start(request);
      await untilAwaitingApproval(stage, request);
      const { approval } = await stage.payouts.get(request);
      // The first one is refused, and seen in the timeline: whoever asked cannot decide.
      for (const by of ['dora', 'alice']) {
        await handleOf(stage, request).signal('decide', {
          schema: 1,
          by,
          decision: 'reject',
          digest: approval?.digest,
        });
      }
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'cancelled-in-temporal',
    expected: 'cancelled',
    async run(stage) {
      const request = fromPontis(this.name, '1000000025', '2700.00');
      await stage.payouts.start(request);
      await untilAwaitingApproval(stage, request);
      await handleOf(stage, request).cancel();
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'cancelled-in-a-hold',
    expected: 'cancelled',
    async run(stage) {
      stage.environment.simulators.pontis.simulator.setBalance('USDC', '5.00');
      const request = fromPontis(this.name, '1000000026', '160.00', 'USDC');
      await stage.payouts.start(request);
      await until(
        'held for money',
        async () => (await stage.payouts.outcome(request)).heldReason === 'insufficient_funds',
      );
      await stage.payouts.cancel({ ...identity(this.name), by: 'dora' });
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'started-by-hand-with-nonsense',
    expected: 'rejected',
    async run({ temporal: client, environment }) {
      const handle = await client.workflow.start(payoutWorkflowType, {
        workflowId: payoutWorkflowId(identity(this.name)),
        taskQueue: environment.taskQueue,
        args: [{ schema: 1, request: { amount: 12.5 } }],
      });
      await handle.result();
    },
  },
];
