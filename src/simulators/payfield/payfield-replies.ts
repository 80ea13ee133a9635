import { jsonReply } from '../json-reply';
import type { BookedPayout } from '../payout-book';
import type { CannedReply, SimulatedReply } from '../provider-core';
import type { FieldError, PayfieldSubmit } from './payfield-submit';

/** What Payfield keeps of a payout besides the money. */
export type PayfieldDetails = PayfieldSubmit & {
  readonly id: number;
  readonly shopCode: string;
  readonly webhookUrl?: string;
};

export type PayfieldPayout = BookedPayout<PayfieldDetails>;

const finalStatuses = ['success', 'failed', 'canceled', 'refunded', 'expired'];

/** `code` and `message` are given twice, at the top and in `error` (Payfield, 2.1 Create PayOut). */
export function errorReply(
  status: number,
  code: string,
  message: string,
  errors?: readonly FieldError[],
): SimulatedReply {
  return jsonReply(status, { message, code, ...(errors && { errors }), error: { code, message } });
}

/** Field errors; the first one is also the message of the whole (Payfield, 2.1 Create PayOut). */
export function fieldErrorsReply(errors: readonly [FieldError, ...FieldError[]]): SimulatedReply {
  return errorReply(422, 'validation_error', errors[0].message, errors);
}

/** A business refusal, told apart only by its message (Payfield, 5. Errors). */
export function businessErrorReply(message: string): SimulatedReply {
  return errorReply(422, 'validation_error', message);
}

/** The whole payout: answer to a submit (Payfield, 2.1 Create PayOut). Fields without a value are left out. */
export function describePayfieldPayout(payout: PayfieldPayout): Record<string, unknown> {
  const { details, status } = payout;
  return {
    id: details.id,
    status,
    external_id: details.externalId,
    amount: payout.amount,
    currency: payout.currency,
    shop_code: details.shopCode,
    card_number: details.cardNumber,
    merchant_user_id: details.merchantUserId,
    merchant_user_ip: details.merchantUserIp,
    ...(details.callbackUrl !== undefined && { callback_url: details.callbackUrl }),
    transaction_type: 'payout',
    created_at: formatTime(payout.createdAt),
    updated_at: formatTime(payout.updatedAt),
    ...(finalStatuses.includes(status) && { finalization_date: formatTime(payout.updatedAt) }),
  };
}

/** The shorter form of status reads and webhooks (Payfield, 2.2 Get payout status and 2.3 Webhooks). */
export function describePayfieldStatus(payout: PayfieldPayout): Record<string, unknown> {
  const { details } = payout;
  return {
    id: details.id,
    external_id: details.externalId,
    shop_code: details.shopCode,
    status: payout.status,
    amount: payout.amount,
    currency: payout.currency,
    updated_at: formatTime(payout.updatedAt),
  };
}

/** ISO-8601 in UTC with microseconds, as in the documented examples. */
export function formatTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '000Z');
}

/** 409, 429 and their codes are not documented by Payfield; proxies in front of it send them all the same. */
const cannedReplies: Readonly<Record<CannedReply, SimulatedReply>> = {
  'server-error': errorReply(500, 'internal_error', 'Internal server error'),
  'in-progress': errorReply(409, 'conflict', 'Request is already in progress'),
  'rate-limited': errorReply(429, 'too_many_requests', 'Too many requests'),
  'expired-token': errorReply(401, 'unauthorized', 'Timestamp window exceeded'),
  'not-found': errorReply(404, 'not_found', 'Payout not found'),
  'insufficient-funds': businessErrorReply('Insufficient balance...'),
};

/** Replies for the fault layer. */
export function payfieldCannedReply(kind: CannedReply): SimulatedReply {
  return cannedReplies[kind];
}
