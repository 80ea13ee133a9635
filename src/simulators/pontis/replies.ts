/** The reply envelopes and the error codes of `docs.pontisglobe.com/errors`. */
import type { CoreContext, SimulatedReply } from '../provider-core';
import { ulidFrom } from './identifiers';

const HTTP_STATUS = {
  validation_error: 400,
  bad_request: 400,
  unauthorized: 401,
  jwt_expired: 401,
  invalid_signature: 401,
  forbidden: 403,
  ip_not_allowed: 403,
  account_suspended: 403,
  not_found: 404,
  wallet_frozen: 409,
  /** No page names a code for a concurrent request; only the fault layer sends it. */
  request_in_progress: 409,
  insufficient_funds: 422,
  daily_limit_exceeded: 422,
  monthly_limit_exceeded: 422,
  per_payout_limit_exceeded: 422,
  rate_moved: 422,
  screening_failed: 422,
  rate_limited: 429,
  internal_error: 500,
} as const;

/** Every error code this simulator sends (`docs.pontisglobe.com/errors`). */
export type PontisErrorCode = keyof typeof HTTP_STATUS;

/** Thrown inside the core to end a request with an error reply. */
export class Refusal extends Error {
  readonly status: number;

  constructor(
    readonly code: PontisErrorCode,
    message: string,
    status?: number,
  ) {
    super(message);
    this.name = 'Refusal';
    this.status = status ?? HTTP_STATUS[code];
  }
}

/** A JSON reply. It carries `date`, the only clock a caller with a drifting one can read. */
export const jsonReply = (status: number, body: unknown, now: number): SimulatedReply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', date: new Date(now).toUTCString() },
  body: JSON.stringify(body),
});

/** `{ok: false, request_id, error}` as on `docs.pontisglobe.com/api-reference/send-payout`. */
export const refusalReply = (refusal: Refusal, context: CoreContext): SimulatedReply =>
  jsonReply(
    refusal.status,
    {
      ok: false,
      request_id: ulidFrom(context.now, context.random),
      error: { code: refusal.code, message: refusal.message },
    },
    context.now,
  );
