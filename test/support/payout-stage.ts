/** Everything that a scenario with real processes needs: simulated providers, gates before them, configuration, workers. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { createPayoutClient } from '../../src/client/create-payout-client';
import { PayoutClientError } from '../../src/client/errors';
import type { PayoutClient } from '../../src/client/payout-client';
import type { PayoutOutcome } from '../../src/client/payout-outcome';
import { payoutWorkflowId } from '../../src/contract/workflow-ids';
import { simulatedConfiguration } from '../../src/dev/simulated-configuration';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { PayoutEvent } from '../../src/domain/payout-snapshot';
import type { LedgerEntry } from '../../src/simulators/provider-core';
import type { FaultSpec } from '../../src/simulators/fault-spec';
import type { RecordedRequest } from '../../src/simulators/simulator';
import type { RunningSimulators, SimulatorName } from '../../src/simulators/start-simulators';
import { startSimulators } from '../../src/simulators/start-simulators';
import { testTemporalAddress } from './payout-worker';
import type { GatedRequest, ProviderGate } from './provider-gate';
import { startProviderGate } from './provider-gate';
import { nubanOf } from './valid-accounts';
import type { WorkerUnderTest } from './worker-under-test';
import { startWorkerUnderTest } from './worker-under-test';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

export const providers: readonly SimulatorName[] = ['pontis', 'payfield', 'syncgram'];

/** How the provider is asked to pay, and how it is asked what became of it. */
export const isSubmit: Readonly<Record<SimulatorName, (request: GatedRequest) => boolean>> = {
  pontis: ({ path }) => path === '/api/v1/payouts/sendPayoutRequest',
  payfield: ({ method, path }) => method === 'POST' && path === '/api/v1/payouts',
  syncgram: ({ method, path }) => method === 'POST' && path === '/api/v1/payouts/withdrawals',
};
/** Of an unresolved payout; the first read of a send whose outcome is unknown is the look-up. Pontis has only the replay. */
export const isRecovery: typeof isSubmit = {
  pontis: isSubmit.pontis,
  payfield: ({ method }) => method === 'GET',
  syncgram: ({ method }) => method === 'GET',
};

/** One read of the status. */
export const isStatusRead: typeof isSubmit = {
  pontis: ({ path }) => path === '/api/v1/payouts/getPayoutStatus',
  payfield: ({ method }) => method === 'GET',
  syncgram: ({ method }) => method === 'GET',
};

/** What a scenario changes in the simulated configuration. */
export type StageChanges = {
  /** Merged into every account's `common`; `contract` one level deeper. */
  readonly common?: { readonly contract?: object } & Readonly<Record<string, unknown>>;
  readonly worker?: Readonly<Record<string, unknown>>;
  /** Merged into the lists and rules that beneficiaries are compared with. */
  readonly screening?: Readonly<Record<string, unknown>>;
  /** More variables of the workers. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Workers talk to the simulators directly, without gates. */
  readonly ungated?: boolean;
  /** A Temporal server of the scenario's own, instead of the one that all tests share. */
  readonly temporalAddress?: string;
  /** Where workers find Temporal, instead of the server itself. */
  readonly workerAddress?: string;
};

export type PayoutStage = {
  readonly simulators: RunningSimulators;
  readonly gates: Readonly<Record<SimulatorName, ProviderGate>>;
  readonly client: PayoutClient;
  readonly temporal: Client;
  readonly taskQueue: string;
  /** Starts one more worker process: of another build of the program, with more options. */
  startWorker(build?: { readonly program?: string; readonly options?: readonly string[] }): WorkerUnderTest;
  /** A request that this stage has not used, and nobody else's run has. */
  request(provider: SimulatorName): PayoutRequest;
  outcome(request: PayoutRequest): Promise<PayoutOutcome>;
  /** Waits until a final status or a hold, whichever comes first; rejects with the story when neither does. */
  settled(
    request: PayoutRequest,
    options?: { readonly throughHolds?: boolean; readonly withinMs?: number },
  ): Promise<PayoutOutcome>;
  /** Debits for the request's own beneficiary and amount. */
  debits(provider: SimulatorName, request: PayoutRequest): number;
  /** Everything the provider has booked. */
  ledger(provider: SimulatorName): readonly LedgerEntry[];
  submits(provider: SimulatorName, request: PayoutRequest): readonly RecordedRequest[];
  /** One fault for the submit of this request. */
  disturb(provider: SimulatorName, request: PayoutRequest, fault: FaultSpec['fault']): void;
  /** The provider books the submit of this request, and the reply is lost. */
  loseReply(provider: SimulatorName, request: PayoutRequest): void;
  timeline(request: PayoutRequest): Promise<{ readonly events: readonly PayoutEvent[] }>;
  /** How the submit activities of the newest run ended, in order. */
  sends(request: PayoutRequest): Promise<readonly ('completed' | 'failed' | 'timed out' | 'open')[]>;
  stop(): Promise<void>;
};

/** Rounds of recovery, polls and lost workers together, on a busy machine. */
const patienceMs = 180_000;

type SimulatedAccount = {
  readonly common: { readonly contract: object } & Readonly<Record<string, unknown>>;
};

export async function startStage(installation: string, changes: StageChanges = {}): Promise<PayoutStage> {
  const temporalAddress = changes.temporalAddress ?? testTemporalAddress();
  const [simulators, connection, folder] = await Promise.all([
    startSimulators(),
    Connection.connect({ address: temporalAddress }),
    mkdtemp(join(tmpdir(), 'payouts-scenario-')),
  ]);
  const [pontis, payfield, syncgram] = await Promise.all(
    providers.map((name) => startProviderGate(simulators[name].url)),
  );
  if (!pontis || !payfield || !syncgram) throw new Error('a gate is missing');
  const gates = { pontis, payfield, syncgram };
  const stageId = randomBytes(4).toString('hex');
  const taskQueue = `${installation}-${stageId}`;

  const gated = changes.ungated
    ? simulators
    : {
        ...simulators,
        pontis: { ...simulators.pontis, url: pontis.url },
        payfield: { ...simulators.payfield, url: payfield.url },
        syncgram: { ...simulators.syncgram, url: syncgram.url },
      };
  const { configuration, env: secrets } = simulatedConfiguration(gated, taskQueue);
  const standard = configuration as {
    readonly accounts: Readonly<Record<string, SimulatedAccount>>;
    readonly worker: object;
    readonly screening: object;
  };
  const accounts = Object.fromEntries(
    Object.entries(standard.accounts).map(([name, account]) => [
      name,
      {
        ...account,
        common: {
          ...account.common,
          ...changes.common,
          contract: { ...account.common.contract, ...changes.common?.contract },
        },
      },
    ]),
  );
  const configurationFile = join(folder, 'payouts.json');
  const temporalProfile = join(folder, 'temporal.toml');
  await writeFile(
    configurationFile,
    JSON.stringify({
      ...standard,
      installation,
      accounts,
      worker: { ...standard.worker, ...changes.worker },
      screening: { ...standard.screening, ...changes.screening },
      log: { level: 'info' },
    }),
  );
  await writeFile(temporalProfile, '[profile.default]\n');

  const temporalClient = new Client({ connection });
  const client = createPayoutClient({ client: temporalClient, taskQueue, answerTimeoutMs: 30_000 });
  const workers: WorkerUnderTest[] = [];
  let used = 0;

  const outcome = (request: PayoutRequest): Promise<PayoutOutcome> =>
    client.outcome({ tenant: request.tenant, reference: request.reference });

  /** Undefined while the Temporal server is away. */
  const outcomeUnlessAway = async (request: PayoutRequest): Promise<PayoutOutcome | undefined> => {
    try {
      return await outcome(request);
    } catch (error) {
      if (error instanceof PayoutClientError && error.code === 'temporal_unavailable') return undefined;
      throw error;
    }
  };

  const disturb: PayoutStage['disturb'] = (provider, request, fault) => {
    simulators[provider].simulator.addFault({
      match: { operation: 'submit', beneficiary: beneficiaryOf(request) },
      fault,
    });
  };

  const stage: PayoutStage = {
    simulators,
    gates,
    client,
    temporal: temporalClient,
    taskQueue,
    startWorker(build = {}) {
      const worker = startWorkerUnderTest({
        ...build,
        configurationFile,
        temporalProfile,
        secrets: { ...secrets, ...changes.variables },
        address: changes.workerAddress ?? temporalAddress,
      });
      workers.push(worker);
      return worker;
    },
    request(provider) {
      used += 1;
      return requestFor(provider, installation, `${stageId}-${provider}-${used}`, used);
    },
    outcome,
    async settled(request, { throughHolds = false, withinMs = patienceMs } = {}) {
      const deadline = performance.now() + withinMs;
      for (;;) {
        const now = await outcomeUnlessAway(request);
        const held = now?.heldReason !== undefined && !throughHolds;
        if (now && (now.final || held || now.closed !== undefined)) return now;
        if (performance.now() > deadline) {
          const status = now?.status ?? 'not readable';
          throw new Error(`${request.reference} is still ${status}: ${await story(client, request)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    },
    debits: (provider, request) =>
      simulators[provider].simulator
        .ledger()
        .filter(
          ({ kind, beneficiary, amount }) =>
            kind === 'debit' &&
            beneficiary === beneficiaryOf(request) &&
            Number(amount) === Number(request.amount.value),
        ).length,
    ledger: (provider) => simulators[provider].simulator.ledger(),
    submits: (provider, request) =>
      simulators[provider].simulator
        .requests()
        .filter(
          ({ operation, fields }) => operation === 'submit' && fields?.beneficiary === beneficiaryOf(request),
        ),
    disturb,
    loseReply: (provider, request) => disturb(provider, request, { kind: 'cut-after-processing' }),
    timeline: async ({ tenant, reference }) => ({ events: await client.timeline({ tenant, reference }) }),
    async sends(request) {
      const history = await temporalClient.workflow.getHandle(payoutWorkflowId(request)).fetchHistory();
      return sendsOf(history.events ?? []);
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.kill()));
      await Promise.all([...Object.values(gates).map((gate) => gate.stop()), simulators.stop()]);
      await connection.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return stage;
}

/** For the message of a test that failed. */
async function story(client: PayoutClient, { tenant, reference }: PayoutRequest): Promise<string> {
  try {
    const events = await client.timeline({ tenant, reference });
    return events.map(({ type, code, note }) => [type, code, note].filter(Boolean).join(' ')).join('; ');
  } catch (error) {
    return String(error);
  }
}

function sendsOf(events: readonly HistoryEvent[]): ('completed' | 'failed' | 'timed out' | 'open')[] {
  const scheduled = events.filter(
    ({ activityTaskScheduledEventAttributes }) =>
      activityTaskScheduledEventAttributes?.activityType?.name === 'submitPayout',
  );
  return scheduled.map(({ eventId }) => {
    const end = events.find((event) =>
      [
        event.activityTaskCompletedEventAttributes,
        event.activityTaskFailedEventAttributes,
        event.activityTaskTimedOutEventAttributes,
      ].some((attributes) => attributes?.scheduledEventId?.toString() === eventId?.toString()),
    );
    if (end === undefined) return 'open';
    if (end.activityTaskCompletedEventAttributes) return 'completed';
    return end.activityTaskTimedOutEventAttributes ? 'timed out' : 'failed';
  });
}

/** One small payout that needs nobody's approval and no quote; `n` makes the beneficiary its own. */
function requestFor(provider: SimulatorName, tenant: string, reference: string, n: number): PayoutRequest {
  const common = { schema: 1, tenant, reference, requestedBy: 'dora' } as const;
  if (provider === 'pontis') {
    return {
      ...common,
      amount: { value: '125.00', side: 'source' },
      source: { currency: 'USDT' },
      destination: { country: 'PH', currency: 'PHP' },
      beneficiary: {
        method: 'bank-account',
        name: 'Juan dela Cruz',
        account: { accountNumber: String(1_000_000_000 + n) },
      },
      purpose: 'Supplier payment',
      sourceOfFunds: 'Business revenue',
    };
  }
  if (provider === 'payfield') {
    return {
      ...common,
      amount: { value: '5000.00', side: 'destination' },
      source: { currency: 'BDT' },
      destination: { country: 'BD', currency: 'BDT' },
      beneficiary: { method: 'card', name: 'Rahima Begum', account: { cardNumber: cardNumber(n) } },
      payer: { userId: 'merchant-user-001', ipAddress: '203.0.113.10' },
    };
  }
  return {
    ...common,
    amount: { value: '1500.00', side: 'source' },
    source: { currency: 'NGN' },
    destination: { country: 'NG', currency: 'NGN' },
    beneficiary: {
      method: 'bank-account',
      name: 'Ngozi Okafor',
      account: { accountNumber: nubanOf(123_450_000 + n), bankCode: '058' },
    },
    payer: { email: 'payer@merchant.example' },
  };
}

/** A number of no real card whose check digit is right. */
function cardNumber(n: number): string {
  const digits = `411111${String(n).padStart(9, '0')}`;
  const sum = Array.from(digits).reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

function beneficiaryOf({ beneficiary }: PayoutRequest): string {
  if (beneficiary.method === 'bank-account') return beneficiary.account.accountNumber;
  if (beneficiary.method === 'card') return beneficiary.account.cardNumber;
  throw new Error(`no scenario pays to a ${beneficiary.method}`);
}
