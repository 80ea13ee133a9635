import type { PayoutRequest } from '../../../src/domain/payout-request';
import type { HttpReply, HttpRequest, Sender, SendOptions } from '../../../src/http/sender';
import { Secret } from '../../../src/observability/secret';
import type { AccountSettings } from '../../../src/providers/account-settings';
import type { PayoutProvider, ProviderAccountBasics } from '../../../src/providers/provider';
import { syncgramSettingsSchema } from '../../../src/providers/syncgram/config';
import { syncgramModule } from '../../../src/providers/syncgram/module';

/** Wednesday, 15 November 2023, 22:13:20 UTC. */
export const now = 1_700_086_400_000;
export const apiKey = 'sk_test_fake_key';
export const webhookSecret = 'whsec_test_0123456789';
export const digest = 'ab12'.repeat(16);

export const request: PayoutRequest = {
  schema: 1,
  tenant: 't',
  reference: 'r-1',
  requestedBy: 'ada@example.com',
  amount: { value: '125.00', side: 'source' },
  source: { currency: 'USD' },
  destination: { country: 'NG', currency: 'NGN' },
  beneficiary: {
    method: 'bank-account',
    name: 'Chidi Okafor',
    account: { accountNumber: '0123456785', bankCode: '058' },
  },
  payer: { email: 'payer@example.com' },
  metadata: { note: 'never sent' },
};

export type Sent = { readonly request: HttpRequest; readonly options: SendOptions };
/** An answer for each call in turn; the last repeats. A thrown value ends the call. */
export type Answer = HttpReply | Error | ((sent: Sent) => HttpReply | Error);

export const json = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpReply => ({ status, headers, body: JSON.stringify(body) });

export const html = (status: number): HttpReply => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: '<html><body>Bad Gateway</body></html>',
});

export function fakeSender(answers: readonly Answer[]): { readonly send: Sender; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  return {
    sent,
    send: (httpRequest, options) => {
      const call = { request: httpRequest, options };
      sent.push(call);
      const answer = answers[Math.min(sent.length, answers.length) - 1];
      if (answer === undefined) throw new Error('no answer left');
      const made = typeof answer === 'function' ? answer(call) : answer;
      return made instanceof Error ? Promise.reject(made) : Promise.resolve(made);
    },
  };
}

export type AccountChanges = {
  readonly settings?: object;
  readonly common?: AccountSettings;
  readonly basics?: Partial<ProviderAccountBasics>;
  readonly credentials?: Readonly<Record<string, string>>;
  readonly send?: Sender;
  readonly now?: () => number;
};

export function createAccount(changes: AccountChanges = {}): PayoutProvider {
  const credentials = { apiKey, webhookSecret, ...changes.credentials };
  return syncgramModule.create(
    {
      account: 'main',
      mode: 'sandbox',
      baseUrl: 'https://pay.example.com',
      ...changes.basics,
      settings: syncgramSettingsSchema.parse(changes.settings ?? {}),
      common: changes.common ?? {},
      credentials: Object.fromEntries(
        Object.entries(credentials).map(([name, value]) => [name, new Secret(value)]),
      ),
    },
    {
      send: changes.send ?? fakeSender([]).send,
      now: changes.now ?? (() => now),
      randomBytes: (length) => new Uint8Array(length),
    },
  );
}

/** An account whose calls get these answers, an attempt of `request`, and what was sent. */
export function createAttempt(answers: readonly Answer[], changes: AccountChanges = {}) {
  const { send, sent } = fakeSender(answers);
  const provider = createAccount({ ...changes, send });
  const key = provider.formatKey(digest);
  const attempt = { key, body: provider.freezeBody({ request, key }) };
  return { provider, attempt, key, sent };
}
