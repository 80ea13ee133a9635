import { z } from 'zod';
import type { HttpReply } from '../../http/sender';
import { textsIn } from '../existence-words';
import { parseExactJson } from './exact-json';

/**
 * Replies of Syncgram. Wrappers and some field names are not documented, so several are read; unknown fields are dropped.
 * Numbers arrive here as text (`parseExactJson`). Ids are strict: without a sound one there is nothing to rely on.
 */

/** Ids go into URLs, histories and logs. Dots alone would walk up a path. */
const id = z
  .string()
  .regex(/^(?!\.+$)[A-Za-z0-9_.:-]{1,128}$/)
  .nullish()
  .transform((text) => text ?? undefined);
const looseText = z.string().min(1).max(256).optional().catch(undefined);
/** A plain decimal, as documented amounts are; anything else is as good as absent. */
const looseAmount = z
  .string()
  .max(60)
  .regex(/^\d+(\.\d+)?$/)
  .optional()
  .catch(undefined);
const looseCurrency = z
  .string()
  .regex(/^[A-Za-z0-9_]{2,20}$/)
  .transform((code) => code.toUpperCase())
  .optional()
  .catch(undefined);

const beneficiaryFields = {
  account_number: looseText,
  phone_number: looseText,
  wallet_address: looseText,
  payout_destination_id: looseText,
};
const nestedBeneficiary = z.object(beneficiaryFields).optional().catch(undefined);

const payoutSchema = z.object({
  withdrawal_id: id,
  payout_id: id,
  id,
  status: looseText,
  reference: looseText,
  idempotency_key: looseText,
  created_at: looseText,
  createdAt: looseText,
  amount: looseAmount,
  currency: looseCurrency,
  from_amount: looseAmount,
  from_currency: looseCurrency,
  to_amount: looseAmount,
  to_currency: looseCurrency,
  exchange_rate: looseAmount,
  fee: looseAmount,
  fee_currency: looseCurrency,
  ...beneficiaryFields,
  destination: nestedBeneficiary,
  payout_destination: nestedBeneficiary,
  recipient: nestedBeneficiary,
  parent_withdrawal_id: looseText,
  batch_total: looseText,
});
type PayoutFields = z.infer<typeof payoutSchema>;

/** One payout as any reply shows it; everything but the id may be missing. */
export type WirePayout = Omit<PayoutFields, 'withdrawal_id' | 'payout_id' | 'id'> & {
  readonly providerPayoutId: string | undefined;
  /** By the provider's clock, Unix milliseconds; undefined when absent or unreadable. */
  readonly createdAtMs: number | undefined;
};

function readPayout(value: unknown): WirePayout | undefined {
  const parsed = payoutSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { withdrawal_id, payout_id, id: plainId, ...fields } = parsed.data;
  return {
    ...fields,
    providerPayoutId: withdrawal_id ?? payout_id ?? plainId,
    createdAtMs: readTime(fields.created_at ?? fields.createdAt),
  };
}

const wrappersOfOne = ['data', 'withdrawal', 'payout', 'result'] as const;
const wrappersOfMany = ['data', 'items', 'withdrawals', 'results', 'payouts'] as const;

/**
 * A reply that shows one payout, bare or wrapped. A wrapper is opened unless the outer object names a payout itself: an
 * outer `id` beside `data` would be the id of the reply.
 */
export function readPayoutReply(reply: HttpReply): WirePayout | undefined {
  const outer = readJsonObject(reply);
  if (outer === undefined) return undefined;
  if (outer['withdrawal_id'] === undefined && outer['payout_id'] === undefined) {
    const inner = wrappersOfOne.map((name) => ownMember(outer, name)).find(isObject);
    if (inner !== undefined) return readPayout(inner);
  }
  return readPayout(outer);
}

/** One page of the list; undefined when it is no list, or when any of its entries is no payout with an id. */
export function readPageReply(reply: HttpReply): readonly ListedPayout[] | undefined {
  const entries = findList(readJson(reply), 2);
  if (entries === undefined) return undefined;
  const payouts = entries.map(readPayout).filter(isListed);
  return payouts.length === entries.length ? payouts : undefined;
}

export type ListedPayout = WirePayout & { readonly providerPayoutId: string };
const isListed = (payout: WirePayout | undefined): payout is ListedPayout =>
  payout?.providerPayoutId !== undefined;

function findList(value: unknown, depth: number): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (!isObject(value) || depth === 0) return undefined;
  for (const name of wrappersOfMany) {
    const list = findList(ownMember(value, name), depth - 1);
    if (list !== undefined) return list;
  }
  // Some encoders write an empty list as null; only a total of zero tells it from a missing one.
  const total = ownMember(value, 'total') ?? ownMember(value, 'count');
  return total === '0' && wrappersOfMany.some((name) => ownMember(value, name) === null) ? [] : undefined;
}

const quoteSchema = z.object({
  quote_id: id,
  id,
  from_amount: looseAmount,
  source_amount: looseAmount,
  to_amount: looseAmount,
  destination_amount: looseAmount,
  from_currency: looseCurrency,
  to_currency: looseCurrency,
  exchange_rate: looseAmount,
  rate: looseAmount,
  fee: looseAmount,
  fee_currency: looseCurrency,
  expires_at: looseText,
  expiresAt: looseText,
});
export type WireQuote = z.infer<typeof quoteSchema>;

/** A quote, bare or inside `data`, `quote` or `result`. */
export function readQuoteReply(reply: HttpReply): WireQuote | undefined {
  const outer = readJsonObject(reply);
  if (outer === undefined) return undefined;
  const inner =
    outer['quote_id'] === undefined
      ? ['data', 'quote', 'result'].map((name) => ownMember(outer, name)).find(isObject)
      : undefined;
  const parsed = quoteSchema.safeParse(inner ?? outer);
  return parsed.success ? parsed.data : undefined;
}

/** What an error reply says, however it is shaped. `readable: false`: the body is no JSON object. */
export type WireError = {
  readonly readable: boolean;
  /** In upper case; undefined when there is none. */
  readonly code?: string;
  /** Names of the request's fields that the errors are about. */
  readonly fields: readonly string[];
  /** Its texts for people. They are compared with words that leave no doubt, and never leave the adapter. */
  readonly texts: readonly string[];
  /** And every other text of the reply. */
  readonly everyText: readonly string[];
  /** It carries the id of a payout. */
  readonly namesPayout: boolean;
};

/**
 * The Syncgram pages show no error body. Read are the successor's `{detail, error_code, errors?}`, the sibling's
 * `{error: {code, message}}`, and lists of field errors in common shapes.
 */
export function readErrorReply(reply: HttpReply): WireError {
  const outer = readJsonObject(reply);
  if (outer === undefined)
    return { readable: false, fields: [], texts: [], everyText: [], namesPayout: false };
  const inner = ['error', 'detail', 'data']
    .map((name) => ownMember(outer, name))
    .filter((member) => isObject(member));
  const places = [outer, ...inner];
  const code = places
    .flatMap((place) => [ownMember(place, 'error_code'), ownMember(place, 'code'), ownMember(place, 'error')])
    .find((text): text is string => typeof text === 'string' && /^[A-Za-z][A-Za-z0-9_.-]{1,63}$/.test(text));
  const errors = places.flatMap((place) =>
    ['errors', 'detail', 'details', 'fields'].map((name) => ownMember(place, name)),
  );
  const texts = [
    ...places.flatMap((place) => textNames.map((name) => ownMember(place, name))),
    ...errors.flatMap(textsOfErrors),
  ];
  return {
    readable: true,
    ...(code && { code: code.toUpperCase().replaceAll(/[.-]/g, '_') }),
    fields: errors.flatMap(fieldsOfErrors).slice(0, 50),
    texts: texts
      .filter((text) => typeof text === 'string')
      .map((text) => text.slice(0, 500))
      .slice(0, 50),
    everyText: textsIn(outer),
    namesPayout: [outer, ...[...wrappersOfOne, 'error', 'detail'].map((name) => ownMember(outer, name))]
      .filter((member) => isObject(member))
      .some((place) => idNames.some((name) => isId(ownMember(place, name)))),
  };
}

const idNames = ['withdrawal_id', 'payout_id'];
const isId = (value: unknown): boolean => typeof value === 'string' && /^[A-Za-z0-9_.:-]{1,128}$/.test(value);

const textNames = ['detail', 'message', 'error', 'description', 'reason', 'title', 'msg'];

/** What is said about each field: `[{message}]`, `[text]`, or texts (or lists of them) keyed by field. */
function textsOfErrors(errors: unknown): readonly unknown[] {
  const entries = Array.isArray(errors) ? errors : isObject(errors) ? Object.values(errors) : [];
  return entries.flatMap((entry: unknown): readonly unknown[] =>
    isObject(entry)
      ? textNames.map((name) => ownMember(entry, name))
      : Array.isArray(entry)
        ? entry
        : [entry],
  );
}

/** `[{field}]`, `[{name}]`, `[{path}]`, `[{loc: ['body', 'quote_id']}]`, or an object keyed by field. */
function fieldsOfErrors(errors: unknown): readonly string[] {
  if (Array.isArray(errors)) {
    return errors.filter(isObject).flatMap((error) => {
      const place = ['field', 'name', 'path', 'loc', 'param']
        .map((name) => ownMember(error, name))
        .find((member) => typeof member === 'string' || Array.isArray(member));
      const last = Array.isArray(place) ? place.at(-1) : place;
      return typeof last === 'string' ? [last.split('.').at(-1) ?? last] : [];
    });
  }
  return isObject(errors) ? Object.keys(errors) : [];
}

const eventSchema = z.object({ id, type: looseText, data: z.unknown().optional() });

/** A webhook's envelope `{id: 'evt_…', type, created_at, data}` (docs.bachs.io/webhooks/overview). */
export type WireEvent = {
  readonly id: string | undefined;
  readonly type: string | undefined;
  readonly payout: WirePayout | undefined;
};

export function readEvent(rawBody: string): WireEvent | undefined {
  const parsed = eventSchema.safeParse(readJson({ body: rawBody }));
  if (!parsed.success) return undefined;
  const { data } = parsed.data;
  const inner = isObject(data)
    ? (['withdrawal', 'payout', 'object'].map((name) => ownMember(data, name)).find(isObject) ?? data)
    : undefined;
  return { id: parsed.data.id, type: parsed.data.type, payout: inner && readPayout(inner) };
}

/** The frozen body, read back for comparing what a reply repeats. */
const frozenBodySchema = z.object({
  from_currency: z.string(),
  to_currency: z.string(),
  amount: z.string(),
  reference: z.string(),
  quote_id: z.string().optional(),
  account_number: z.string().optional(),
  phone_number: z.string().optional(),
  wallet_address: z.string().optional(),
  payout_destination_id: z.string().optional(),
});
export type FrozenBody = z.infer<typeof frozenBodySchema>;

/** Throws when the text is none that `freezeBody` built: that is a bug, not a provider's doing. */
export const readFrozenBody = (text: string): FrozenBody => frozenBodySchema.parse(parseExactJson(text));

/** ISO 8601 with any number of decimals (UTC where no zone is given), or Unix seconds or milliseconds. */
export function readTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{10}(\.\d{1,9})?$/.test(text)) return Math.trunc(Number(text) * 1000);
  if (/^\d{13}$/.test(text)) return Number(text);
  const iso = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?(?:\.(\d{1,9}))?\s?(Z|[+-]\d{2}:?\d{2})?$/i.exec(
    text,
  );
  if (iso === null) return undefined;
  const [, day, minute, second = ':00', fraction = '', zone = 'Z'] = iso;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const at = Date.parse(`${day}T${minute}${second}.${fraction.padEnd(3, '0').slice(0, 3)}${offset}`);
  return Number.isNaN(at) ? undefined : at;
}

type JsonObject = Readonly<Record<string, unknown>>;

function readJson(reply: Pick<HttpReply, 'body'>): unknown {
  try {
    return parseExactJson(reply.body);
  } catch {
    return undefined;
  }
}

function readJsonObject(reply: Pick<HttpReply, 'body'>): JsonObject | undefined {
  const value = readJson(reply);
  return isObject(value) ? value : undefined;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const ownMember = (object: JsonObject, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined;
