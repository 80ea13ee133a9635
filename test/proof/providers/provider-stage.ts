import { createHash } from 'node:crypto';
import type { PayoutRequest } from '../../../src/domain/payout-request';
import type { Quote } from '../../../src/domain/quote';
import type { FrozenAttempt, PayoutProvider } from '../../../src/providers/provider';
import type { Contract } from '../expectations/submit-cases';
import { createHosts, createSimulatedInstallation, paymentRequest } from './simulated-accounts';
import { createSmallWorld } from './small-world';
import type { SmallWorld } from './small-world';
import type { VirtualHost } from './virtual-host';
import { createVirtualNetwork } from './virtual-network';
import type { NetworkProcess, VirtualNetwork, VirtualNetworkOptions } from './virtual-network';

/** One provider account in a small world, reached by one process, without workflow. */
export type ProviderStage = {
  readonly world: SmallWorld;
  readonly network: VirtualNetwork;
  readonly process: NetworkProcess;
  readonly host: VirtualHost;
  readonly provider: PayoutProvider;
  readonly request: PayoutRequest;
  /** A frozen attempt for the request, under the key of this generation. */
  readonly freeze: (generation?: number, quote?: Quote) => FrozenAttempt;
};

export function stageProvider(
  contract: Contract,
  options: Pick<VirtualNetworkOptions, 'rates' | 'planSubmit' | 'onWebhook'> & {
    readonly seed?: number;
    readonly quoted?: boolean;
  } = {},
): ProviderStage {
  const world = createSmallWorld(options.seed);
  const hosts = createHosts([contract]);
  const network = createVirtualNetwork({ ...options, world, hosts });
  const process = network.attach();
  const { accounts } = createSimulatedInstallation({ world, send: process.send, contracts: [contract] });
  const [host] = hosts;
  const provider = accounts.get(contract)?.provider;
  if (host === undefined || provider === undefined) throw new Error(`no account of ${contract}`);
  const request = paymentRequest({ contract, reference: 'order-1', quoted: options.quoted === true });
  return {
    world,
    network,
    process,
    host,
    provider,
    request,
    freeze(generation = 1, quote) {
      const key = provider.formatKey(createHash('sha256').update(`key ${generation}`).digest('hex'));
      return { key, body: provider.freezeBody({ request, key, ...(quote === undefined ? {} : { quote }) }) };
    },
  };
}
