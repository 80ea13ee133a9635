import { createHash } from 'node:crypto';
import { attemptKeyDigest } from '../../../src/domain/attempt-key';
import type { PayoutRequest } from '../../../src/domain/payout-request';
import type { Intent } from '../providers/oracle';
import { createSimulatedInstallation, intentOf, paymentRequest } from '../providers/simulated-accounts';
import type { VirtualHost } from '../providers/virtual-host';
import { createVirtualNetwork } from '../providers/virtual-network';
import type { World } from '../temporal-model/world';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
/** More than two pages of a provider's list. */
const many = 25;

/**
 * Payouts of somebody else at the same account: one under the very key that ours will use, or so many that ours is no longer
 * on the first page of the list. They are booked over a network without faults.
 */
export function bookOthers(
  world: World,
  host: VirtualHost,
  ours: PayoutRequest,
  which: 'same-key' | 'many',
): readonly Intent[] {
  const contract = host.name;
  const network = createVirtualNetwork({ world, hosts: [host] });
  const installation = createSimulatedInstallation({
    world,
    send: network.attach().send,
    contracts: [contract],
  });
  const provider = installation.accounts.get(contract)?.provider;
  if (provider === undefined) throw new Error(`no account ${contract}`);
  const book = (request: PayoutRequest, keyOf: PayoutRequest): Intent => {
    const key = provider.formatKey(
      attemptKeyDigest(
        {
          installation: installation.id,
          tenant: keyOf.tenant,
          reference: keyOf.reference,
          account: contract,
          mode: 'live',
          generation: 1,
        },
        sha256,
      ),
    );
    void provider.submit({ key, body: provider.freezeBody({ request, key }) }, {});
    return intentOf(request);
  };
  if (which === 'same-key') {
    world.count('key-taken');
    const other = paymentRequest({ contract, reference: `${ours.reference}-other`, amount: '77.00' });
    return [book(other, ours)];
  }
  return Array.from({ length: many }, (_, index) => {
    const other = paymentRequest({ contract, reference: `${ours.reference}-other-${index}`, amount: '5.00' });
    return book(other, other);
  });
}
