import { z } from 'zod';
import type { HttpReply } from '../../http/sender';
import { textsIn } from '../existence-words';
import { parseJsonReply, printableToken } from '../send-classification';
import type { ParsedReply } from '../send-classification';

/** Paths below the base URL: docs.pontisglobe.com/api-reference/{login,send-payout,get-payout-status}. */
export const paths = {
  login: '/api/v1/user/login',
  submit: '/api/v1/payouts/sendPayoutRequest',
  status: '/api/v1/payouts/getPayoutStatus',
} as const;

/** The decrypted payload of `sendPayoutRequest`, in the order of docs.pontisglobe.com/api-reference/send-payout. */
export type SendPayoutBody = {
  readonly idempotency_key: string;
  readonly country_code: string;
  readonly currency_code: string;
  readonly payment_method: string;
  readonly payment_network?: string;
  /** Exactly two decimals. */
  readonly source_amount: string;
  readonly source_currency: string;
  readonly recipient_details: Readonly<Record<string, string>>;
  readonly purpose_of_payment?: string;
  readonly source_of_funds?: string;
};

const transactionId = z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/);
const statusWord = z.string().min(1).max(200);
const statusMessage = z.string().max(10_000).nullish();

/**
 * 201 of `sendPayoutRequest`, and whatever a replay answers. Only the id is relied on: a payout with an id exists, and
 * a status that cannot be read is read again by `getPayoutStatus`.
 */
const submittedSchema = z.object({ transaction_id: transactionId, status: z.unknown().optional() });
export type SubmittedTransaction = { readonly transactionId: string; readonly status: string | undefined };

export function readSubmitted(reply: HttpReply): ParsedReply<SubmittedTransaction> {
  const read = readData(reply, submittedSchema);
  if (!read.ok) return read;
  const status = statusWord.safeParse(read.value.status);
  return { ok: true, value: { transactionId: read.value.transaction_id, status: status.data } };
}

/** 200 of `getPayoutStatus` (docs.pontisglobe.com/api-reference/get-payout-status). The status is what we came for. */
const transactionSchema = z.object({
  transaction_id: transactionId.optional(),
  status: statusWord,
  status_message: statusMessage,
});
export type TransactionReply = z.infer<typeof transactionSchema>;

export const readTransaction = (reply: HttpReply): ParsedReply<TransactionReply> =>
  readData(reply, transactionSchema);

/** 200 of `login` (docs.pontisglobe.com/api-reference/login). */
const loginSchema = z.object({
  /** Goes into a header, so only the characters of a bearer token (RFC 6750 §2.1). */
  access_token: z.string().regex(/^[A-Za-z0-9._~+/-]{1,8192}=*$/),
  /** Seconds; the documented 15 minutes when it is missing or no positive number. */
  expires_in: z.coerce.number().positive().max(86_400).catch(900),
});
export type LoginReply = z.infer<typeof loginSchema>;

export const readLogin = (reply: HttpReply): ParsedReply<LoginReply> => readData(reply, loginSchema);

/** The body of a callback (docs.pontisglobe.com/callbacks). */
const callbackSchema = z.object({ transaction_id: transactionId, status: statusWord });
export type Callback = z.infer<typeof callbackSchema>;

export const readCallback = (rawBody: string): ParsedReply<Callback> =>
  parseJsonReply({ body: rawBody }, callbackSchema);

/** docs.pontisglobe.com/errors: `error.code` is safe to switch on, `error.message` must not be parsed. */
const errorSchema = z.object({
  ok: z.literal(false).optional(),
  request_id: z.string().optional().catch(undefined),
  error: z.object({ code: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/) }),
});

export type ErrorReply = {
  readonly code: string;
  readonly requestId?: string;
  /** Every text of the reply. They only ever make a refusal doubtful, and never leave the adapter. */
  readonly everyText: readonly string[];
};

/** The code of a documented error envelope, or undefined for any other body. */
export function readError(reply: HttpReply): ErrorReply | undefined {
  const read = parseJsonReply(reply, errorSchema);
  if (!read.ok) return undefined;
  const { error, request_id: requestId } = read.value;
  const whole = parseJsonReply(reply, z.unknown());
  return {
    code: error.code,
    everyText: whole.ok ? textsIn(whole.value) : [],
    ...(requestId ? { requestId: printableToken(requestId, 64) } : {}),
  };
}

/** The envelope of successes. `ok: false` beside a success status contradicts itself; a missing `ok` is forgiven. */
const successSchema = z.object({ ok: z.literal(true).optional(), data: z.unknown().optional() });

/** Reads what the documentation shows inside `data`, or flat where a reply has no `data`. */
function readData<T>(reply: HttpReply, schema: z.ZodType<T>): ParsedReply<T> {
  const outer = parseJsonReply(reply, successSchema);
  if (!outer.ok) return { ok: false };
  const { data } = outer.value;
  if (data === undefined || data === null) return parseJsonReply(reply, schema);
  const inner = schema.safeParse(data);
  return inner.success ? { ok: true, value: inner.data } : { ok: false };
}
