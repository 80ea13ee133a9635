import { applyContractSettings, applyPollSettings } from '../account-settings';
import { credentialsReply, digestOfNone } from '../credentials-trial';
import type { PayoutProvider, ProviderPorts } from '../provider';
import type { ProviderAccount } from '../provider-module';
import { createPayfieldClient } from './client';
import {
  lookUpGraceMs,
  payfieldContract,
  payfieldCurrency,
  payfieldPollPlan,
  standardReadTimeoutMs,
  standardSubmitTimeoutMs,
} from './config';
import type { PayfieldSettings } from './config';
import { echoOf, formatKey, payoutBody, readFrozenBody, statusOf, statusReading } from './mapping';
import { requestProblems } from './problems';
import { readPayfieldWebhook } from './webhook';

export function createPayfieldProvider(
  account: ProviderAccount<PayfieldSettings>,
  ports: ProviderPorts,
): PayoutProvider {
  const { mode, settings, common, credentials } = account;
  const submitTimeoutMs = common.submitTimeoutMs ?? standardSubmitTimeoutMs;
  const graceMs = lookUpGraceMs(submitTimeoutMs);
  const contract = applyContractSettings(
    { ...payfieldContract, lookUp: { ...payfieldContract.lookUp, graceMs } },
    common.contract,
    mode,
  );
  const readTimeoutMs = common.readTimeoutMs ?? standardReadTimeoutMs;
  const client = createPayfieldClient(
    {
      baseUrl: account.baseUrl.replace(/\/+$/, ''),
      apiKey: secretText(account, 'apiKey'),
      secret: secretText(account, 'secret'),
      signatureEncoding: settings.signatureEncoding,
      submitTimeoutMs,
      readTimeoutMs,
    },
    ports,
  );
  const webhookSecrets = ['webhookSecret', 'webhookSecretPrevious'].flatMap(
    (name) => credentials[name]?.reveal() ?? [],
  );

  return {
    provider: 'payfield',
    contract,
    pollPlan: applyPollSettings(payfieldPollPlan, common.pollPlan),
    submitTimeoutMs,
    // What a read repeats (with a corrected clock) is within its own time.
    timeLimits: { quoteMs: readTimeoutMs, statusMs: readTimeoutMs, lookUpMs: readTimeoutMs },
    needsQuote: () => false,
    // Nothing is exchanged.
    sourceCurrency: () => payfieldCurrency,
    problems: (request) => requestProblems(request, settings),
    formatKey,
    freezeBody: ({ request, key }) => JSON.stringify(payoutBody(request, key, settings)),

    /** 201 is a new payout, 200 one that exists already under this `external_id`; the echo tells whether it is ours. */
    async submit(attempt, call) {
      const reply = await client.submit(attempt.body, call);
      if (!reply.ok) return { kind: 'failed', failure: reply.failure };
      return {
        kind: 'accepted',
        providerPayoutId: reply.payout.id,
        ...statusOf(reply.payout.status),
        echo: echoOf(reply.payout, readFrozenBody(attempt), contract.echoes.submit),
      };
    },

    /** Payfield reads by our key alone; when another payout answers to it, the key no longer names what we made. */
    async readStatus({ attempt, providerPayoutId }, call) {
      const { external_id: externalId, shop_code: shopCode } = readFrozenBody(attempt);
      const reply = await client.read(externalId, shopCode, call);
      if (!reply.ok) return { kind: 'failed', failure: reply.failure };
      const reading = statusReading(reply.payout, attempt, contract.echoes.status);
      if (reading.providerPayoutId === providerPayoutId) return { kind: 'read', reading };
      const { matched, unverified, mismatched } = reading.echo;
      const echo = {
        matched: matched.filter((field) => field !== 'key'),
        unverified: unverified.filter((field) => field !== 'key'),
        mismatched: ['key' as const, ...mismatched.filter((field) => field !== 'key')],
      };
      return { kind: 'read', reading: { ...reading, echo } };
    },

    async lookUp({ attempt }, call) {
      const { external_id: externalId, shop_code: shopCode } = readFrozenBody(attempt);
      const reply = await client.read(externalId, shopCode, call);
      if (reply.ok) {
        return { kind: 'complete', found: [statusReading(reply.payout, attempt, contract.echoes.lookUp)] };
      }
      return reply.failure.code === 'not_found'
        ? { kind: 'complete', found: [] }
        : { kind: 'failed', failure: reply.failure };
    },

    async tryCredentials(call) {
      return credentialsReply(await client.read(formatKey(digestOfNone(ports)), settings.shopCode, call));
    },

    readWebhook: (delivery) =>
      readPayfieldWebhook(delivery, { webhookSecrets, signatureEncoding: settings.signatureEncoding }),
  };
}

function secretText({ account, credentials }: ProviderAccount<PayfieldSettings>, name: string): string {
  const secret = credentials[name];
  if (secret === undefined) throw new Error(`account ${account}: the credential ${name} is missing`);
  return secret.reveal();
}
