/** How a simulated Pontis account is set up and what a test can change while it runs. */

/** The two environments share credentials; only the base URL differs (`docs.pontisglobe.com/sandbox`). */
export type PontisMode = 'sandbox' | 'live';

/** What the merchant was given (`docs.pontisglobe.com/authentication`). The two secrets are unpadded base64url. */
export type PontisCredentials = {
  readonly apiKey: string;
  readonly encryptionSecret: string;
  readonly hmacSecret: string;
  readonly email: string;
  readonly password: string;
};

/** Caps in source currency as decimal strings (`docs.pontisglobe.com/errors`); days and months are taken in UTC. */
export type PontisLimits = {
  readonly perPayout?: string;
  readonly daily?: string;
  readonly monthly?: string;
};

/** A simulated account. Whatever no page states is an option, and its default is the harsher or the likelier reading. */
export type PontisOptions = {
  readonly mode: PontisMode;
  readonly credentials: PontisCredentials;
  /** Account the tokens are bound to. Default `acct_pontis_simulator`. */
  readonly accountId?: string;
  /** Where callbacks go in live mode; none are sent without it, and never in sandbox mode. */
  readonly callbackUrl?: string;
  /** Lifetime of an access token. Default 900, as documented. */
  readonly tokenLifetimeSeconds?: number;
  /** More login attempts than this within the window answer 429. No limit when absent. */
  readonly loginLimit?: { readonly attempts: number; readonly windowMs: number };
  /** Larger source amounts wait in `pending_approval`. Nothing waits when absent. */
  readonly autoApprovalLimit?: string;
  /** Approves on its own after this time. When absent only `decideApproval` ends the wait. */
  readonly approvalAfterMs?: number;
  /** `pending` to `processing` (default 2000) and `processing` to the final status (default 5000). */
  readonly delays?: { readonly processingMs?: number; readonly settlementMs?: number };
  /** HTTP status of a replayed send. Not stated; default 201. */
  readonly replayStatus?: 200 | 201;
  /** Which status a replayed send reports. Not stated; default `original`. */
  readonly replayedState?: 'original' | 'current';
  /**
   * Runs the business checks before the key is looked up, so the replay of an accepted send can be refused because the
   * first send used up the balance or the cap. Not stated; default true.
   */
  readonly checksBeforeDedup?: boolean;
  /** How long a key is remembered; a later replay pays again. Not stated; default for ever. */
  readonly keyLifetimeMs?: number;
  /** Whether a key that was refused with 422 keeps answering that refusal. Not stated; default false. */
  readonly refusalBurnsKey?: boolean;
  /** Status replies as `{ok, data}` (default) or as the bare object shown on the status page. */
  readonly statusReply?: 'inside-data' | 'flat';
  /** Which decimals `source_amount` may have. Only `125.00` is shown; default `exactly-two`. */
  readonly amountDecimals?: 'exactly-two' | 'at-most-two';
  /** `status_message` of scripted statuses, instead of the default texts. */
  readonly statusMessages?: Readonly<Record<string, string>>;
  readonly limits?: PontisLimits;
  /** Recipient names that fail sanctions screening, compared without case and extra spaces. */
  readonly screenedNames?: readonly string[];
};

/** State of the account as its error codes tell it (`docs.pontisglobe.com/errors`). */
export type PontisAccountState =
  'active' | 'forbidden' | 'ip_not_allowed' | 'account_suspended' | 'wallet_frozen';

/** What a test can turn while the simulator runs. The counters count down by one per refused request. */
export type PontisKnobs = {
  readonly accountState: PontisAccountState;
  readonly limits: PontisLimits;
  readonly screenedNames: readonly string[];
  readonly rateMovedSubmits: number;
  readonly rateLimitedSubmits: number;
  readonly rateLimitedReads: number;
};

/** A setup for development with credentials that are clearly none. */
export const pontisDevelopmentOptions: PontisOptions = {
  mode: 'sandbox',
  credentials: {
    apiKey: 'fake-pontis-api-key',
    encryptionSecret: Buffer.alloc(32, 'fake-pontis-encryption-').toString('base64url'),
    hmacSecret: Buffer.alloc(32, 'fake-pontis-hmac-secret-').toString('base64url'),
    email: 'payouts@merchant.example',
    password: 'fake-pontis-password',
  },
};
