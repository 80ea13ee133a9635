import { z } from 'zod';
import type { HttpReply } from '../../http/sender';
import { textsIn } from '../existence-words';
import { parseJsonReply } from '../send-classification';
import type { ParsedReply } from '../send-classification';

/** Body of POST /api/v1/payouts, in the order it is written (2.1 Create PayOut). */
export type PayoutBody = {
  readonly external_id: string;
  readonly amount: string;
  readonly currency: string;
  readonly card_number: string;
  readonly shop_code: string;
  readonly callback_url?: string;
  readonly merchant_user_id: string;
  readonly merchant_user_ip: string;
};

export const payoutsPath = '/api/v1/payouts';

/** GET /api/v1/payouts/{external_id}?shop_code=… (2.2 Get payout status). */
export const payoutPath = (externalId: string, shopCode: string): string =>
  `${payoutsPath}/${encodeURIComponent(externalId)}?shop_code=${encodeURIComponent(shopCode)}`;

/** A number; text is taken too. Numbers that JavaScript cannot hold exactly are no ids. */
const operationId = z
  .union([z.number().int().nonnegative(), z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)])
  .transform(String);
const shortText = z.string().max(256);
/** A string in this edition, a number in another (api.docs.payfield.io). */
const amount = z.union([z.string().max(40), z.number().transform(String)]);

/**
 * A payout as replies and webhooks describe it. Only `id` and `status` must be there; what an echo check misses counts as
 * unverified. Status reads and webhooks leave `card_number` out.
 */
const payoutSchema = z.object({
  id: operationId,
  status: z.string().min(1).max(64),
  external_id: shortText.nullish(),
  amount: amount.nullish(),
  currency: shortText.nullish(),
  shop_code: shortText.nullish(),
  card_number: shortText.nullish(),
  updated_at: shortText.nullish(),
});
export type PayfieldPayout = z.infer<typeof payoutSchema>;

export const readPayout = (reply: Pick<HttpReply, 'body'>): ParsedReply<PayfieldPayout> =>
  parseJsonReply(reply, payoutSchema);

const errorTexts = { code: z.string().max(64).optional(), message: z.string().max(1000).optional() };
const errorSchema = z.object({
  ...errorTexts,
  error: z.object(errorTexts).optional(),
  errors: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]).optional(),
});

/** What an error reply says. `message` never leaves the adapter. */
export type PayfieldError = {
  readonly code: string;
  readonly message: string;
  /** The single fields that are named. */
  readonly fields: readonly string[];
  /** Every text of the reply, also those about single fields. */
  readonly everyText: readonly string[];
};

/** Reads an error body (5. Errors): code and message stand at the top and again in `error`. Undefined when it is none. */
export function readError(reply: Pick<HttpReply, 'body'>): PayfieldError | undefined {
  const parsed = parseJsonReply(reply, errorSchema);
  if (!parsed.ok) return undefined;
  const { error, errors } = parsed.value;
  const code = error?.code ?? parsed.value.code;
  const message = error?.message ?? parsed.value.message;
  if (code === undefined && message === undefined) return undefined;
  const whole = parseJsonReply(reply, z.unknown());
  return {
    code: code ?? '',
    message: message ?? '',
    fields: fieldsOf(errors),
    everyText: whole.ok ? textsIn(whole.value) : [],
  };
}

/** `[{field, message}]`, or texts keyed by field. What names no field is one without a name. */
function fieldsOf(
  errors: readonly unknown[] | Readonly<Record<string, unknown>> | undefined,
): readonly string[] {
  if (errors === undefined) return [];
  if (!Array.isArray(errors)) return Object.keys(errors);
  return errors.map((error: unknown) => {
    const field = typeof error === 'object' && error !== null && 'field' in error ? error.field : undefined;
    return typeof field === 'string' ? field : '';
  });
}
