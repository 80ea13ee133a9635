import { createHash } from 'node:crypto';
import type { InstalledAccount, InstalledPolicy, Installation } from '../../../src/activities/installation';
import type { PayoutRequest } from '../../../src/domain/payout-request';
import { policyHash } from '../../../src/domain/policy/evaluate-policy';
import type { AmountRange, ApprovalLevel, PolicyDocument } from '../../../src/domain/policy/policy-document';
import type { Sender } from '../../../src/http/sender';
import { Secret } from '../../../src/observability/secret';
import { payfieldModule } from '../../../src/providers/payfield/module';
import { pontisModule } from '../../../src/providers/pontis/module';
import type { PayoutProvider, ProviderPorts } from '../../../src/providers/provider';
import { syncgramModule } from '../../../src/providers/syncgram/module';
import type { Register } from '../../../src/register/register';
import type { Screener } from '../../../src/screening/screener';
import { createPayfieldCore } from '../../../src/simulators/payfield/payfield-core';
import { payfieldDevelopmentOptions } from '../../../src/simulators/payfield/payfield-options';
import { createPontisCore } from '../../../src/simulators/pontis/pontis-core';
import { pontisDevelopmentOptions } from '../../../src/simulators/pontis/pontis-options';
import { createSimulator } from '../../../src/simulators/simulator';
import type { Simulator } from '../../../src/simulators/simulator';
import type { ProviderCore } from '../../../src/simulators/provider-core';
import { createSyncgramCore } from '../../../src/simulators/syncgram/syncgram-core';
import { syncgramDevelopmentOptions } from '../../../src/simulators/syncgram/syncgram-options';
import type { Contract } from '../expectations/submit-cases';
import { contracts } from '../expectations/submit-cases';
import { createNothingCore } from './nothing-core';
import { createNothingProvider } from './nothing-provider';
import { germanIbanOf, nubanOf } from '../../support/valid-accounts';
import type { Intent } from './oracle';
import type { VirtualHost } from './virtual-host';
import type { VirtualWorld } from './virtual-world';

/**
 * The accounts of the simulated installation: the adapters of production in live mode, with their own contracts, poll plans
 * and time limits, and behind each address the simulator that the demo runs. What does not change from run to run (secrets,
 * parsed settings) is made once.
 */
const minute = 60_000;
const origins: Readonly<Record<Contract, string>> = {
  payfield: 'https://payfield.example',
  pontis: 'https://pontis.example',
  syncgram: 'https://syncgram.example',
  nothing: 'https://nothing.example',
};

const secretsOf = (values: Readonly<Record<string, string>>): Readonly<Record<string, Secret>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Secret(value)]));

const pontisSecrets = secretsOf(pontisDevelopmentOptions.credentials);
const payfieldSecrets = secretsOf(payfieldDevelopmentOptions.credentials);
// The development key names itself a test key, which a live account refuses.
const syncgramCredentials = { ...syncgramDevelopmentOptions.credentials, apiKey: 'fake-syncgram-key' };
const syncgramSecrets = secretsOf(syncgramCredentials);
const nothingToken = 'fake-nothing-token';

const shop = { code: 'bdt_shop', currency: 'BDT', webhookUrl: 'https://merchant.example/webhooks/payfield' };
const pontisSettings = pontisModule.settings.parse({});
const payfieldSettings = payfieldModule.settings.parse({ shopCode: shop.code });
const syncgramSettings = syncgramModule.settings.parse({
  defaultEmail: 'payouts@merchant.example',
  // So that a list has several pages before it costs much to fill.
  pageSize: 10,
});

const adapters: Readonly<Record<Contract, (ports: ProviderPorts) => PayoutProvider>> = {
  pontis: (ports) =>
    pontisModule.create(
      { ...basicsOf('pontis'), settings: pontisSettings, common: {}, credentials: pontisSecrets },
      ports,
    ),
  payfield: (ports) =>
    payfieldModule.create(
      { ...basicsOf('payfield'), settings: payfieldSettings, common: {}, credentials: payfieldSecrets },
      ports,
    ),
  syncgram: (ports) =>
    syncgramModule.create(
      { ...basicsOf('syncgram'), settings: syncgramSettings, common: {}, credentials: syncgramSecrets },
      ports,
    ),
  nothing: (ports) => createNothingProvider({ baseUrl: origins.nothing, token: nothingToken }, ports),
};

function basicsOf(contract: Contract): {
  readonly account: string;
  readonly mode: 'live';
  readonly baseUrl: string;
} {
  return { account: contract, mode: 'live', baseUrl: origins[contract] };
}

const hostMakers: Readonly<Record<Contract, () => VirtualHost>> = {
  payfield: () => {
    const { core, simulator } = simulated(
      createPayfieldCore({ credentials: payfieldDevelopmentOptions.credentials, shops: [shop] }),
    );
    return {
      name: 'payfield',
      origin: origins.payfield,
      simulator,
      core,
      // Absence is conclusive after ten minutes.
      latestEffectMs: 9 * minute,
      hasTokens: false,
      words: { accepted: 'pending', paid: 'success', failed: 'failed', returned: 'refunded' },
      wouldRefuse: () => true,
      // Its own refusals end nothing (a low balance) or never happen to what the adapter sends; it remembers none of them.
      refuse: () => refusing(simulator, payfieldRefusal),
    };
  },
  pontis: () => {
    const core = createPontisCore({
      ...pontisDevelopmentOptions,
      mode: 'live',
      callbackUrl: 'https://merchant.example/webhooks/pontis',
    });
    return {
      name: 'pontis',
      origin: origins.pontis,
      ...simulated(core),
      latestEffectMs: 6 * 60 * minute,
      hasTokens: true,
      words: {
        accepted: 'pending',
        processing: 'processing',
        paid: 'completed',
        failed: 'failed',
        returned: 'reversed',
      },
      wouldRefuse: () => true,
      refuse: () => {
        core.adjust({ limits: { perPayout: '0.01' } });
        return () => core.adjust({ limits: {} });
      },
    };
  },
  syncgram: () => {
    const { core, simulator } = simulated(
      createSyncgramCore({
        ...syncgramDevelopmentOptions,
        credentials: syncgramCredentials,
        webhookUrl: 'https://merchant.example/webhooks/syncgram',
      }),
    );
    return {
      name: 'syncgram',
      origin: origins.syncgram,
      simulator,
      core,
      // A replay is written 15 minutes after the first send at the latest; the key is remembered for 30.
      latestEffectMs: 14 * minute,
      hasTokens: false,
      words: { accepted: 'PENDING', processing: 'PROCESSING', paid: 'COMPLETED', failed: 'FAILED' },
      wouldRefuse: ({ callerKey }) => !simulator.payouts().some((payout) => payout.callerKey === callerKey),
      // A low balance ends nothing.
      refuse: () => {
        core.adjust({ knowsAccounts: false });
        return () => core.adjust({ knowsAccounts: true });
      },
    };
  },
  nothing: () => {
    const { core, simulator } = simulated(createNothingCore(nothingToken));
    return {
      name: 'nothing',
      origin: origins.nothing,
      simulator,
      core,
      latestEffectMs: 6 * 60 * minute,
      hasTokens: false,
      words: { accepted: 'accepted', processing: 'processing', paid: 'paid', failed: 'failed' },
      wouldRefuse: () => true,
      refuse: () => refusing(simulator, { code: 'refused' }),
    };
  },
};

const payfieldRefusal = {
  message: 'card_number is not supported',
  code: 'validation_error',
  errors: [{ field: 'card_number', message: 'card_number is not supported' }],
  error: { code: 'validation_error', message: 'card_number is not supported' },
};

function simulated<Core extends ProviderCore>(
  core: Core,
): { readonly core: Core; readonly simulator: Simulator } {
  return { core, simulator: createSimulator(() => core) };
}

function refusing(simulator: Simulator, body: object): () => void {
  simulator.addFault({ fault: { kind: 'refuse', status: 422, body } });
  return () => simulator.clearFaults();
}

/** New, empty providers. */
export const createHosts = (which: readonly Contract[] = contracts): readonly VirtualHost[] =>
  which.map((contract) => hostMakers[contract]());

export type InstallationOptions = {
  readonly world: VirtualWorld;
  /** Of the process that the installation is made for: adapters hold tokens, which die with it. */
  readonly send: Sender;
  readonly contracts?: readonly Contract[];
  /** How wrong this process's wall clock is. */
  readonly clockErrorMs?: () => number;
  readonly screener?: Screener;
  /** The policy as it is now; a worker that is deployed anew has another. */
  readonly policy?: () => InstalledPolicy;
  readonly register?: Register;
};

const clear: Screener = { screen: async () => ({ kind: 'clear', lists: ['simulated'] }) };

/** Amounts from here on need two people. */
export const approvalFrom = '1000';
/** And from here on the treasury as well. */
export const twoLevelsFrom = '10000';

/** What a worker of the simulated installation works with. Made anew for each worker process. */
export function createSimulatedInstallation(options: InstallationOptions): Installation {
  const { world, send, clockErrorMs = () => 0 } = options;
  const which = options.contracts ?? contracts;
  const ports: ProviderPorts = {
    send,
    now: () => world.now + clockErrorMs(),
    randomBytes: (length) => Uint8Array.from({ length }, () => Math.floor(world.random() * 256)),
  };
  const accounts = new Map<string, InstalledAccount>(
    which.map((id) => [
      id,
      { id, mode: 'live', fingerprint: fingerprints[id], provider: adapters[id](ports) },
    ]),
  );
  return {
    id: 'simulated-installation',
    mode: 'live',
    configurationHash,
    accounts,
    routes: which.map((account) => ({ account })),
    get policy() {
      return options.policy?.() ?? wholeTeam;
    },
    quoteBandPercent: '1',
    holds: { recheckMs: 15 * minute, deadlineMs: 72 * 60 * minute },
    ...(options.register === undefined ? {} : { register: options.register }),
    screener: options.screener ?? clear,
    screening: {
      freshForMs: 24 * 60 * minute,
      review: { role: 'compliance', quorum: 2, deadlineMs: 72 * 60 * minute },
    },
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const configurationHash = sha256('simulated');
const fingerprints: Readonly<Record<Contract, string>> = {
  payfield: sha256(origins.payfield),
  pontis: sha256(origins.pontis),
  syncgram: sha256(origins.syncgram),
  nothing: sha256(origins.nothing),
};

const currencies = ['USDT', 'BDT', 'NGN', 'USD', 'EUR'];
const amounts = (range: AmountRange): Readonly<Record<string, AmountRange>> =>
  Object.fromEntries(currencies.map((currency) => [currency, range]));
const twoApprovers: ApprovalLevel = { role: 'approvers', quorum: 2, deadlineMs: 72 * 60 * minute };

/** The policy of the simulated team, with or without Alice. */
const documentOf = (approvers: readonly string[]): PolicyDocument => ({
  schema: 1,
  label: 'simulated team',
  people: [
    { id: 'dora', accounts: ['dora@team.example'] },
    ...['alice', 'bob', 'carol', 'erin', 'hugo', 'farid', 'grace'].map((id) => ({ id })),
  ],
  roles: { approvers, treasury: ['erin'], lead: ['hugo'], compliance: ['farid', 'grace', 'dora'] },
  /* oxlint-disable unicorn/no-thenable -- the document's own word */
  rules: [
    { name: 'small', when: { amounts: amounts({ below: approvalFrom }) }, then: { kind: 'auto-approve' } },
    {
      name: 'medium',
      when: { amounts: amounts({ from: approvalFrom, below: twoLevelsFrom }) },
      then: { kind: 'approve', levels: [twoApprovers] },
    },
    {
      name: 'large',
      when: { amounts: amounts({ from: twoLevelsFrom }) },
      then: {
        kind: 'approve',
        levels: [
          twoApprovers,
          {
            role: 'treasury',
            quorum: 1,
            deadlineMs: 72 * 60 * minute,
            reminderAfterMs: 60 * minute,
            escalateAfterMs: 120 * minute,
            escalateTo: 'lead',
          },
        ],
      },
    },
  ],
  /* oxlint-enable unicorn/no-thenable */
  otherwise: { kind: 'approve', levels: [{ ...twoApprovers, quorum: 1 }] },
});

const installed = (document: PolicyDocument): InstalledPolicy => ({
  document,
  hash: policyHash(document, sha256),
});
export const wholeTeam = installed(documentOf(['alice', 'bob', 'carol']));
export const teamWithoutAlice = installed(documentOf(['bob', 'carol']));

export type PaymentOptions = {
  readonly contract: Contract;
  /** Unique in the run: it is written into the beneficiary's account, by which the oracle knows the intent again. */
  readonly reference: string;
  readonly amount?: string;
  /** Syncgram only: pays in another currency than the account's, so that a quote comes first. */
  readonly quoted?: boolean;
};

/** A request that the account can pay, with a beneficiary of its own. */
export function paymentRequest({
  contract,
  reference,
  amount = '125.00',
  quoted = false,
}: PaymentOptions): PayoutRequest {
  return {
    schema: 1,
    tenant: 'acme',
    reference,
    requestedBy: 'dora',
    account: contract,
    amount: { value: amount, side: 'source' },
    ...places[contract],
    ...(contract === 'syncgram' && quoted ? { source: { currency: 'USD' } } : {}),
    beneficiary: {
      method: 'bank-account',
      name: 'Beatriz Santos',
      account: {
        accountNumber: accountNumberOf(reference, contract),
        ...(contract === 'syncgram' ? { bankCode: '058' } : {}),
      },
    },
    payer: { userId: 'user-1', ipAddress: '203.0.113.10', email: 'payer@merchant.example' },
  };
}

const places: Readonly<Record<Contract, Pick<PayoutRequest, 'source' | 'destination'>>> = {
  payfield: { source: { currency: 'BDT' }, destination: { country: 'BD', currency: 'BDT' } },
  pontis: { source: { currency: 'USDT' }, destination: { country: 'PH', currency: 'PHP' } },
  syncgram: { source: { currency: 'NGN' }, destination: { country: 'NG', currency: 'NGN' } },
  nothing: { source: { currency: 'EUR' }, destination: { country: 'DE', currency: 'EUR' } },
};

/** As many digits as an account there has: two references hardly ever share one, and never within a run. */
function accountNumberOf(reference: string, contract: Contract): string {
  const drawn = BigInt(`0x${sha256(reference).slice(0, 24)}`);
  if (contract === 'syncgram') return nubanOf(drawn % 10n ** 9n);
  const digits = drawn % 10n ** 15n;
  return contract === 'nothing' ? germanIbanOf(digits) : digits.toString().padStart(15, '0');
}

/** The intent as the oracle looks for it in the ledgers: nothing of our keys is in it. */
export function intentOf(request: PayoutRequest): Intent {
  const { account, amount, source, beneficiary, reference } = request;
  if (account === undefined || beneficiary.method !== 'bank-account' || source.currency === undefined) {
    throw new Error(`${reference} is no request of the simulation`);
  }
  return {
    reference,
    host: account,
    beneficiary: beneficiary.account.accountNumber,
    amount: amount.value,
    currency: source.currency,
  };
}
