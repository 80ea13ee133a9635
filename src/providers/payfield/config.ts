import { z } from 'zod';
import type { Mode } from '../../domain/attempt-key';
import type { IdempotencyContract } from '../../domain/idempotency-contract';
import type { PollPlan } from '../provider';
import type { CredentialName } from '../provider-module';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** This edition pays in Bangladesh: "Must be BDT for this GEO" (2.1 Create PayOut). */
export const payfieldCurrency = 'BDT';
export const payfieldCountry = 'BD';

/** An account's own settings. What the documentation leaves open stands here with its default. */
export const payfieldSettingsSchema = z.strictObject({
  /**
   * Mandatory here, though optional at Payfield: without it the default shop decides where a payout is made and where it
   * is looked for, and the default can change between the two (2.2: 404 means none "in the resolved shop scope").
   */
  shopCode: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
  /**
   * `callback_url`, frozen into every body. Without it Payfield uses the shop's own webhook URL, if one is set
   * (2.3 Webhooks).
   */
  callbackUrl: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional(),
  /** Open: "hex or base64 … typically hex" (sister edition). Holds for requests and webhooks. */
  signatureEncoding: z.enum(['hex', 'base64']).default('hex'),
  /**
   * How a mobile wallet's number is written into `card_number`. Open: no wallet is shown. Wallets in Bangladesh are
   * known by the national form (`01…`, eleven digits; Rocket's twelve), so that is the default; `as-given` sends E.164
   * (`+8801…`), which is what the request's number was read into.
   */
  phoneFormat: z.enum(['national', 'as-given']).default('national'),
  /**
   * The wallet operators that the shop pays to. Open: this edition has no field for one (another edition requires
   * `paymentData.wallet_provider`), and the same phone number can have a wallet at each. A request that names an operator
   * is only accepted when it stands here.
   */
  walletOperators: z
    .array(
      z
        .string()
        .trim()
        .min(1)
        .max(40)
        .transform((operator) => operator.toLowerCase()),
    )
    .max(20)
    .default([]),
});
export type PayfieldSettings = z.infer<typeof payfieldSettingsSchema>;

const headerText = (value: string): string | undefined =>
  /^[\x21-\x7e]{1,1024}$/.test(value) ? undefined : 'must be printable ASCII without spaces';
const nonEmpty = (value: string): string | undefined => (value === '' ? 'must not be empty' : undefined);

/** bdt-hrs-external-documentation.pages.dev/docs (Authentication), 2.3 Webhooks. */
export const payfieldCredentials: readonly CredentialName[] = [
  { name: 'apiKey', required: true, description: 'API key, sent as X-API-Key', problem: headerText },
  { name: 'secret', required: true, description: 'secret that signs requests', problem: nonEmpty },
  { name: 'webhookSecret', required: false, description: 'secret that signs webhooks', problem: nonEmpty },
  {
    name: 'webhookSecretPrevious',
    required: false,
    description: 'the webhook secret before a rotation; webhooks signed with it are still accepted',
    problem: nonEmpty,
  },
];

/**
 * `external_id` is the idempotency key, and a read by it is documented. How long it stays unique is not stated; because
 * it is also the name a payout is read by, it is taken for lasting, and a second read comes before each replay anyway.
 */
export const payfieldContract: IdempotencyContract = {
  replay: { windowMs: 30 * day, afterEmptyLookUps: 2, verifyByLookUp: false },
  lookUp: {
    kind: 'by-key',
    // A signed request is accepted up to 60 s late, and may be worked on after that.
    graceMs: 65 * second,
    // A late commit may still land after an early 404. Until then no 404 and no refusal of a replay proves anything.
    absence: { afterMs: 10 * minute, lookUps: 2 },
  },
  refusalsRemembered: false,
  // The first steps lie inside the grace: they may find the payout, and prove nothing when they do not.
  recoveryPlanMs: [
    2 * second,
    10 * second,
    30 * second,
    30 * second,
    1 * minute,
    2 * minute,
    5 * minute,
    5 * minute,
    15 * minute,
    1 * hour,
  ],
  personAfterMs: day,
  // 2.1 repeats the whole request; 2.2 leaves out the recipient.
  echoes: {
    submit: ['key', 'amount', 'currency', 'beneficiary', 'account-scope'],
    lookUp: ['key', 'amount', 'currency', 'account-scope'],
    status: ['key', 'amount', 'currency', 'account-scope'],
  },
  returns: { reported: true, watchMs: 45 * day },
  unpaid: { settleMs: 60 * second, watchMs: 7 * day },
};

/** A look-up waits for twice the longest submit, should an account allow longer ones than usual. */
export const lookUpGraceMs = (submitTimeoutMs: number): number =>
  Math.max(payfieldContract.lookUp.graceMs, 2 * submitTimeoutMs + 5 * second);

/**
 * Webhooks are given up after five attempts (about 96 minutes by the published delays), so polling is the guarantee.
 * `pending` can last for ever; after a day it is overdue, never failed.
 */
export const payfieldPollPlan: PollPlan = {
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

/** Not stated by Payfield. */
export const standardSubmitTimeoutMs = 30 * second;
export const standardReadTimeoutMs = 15 * second;

/** Domains of the published documentation. Payfield publishes neither its API hosts nor a sandbox. */
const brandHost = /(^|\.)(payfield\.io|trustedpay\.one)$/;
const testLabel = /(^|[.-])(sandbox|test|testing|stage|staging|dev|demo)([.-]|$)/;

/** Why a base URL or callback URL cannot be used in this mode; undefined when it can. */
export function urlProblem(text: string, mode: Mode, use: 'base' | 'callback'): string | undefined {
  if (!URL.canParse(text)) return 'must be a URL';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    return 'must have no credentials and no fragment';
  }
  if (use === 'base' && url.search !== '') return 'must have no query';
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  const plainAllowed = mode === 'sandbox' || loopback;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && plainAllowed)) {
    return 'must be https (http only in sandbox mode and on loopback)';
  }
  if (use === 'callback') return undefined;
  const test = testLabel.test(url.hostname);
  if (mode === 'live' && test) return 'is the host of a sandbox';
  if (mode === 'sandbox' && !test && brandHost.test(url.hostname)) return 'is not the host of a sandbox';
  return undefined;
}
