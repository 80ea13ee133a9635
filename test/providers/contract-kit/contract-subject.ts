import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpReply, Sender } from '../../../src/http/sender';
import { createUndiciSender } from '../../../src/http/undici-sender';
import type { AccountSettings } from '../../../src/providers/account-settings';
import type {
  FrozenAttempt,
  LookUpReply,
  PayoutProvider,
  ProviderCall,
  StatusReply,
  SubmitReply,
  WebhookDelivery,
} from '../../../src/providers/provider';
import type { FaultSpec } from '../../../src/simulators/fault-spec';
import type { Operation, SimulatedPayout } from '../../../src/simulators/provider-core';
import type { RunningSimulator } from '../../../src/simulators/simulator-server';
import { startSimulators } from '../../../src/simulators/start-simulators';
import type { ContractSetup } from './contract-setup';

/** One provider under test over real HTTP: its simulator, adapters of it, and what can be made to go wrong. */
export type ContractSubject = {
  readonly simulator: RunningSimulator;
  /** A new adapter, with nothing remembered of earlier calls. */
  provider(changes?: {
    readonly credentials?: 'right' | 'wrong';
    readonly common?: AccountSettings;
    readonly baseUrl?: string;
    /** How far the adapter's clock is ahead of the provider's. */
    readonly clockOffsetMs?: number;
  }): PayoutProvider;
  /** A new attempt of the setup's request under a key of its own. */
  freeze(provider: PayoutProvider): Promise<FrozenAttempt>;
  /** Submits and checks what every answer must keep to: a failure repeats nothing of the beneficiary. */
  submit(provider: PayoutProvider, attempt: FrozenAttempt, call?: ProviderCall): Promise<SubmitReply>;
  readStatus(
    provider: PayoutProvider,
    attempt: FrozenAttempt,
    providerPayoutId: string,
  ): Promise<StatusReply>;
  lookUp(provider: PayoutProvider, attempt: FrozenAttempt): Promise<LookUpReply>;
  /** Plans a fault for the next request of this operation. */
  plan(operation: Operation, fault: FaultSpec['fault'], times?: number | 'unlimited'): void;
  /** Changes replies to this operation on their way to the adapter, from now on. */
  tamper(operation: Operation, change: (reply: HttpReply) => HttpReply): void;
  /** Money that left the account, less what came back, as a number of payouts. */
  paid(): number;
  payouts(): readonly SimulatedPayout[];
  /** How many requests of this operation reached the provider. */
  seen(operation: Operation): number;
  /** The webhooks received so far. */
  readonly webhooks: readonly WebhookDelivery[];
  /** Resolves with the first webhook that fits, received or yet to come. */
  webhook(fits: (delivery: WebhookDelivery) => boolean): Promise<WebhookDelivery>;
  /** Back to a provider that knows nothing and fails nowhere. */
  reset(): void;
  stop(): Promise<void>;
};

export async function startContractSubject(setup: ContractSetup): Promise<ContractSubject> {
  const receiver = await startReceiver();
  const running = await startSimulators(setup.simulatorSetups(receiver.url));
  const simulator: RunningSimulator = running[setup.simulator];
  const undici = createUndiciSender();
  let tampering: { operation: Operation; change: (reply: HttpReply) => HttpReply } | undefined;
  let attempts = 0;
  let firstSentAt = 0;

  const send: Sender = async (request, options) => {
    const reply = await undici.send(request, options);
    const operation = simulator.simulator.requests().at(-1)?.operation;
    return tampering !== undefined && tampering.operation === operation ? tampering.change(reply) : reply;
  };

  const subject: ContractSubject = {
    simulator,
    provider: ({ credentials = 'right', common = {}, baseUrl = simulator.url, clockOffsetMs = 0 } = {}) =>
      setup.createProvider({
        baseUrl,
        credentials,
        common,
        ports: {
          send,
          now: () => simulator.now() + clockOffsetMs,
          randomBytes: (length) =>
            createHash('sha512').update(String(Math.random())).digest().subarray(0, length),
        },
      }),
    async freeze(provider) {
      attempts += 1;
      const key = provider.formatKey(createHash('sha256').update(`attempt ${attempts}`).digest('hex'));
      if (!provider.needsQuote(setup.request)) {
        return { key, body: provider.freezeBody({ request: setup.request, key }) };
      }
      const quoted = await provider.quote?.(setup.request, {});
      if (quoted?.kind !== 'quoted') throw new Error(`no quote: ${JSON.stringify(quoted)}`);
      return { key, body: provider.freezeBody({ request: setup.request, key, quote: quoted.quote }) };
    },
    async submit(provider, attempt, call = {}) {
      firstSentAt = simulator.now();
      const reply = await provider.submit(attempt, call);
      if (reply.kind === 'failed') expectNothingOfBeneficiary(reply, setup);
      return reply;
    },
    async readStatus(provider, attempt, providerPayoutId) {
      const reply = await provider.readStatus({ attempt, providerPayoutId }, {});
      expectNothingOfBeneficiary(reply, setup);
      return reply;
    },
    async lookUp(provider, attempt) {
      if (!provider.lookUp) throw new Error('the contract declares a look-up that the adapter does not have');
      const reply = await provider.lookUp({ attempt, firstSentAt }, {});
      expectNothingOfBeneficiary(reply, setup);
      return reply;
    },
    plan: (operation, fault, times = 1) =>
      void simulator.simulator.addFault({ match: { operation }, times, fault }),
    tamper: (operation, change) => {
      tampering = { operation, change };
    },
    paid: () => simulator.simulator.ledger().reduce((sum, { kind }) => sum + (kind === 'debit' ? 1 : -1), 0),
    payouts: () => simulator.simulator.payouts(),
    seen: (operation) =>
      simulator.simulator.requests().filter((request) => request.operation === operation).length,
    webhooks: receiver.received,
    webhook: (fits) => receiver.next(fits),
    reset() {
      simulator.simulator.reset();
      tampering = undefined;
      receiver.clear();
    },
    async stop() {
      await undici.close();
      await Promise.all([running.stop(), receiver.stop()]);
    },
  };
  return subject;
}

/** No name and no account number in what goes into histories and logs. */
function expectNothingOfBeneficiary(reply: unknown, { request }: ContractSetup): void {
  const text = JSON.stringify(reply);
  const { name, account } = request.beneficiary;
  for (const secret of [name, ...Object.values(account)]) {
    if (typeof secret === 'string' && secret.length > 4) expect(text).not.toContain(secret);
  }
}

async function startReceiver(): Promise<{
  readonly url: string;
  readonly received: readonly WebhookDelivery[];
  next(fits: (delivery: WebhookDelivery) => boolean): Promise<WebhookDelivery>;
  clear(): void;
  stop(): Promise<void>;
}> {
  const received: WebhookDelivery[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
        name,
        [value ?? ''].flat().join(', '),
      ]);
      received.push({
        headers: Object.fromEntries(headers),
        rawBody: Buffer.concat(chunks).toString('utf8'),
        receivedAt: Date.now(),
      });
      response.end();
      for (const check of waiting) check();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    received,
    next: (fits) =>
      new Promise((resolve) => {
        const check = (): void => {
          const delivery = received.find(fits);
          if (delivery === undefined) return;
          waiting.delete(check);
          resolve(delivery);
        };
        waiting.add(check);
        check();
      }),
    clear() {
      received.length = 0;
      waiting.clear();
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
