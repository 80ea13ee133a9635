/**
 * What a backend asks for: one payout. Plain JSON, `schema: 1`; this shape lives in event histories for years.
 * Everything here is validated by `validation/payout-request-schema.ts` before a workflow acts on it.
 */
export type PayoutRequest = {
  readonly schema: 1;
  /** Who owns the payout inside the installation: `[a-z0-9][a-z0-9-]{0,31}`. Public: part of ids and search attributes. */
  readonly tenant: string;
  /** The caller's own id of the intent, `[A-Za-z0-9._:-]{1,64}`, unique per tenant. Public: never put personal data in it. */
  readonly reference: string;
  /** Who asked, as the team names people; this person can never approve the payout. */
  readonly requestedBy: string;
  readonly amount: RequestedAmount;
  readonly source: PayoutSource;
  readonly destination: {
    /** ISO 3166-1 alpha-2, upper case. */
    readonly country: string;
    /** What the beneficiary receives: ISO 4217, or a crypto asset such as `USDT_TRC20`. */
    readonly currency: string;
  };
  readonly beneficiary: Beneficiary;
  /** RFC 3339 time in UTC. After it nothing is sent for the first time; a send that is already unresolved is still resolved. */
  readonly notAfter?: string;
  /** Bounds on the rate; give at most one of the two. */
  readonly limits?: RateLimits;
  readonly purpose?: string;
  readonly sourceOfFunds?: string;
  readonly payer?: PayerContext;
  /** The caller's own notes, up to 20 short strings. Never sent to providers. */
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * The reference of the payout that this one takes the place of, of the same tenant. That one must have ended unpaid: an
   * edit is a recall and a new payout.
   */
  readonly replaces?: string;
  /** Asks for one provider account; the routing rules must still allow it. */
  readonly account?: string;
};

/** `side: 'source'` fixes what is debited, `'destination'` what arrives. The currency is that side's. */
export type RequestedAmount = { readonly value: string; readonly side: AmountSide };
export type AmountSide = 'source' | 'destination';

/** What is debited. A funding account is a label that routing rules can match; with it the route names the currency. */
export type PayoutSource =
  | { readonly currency: string; readonly fundingAccount?: string }
  | { readonly currency?: undefined; readonly fundingAccount: string };

export type RateLimits = {
  /** Fewest units of the destination currency that may arrive. */
  readonly leastReceived?: string;
  /**
   * How much worse than the indicative quote the firm one may be, in percent: `"0.5"`. An indicative quote is asked for
   * where people approve; without an approval the first quote stands for it, and later ones must not slip from that.
   */
  readonly greatestSlippagePercent?: string;
};

/** Details of the paying user that some providers require for their own accounting. */
export type PayerContext = {
  readonly userId?: string;
  /** IPv4 or IPv6. */
  readonly ipAddress?: string;
  readonly email?: string;
};

/**
 * Who is paid, by method. `account` alone holds what identifies the account, so that a token can later stand in for it
 * (`account: { token }`) without touching the rest. `name` is screened and is needed for every method.
 */
export type Beneficiary =
  | { readonly method: 'bank-account'; readonly name: string; readonly account: BankAccount }
  | { readonly method: 'mobile-wallet'; readonly name: string; readonly account: MobileWallet }
  | { readonly method: 'card'; readonly name: string; readonly account: Card }
  | { readonly method: 'crypto-wallet'; readonly name: string; readonly account: CryptoWallet }
  | { readonly method: 'saved-destination'; readonly name: string; readonly account: SavedDestination };

export type PayoutMethod = Beneficiary['method'];

export type BankAccount = {
  readonly accountNumber: string;
  /** The country's bank or routing code (Nigeria's bank code, for instance). */
  readonly bankCode?: string;
  /** India: IFSC, eleven characters. */
  readonly ifsc?: string;
  /** ISO 9362. */
  readonly bic?: string;
  readonly bankName?: string;
  readonly branchCode?: string;
  /** A rail the provider offers in that country, such as `imps`; the provider's default when absent. */
  readonly rail?: string;
};

export type MobileWallet = {
  /** E.164 (`+8801…`); a request may give the country's national form. Rocket (Bangladesh): twelve national digits. */
  readonly phoneNumber: string;
  /** The wallet's operator, such as `bkash` or `mtn`. */
  readonly operator?: string;
};

export type Card = { readonly cardNumber: string };

export type CryptoWallet = {
  readonly address: string;
  /** `TRC20`, `ERC20`, …; may be left out when the destination currency implies it. */
  readonly network?: string;
  /** Memo or tag of assets that need one (XRP, EOS). `none`: there is none; never sent. */
  readonly memo?: string;
};

export type SavedDestination = {
  /** The provider's id of a destination saved earlier. */
  readonly destinationId: string;
  /** What kind of account the saved destination is. */
  readonly kind: 'bank-account' | 'mobile-wallet' | 'crypto-wallet';
};

/** The currency that the requested amount is in, when the request itself says it. */
export function amountCurrency(request: PayoutRequest): string | undefined {
  return request.amount.side === 'destination' ? request.destination.currency : request.source.currency;
}
