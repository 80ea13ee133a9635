import type { PayoutRequest } from '../../src/domain/payout-request';

/** A valid request; the names are invented. */
export const exampleRequest = (change: Partial<PayoutRequest> = {}): PayoutRequest => ({
  schema: 1,
  tenant: 'acme',
  reference: 'order-1',
  requestedBy: 'dana',
  amount: { value: '125.00', side: 'source' },
  source: { currency: 'USDT' },
  destination: { country: 'PH', currency: 'PHP' },
  beneficiary: {
    method: 'bank-account',
    name: 'Beatriz Santos',
    account: { accountNumber: '0012345678', bankCode: 'BOPI' },
  },
  ...change,
});
