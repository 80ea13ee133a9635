import { jsonReply } from '../json-reply';
import type { BookedPayout } from '../payout-book';
import type { CannedReply, SimulatedReply } from '../provider-core';
import { moneyAfterSyncgram } from './syncgram-options';
import type { FieldError, SyncgramWithdrawal } from './syncgram-withdrawal';

/** What Syncgram Pay keeps of a withdrawal besides the money. */
export type SyncgramDetails = SyncgramWithdrawal & { readonly rate: string; readonly toAmount: string };

export type SyncgramPayout = BookedPayout<SyncgramDetails>;

/** Errors are flat; the shape is that of the successor, as the pages of this generation show none. */
export function syncgramErrorReply(
  status: number,
  code: string,
  detail: string,
  errors?: readonly FieldError[],
): SimulatedReply {
  return jsonReply(status, { detail, error_code: code, ...(errors && { errors }) });
}

/** The answer to a withdrawal (Syncgram Pay, Create withdrawal). */
export function acceptedReply({ providerPayoutId, status }: SyncgramPayout): SimulatedReply {
  return jsonReply(201, { withdrawal_id: providerPayoutId, status, provider_reference: null });
}

/** A withdrawal as lookups, lists and webhooks give it (successor's OpenAPI, PayoutResponse). */
export function describeWithdrawal(payout: SyncgramPayout): Record<string, unknown> {
  const { details, status, providerPayoutId } = payout;
  const paid = moneyAfterSyncgram(status) === 'paid';
  return {
    withdrawal_id: providerPayoutId,
    reference: details.reference,
    status,
    from_currency: payout.currency,
    to_currency: details.toCurrency,
    from_amount: payout.amount,
    to_amount: details.toAmount,
    exchange_rate: details.rate,
    payment_method: details.method,
    provider_reference: paid ? `rail-${providerPayoutId}` : null,
    rejection_reason: moneyAfterSyncgram(status) === 'returned' ? `Payout ${status.toLowerCase()}` : null,
    created_at: new Date(payout.createdAt).toISOString(),
    updated_at: new Date(payout.updatedAt).toISOString(),
  };
}

/** The documented 409 (Syncgram Pay, Create withdrawal, Error codes). */
export function inProgressReply(): SimulatedReply {
  return syncgramErrorReply(
    409,
    'IDEMPOTENCY_IN_PROGRESS',
    'A withdrawal with this idempotency key is currently being processed — retry after a short delay',
  );
}

const cannedReplies: Readonly<Record<Exclude<CannedReply, 'insufficient-funds'>, SimulatedReply>> = {
  'server-error': syncgramErrorReply(500, 'INTERNAL_SERVER_ERROR', 'Internal server error'),
  'in-progress': inProgressReply(),
  'rate-limited': syncgramErrorReply(429, 'TOO_MANY_REQUESTS', 'Too many requests'),
  'expired-token': syncgramErrorReply(401, 'UNAUTHORIZED', 'Token has expired'),
  'not-found': syncgramErrorReply(404, 'NOT_FOUND', 'Payout not found'),
};

/** Replies for the fault layer; 429, 401 and 404 are those of the successor. */
export function syncgramCannedReply(kind: CannedReply, insufficientBalanceStatus: 400 | 422): SimulatedReply {
  return kind === 'insufficient-funds'
    ? syncgramErrorReply(insufficientBalanceStatus, 'BAD_REQUEST', 'Insufficient balance')
    : cannedReplies[kind];
}
