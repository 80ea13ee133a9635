import { applyContractSettings, applyPollSettings } from '../account-settings';
import { credentialsReply, digestOfNone } from '../credentials-trial';
import type { AccountSettings } from '../account-settings';
import type {
  LookUpReply,
  PayoutProvider,
  ProviderAccountBasics,
  ProviderPorts,
  StatusReply,
  SubmitReply,
} from '../provider';
import type { StatusReading } from '../../domain/provider-status';
import type { Secret } from '../../observability/secret';
import { createSyncgramClient, unreadable } from './client';
import type { SyncgramClient } from './client';
import type { SyncgramSettings } from './config';
import { syncgramContract, syncgramPollPlan } from './contract';
import { checkEcho } from './echo';
import { requestIdOf } from './error-table';
import { payoutBody, statusOf, sourceCurrencyOf } from './mapping';
import { needsQuote, quotePayout } from './quotes';
import { requestProblems } from './request-problems';
import type { ScanDeps } from './scan';
import { longestScanMs, scanForPayout } from './scan';
import { readSyncgramWebhook } from './webhook';
import { readFrozenBody, readPayoutReply } from './wire';
import type { FrozenBody, WirePayout } from './wire';

export type SyncgramDeps = {
  readonly account: ProviderAccountBasics;
  readonly settings: SyncgramSettings;
  readonly common: AccountSettings;
  readonly token: Secret;
  readonly webhookSecrets: readonly Secret[];
  readonly ports: ProviderPorts;
};

/** One account of Syncgram Pay. Page of record: docs.bachs.io/api-reference/payouts/create-withdrawal, Syncgram edition. */
export function createSyncgramProvider(deps: SyncgramDeps): PayoutProvider {
  const { account, settings, common, ports } = deps;
  const submitTimeoutMs = common.submitTimeoutMs ?? 30_000;
  const readTimeoutMs = common.readTimeoutMs ?? 15_000;
  const scanForMs = longestScanMs(readTimeoutMs);
  const client = createSyncgramClient({
    baseUrl: account.baseUrl,
    token: deps.token,
    settings,
    submitTimeoutMs,
    readTimeoutMs,
    ports,
  });
  return {
    provider: 'syncgram',
    contract: applyContractSettings(syncgramContract, common.contract, account.mode),
    pollPlan: applyPollSettings(syncgramPollPlan, common.pollPlan),
    submitTimeoutMs,
    timeLimits: {
      quoteMs: readTimeoutMs,
      statusMs: readTimeoutMs * settings.paths.status.length,
      // The page that is under way when the time for pages is over is read to its end.
      lookUpMs: scanForMs + readTimeoutMs * settings.paths.list.length,
    },
    needsQuote: (request) => needsQuote(request, settings),
    sourceCurrency: (request) => sourceCurrencyOf(request, settings),
    problems: (request) => requestProblems(request, settings),
    formatKey,
    freezeBody: (input) => payoutBody(input, settings),
    submit: (attempt, call) => submitPayout(client, attempt, call),
    readStatus: (input, call) => readPayoutStatus(client, input, call),
    lookUp: (input, call) =>
      lookUpPayout({ client, settings, now: ports.now, longestScanMs: scanForMs }, input, call),
    quote: (request, call) => quotePayout(request, { client, settings, ports }, call),
    async tryCredentials(call) {
      return credentialsReply(await client.readStatus(formatKey(digestOfNone(ports)), call));
    },
    readWebhook: (delivery) =>
      readSyncgramWebhook(delivery, { secrets: deps.webhookSecrets, settings: settings.webhook }),
  };
}

/**
 * `po_` and the first 40 hex digits (160 bits) of the attempt key's digest: 43 characters that are safe in URLs, in
 * dashboards and as a bank's narration. No length is documented for `reference` and `idempotency_key`.
 *
 * Vector: 64 times `a` gives `po_` and 40 times `a`.
 */
export function formatKey(digest: string): string {
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new Error('digest is not 64 hex digits');
  return `po_${digest.slice(0, 40)}`;
}

async function submitPayout(
  client: SyncgramClient,
  { key, body }: Parameters<PayoutProvider['submit']>[0],
  call: Parameters<PayoutProvider['submit']>[1],
): Promise<SubmitReply> {
  const frozen = readFrozenBody(body);
  const result = await client.submit({ body, key, quoted: frozen.quote_id !== undefined }, call);
  if (!result.ok) return { kind: 'failed', failure: result.failure };
  const payout = readPayoutReply(result.reply);
  if (payout?.providerPayoutId === undefined) {
    return { kind: 'failed', failure: unreadable(result.reply, 'unknown') };
  }
  const requestId = requestIdOf(result.reply);
  return {
    kind: 'accepted',
    providerPayoutId: payout.providerPayoutId,
    ...statusOf(payout),
    echo: checkEcho(frozen, payout),
    ...(requestId !== undefined && { requestId }),
  };
}

async function readPayoutStatus(
  client: SyncgramClient,
  { attempt, providerPayoutId }: Parameters<PayoutProvider['readStatus']>[0],
  call: Parameters<PayoutProvider['readStatus']>[1],
): Promise<StatusReply> {
  const result = await client.readStatus(providerPayoutId, call);
  if (!result.ok) return { kind: 'failed', failure: result.failure };
  const payout = readPayoutReply(result.reply);
  // Without any id and status it is no payout; with another id it is not the one that was asked for.
  if (
    payout === undefined ||
    (payout.providerPayoutId === undefined && payout.status === undefined) ||
    (payout.providerPayoutId ?? providerPayoutId) !== providerPayoutId
  ) {
    return { kind: 'failed', failure: unreadable(result.reply, 'none') };
  }
  return { kind: 'read', reading: readingOf({ ...payout, providerPayoutId }, readFrozenBody(attempt.body)) };
}

async function lookUpPayout(
  deps: ScanDeps,
  { attempt, firstSentAt }: Parameters<NonNullable<PayoutProvider['lookUp']>>[0],
  call: Parameters<PayoutProvider['readStatus']>[1],
): Promise<LookUpReply> {
  const body = readFrozenBody(attempt.body);
  const scan = await scanForPayout({ body, firstSentAt }, deps, call);
  if (scan.kind === 'failed') return scan;
  // Parts of a split payout all carry our reference: they are all returned, so that a person decides.
  return { kind: 'complete', found: scan.found.map((payout) => readingOf(payout, body)) };
}

function readingOf(
  payout: WirePayout & { readonly providerPayoutId: string },
  body: FrozenBody,
): StatusReading {
  const { from_amount: from, to_amount: to, exchange_rate: rate, fee } = payout;
  const sourceCurrency = payout.from_currency ?? body.from_currency;
  const amounts = {
    ...(from !== undefined && { source: { value: from, currency: sourceCurrency } }),
    ...(to !== undefined && {
      destination: { value: to, currency: payout.to_currency ?? body.to_currency },
    }),
    ...(rate !== undefined && { rate }),
    ...(fee !== undefined && { fee: { value: fee, currency: payout.fee_currency ?? sourceCurrency } }),
  };
  return {
    providerPayoutId: payout.providerPayoutId,
    ...statusOf(payout),
    echo: checkEcho(body, payout),
    ...(Object.keys(amounts).length > 0 && { amounts }),
  };
}
