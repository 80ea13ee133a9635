/**
 * The decrypted payloads of `docs.pontisglobe.com/api-reference/send-payout`, `/get-payout-status` and `/login`. Unknown
 * top-level fields are refused: a misspelt optional field should fail here, not get lost.
 */
import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { Refusal } from './replies';

const COUNTRIES = new Set(
  `AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC
  CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD
  GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH
  KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW
  MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC
  SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
  UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW`.split(/\s+/),
);

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const IFSC = /^[A-Z]{4}0[A-Z0-9]{6}$/;
const AMOUNT = {
  'exactly-two': /^(?:0|[1-9]\d{0,14})\.\d{2}$/,
  'at-most-two': /^(?:0|[1-9]\d{0,14})(?:\.\d{1,2})?$/,
} as const;
const BANK_METHODS = new Set(['bank_local', 'imps', 'neft', 'rtgs', 'instapay', 'pesonet']);
const INDIAN_METHODS = new Set(['imps', 'neft', 'rtgs']);
/** Where the recipient is, in order of preference, when a method needs no account number. */
const IDENTIFYING_FIELDS = [
  'account_number',
  'iban',
  'wallet_address',
  'upi_id',
  'vpa',
  'phone_number',
  'email',
];

const filled = z.string().refine((text) => text.trim() !== '', 'must not be empty');

const payoutSchema = (decimals: keyof typeof AMOUNT) =>
  z
    .strictObject({
      idempotency_key: z.string().regex(UUID_V4, 'must be a UUID v4'),
      country_code: z.string().refine((code) => COUNTRIES.has(code), 'must be an ISO 3166-1 alpha-2 code'),
      currency_code: z.string().regex(/^[A-Z]{3}$/, 'must be a three-letter currency code'),
      payment_method: z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be a payment method'),
      payment_network: filled.optional(),
      source_amount: z
        .string()
        .regex(AMOUNT[decimals], `must be a decimal string with ${decimals.replace('-', ' ')} decimals`)
        .refine((text) => !AMOUNT[decimals].test(text) || new Decimal(text).gt(0), 'must be greater than 0'),
      source_currency: z
        .string()
        .regex(/^[A-Z][A-Z0-9]{2,5}$/, 'must be a currency code')
        .default('USDT'),
      recipient_details: z.object({ name: filled }).catchall(filled),
      purpose_of_payment: filled.optional(),
      source_of_funds: filled.optional(),
    })
    .superRefine((payload, issues) => {
      const { country_code: country, payment_method: method, recipient_details: recipient } = payload;
      const issue = (field: string, message: string) =>
        issues.addIssue({ code: 'custom', path: ['recipient_details', field], message });
      if (BANK_METHODS.has(method) && recipient['account_number'] === undefined) {
        issue('account_number', `is required for ${method}`);
      }
      if (!INDIAN_METHODS.has(method)) return;
      if (country !== 'IN') {
        issues.addIssue({
          code: 'custom',
          path: ['payment_method'],
          message: `is not available in ${country}`,
        });
      } else if (!IFSC.test(recipient['ifsc'] ?? '')) {
        issue('ifsc', `is required for ${method} and must be an IFSC`);
      }
    });

const payoutSchemas = {
  'exactly-two': payoutSchema('exactly-two'),
  'at-most-two': payoutSchema('at-most-two'),
};

const statusSchema = z.strictObject({
  transaction_id: z
    .string()
    .refine((id) => UUID.test(id) || id.startsWith('sb_'), 'must be a UUID or start with sb_'),
});

const loginSchema = z.strictObject({ email: filled, password: filled });

/** A payload of `sendPayoutRequest` that passed validation. */
export type PayoutPayload = z.infer<ReturnType<typeof payoutSchema>>;

const parsed = <T>(schema: z.ZodType<T>, payload: unknown): T => {
  const result = schema.safeParse(payload);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  throw new Refusal('validation_error', [first?.path.join('.'), first?.message].filter(Boolean).join(' '));
};

/** Validates a payout (`docs.pontisglobe.com/api-reference/send-payout`); throws `validation_error`. */
export const parsePayout = (payload: unknown, decimals: keyof typeof AMOUNT): PayoutPayload =>
  parsed(payoutSchemas[decimals], payload);

/** Validates a status request (`docs.pontisglobe.com/api-reference/get-payout-status`); throws `validation_error`. */
export const parseStatusRequest = (payload: unknown): string => parsed(statusSchema, payload).transaction_id;

/** Validates a login (`docs.pontisglobe.com/api-reference/login`); throws `validation_error`. */
export const parseLogin = (payload: unknown): { readonly email: string; readonly password: string } =>
  parsed(loginSchema, payload);

/** What identifies the recipient: the account number, or the first other identifying field, or the name. */
export const beneficiaryOf = (recipient: Readonly<Record<string, unknown>>): string => {
  const values = [...IDENTIFYING_FIELDS, 'name'].map((field) => recipient[field]);
  return values.find((value) => typeof value === 'string') ?? '';
};
