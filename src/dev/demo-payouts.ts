import { assertNever } from '../domain/assert-never';
import type { PayoutRequest } from '../domain/payout-request';
import type { PayoutStatus } from '../domain/payout-status';
import type { PayoutAddress } from '../client/payout-address';
import type { PayoutClient } from '../client/payout-client';
import type { RunningSimulators, SimulatorName } from '../simulators/start-simulators';

/** One payout of the demo: what is asked, what disturbs it, what people do, and how it must end. */
export type DemoPayout = {
  /** What it shows, in a few words; also the payout's reference. */
  readonly name: string;
  readonly account: SimulatorName;
  readonly request: PayoutRequest;
  readonly expected: PayoutStatus;
  /** Debits that the provider's ledger must hold for its beneficiary. */
  readonly debits: number;
  /** Sets the provider up before the payout starts. */
  readonly arrange?: (simulators: RunningSimulators) => void;
  /** The people's part, while it runs. */
  readonly people?: (
    client: PayoutClient,
    payout: PayoutAddress,
    simulators: RunningSimulators,
  ) => Promise<void>;
};

const tenant = 'demo';
const requestedBy = 'dora';
type Asked = Omit<PayoutRequest, 'schema' | 'tenant' | 'reference' | 'requestedBy'>;
const ask = (reference: string, asked: Asked): PayoutRequest => ({
  schema: 1,
  tenant,
  reference,
  requestedBy,
  ...asked,
});

/** Philippine pesos from USDT. Amounts end in .00: other cents decide a Pontis sandbox payout's fate. */
const pontis = (
  name: string,
  value: string,
  accountNumber: string,
  currency = 'USDT',
  beneficiary = 'Juan dela Cruz',
) =>
  ask(name, {
    amount: { value, side: 'source' },
    source: { currency },
    destination: { country: 'PH', currency: 'PHP' },
    beneficiary: { method: 'bank-account', name: beneficiary, account: { accountNumber } },
    purpose: 'Supplier payment',
    sourceOfFunds: 'Business revenue',
  });

const payfield = (name: string, value: string, cardNumber: string) =>
  ask(name, {
    amount: { value, side: 'destination' },
    source: { currency: 'BDT' },
    destination: { country: 'BD', currency: 'BDT' },
    beneficiary: { method: 'card', name: 'Rahima Begum', account: { cardNumber } },
    payer: { userId: 'merchant-user-001', ipAddress: '203.0.113.10' },
  });

const syncgram = (
  name: string,
  beneficiary: PayoutRequest['beneficiary'],
  destination: PayoutRequest['destination'],
  source = 'USD',
) =>
  ask(name, {
    amount: { value: '100.00', side: 'source' },
    source: { currency: source },
    destination,
    beneficiary,
    payer: { email: 'payer@merchant.example' },
  });

const bank = (accountNumber: string): PayoutRequest['beneficiary'] => ({
  method: 'bank-account',
  name: 'Ngozi Okafor',
  account: { accountNumber, bankCode: '058' },
});
const nigeria = { country: 'NG', currency: 'NGN' };

async function digestOf(client: PayoutClient, payout: PayoutAddress): Promise<string> {
  for (;;) {
    const { status } = await client.outcome(payout);
    if (status === 'awaiting-approval') {
      const { approval } = await client.get(payout);
      if (approval?.open) return approval.digest;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Everything the demo pays, side by side. `savedDestination` is one that Syncgram already knows. */
export function demoPayouts(savedDestination: string): readonly DemoPayout[] {
  return [
    {
      name: 'pontis-happy',
      account: 'pontis',
      request: pontis('pontis-happy', '125.00', '1000000001'),
      expected: 'paid',
      debits: 1,
    },
    {
      name: 'payfield-happy',
      account: 'payfield',
      request: payfield('payfield-happy', '5000.00', '4111111111111111'),
      expected: 'paid',
      debits: 1,
    },
    {
      name: 'syncgram-bank-with-quote',
      account: 'syncgram',
      request: syncgram('syncgram-bank-with-quote', bank('0123456785'), nigeria),
      expected: 'paid',
      debits: 1,
    },
    {
      name: 'syncgram-mobile-money',
      account: 'syncgram',
      request: syncgram(
        'syncgram-mobile-money',
        {
          method: 'mobile-wallet',
          name: 'Ngozi Okafor',
          account: { phoneNumber: '+2348031234567', operator: 'mtn' },
        },
        nigeria,
      ),
      expected: 'paid',
      debits: 1,
    },
    {
      name: 'syncgram-crypto',
      account: 'syncgram',
      request: syncgram(
        'syncgram-crypto',
        {
          method: 'crypto-wallet',
          name: 'Ngozi Okafor',
          account: { address: 'TJRabPrwbZy45sbavfcjinPJC18kjpRTv8' },
        },
        { country: 'NG', currency: 'USDT_TRC20' },
      ),
      expected: 'paid',
      debits: 1,
    },
    {
      name: 'syncgram-saved-destination',
      account: 'syncgram',
      request: syncgram(
        'syncgram-saved-destination',
        {
          method: 'saved-destination',
          name: 'Ngozi Okafor',
          account: { destinationId: savedDestination, kind: 'bank-account' },
        },
        nigeria,
      ),
      expected: 'paid',
      debits: 1,
    },
    {
      name: 'two-approvals',
      account: 'pontis',
      request: pontis('two-approvals', '2500.00', '1000000002'),
      expected: 'paid',
      debits: 1,
      async people(client, payout) {
        const digest = await digestOf(client, payout);
        for (const by of ['alice', 'bob']) {
          await client.decide({ ...payout, by, decision: 'approve', digest, reason: 'invoice checked' });
        }
      },
    },
    {
      name: 'screening-refused',
      account: 'pontis',
      request: pontis('screening-refused', '90.00', '1000000003', 'USDT', 'Sanctioned Testperson'),
      expected: 'rejected',
      debits: 0,
    },
    {
      name: 'lost-reply-payfield',
      account: 'payfield',
      request: payfield('lost-reply-payfield', '750.00', '5500000000000004'),
      expected: 'paid',
      debits: 1,
      arrange: ({ payfield: provider }) => loseFirstReply(provider, '5500000000000004'),
    },
    {
      name: 'lost-reply-pontis',
      account: 'pontis',
      request: pontis('lost-reply-pontis', '310.00', '1000000004'),
      expected: 'paid',
      debits: 1,
      arrange: ({ pontis: provider }) => loseFirstReply(provider, '1000000004'),
    },
    {
      name: 'lost-reply-syncgram',
      account: 'syncgram',
      request: syncgram('lost-reply-syncgram', bank('0123456792'), nigeria),
      expected: 'paid',
      debits: 1,
      arrange: ({ syncgram: provider }) => loseFirstReply(provider, '0123456792'),
    },
    {
      name: 'refused-for-money',
      account: 'pontis',
      request: pontis('refused-for-money', '400.00', '1000000005', 'USDC'),
      expected: 'paid',
      debits: 1,
      arrange: ({ pontis: { simulator } }) => simulator.setBalance('USDC', '5.00'),
      async people(client, payout, { pontis: { simulator } }) {
        for (;;) {
          const { heldReason } = await client.outcome(payout);
          if (heldReason === 'insufficient_funds') break;
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
        // Long enough to be seen in the live view.
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        simulator.setBalance('USDC', '10000.00');
        await client.resume({ ...payout, by: 'treasury', reason: 'topped up' });
      },
    },
    {
      name: 'cancelled-in-time',
      account: 'pontis',
      request: pontis('cancelled-in-time', '7000.00', '1000000006'),
      expected: 'cancelled',
      debits: 0,
      async people(client, payout) {
        await digestOf(client, payout);
        await client.cancel({ ...payout, by: requestedBy, reason: 'wrong amount' });
      },
    },
    {
      name: 'refused-by-the-network',
      account: 'pontis',
      request: pontis('refused-by-the-network', '60.02', '1000000007'),
      expected: 'failed',
      debits: 1,
    },
    {
      name: 'paid-then-reversed',
      account: 'pontis',
      request: pontis('paid-then-reversed', '220.00', '1000000008'),
      expected: 'returned',
      debits: 1,
      arrange: ({ pontis: { simulator } }) =>
        simulator.script({
          match: { beneficiary: '1000000008' },
          steps: [
            { status: 'processing', afterMs: 500 },
            { status: 'completed', afterMs: 700 },
            { status: 'reversed', afterMs: 2_500 },
          ],
        }),
    },
  ];
}

/** What `demo --stay` leaves open when all else has ended: something to decide, and something to mend. */
export type OpenPayouts = { readonly waiting: PayoutRequest; readonly held: PayoutRequest };

/** The held one needs more of `heldCurrency` than `heldBalance`. */
export const heldCurrency = 'USDC';
export const heldBalance = '5.00';
export const openPayouts: OpenPayouts = {
  waiting: pontis('waiting-for-people', '2500.00', '1000000011'),
  held: pontis('held-for-money', '400.00', '1000000012', heldCurrency),
};

/** The provider books the payout, and the reply is lost on its way back. */
function loseFirstReply(provider: RunningSimulators[SimulatorName], beneficiary: string): void {
  provider.simulator.addFault({
    match: { operation: 'submit', beneficiary },
    fault: { kind: 'cut-after-processing' },
  });
}

/** What identifies the beneficiary in the provider's ledger. */
export function ledgerBeneficiary({ beneficiary }: PayoutRequest): string {
  switch (beneficiary.method) {
    case 'bank-account':
      return beneficiary.account.accountNumber;
    case 'mobile-wallet':
      return beneficiary.account.phoneNumber;
    case 'card':
      return beneficiary.account.cardNumber;
    case 'crypto-wallet':
      return beneficiary.account.address;
    case 'saved-destination':
      return beneficiary.account.destinationId;
    default:
      return assertNever(beneficiary, 'method');
  }
}
