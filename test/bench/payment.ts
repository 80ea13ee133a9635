import type { PayoutRequest } from '../../src/domain/payout-request';

/** The account of the provider stub; a secret of nobody. */
export const apiKey = 'sk_bench_fake_key';

/** The first wait after a status that is no news, and all others: the poll plan of ours, the server's retries of the floor. */
export const firstPollMs = 100;
export const laterPollMs = 1_000;

const usualAmount = '100.00';
/** Payouts of this amount stay pending at the provider until it is told to finish them. */
export const waitingAmount = '200.00';

const families = ['Okafor', 'Adeyemi', 'Eze', 'Balogun', 'Nwosu', 'Okonkwo', 'Bello', 'Ibrahim'];
const names = ['Ngozi', 'Chidi', 'Amaka', 'Tunde', 'Zainab', 'Emeka', 'Yetunde', 'Musa', 'Ifeoma'];

/** What every subject is asked to pay: the same request, word for word. */
export const requestOf = (reference: string, number: number, waits = false): PayoutRequest => ({
  schema: 1,
  tenant: 'bench',
  reference,
  requestedBy: 'dora',
  amount: { value: waits ? waitingAmount : usualAmount, side: 'source' },
  source: { currency: 'USD' },
  destination: { country: 'NG', currency: 'NGN' },
  beneficiary: {
    method: 'bank-account',
    name: `${names[number % names.length] ?? ''} ${families[number % families.length] ?? ''}`,
    account: { accountNumber: '0123456785', bankCode: '058' },
  },
  payer: { email: 'payer@merchant.example' },
});
