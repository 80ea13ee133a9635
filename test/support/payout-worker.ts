/** A worker for tests of the client: today's workflow bundle, and activities that answer as a test scripts them. */
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { PayoutActivities, PayoutPlan } from '../../src/activities/payout-activities';
import { workerIdentity } from '../../src/contract/worker-identity';
import { build } from '../../src/observability/build';
import { version } from '../../src/observability/version';
import { personId } from '../../src/domain/person';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { ProviderFailure } from '../../src/domain/provider-failure';

export type ScriptedPayouts = {
  /** Approvals needed; the approvers are alice and bob. */
  readonly approvals?: number;
  /** The provider's answer to the submit. */
  readonly submit?: 'accepted' | 'insufficient-funds' | 'account-paused' | 'lost';
  /** Whether the beneficiary is similar to a listed name; the reviewers are farid and grace. */
  readonly screening?: 'possible';
  /** For so long a paid payout is watched for a return; default: not at all. */
  readonly watchMs?: number;
  /** What the provider's status is by now; undefined: still pending. */
  status?: 'paid' | 'failed' | undefined;
};

/** Runs `test` with a worker on a queue of its own. */
export async function withPayoutWorker<T>(
  script: ScriptedPayouts,
  test: (worker: { readonly taskQueue: string }) => Promise<T>,
): Promise<T> {
  const taskQueue = `client-${randomUUID()}`;
  const worker = await startPayoutWorker(script, taskQueue);
  try {
    return await test({ taskQueue });
  } finally {
    await worker.stop();
  }
}

export async function startPayoutWorker(
  script: ScriptedPayouts,
  taskQueue: string,
): Promise<{ stop(): Promise<void> }> {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  } catch {
    // Installed by an earlier test of this file.
  }
  const connection = await NativeConnection.connect({ address: testTemporalAddress() });
  const codePath = process.env['PAYOUTS_TEST_WORKFLOW_BUNDLE'];
  if (codePath === undefined) throw new Error('no workflow bundle: run by the jest project `server`');
  const worker = await Worker.create({
    connection,
    namespace: 'default',
    taskQueue,
    // As the commands of the documents name it.
    identity: workerIdentity({ installation: 'acme-1', version, build, process: taskQueue }),
    workflowBundle: { codePath },
    activities: scriptedActivities(script),
    stickyQueueScheduleToStartTimeout: '1s',
  });
  const ran = worker.run();
  return {
    async stop() {
      worker.shutdown();
      await ran;
      await connection.close();
    },
  };
}

export function testTemporalAddress(): string {
  const address = process.env['PAYOUTS_TEST_TEMPORAL_ADDRESS'];
  if (address === undefined) throw new Error('no Temporal server: run by the jest project `server`');
  return address;
}

function scriptedActivities(script: ScriptedPayouts): PayoutActivities {
  const echo = { matched: [], unverified: [], mismatched: [] };
  return {
    openPayout: async ({ input }) => ({
      kind: 'planned',
      request: (input as { request: PayoutRequest }).request,
      plan: plan(script),
    }),
    checkPayout: async () => ({
      kind: 'planned',
      account: 'pontis-main',
      provider: 'pontis',
      mode: 'sandbox',
      needsQuote: false,
      policy: {
        label: 'test policy',
        because: 'the default: no rule matches',
        lines: ['one person must approve'],
        peopleNeeded: 1,
      },
      warnings: [],
    }),
    screenPayout: async () =>
      script.screening === undefined
        ? { kind: 'clear', lists: ['test list 1'] }
        : {
            kind: 'possible',
            lists: ['test list 1'],
            hits: [
              {
                list: 'test list',
                entry: '7',
                score: '0.91',
                reason: 'similar-name',
                names: ['TESTPERSON, Beatriz'],
              },
            ],
            digest: `screening:v1:${'e'.repeat(64)}`,
          },
    quotePayout: async () => {
      throw ApplicationFailure.nonRetryable('this route has no quotes');
    },
    checkDecision: async ({ decision }) => ({ kind: 'counts', person: personId(decision.by), lost: [] }),
    earlierSends: async () => ({ kind: 'none' }),
    claimsOn: async () => ({ kind: 'free' }),
    prepareAttempt: async ({ generation }) => ({
      schema: 1,
      key: `key-${generation}`,
      generation,
      body: '{}',
      bodyHash: 'hash',
    }),
    submitPayout: async () =>
      script.submit !== undefined && script.submit !== 'accepted'
        ? { kind: 'failed', failure: failures[script.submit] }
        : {
            kind: 'accepted',
            providerPayoutId: 'provider-1',
            status: 'accepted',
            providerStatus: 'PENDING',
            echo,
          },
    wakeHeldPayouts: async () => ({ woken: 0 }),
    lookUpPayout: async () => ({ kind: 'complete', found: [] }),
    awaitStatus: async ({ providerPayoutId }) => {
      if (script.status === undefined) {
        throw ApplicationFailure.create({
          message: 'still pending',
          type: 'StillPending',
          nextRetryDelay: '50ms',
        });
      }
      return {
        kind: 'read',
        reading: { providerPayoutId, status: script.status, providerStatus: script.status, echo },
      };
    },
    readStatus: async ({ providerPayoutId }) => ({
      kind: 'read',
      reading: {
        providerPayoutId,
        status: script.status ?? 'accepted',
        providerStatus: script.status ?? 'PENDING',
        echo,
      },
    }),
  };
}

const failures = {
  'insufficient-funds': { code: 'insufficient_funds', effect: 'none' },
  'account-paused': { code: 'account_paused', effect: 'none' },
  lost: { code: 'connection_lost', effect: 'unknown' },
} as const satisfies Readonly<Record<string, ProviderFailure>>;

const plan = ({ approvals = 0, submit, screening, watchMs = 0 }: ScriptedPayouts): PayoutPlan => ({
  schema: 1,
  configuration: 'c'.repeat(64),
  account: 'pontis-main',
  provider: 'pontis',
  mode: 'sandbox',
  accountFingerprint: 'f'.repeat(64),
  contract: {
    // What is lost is never found: only people know.
    replay: { windowMs: submit === 'lost' ? 0 : 60_000, afterEmptyLookUps: 0, verifyByLookUp: false },
    lookUp: { kind: 'none', graceMs: 0, absence: null },
    refusalsRemembered: true,
    recoveryPlanMs: [1_000],
    personAfterMs: 60_000,
    echoes: { submit: [], lookUp: [], status: [] },
    returns: { reported: watchMs > 0, watchMs },
    unpaid: { settleMs: 0, watchMs: 0 },
  },
  poll: { delaysMs: [50], overdueAfterMs: 3_600_000, watchDelaysMs: [1_000] },
  submitTimeoutMs: 5_000,
  needsQuote: false,
  amountCurrency: 'USDT',
  quoteBandPercent: '0.5',
  approval: {
    required: approvals,
    approvers: ['alice', 'bob'],
    expiresAfterMs: 3_600_000,
    because: 'the test',
  },
  digest: 'd'.repeat(64),
  holds: { recheckMs: 3_600_000, deadlineMs: 86_400_000 },
  ...(screening === undefined ? {} : reviewed),
});

const reviewed: Pick<PayoutPlan, 'policy' | 'screening'> = {
  policy: {
    hash: 'a'.repeat(64),
    requireProof: false,
    decision: {
      schema: 1,
      label: 'test policy',
      decidedBy: { kind: 'otherwise' },
      because: 'the default: no rule matches',
      outcome: { kind: 'auto-approve' },
      requester: 'dora',
      facts: {
        tenant: 'acme',
        requestedBy: 'dora',
        amount: { value: '125.00', currency: 'USDT' },
        side: 'source',
        country: 'PH',
        currency: 'PHP',
        method: 'bank-account',
        account: 'pontis-main',
        provider: 'pontis',
      },
    },
  },
  screening: {
    freshForMs: 86_400_000,
    review: {
      level: { role: 'compliance', quorum: 2, people: ['farid', 'grace'], deadlineMs: 3_600_000 },
      accounts: {},
    },
  },
};
