import { z } from 'zod';
import { isCurrency } from '../../domain/currency';
import type { CredentialName } from '../provider-module';

/** Below the account's base URL. No query and no dot segments: what is appended stays on the provider's host. */
const path = z
  .string()
  .max(200)
  .regex(
    /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9_.~{}-]+)+$/,
    'must be a path such as "/api/v1/payouts", without query or dot segments',
  );
const statusPath = path.refine((text) => text.includes('{id}'), 'must contain {id}');
const pathList = (one: z.ZodType<string>) =>
  z.union([one.transform((text) => [text]), z.array(one).min(1).max(4)]);
const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/, 'must be a header name')
  .transform((name) => name.toLowerCase());

/** The smallest window before the first send that a live account may scan; see `scanSkewMs`. */
export const leastLiveScanSkewMs = 600_000;

/**
 * What an account of Syncgram Pay can set. Everything has a default, so that `{}` is a working account. The page of
 * record is "Create withdrawal" (docs.bachs.io/api-reference/payouts/create-withdrawal, Syncgram edition); what it
 * leaves open is a setting here, with the default of the page named.
 */
export const syncgramSettingsSchema = z.strictObject({
  paths: z
    .strictObject({
      /** "Create withdrawal". The successor's is `/v1/payouts/withdrawals`. */
      submit: path.default('/api/v1/payouts/withdrawals'),
      /** "Payout quote" (docs.bachs.io/api-reference/payouts/payout-quote). */
      quote: path.default('/api/v1/payouts/quotes'),
      /**
       * Open: the Syncgram pages say "polling the withdrawal ID" and name no path. First the successor's path under this
       * generation's prefix, then below the path that creates. The next one is tried when one answers 404 or 405.
       */
      status: pathList(statusPath).default(['/api/v1/payouts/{id}', '/api/v1/payouts/withdrawals/{id}']),
      /** Open, like `status`: the successor's list of payouts, then the collection that creates. */
      list: pathList(path).default(['/api/v1/payouts', '/api/v1/payouts/withdrawals']),
    })
    .prefault({}),
  /**
   * How `amount` is written. Open: "Create withdrawal" types it as a number, the guide (docs.bachs.io/payouts/withdrawals)
   * and the successor as a string. A number is written digit by digit, never through a float.
   */
  amountFormat: z.enum(['string', 'number']).default('string'),
  /** Which payouts are priced first. The guide: a cross-currency payout needs a quote for its rate to be locked. */
  quotes: z.enum(['cross-currency', 'always', 'never']).default('cross-currency'),
  /**
   * The reserve kept at the end of a quote's life, for the way to the provider; at most half of what is left. The window
   * is documented only as "short".
   */
  quoteMarginMs: z.number().int().min(0).max(600_000).default(30_000),
  /** `email` is required; this one is sent when the request's payer has none. */
  defaultEmail: z.email().max(254).optional(),
  /** `payment_rail`, unless the request names a rail. Unset: the provider selects one ("Create withdrawal"). */
  paymentRail: z
    .string()
    .regex(/^[A-Za-z0-9_.:-]{1,64}$/)
    .optional(),
  /** `from_currency` of requests that name only a funding account. */
  sourceCurrency: z.string().refine(isCurrency, 'must be a known currency').optional(),
  /** The longest `purpose` that is sent as `description`. Open: no length is documented. */
  descriptionLength: z.number().int().min(1).max(4000).default(255),
  /**
   * Operators that the organization's mobile money goes to. A withdrawal takes only `phone_number`, and one number can have
   * a wallet at several operators: a request that names one is accepted only when it stands here. (Saved destinations
   * have a `mobile_provider`.)
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
  /**
   * Also sends the key in the `Idempotency-Key` header, from which the successor deduplicates
   * (docs.bachs.io/guides/idempotency). This generation reads the body and does not look at it.
   */
  idempotencyHeader: z.boolean().default(true),
  /**
   * How far before our first send a look-up still searches. `created_at` is the provider's clock, and nothing says how
   * well it is set. At least ten minutes for a live account.
   */
  scanSkewMs: z.number().int().min(0).max(86_400_000).default(leastLiveScanSkewMs),
  /** Payouts in one page of a look-up. The successor allows up to 100. */
  pageSize: z.number().int().min(2).max(1000).default(100),
  /** A look-up that would need more pages fails (and is repeated); it never reports that nothing is there. */
  maxPages: z.number().int().min(2).max(1000).default(50),
  /**
   * Webhooks (docs.bachs.io/webhooks/overview). Open: the Syncgram edition names neither the headers nor the payout events;
   * the defaults are the successor's. Ages are Unix seconds against our clock.
   */
  webhook: z
    .strictObject({
      timestampHeader: headerName.default('x-bachs-timestamp'),
      signatureHeader: headerName.default('x-bachs-signature'),
      /** `t=…,v1=…[,v1=…]`. When a delivery has it, it alone decides. */
      signatureV2Header: headerName.default('x-bachs-signature-v2'),
      toleranceMs: z.number().int().min(1000).max(300_000).default(300_000),
    })
    .prefault({}),
});
export type SyncgramSettings = z.infer<typeof syncgramSettingsSchema>;

export const syncgramCredentials: readonly CredentialName[] = [
  {
    name: 'apiKey',
    required: true,
    description:
      'The bearer token: an API key (sk_test_…, sk_sandbox_… or sk_live_…). Drain unresolved payouts before changing it.',
    problem: (value) =>
      /^[\x21-\x7e]{1,4096}$/.test(value) ? undefined : 'must be printable ASCII without spaces',
  },
  {
    name: 'webhookSecret',
    required: false,
    description: 'The webhook_secret of the webhook configuration. Without it every delivery is refused.',
    problem: webhookSecretProblem,
  },
  {
    name: 'webhookSecretPrevious',
    required: false,
    description: 'The secret before a rotation, while deliveries signed with it may still arrive.',
    problem: webhookSecretProblem,
  },
];

/** The configuration page: 8 to 64 characters. Longer ones are let through, shorter ones can be guessed. */
function webhookSecretProblem(value: string): string | undefined {
  return value.length < 8 ? 'must have at least 8 characters' : undefined;
}
