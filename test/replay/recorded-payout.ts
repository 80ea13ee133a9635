/** The payouts that are recorded beside those of the demo: how they are asked for, and how they are waited for. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporal } from '@temporalio/proto';
import type { Client } from '@temporalio/client';
import type { PayoutClient } from '../../src/client/payout-client';
import { payoutWorkflowId } from '../../src/contract/workflow-ids';
import type { DevEnvironment } from '../../src/dev/dev-environment';
import type { PayoutEvent } from '../../src/domain/payout-snapshot';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { PayoutStatus } from '../../src/domain/payout-status';
import type { RunningSimulators, SimulatorName } from '../../src/simulators/start-simulators';

const { EventType, ResetReapplyExcludeType } = temporal.api.enums.v1;

export type Stage = {
  readonly environment: DevEnvironment;
  readonly temporal: Client;
  readonly payouts: PayoutClient;
};

export type RecordedPayout = {
  /** Also the payout's reference. */
  readonly name: string;
  readonly expected: PayoutStatus;
  /** What its timeline must hold, `type` or `type: code`, so that the history shows what it is recorded for. */
  readonly shows: readonly string[];
  /** It disturbs others: nothing runs beside it. */
  readonly alone?: true;
  /** Another workflow's history that it makes, by name and workflow id. */
  readonly also?: { readonly name: string; readonly workflowId: string };
  /** Runs the payout until its newest run has ended. */
  run(stage: Stage): Promise<void>;
};

export const identity = (reference: string) =>
  ({ schema: 1, tenant: 'recorded', reference, requestedBy: 'dora' }) as const;

export const fromPontis = (
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

export const fromPayfield = (reference: string, value: string): PayoutRequest => ({
  ...identity(reference),
  amount: { value, side: 'destination' },
  source: { currency: 'BDT' },
  destination: { country: 'BD', currency: 'BDT' },
  beneficiary: { method: 'card', name: 'Rahima Begum', account: { cardNumber: '4111111111111111' } },
  payer: { userId: 'merchant-user-001', ipAddress: '203.0.113.10' },
});

export const fromSyncgram = (reference: string, accountNumber: string, value = '100.00'): PayoutRequest => ({
  ...identity(reference),
  amount: { value, side: 'source' },
  source: { currency: 'USD' },
  destination: { country: 'NG', currency: 'NGN' },
  beneficiary: { method: 'bank-account', name: 'Ngozi Okafor', account: { accountNumber, bankCode: '058' } },
  payer: { email: 'payer@merchant.example' },
});

export async function until(what: string, seen: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 90_000;
  while (!(await seen())) {
    if (performance.now() > deadline) throw new Error(`never: ${what}`);
    await sleep(100);
  }
}

export const handleOf = ({ temporal: client }: Stage, request: PayoutRequest) =>
  client.workflow.getHandle(payoutWorkflowId(request));

export async function pay(stage: Stage, request: PayoutRequest): Promise<void> {
  await stage.payouts.start(request);
  await handleOf(stage, request).result();
}

export async function untilStatus(
  { payouts }: Stage,
  request: PayoutRequest,
  status: PayoutStatus,
): Promise<void> {
  await until(
    `${request.reference}: ${status}`,
    async () => (await payouts.outcome(request)).status === status,
  );
}

export async function untilHeld({ payouts }: Stage, request: PayoutRequest, reason: string): Promise<void> {
  await until(
    `${request.reference} held: ${reason}`,
    async () => (await payouts.outcome(request)).heldReason === reason,
  );
}

/** Two people approve what waits now. */
export async function approve(stage: Stage, request: PayoutRequest): Promise<void> {
  const { tenant, reference } = request;
  await untilStatus(stage, request, 'awaiting-approval');
  const digest = (await stage.payouts.get(request)).approval?.digest ?? '';
  for (const by of ['alice', 'bob']) {
    await stage.payouts.decide({ tenant, reference, by, decision: 'approve', digest });
  }
}

/** The provider's id of what it booked for this beneficiary. */
export async function bookedFor(
  provider: RunningSimulators[SimulatorName],
  beneficiary: string,
): Promise<string> {
  const booked = () => provider.simulator.payouts().find((payout) => payout.beneficiary === beneficiary);
  await until(`a booking for ${beneficiary}`, () => booked() !== undefined);
  return booked()?.providerPayoutId ?? '';
}

/** What `temporal workflow reset` does, to the first workflow task. What people did then is repeated, or forgotten. */
export async function resetToStart(
  stage: Stage,
  request: PayoutRequest,
  people: 'again' | 'forgotten' = 'again',
): Promise<void> {
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
    resetReapplyExcludeTypes:
      people === 'again'
        ? []
        : [
            ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL,
            ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE,
          ],
  });
}

/** The entries of a timeline as `shows` names them: with and without their codes. */
const entriesOf = (timeline: readonly PayoutEvent[]): ReadonlySet<string> =>
  new Set(timeline.flatMap(({ type, code }) => [type, `${type}: ${code ?? ''}`]));

export async function untilShown(stage: Stage, request: PayoutRequest, entry: string): Promise<void> {
  await until(`${request.reference} shows ${entry}`, async () =>
    entriesOf(await stage.payouts.timeline(request)).has(entry),
  );
}

/** What the timeline of a recorded payout should hold and does not. */
export async function notShown(
  { payouts }: Stage,
  { name, shows }: RecordedPayout,
): Promise<readonly string[]> {
  const entries = entriesOf(await payouts.timeline({ tenant: 'recorded', reference: name }));
  return shows.filter((entry) => !entries.has(entry));
}
