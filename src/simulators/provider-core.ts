/**
 * What every simulated provider is: a pure core that answers one HTTP request at a given time, and says what happened
 * to the money. No sockets, timers, wall clock or randomness of its own, so the same core runs behind a real HTTP
 * server (`simulator-server.ts`) and inside a simulation on a virtual clock.
 *
 * Nothing under `simulators/` imports the product: a signature that both sides get wrong in the same way must not verify.
 */

/** One HTTP request exactly as it arrived. Header names are lower case; `body` is the raw text that was signed. */
export type SimulatedRequest = {
  readonly method: string;
  /** Path without the query string, percent-decoding left to the core. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type SimulatedReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How `body` becomes bytes; `utf8` when absent. Only the fault layer sends bytes that are no text. */
  readonly encoding?: 'utf8' | 'latin1';
};

/** One line of the append-only ledger: money left the merchant's balance (`debit`) or came back (`credit`). */
export type LedgerEntry = {
  readonly sequence: number;
  readonly at: number;
  readonly kind: 'debit' | 'credit';
  /** The provider's id of the payout. */
  readonly providerPayoutId: string;
  /** The key or reference the caller chose (our attempt key), as received. */
  readonly callerKey: string;
  readonly amount: string;
  readonly currency: string;
  /** What identifies the beneficiary at this provider: account number, wallet, card or saved destination. */
  readonly beneficiary: string;
};

/** A webhook the provider would send; the host delivers it (or loses it). */
export type WebhookEffect = {
  readonly kind: 'webhook';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type CoreContext = {
  /** Unix milliseconds of the simulator's own clock. */
  readonly now: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /**
   * When the request arrived, if that was before `now`: a late commit was authenticated on arrival and is booked
   * later, so freshness (timestamp windows, token expiry) is judged at this time and everything else at `now`.
   */
  readonly receivedAt?: number;
};

export type CoreAnswer = { readonly reply: SimulatedReply; readonly effects: readonly WebhookEffect[] };

/** The provider-shaped replies the fault layer needs without running the core. */
export type CannedReply =
  'server-error' | 'in-progress' | 'rate-limited' | 'expired-token' | 'not-found' | 'insufficient-funds';

export type SimulatedProvider = 'pontis' | 'payfield' | 'syncgram';

/** What a request asks for, in terms that are the same at every provider. */
export type Operation = 'login' | 'submit' | 'status' | 'list' | 'quote' | 'other';

export type ProviderCore = {
  readonly provider: SimulatedProvider;
  /** Authenticates, validates, deduplicates and books one request. Mutates only the core's own state. */
  handle(request: SimulatedRequest, context: CoreContext): CoreAnswer;
  /** Moves payouts whose next status is due; returns the webhooks that this causes. */
  advance(context: CoreContext): readonly WebhookEffect[];
  /** When `advance` next has something to do, or undefined. */
  nextDueAt(): number | undefined;
  cannedReply(kind: CannedReply, context: CoreContext): SimulatedReply;
  /** What a fault plan selects on; undefined for a request that is no known operation. */
  operationOf(request: SimulatedRequest): Operation | undefined;
  /** Fields of a submit that a fault plan can match on (decrypts where needed); undefined when unreadable. */
  submitFields(request: SimulatedRequest): SubmitFields | undefined;
  /**
   * Which payout a status read asks for, in the provider's or the caller's words; lets a fault on a status read select
   * by the fields of that payout.
   */
  statusTarget?(request: SimulatedRequest): string | undefined;
  /** The answer to a read if no payout existed (an empty list); without it, the canned `not-found`. */
  absentReply?(request: SimulatedRequest, context: CoreContext): SimulatedReply;
  /**
   * A submit has arrived but is booked only later: a provider that locks keys on arrival locks this one until the
   * returned function is called, which is just before the request reaches `handle`.
   */
  hold?(request: SimulatedRequest, context: CoreContext): () => void;
  ledger(): readonly LedgerEntry[];
  /** Every payout with its status history, for the admin API and for tests. */
  payouts(): readonly SimulatedPayout[];
  /** Scripts the statuses that payouts matching `match` go through, instead of the default sequence. */
  script(script: StatusScript): void;
  /** Sets the merchant's available balance (decimal string) in `currency`; unlimited until first set. */
  setBalance(currency: string, available: string): void;
};

export type SubmitFields = {
  readonly callerKey: string;
  readonly amount: string;
  readonly currency: string;
  readonly beneficiary: string;
  readonly beneficiaryName?: string;
};

export type SimulatedPayout = {
  readonly providerPayoutId: string;
  readonly callerKey: string;
  readonly amount: string;
  readonly currency: string;
  readonly beneficiary: string;
  readonly status: string;
  readonly history: readonly { readonly status: string; readonly at: number }[];
};

/**
 * Statuses in the provider's own words; each is entered `afterMs` after the one before it. Applies to payouts accepted
 * after the script was given.
 */
export type StatusScript = {
  readonly match: PayoutMatch;
  readonly steps: readonly { readonly status: string; readonly afterMs: number }[];
  /** How many payouts it applies to; every matching one when absent. */
  readonly times?: number;
};

/** Every given field must be equal. `callerKey` is the key as received on the wire. */
export type PayoutMatch = {
  readonly callerKey?: string;
  readonly amount?: string;
  readonly beneficiary?: string;
};
