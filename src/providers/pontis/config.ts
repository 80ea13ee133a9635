import { z } from 'zod';
import type { Mode } from '../../domain/attempt-key';
import type { IdempotencyContract } from '../../domain/idempotency-contract';
import type { PollPlan } from '../provider';
import type { CredentialName } from '../provider-module';
import { decodeBase64Url, encryptionKeyLength } from './envelope';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const methodName = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/);
const country = z.string().regex(/^[A-Z]{2}$/);
const freeText = z.string().trim().min(1).max(1000);
/** Starts with a letter: `__proto__` is no field name. */
const fieldName = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/);
const routingField = z.enum(['ifsc', 'bankCode', 'bic']);

/**
 * One row of the table that names `payment_method`. The first row whose every condition holds decides; an account's rows
 * come before `standardPaymentMethods`.
 */
const paymentMethodRow = z.strictObject({
  method: z.enum(['bank-account', 'mobile-wallet']),
  countries: z.array(country).min(1).optional(),
  /** The rail that the request names. A row without it is for requests that name none. */
  rail: z.string().min(1).max(40).optional(),
  /** Mobile wallets: the operators this row is for. */
  operators: z.array(z.string().min(1).max(40)).min(1).optional(),
  /** The row holds only where the request gives these. */
  withFields: z.array(routingField).min(1).optional(),
  paymentMethod: methodName,
  /** `payment_network` for payouts by this row; the account's `paymentNetwork` otherwise. */
  paymentNetwork: methodName.optional(),
  /** A request that lacks one of these is refused before it is sent. */
  requires: z.array(routingField).min(1).optional(),
});
export type PaymentMethodRow = z.infer<typeof paymentMethodRow>;

/**
 * docs.pontisglobe.com/api-reference/send-payout: `payment_method` is "`bank_local`, `imps`, etc., depends on country".
 * The example pays PH by `bank_local`; `ifsc` is named as a field that some methods need, and India's interbank rails
 * are routed by it. A rail that no row names is sent as it is.
 */
export const standardPaymentMethods: readonly PaymentMethodRow[] = [
  {
    method: 'bank-account',
    countries: ['IN'],
    rail: 'imps',
    paymentMethod: 'imps',
    requires: ['ifsc'],
  },
  {
    method: 'bank-account',
    countries: ['IN'],
    rail: 'neft',
    paymentMethod: 'neft',
    requires: ['ifsc'],
  },
  {
    method: 'bank-account',
    countries: ['IN'],
    rail: 'rtgs',
    paymentMethod: 'rtgs',
    requires: ['ifsc'],
  },
  { method: 'bank-account', countries: ['IN'], withFields: ['ifsc'], paymentMethod: 'imps' },
  { method: 'bank-account', paymentMethod: 'bank_local' },
];

/** The key in `recipient_details`, or null for a field that Pontis does not take. */
const recipientField = (name: string) => fieldName.nullable().default(name);

const recipientFields = z
  .strictObject({
    bankCode: recipientField('bank_code'),
    bic: recipientField('bic'),
    bankName: recipientField('bank_name'),
    branchCode: recipientField('branch_code'),
    /** What identifies a wallet: it always has a key. */
    phoneNumber: fieldName.default('phone_number'),
    operator: recipientField('operator'),
  })
  .superRefine((fields, issues) => {
    const { phoneNumber, operator, ...bank } = fields;
    const clash = (names: readonly (string | null)[]): boolean => {
      const used = names.filter((name) => name !== null);
      return new Set(used).size < used.length;
    };
    if (
      clash(['name', 'account_number', 'ifsc', ...Object.values(bank)]) ||
      clash(['name', phoneNumber, operator])
    ) {
      issues.addIssue({ code: 'custom', message: 'two fields of a recipient have the same name' });
    }
  });
export type RecipientFields = z.infer<typeof recipientFields>;

/** An account's own settings. What the documentation leaves open stands here with its default. */
export const pontisSettingsSchema = z.strictObject({
  /** Rows put before `standardPaymentMethods`. Open: no list of methods is published; there is none for mobile wallets. */
  paymentMethods: z.array(paymentMethodRow).max(200).default([]),
  /** `payment_network`, an optional override (send-payout). Not sent by default. */
  paymentNetwork: methodName.optional(),
  /**
   * Currencies that may be debited; the first is used where a request names none. Open: only USDT, the documented default
   * of `source_currency`, is ever shown.
   */
  sourceCurrencies: z
    .array(z.string().regex(/^[A-Z][A-Z0-9]{2,9}$/))
    .min(1)
    .default(['USDT']),
  /** `purpose_of_payment` and `source_of_funds` (both optional free text) where a request gives none. */
  purposeOfPayment: freeText.optional(),
  sourceOfFunds: freeText.optional(),
  /**
   * Keys in `recipient_details` beyond the documented `name`, `account_number` and `ifsc`. Open: "other fields depend on
   * payment_method" names no more; the defaults are our names in the documented style.
   */
  recipientFields: recipientFields.prefault({}),
  /** Longest name and free text, in characters. Open: no length is published; 255 is a cautious default. */
  longestText: z.number().int().min(20).max(4000).default(255),
  /**
   * Which transaction ids a sandbox account takes. docs.pontisglobe.com/sandbox shows ids that start with `sb_`, an
   * independent sandbox may use UUIDs; nothing is at stake there. A live account always refuses `sb_` ids.
   */
  sandboxIds: z.enum(['any', 'sb-prefixed']).default('any'),
});
export type PontisSettings = z.infer<typeof pontisSettingsSchema>;

const headerText = (value: string): string | undefined =>
  /^[\x21-\x7e]{1,1024}$/.test(value) ? undefined : 'must be printable ASCII without spaces';
const nonEmpty = (value: string): string | undefined => (value === '' ? 'must not be empty' : undefined);
const hmacSecret = (value: string): string | undefined =>
  decodeBase64Url(value) ? undefined : 'must be base64url';
const encryptionSecret = (value: string): string | undefined =>
  decodeBase64Url(value)?.length === encryptionKeyLength ? undefined : 'must be base64url of 32 bytes';

/** docs.pontisglobe.com/authentication and /api-reference/login. Sandbox and live share one set. */
export const pontisCredentials: readonly CredentialName[] = [
  { name: 'apiKey', required: true, description: 'API key, sent as x-api-key', problem: headerText },
  {
    name: 'hmacSecret',
    required: true,
    description: 'HMAC secret that signs requests and callbacks, base64url',
    problem: hmacSecret,
  },
  {
    name: 'hmacSecretPrevious',
    required: false,
    description: 'the HMAC secret before a rotation; callbacks signed with it are still accepted',
    problem: hmacSecret,
  },
  {
    name: 'encryptionSecret',
    required: true,
    description: 'Encryption Secret (AES-256-GCM), base64url of 32 bytes',
    problem: encryptionSecret,
  },
  { name: 'email', required: true, description: 'login e-mail address', problem: nonEmpty },
  { name: 'password', required: true, description: 'login password', problem: nonEmpty },
];

/**
 * How long a key is remembered is not stated: replays stop after a day, the shorter of what comparable providers promise.
 * There is no look-up by key: replaying is the look-up, so nothing ever proves absence to a machine.
 */
export const pontisContract: IdempotencyContract = {
  replay: { windowMs: day, afterEmptyLookUps: 0, verifyByLookUp: false },
  lookUp: { kind: 'none', graceMs: 0, absence: null },
  refusalsRemembered: false,
  recoveryPlanMs: [
    1 * second,
    2 * second,
    4 * second,
    8 * second,
    16 * second,
    32 * second,
    60 * second,
    60 * second,
    5 * minute,
    15 * minute,
    1 * hour,
  ],
  personAfterMs: day,
  // Replies repeat nothing of what was sent: a submit answers id and status, getPayoutStatus adds a message.
  echoes: { submit: [], lookUp: [], status: [] },
  returns: { reported: true, watchMs: 45 * day },
  unpaid: { settleMs: 60 * second, watchMs: 7 * day },
};

/**
 * Callbacks come for final states only, perhaps once, and never in sandbox, so polling is the guarantee. `pending_approval`
 * waits for a person at Pontis and has no documented end: after a day it is overdue, never failed.
 */
export const pontisPollPlan: PollPlan = {
  delaysMs: [
    ...Array<number>(4).fill(15 * second),
    ...Array<number>(5).fill(1 * minute),
    ...Array<number>(6).fill(5 * minute),
    ...Array<number>(4).fill(15 * minute),
    1 * hour,
  ],
  overdueAfterMs: day,
  watchDelaysMs: [1 * hour, 6 * hour, day],
};

/** Not stated by Pontis. One submit includes a login, and a second try after a 401. */
export const standardTimeoutMs = 30 * second;

const hostsOfOtherMode: Readonly<Record<Mode, string>> = {
  live: 'sandbox.pontisglobe.com',
  sandbox: 'api.pontisglobe.com',
};

/**
 * Why a base URL cannot be used. The two environments differ by nothing but the host (docs.pontisglobe.com/sandbox), so
 * the published host of the other mode is refused.
 */
export function baseUrlProblem(baseUrl: string, mode: Mode): string | undefined {
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    return 'must be a URL';
  }
  if (url.username || url.password || url.search || url.hash) {
    return 'must have no credentials, query or fragment';
  }
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  const plainAllowed = mode === 'sandbox' || loopback;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && plainAllowed)) {
    return 'must be https (http only in sandbox mode and on loopback)';
  }
  if (url.hostname === hostsOfOtherMode[mode]) return `is not the host of ${mode} mode`;
  return undefined;
}
