import { createHash, randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { ActivityPorts } from '../../src/activities/activity-ports';
import { createActivities } from '../../src/activities/create-activities';
import type { InstalledPolicy, Installation } from '../../src/activities/installation';
import { workerIdentity } from '../../src/contract/worker-identity';
import { payoutSnapshotQuery, payoutTimelineQuery } from '../../src/contract/messages';
import { payoutStatusAttribute } from '../../src/contract/search-attributes';
import { payoutWorkflowId } from '../../src/contract/workflow-ids';
import { payoutWorkflowType } from '../../src/contract/workflow-inputs';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { PayoutEvent, PayoutSnapshot } from '../../src/domain/payout-snapshot';
import type { PayoutStatus } from '../../src/domain/payout-status';
import { policyHash } from '../../src/domain/policy/evaluate-policy';
import type { PolicyDocument } from '../../src/domain/policy/policy-document';
import type { ApprovalPolicy } from '../../src/domain/policy/threshold-policy';
import { policyOfThresholds } from '../../src/domain/policy/threshold-policy';
import { build } from '../../src/observability/build';
import { version } from '../../src/observability/version';
import type { PayoutProvider } from '../../src/providers/provider';
import type { Screener } from '../../src/screening/screener';
import { createMachinePorts } from '../../src/worker/ports/machine-ports';
import { createTemporalPorts } from '../../src/worker/ports/temporal-ports';
import { fastForward, skipToEnd } from './time-skipping';

/** Everything that workers of this test file have logged, from `INFO` on. */
export const loggedLines: string[] = [];

let installed = false;
/** Once per test file: the SDK's own runtime must be quiet before anything else starts it. */
function quietRuntime(): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      loggedLines.push(`${level} ${message} ${JSON.stringify(meta)}`);
      if (level === 'ERROR') process.stderr.write(`${message} ${JSON.stringify(meta)}\n`);
    }),
    telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
  });
}

export const testInstallation = 'test-installation';

export const clearScreener: Screener = { screen: async () => ({ kind: 'clear', lists: ['test'] }) };

/** Thresholds as the policy of an installation. */
export const policyOf = (approval: ApprovalPolicy): InstalledPolicy =>
  installedPolicy(policyOfThresholds(approval));

export const installedPolicy = (document: PolicyDocument): InstalledPolicy => ({
  document,
  hash: policyHash(document, (text) => createHash('sha256').update(text).digest('hex')),
});

/** An installation with one provider account, `main`, that pays everything. */
export function installationOf(provider: PayoutProvider, changes: Partial<Installation> = {}): Installation {
  return {
    id: testInstallation,
    mode: 'sandbox',
    configurationHash: 'c'.repeat(64),
    accounts: new Map([['main', { id: 'main', mode: 'sandbox', fingerprint: 'f'.repeat(64), provider }]]),
    routes: [{ account: 'main' }],
    policy: policyOf({
      approvers: ['alice', 'bob', 'carol'],
      expiresAfterMs: 72 * 3_600_000,
      thresholds: {
        USDT: [
          { from: '0', approvals: 0 },
          { from: '1000', approvals: 2 },
        ],
      },
      otherwise: 1,
    }),
    quoteBandPercent: '1',
    holds: { recheckMs: 15 * 60_000, deadlineMs: 72 * 3_600_000 },
    screener: clearScreener,
    screening: { freshForMs: 24 * 3_600_000 },
    ...changes,
  };
}

export function payoutRequest(changes: Partial<PayoutRequest> = {}): PayoutRequest {
  return {
    schema: 1,
    tenant: 'acme',
    reference: `ref-${randomUUID()}`,
    requestedBy: 'dora',
    amount: { value: '10.00', side: 'source' },
    source: { currency: 'USDT' },
    destination: { country: 'PH', currency: 'PHP' },
    beneficiary: { method: 'bank-account', name: 'Juan dela Cruz', account: { accountNumber: '1234567890' } },
    ...changes,
  };
}

export type StartedPayout = {
  readonly handle: WorkflowHandle;
  readonly snapshot: () => Promise<PayoutSnapshot>;
  readonly timeline: () => Promise<readonly PayoutEvent[]>;
  /** Event types as a list, for order. */
  readonly story: () => Promise<readonly string[]>;
  readonly fastForward: (duration: number | string) => Promise<'reached' | 'closed'>;
  readonly skipToEnd: () => Promise<PayoutSnapshot>;
  /** Waits for the search attribute, by describe: no query, no history. */
  readonly untilStatus: (status: PayoutStatus) => Promise<void>;
  readonly until: (what: string, seen: (snapshot: PayoutSnapshot) => boolean) => Promise<PayoutSnapshot>;
};

export type PayoutHarness = {
  readonly installation: string;
  readonly client: Client;
  readonly taskQueue: string;
  readonly start: (request: PayoutRequest) => Promise<StartedPayout>;
  readonly startRaw: (workflowId: string, ...args: unknown[]) => Promise<StartedPayout>;
  readonly stop: () => Promise<void>;
};

/** Tests beside each other have accounts of the same ids. */
const neverPaused: Pick<ActivityPorts, 'accountPause' | 'mayProbe' | 'reportCredentials'> = {
  accountPause: async () => ({ paused: false }),
  mayProbe: async () => false,
  reportCredentials: async () => 'reported',
};

/** A worker on the shared server, with a task queue of its own. */
export async function startHarness(
  installation: Installation,
  options: {
    readonly stickyMs?: number;
    /** Accounts can be paused, as in production. Otherwise none ever is. */
    readonly pausable?: boolean;
    /** Whether people are asked whose payout they name, as in production. Otherwise it is nobody's. */
    readonly claims?: boolean;
    /** Instead of today's workflows as production runs them. */
    readonly workflowBundle?: { readonly code: string };
  } = {},
): Promise<PayoutHarness> {
  quietRuntime();
  const address = process.env['PAYOUTS_TEST_TEMPORAL_ADDRESS'];
  const codePath = process.env['PAYOUTS_TEST_WORKFLOW_BUNDLE'];
  if (address === undefined || codePath === undefined) throw new Error('jest global setup did not run');
  const [native, connection] = await Promise.all([
    NativeConnection.connect({ address }),
    Connection.connect({ address }),
  ]);
  const client = new Client({ connection });
  const taskQueue = `test-${randomUUID()}`;
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    identity: workerIdentity({ installation: installation.id, version, build, process: taskQueue }),
    workflowBundle: options.workflowBundle ?? { codePath },
    activities: createActivities({
      installation,
      ports: createMachinePorts({
        ...createTemporalPorts(native, 'default', taskQueue, installation.id),
        // Tests beside each other have payouts of the same ids.
        ...(options.claims === true ? {} : { claimsOn: async () => [] }),
        ...(options.pausable === true ? {} : neverPaused),
      }),
    }),
    stickyQueueScheduleToStartTimeout: options.stickyMs ?? 1_000,
    shutdownGraceTime: 5_000,
  });
  const running = worker.run();

  const follow = (handle: WorkflowHandle): StartedPayout => {
    const snapshot = (): Promise<PayoutSnapshot> => handle.query(payoutSnapshotQuery);
    return {
      handle,
      snapshot,
      timeline: () => handle.query(payoutTimelineQuery),
      story: async () => (await handle.query(payoutTimelineQuery)).map(({ type }) => type),
      fastForward: (duration) => fastForward(client, handle.workflowId, duration as number),
      skipToEnd: async () => {
        // The run may have ended by itself already.
        await skipToEnd(client, handle.workflowId).catch(() => undefined);
        return (await handle.result()) as PayoutSnapshot;
      },
      untilStatus: async (status) => {
        for (let tries = 0; tries < 400; tries += 1) {
          const { typedSearchAttributes } = await handle.describe();
          if (typedSearchAttributes.get(payoutStatusAttribute) === status) return;
          await new Promise((resolve) => setTimeout(resolve, 25));
        }
        throw new Error(`never ${status}`);
      },
      until: async (what, seen) => {
        for (let tries = 0; tries < 400; tries += 1) {
          const state = await snapshot();
          if (seen(state)) return state;
          await new Promise((resolve) => setTimeout(resolve, 25));
        }
        throw new Error(`never: ${what}; last: ${JSON.stringify(await snapshot())}`);
      },
    };
  };
  const startRaw: PayoutHarness['startRaw'] = async (workflowId, ...args) =>
    follow(
      await client.workflow.start(payoutWorkflowType, {
        workflowId,
        taskQueue,
        args,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        typedSearchAttributes: [{ key: payoutStatusAttribute, value: 'received' }],
      }),
    );
  return {
    installation: installation.id,
    client,
    taskQueue,
    start: (request) => startRaw(payoutWorkflowId(request), { schema: 1, request }),
    startRaw,
    async stop() {
      worker.shutdown();
      await running;
      await Promise.all([connection.close(), native.close()]);
    },
  };
}
