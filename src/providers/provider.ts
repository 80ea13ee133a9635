import type { Mode } from '../domain/attempt-key';
import type { EchoCheck, IdempotencyContract } from '../domain/idempotency-contract';
import type { PayoutRequest } from '../domain/payout-request';
import type { ProviderFailure } from '../domain/provider-failure';
import type { ProviderStatus, StatusReading } from '../domain/provider-status';
import type { Quote } from '../domain/quote';
import type { Sender } from '../http/sender';

/**
 * The port to one provider account. An adapter holds its configuration and credentials, talks HTTP through a `Sender`,
 * and answers with values: it never throws for anything that the network or the provider does. What it throws is a bug.
 *
 * Every adapter passes `test/providers/contract-kit`.
 */
export type PayoutProvider = {
  readonly provider: string;
  /** The provider's promises about duplicates, with the account's own (more cautious) settings applied. */
  readonly contract: IdempotencyContract;
  /** How to poll a status; see `PollPlan`. */
  readonly pollPlan: PollPlan;
  /** How long one submit call may take, from before the connection to the whole reply; milliseconds. */
  readonly submitTimeoutMs: number;
  /** How long the other calls may take, each as a whole, however many requests it makes. */
  readonly timeLimits: TimeLimits;
  /** Whether this request is priced by a quote before it is submitted. */
  needsQuote(request: PayoutRequest): boolean;
  /** What is debited for this request: its own source currency, or the account's where it names only a funding account. */
  sourceCurrency(request: PayoutRequest): string | undefined;
  /** Everything that makes this request unpayable at this account; empty when it can be paid. */
  problems(request: PayoutRequest): readonly RequestProblem[];
  /** Shapes the 64 hex digits of an attempt key into the provider's format. Deterministic, injective in practice. */
  formatKey(digest: string): string;
  /** Builds the exact text that is sent (before encryption) for an attempt. Pure: same input, same bytes. */
  freezeBody(input: {
    readonly request: PayoutRequest;
    readonly key: string;
    readonly quote?: Quote;
  }): string;
  /** Sends a frozen body once. Retries only what certainly was not executed and is documented so (one re-login). */
  submit(attempt: FrozenAttempt, call: ProviderCall): Promise<SubmitReply>;
  /** Reads the status of a payout whose provider id is known. */
  readStatus(
    input: { readonly attempt: FrozenAttempt; readonly providerPayoutId: string },
    call: ProviderCall,
  ): Promise<StatusReply>;
  /** Finds payouts by the attempt's key. Only where the contract's look-up kind is not `none`. */
  lookUp?(
    input: { readonly attempt: FrozenAttempt; readonly firstSentAt: number },
    call: ProviderCall,
  ): Promise<LookUpReply>;
  /** Prices a request. Only where `needsQuote` can be true. */
  quote?(request: PayoutRequest, call: ProviderCall): Promise<QuoteReply>;
  /**
   * Asks for a payout that there is not, as only the account's credentials may: whether the provider takes them. Changes nothing.
   * For people who look at a configuration; no payout depends on it.
   */
  tryCredentials?(call: ProviderCall): Promise<CredentialsReply>;
  /** Verifies and reads one webhook delivery. Pure: no I/O. */
  readWebhook(delivery: WebhookDelivery): WebhookReading;
};

/** Milliseconds. Whoever calls waits for longer than that; a call that ends later is one that was lost. */
export type TimeLimits = {
  readonly quoteMs: number;
  readonly statusMs: number;
  readonly lookUpMs: number;
};

/** What `prepareAttempt` froze: resends carry exactly this. */
export type FrozenAttempt = {
  /** In the provider's format. */
  readonly key: string;
  readonly body: string;
};

/** The circumstances of one call. */
export type ProviderCall = {
  readonly signal?: AbortSignal;
  /** Throws to forbid the call; asked synchronously just before the first byte of a submit is written. */
  readonly beforeWrite?: () => void;
};

export type SubmitReply =
  | {
      readonly kind: 'accepted';
      readonly providerPayoutId: string;
      readonly status: ProviderStatus;
      /** The provider's own word for it, cut to a short printable token. */
      readonly providerStatus: string;
      readonly echo: EchoCheck;
      readonly requestId?: string;
    }
  | { readonly kind: 'failed'; readonly failure: ProviderFailure };

export type StatusReply =
  | { readonly kind: 'read'; readonly reading: StatusReading }
  | { readonly kind: 'failed'; readonly failure: ProviderFailure };

export type LookUpReply =
  /** Every payout that carries the key; more than one is for people. Empty: none was there when the read was complete. */
  | { readonly kind: 'complete'; readonly found: readonly StatusReading[] }
  | { readonly kind: 'failed'; readonly failure: ProviderFailure };

export type QuoteReply =
  | { readonly kind: 'quoted'; readonly quote: Quote }
  | { readonly kind: 'failed'; readonly failure: ProviderFailure };

export type CredentialsReply =
  { readonly kind: 'accepted' } | { readonly kind: 'failed'; readonly failure: ProviderFailure };

export type RequestProblem = {
  /** JSON path into the request, such as `beneficiary.account.ifsc`. */
  readonly path: string;
  readonly message: string;
};

/** Delays between status reads: the n-th read waits `delaysMs[n-1]`, later ones the last. */
export type PollPlan = {
  readonly delaysMs: readonly number[];
  /** After this long without a final status the payout is held as overdue; reads go on. */
  readonly overdueAfterMs: number;
  /** Delays while a paid (or unpaid-ended) payout is watched. */
  readonly watchDelaysMs: readonly number[];
};

export type WebhookDelivery = {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The raw bytes as text, before any parsing. */
  readonly rawBody: string;
  /** Unix milliseconds. */
  readonly receivedAt: number;
};

export type WebhookReading =
  | {
      readonly kind: 'genuine';
      /** For deduplication: the provider's event id, or a hash where it sends none. */
      readonly eventId: string;
      readonly providerPayoutId?: string;
      readonly key?: string;
      readonly status: ProviderStatus;
      readonly providerStatus: string;
    }
  | { readonly kind: 'refused'; readonly code: WebhookRefusal };

export type WebhookRefusal =
  | 'signature_missing'
  | 'signature_wrong'
  | 'timestamp_missing'
  | 'timestamp_too_old'
  | 'timestamp_in_future'
  | 'body_unreadable';

/** What an adapter may use of the world. */
export type ProviderPorts = {
  readonly send: Sender;
  /** Unix milliseconds of the wall clock; only for signatures and tokens. */
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  /** Where warnings go; never with secrets, bodies or account numbers. */
  readonly log?: (event: string, fields: Readonly<Record<string, string | number | boolean>>) => void;
};

/** What every account's configuration holds whatever the provider; each adapter's `config.ts` adds its own. */
export type ProviderAccountBasics = {
  readonly account: string;
  readonly mode: Mode;
  readonly baseUrl: string;
};
