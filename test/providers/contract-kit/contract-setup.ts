import type { EchoField } from '../../../src/domain/idempotency-contract';
import type { PayoutRequest } from '../../../src/domain/payout-request';
import type { ProviderStatus } from '../../../src/domain/provider-status';
import type { AccountSettings } from '../../../src/providers/account-settings';
import type { PayoutProvider, ProviderPorts } from '../../../src/providers/provider';
import type { SimulatorName, SimulatorSetups } from '../../../src/simulators/start-simulators';

/** What the kit must know of a provider. How providers differ in behaviour it reads from the adapter's `contract`. */
export type ContractSetup = {
  readonly simulator: SimulatorName;
  /** What differs from the simulator's development setup; webhooks must go to `webhookUrl`. */
  simulatorSetups(webhookUrl: string): SimulatorSetups;
  /** An adapter of one account at the simulator. `wrong` credentials are well-formed and not the simulator's. */
  createProvider(input: {
    readonly baseUrl: string;
    readonly credentials: 'right' | 'wrong';
    readonly common: AccountSettings;
    readonly ports: ProviderPorts;
  }): PayoutProvider;
  /** A request that this account can pay; priced by a quote first, if the adapter says so. */
  readonly request: PayoutRequest;
  /** The provider's words for our statuses; one that the provider does not have is left out. */
  readonly words: Partial<Readonly<Record<Exclude<ProviderStatus, 'unrecognised'>, string>>>;
  /** The JSON members in which replies repeat what was sent; one for each field that the contract declares. */
  readonly echoMembers: Partial<Readonly<Record<EchoField, string>>>;
};
