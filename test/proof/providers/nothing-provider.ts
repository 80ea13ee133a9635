import { z } from 'zod';
import type { IdempotencyContract } from '../../../src/domain/idempotency-contract';
import { withDecimals } from '../../../src/domain/money';
import type { ProviderFailure } from '../../../src/domain/provider-failure';
import type { ProviderStatus } from '../../../src/domain/provider-status';
import type { HttpReply } from '../../../src/http/sender';
import type { PayoutProvider, PollPlan, ProviderPorts } from '../../../src/providers/provider';
import {
  failureOfSend,
  parseJsonReply,
  printableToken,
  retryAfterMs,
} from '../../../src/providers/send-classification';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The fourth contract: nothing can be asked and nothing may be repeated, so every unknown outcome is held at once. */
export const nothingContract: IdempotencyContract = {
  replay: { windowMs: 0, afterEmptyLookUps: 0, verifyByLookUp: false },
  lookUp: { kind: 'none', graceMs: 0, absence: null },
  refusalsRemembered: false,
  recoveryPlanMs: [1 * second],
  personAfterMs: 0,
  echoes: { submit: [], lookUp: [], status: ['amount'] },
  returns: { reported: false, watchMs: 0 },
  unpaid: { settleMs: 60 * second, watchMs: 24 * hour },
};

const pollPlan: PollPlan = {
  delaysMs: [15 * second, 1 * minute, 5 * minute, 15 * minute, 1 * hour],
  overdueAfterMs: 24 * hour,
  watchDelaysMs: [15 * minute, 1 * hour, 6 * hour],
};

const timeoutMs = 30 * second;
const maxReplyBytes = 64 * 1024;

const payoutSchema = z.object({ id: z.string(), status: z.string(), amount: z.string().optional() });
const errorSchema = z.object({ code: z.string() });
const bodySchema = z.object({ amount: z.string() });

const statuses: Readonly<Record<string, ProviderStatus>> = {
  accepted: 'accepted',
  processing: 'processing',
  paid: 'paid',
  failed: 'failed',
};
const statusOf = (word: string): { readonly status: ProviderStatus; readonly providerStatus: string } => ({
  status: (Object.hasOwn(statuses, word) ? statuses[word] : undefined) ?? 'unrecognised',
  providerStatus: printableToken(word),
});

/** The adapter of a provider without any promise (`nothing-core.ts`). In tests alone. */
export function createNothingProvider(
  account: { readonly baseUrl: string; readonly token: string },
  ports: ProviderPorts,
): PayoutProvider {
  const headers = { authorization: `Bearer ${account.token}`, 'content-type': 'application/json' };

  return {
    provider: 'nothing',
    contract: nothingContract,
    pollPlan,
    submitTimeoutMs: timeoutMs,
    timeLimits: { quoteMs: timeoutMs, statusMs: timeoutMs, lookUpMs: timeoutMs },
    needsQuote: () => false,
    sourceCurrency: (request) => request.source.currency,
    problems: () => [],
    formatKey: (digest) => digest.slice(0, 32),
    freezeBody: ({ request, key }) =>
      JSON.stringify({
        reference: key,
        amount: withDecimals(request.amount.value, 2),
        currency: request.source.currency,
        account:
          request.beneficiary.method === 'bank-account' ? request.beneficiary.account.accountNumber : '',
      }),

    async submit({ body }, { signal, beforeWrite }) {
      try {
        const reply = await ports.send(
          { method: 'POST', url: `${account.baseUrl}/payouts`, headers, body },
          { timeoutMs, maxReplyBytes, ...(signal && { signal }), ...(beforeWrite && { beforeWrite }) },
        );
        const payout = reply.status < 300 ? parseJsonReply(reply, payoutSchema) : undefined;
        if (!payout?.ok) return { kind: 'failed', failure: refusalOf(reply, ports.now()) };
        return {
          kind: 'accepted',
          providerPayoutId: payout.value.id,
          ...statusOf(payout.value.status),
          echo: { matched: [], unverified: ['key', 'amount', 'currency', 'beneficiary'], mismatched: [] },
        };
      } catch (error) {
        return { kind: 'failed', failure: failureOfSend(error) };
      }
    },

    async readStatus({ attempt, providerPayoutId }, { signal }) {
      try {
        const reply = await ports.send(
          { method: 'GET', url: `${account.baseUrl}/payouts/${providerPayoutId}`, headers },
          { timeoutMs, maxReplyBytes, ...(signal && { signal }) },
        );
        const payout = reply.status === 200 ? parseJsonReply(reply, payoutSchema) : undefined;
        if (payout?.ok !== true || payout.value.id !== providerPayoutId) {
          return { kind: 'failed', failure: { ...refusalOf(reply, ports.now()), effect: 'none' } };
        }
        const sent = bodySchema.parse(JSON.parse(attempt.body));
        const same = payout.value.amount === undefined || payout.value.amount === sent.amount;
        const echo = {
          matched: same ? (['amount'] as const) : [],
          unverified: ['key', 'currency', 'beneficiary'] as const,
          mismatched: same ? [] : (['amount'] as const),
        };
        return { kind: 'read', reading: { providerPayoutId, ...statusOf(payout.value.status), echo } };
      } catch (error) {
        return { kind: 'failed', failure: { ...failureOfSend(error), effect: 'none' } };
      }
    },

    readWebhook: () => ({ kind: 'refused', code: 'signature_missing' }),
  };
}

/** Only what the provider says in its own words, or what is said before anything is passed on, proves anything. */
function refusalOf(reply: HttpReply, now: number): ProviderFailure {
  const error = parseJsonReply(reply, errorSchema);
  const wait = retryAfterMs(reply, now);
  const details = { httpStatus: reply.status, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  if (reply.status === 401) return { effect: 'none', code: 'credentials_refused', ...details };
  if (reply.status === 429) return { effect: 'none', code: 'rate_limited', ...details };
  if (reply.status >= 500) return { effect: 'unknown', code: 'server_error', ...details };
  if (reply.status < 400 || !error.ok) return { effect: 'unknown', code: 'unreadable_reply', ...details };
  if (reply.status === 404) return { effect: 'none', code: 'not_found', ...details };
  if (reply.status === 409) return { effect: 'unknown', code: 'in_progress', ...details };
  if (error.value.code === 'insufficient_funds') {
    return { effect: 'none', code: 'insufficient_funds', ...details };
  }
  return { effect: 'none', code: 'refused', ...details };
}
