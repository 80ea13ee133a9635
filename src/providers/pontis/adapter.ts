import { applyContractSettings, applyPollSettings } from '../account-settings';
import { credentialsReply, digestOfNone } from '../credentials-trial';
import type { PayoutProvider, ProviderPorts } from '../provider';
import type { ProviderAccount } from '../provider-module';
import { createPontisClient } from './client';
import { pontisContract, pontisPollPlan, standardTimeoutMs } from './config';
import type { PontisSettings } from './config';
import { decodeBase64Url } from './envelope';
import { echoOf, formatKey, messageCode, payoutBody, sourceCurrencyOf, statusOf } from './mapping';
import { requestProblems } from './problems';
import { readPontisWebhook } from './webhook';

export function createPontisProvider(
  account: ProviderAccount<PontisSettings>,
  ports: ProviderPorts,
): PayoutProvider {
  const { mode, settings, common } = account;
  const hmacKey = secretBytes(account, 'hmacSecret');
  const previousKey = account.credentials['hmacSecretPrevious'] && secretBytes(account, 'hmacSecretPrevious');
  const hmacKeys = previousKey ? [hmacKey, previousKey] : [hmacKey];
  const submitTimeoutMs = common.submitTimeoutMs ?? standardTimeoutMs;
  const readTimeoutMs = common.readTimeoutMs ?? standardTimeoutMs;
  const client = createPontisClient(
    {
      baseUrl: account.baseUrl.replace(/\/+$/, ''),
      apiKey: secretText(account, 'apiKey'),
      hmacKey,
      encryptionKey: secretBytes(account, 'encryptionSecret'),
      email: secretText(account, 'email'),
      password: secretText(account, 'password'),
      submitTimeoutMs,
      readTimeoutMs,
    },
    ports,
  );

  return {
    provider: 'pontis',
    contract: applyContractSettings(pontisContract, common.contract, mode),
    pollPlan: applyPollSettings(pontisPollPlan, common.pollPlan),
    submitTimeoutMs,
    // What a read repeats (a login, a signature) is within its own time.
    timeLimits: { quoteMs: readTimeoutMs, statusMs: readTimeoutMs, lookUpMs: readTimeoutMs },
    // The published API has no quotes: a payout is priced when it is sent.
    needsQuote: () => false,
    sourceCurrency: (request) => sourceCurrencyOf(request, settings),
    problems: (request) => requestProblems(request, settings),
    formatKey,
    freezeBody: ({ request, key }) => JSON.stringify(payoutBody(request, key, settings)),

    async submit(attempt, call) {
      const reply = await client.submit(attempt.body, call);
      if (!reply.ok) return { kind: 'failed', failure: reply.failure };
      const { transactionId, status } = reply.value;
      return {
        kind: 'accepted',
        providerPayoutId: transactionId,
        ...statusOf(status),
        echo: echoOf(transactionId, mode, settings),
      };
    },

    async readStatus({ providerPayoutId }, call) {
      const reply = await client.readStatus(providerPayoutId, call);
      if (!reply.ok) return { kind: 'failed', failure: reply.failure };
      const { transaction_id: id = providerPayoutId, status, status_message: message } = reply.value;
      // The reply speaks of another transaction: it says nothing about ours.
      if (id.toLowerCase() !== providerPayoutId.toLowerCase()) {
        return { kind: 'failed', failure: { effect: 'none', code: 'unreadable_reply' } };
      }
      const reason = messageCode(message);
      if (reason) ports.log?.('pontis_status_message', { status: statusOf(status).providerStatus, reason });
      return {
        kind: 'read',
        reading: { providerPayoutId, ...statusOf(status), echo: echoOf(id, mode, settings) },
      };
    },

    async tryCredentials(call) {
      return credentialsReply(await client.readStatus(formatKey(digestOfNone(ports)), call));
    },

    readWebhook: (delivery) => readPontisWebhook(delivery, { hmacKeys, mode, settings }),
  };
}

function secretText({ account, credentials }: ProviderAccount<PontisSettings>, name: string): string {
  const secret = credentials[name];
  if (secret === undefined) throw new Error(`account ${account}: the credential ${name} is missing`);
  return secret.reveal();
}

function secretBytes(account: ProviderAccount<PontisSettings>, name: string): Buffer {
  const bytes = decodeBase64Url(secretText(account, name));
  if (bytes === undefined) throw new Error(`account ${account.account}: ${name} is not base64url`);
  return bytes;
}
