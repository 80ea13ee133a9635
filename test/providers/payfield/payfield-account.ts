import type { PayoutRequest } from '../../../src/domain/payout-request';
import { SendFailure } from '../../../src/http/sender';
import type { HttpReply, HttpRequest, SendOptions, Sender } from '../../../src/http/sender';
import { Secret } from '../../../src/observability/secret';
import type { PayfieldSettings } from '../../../src/providers/payfield/config';
import { payfieldModule } from '../../../src/providers/payfield/module';
import type { FrozenAttempt, PayoutProvider } from '../../../src/providers/provider';
import type { ProviderAccount } from '../../../src/providers/provider-module';

export const now = Date.parse('2025-12-05T10:00:00Z');

export const account: ProviderAccount<PayfieldSettings> = {
  account: 'payfield-bd',
  mode: 'sandbox',
  baseUrl: 'http://127.0.0.1:4000/',
  settings: {
    shopCode: 'your_bdt_shop',
    callbackUrl: 'https://merchant.example.com/webhooks/payout',
    signatureEncoding: 'hex',
    phoneFormat: 'national',
    walletOperators: ['bkash'],
  },
  common: {},
  credentials: {
    apiKey: new Secret('fake-api-key'),
    secret: new Secret('fake-secret'),
    webhookSecret: new Secret('fake-webhook-secret'),
    webhookSecretPrevious: new Secret('fake-webhook-secret-before'),
  },
};

export const request: PayoutRequest = {
  schema: 1,
  tenant: 'acme',
  reference: 'r-1',
  requestedBy: 'ana',
  amount: { value: '5000', side: 'destination' },
  source: { currency: 'BDT' },
  destination: { country: 'BD', currency: 'BDT' },
  beneficiary: { method: 'card', name: 'Rahim Uddin', account: { cardNumber: '4111111111111111' } },
  payer: { userId: 'merchant-user-001', ipAddress: '203.0.113.10' },
  metadata: { note: 'never sent' },
};

export type Sent = { readonly request: HttpRequest; readonly options: SendOptions };

/** A provider whose sender answers in turn with what is given, and writes down what it was asked to send. */
export function providerAnswering(
  answers: readonly (HttpReply | SendFailure)[],
  changes: Partial<ProviderAccount<PayfieldSettings>> = {},
): { readonly provider: PayoutProvider; readonly sent: readonly Sent[] } {
  const sent: Sent[] = [];
  const send: Sender = async (asked, options) => {
    const answer = answers[sent.length];
    sent.push({ request: asked, options });
    if (answer === undefined) throw new Error('the sender was asked once too often');
    if (answer instanceof SendFailure) throw answer;
    return answer;
  };
  const ports = {
    send,
    now: () => now,
    randomBytes: () => {
      throw new Error('nothing is random at Payfield');
    },
  };
  return { provider: payfieldModule.create({ ...account, ...changes }, ports), sent };
}

export const frozen = (changes: Partial<ProviderAccount<PayfieldSettings>> = {}): FrozenAttempt => {
  const { provider } = providerAnswering([], changes);
  const key = provider.formatKey('ab'.repeat(32));
  return { key, body: provider.freezeBody({ request, key }) };
};

export const reply = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpReply => ({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) });

export const errorBody = (code: string, message: string, errors?: readonly object[]): object => ({
  message,
  code,
  ...(errors && { errors }),
  error: { code, message },
});

/** The documented example of a reply, about our attempt (2.1 Create PayOut). */
export const payout = {
  id: 12345,
  status: 'pending',
  external_id: `dp-${'ab'.repeat(20)}`,
  amount: '5000.00',
  currency: 'BDT',
  shop_code: 'your_bdt_shop',
  card_number: '4111111111111111',
  merchant_user_id: 'merchant-user-001',
  merchant_user_ip: '203.0.113.10',
  callback_url: 'https://merchant.example.com/webhooks/payout',
  transaction_type: 'payout',
  created_at: '2025-12-05T10:00:00.000000Z',
  updated_at: '2025-12-05T10:00:00.000000Z',
};

/** The shorter form of status reads and webhooks (2.2, 2.3). */
export const payoutStatus = {
  id: 12345,
  external_id: payout.external_id,
  shop_code: 'your_bdt_shop',
  status: 'pending',
  amount: '5000.00',
  currency: 'BDT',
  updated_at: '2025-12-05T10:00:00.000000Z',
};
