/** How a simulated Syncgram Pay account is set up, and which of the undocumented readings it follows. */

export type SyncgramCredentials = {
  /** Sent as `Authorization: Bearer …`. */
  readonly apiKey: string;
  /** Signs webhooks, used as text. */
  readonly webhookSecret: string;
};

export type SyncgramOptions = {
  readonly credentials: SyncgramCredentials;
  /** Exchange rates as decimal strings, by `FROM/TO`; what is not here is an unsupported currency pair. */
  readonly rates: Readonly<Record<string, string>>;
  /** `/api/v1/…` of the Syncgram brand, `/v1/…` of its successor, or both; `syncgram` unless given. */
  readonly paths?: 'syncgram' | 'successor' | 'both';
  /** The words of the default statuses; `syncgram` (`PENDING` …) unless given. */
  readonly vocabulary?: SyncgramVocabulary;
  /** The type `amount` must have in JSON; the pages contradict each other, so `either` unless given. */
  readonly amountFormat?: 'string' | 'number' | 'either';
  /** How long a key is remembered after its first reply; the documented 30 minutes unless given. */
  readonly keyMemoryMs?: number;
  /** Whether refusals (4xx) are remembered like acceptances; true unless given. */
  readonly cachesRefusals?: boolean;
  /** Whether a key answers 409 until its withdrawal is final, instead of the cached reply; false unless given. */
  readonly conflictUntilFinal?: boolean;
  /** Whether a reference can never be used twice. Without it, a forgotten key pays again; `no` unless given. */
  readonly referenceUnique?: 'no' | 'forever';
  /** Whether the balance is checked before the key is looked up; false unless given. */
  readonly balanceCheckedFirst?: boolean;
  /** 422 unless given. */
  readonly insufficientBalanceStatus?: 400 | 422;
  /** For expired, used, unknown and differing quotes; 422 unless given. */
  readonly quoteRefusalStatus?: 400 | 422;
  /** Success status of a quote; 200 unless given. */
  readonly quoteStatus?: 200 | 201;
  /** One minute unless given. */
  readonly quoteLifetimeMs?: number;
  /** How lists are wrapped; `data` unless given. */
  readonly listWrapper?: 'data' | 'items' | 'array';
  /** Which lookups exist; `by-id-and-list` unless given. */
  readonly lookups?: 'none' | 'by-id' | 'by-id-and-list';
  /** Where webhooks go; none are sent without it. */
  readonly webhookUrl?: string;
  readonly delays?: {
    /** From accepted to processing; half a second unless given. */
    readonly processingAfterMs?: number;
    /** From processing to paid; half a second unless given. */
    readonly completedAfterMs?: number;
  };
};

export type SyncgramVocabulary = 'syncgram' | 'successor';

export type SyncgramWords = { readonly accepted: string; readonly processing: string; readonly paid: string };

/** The default statuses in the words of each generation. */
export const syncgramWords: Readonly<Record<SyncgramVocabulary, SyncgramWords>> = {
  syncgram: { accepted: 'PENDING', processing: 'PROCESSING', paid: 'COMPLETED' },
  successor: { accepted: 'pending_submission', processing: 'processing', paid: 'successful' },
};

/** What a status does to the money, whichever generation's word it is. */
export function moneyAfterSyncgram(status: string): 'paid' | 'returned' | 'unchanged' {
  const word = status.toLowerCase();
  if (['completed', 'successful', 'reconciled', 'paid'].includes(word)) return 'paid';
  const returned = [
    'failed',
    'cancelled',
    'canceled',
    'expired',
    'rejected',
    'returned',
    'reversed',
    'refunded',
  ];
  return returned.includes(word) ? 'returned' : 'unchanged';
}

/** A setup for development with credentials that are clearly none. */
export const syncgramDevelopmentOptions: SyncgramOptions = {
  credentials: { apiKey: 'sk_test_fake_syncgram_key', webhookSecret: 'fake-syncgram-webhook-secret' },
  rates: {
    'USD/USD': '1',
    'USD/NGN': '1500.00',
    'USD/USDT_TRC20': '1',
    'USD/XRP': '0.5',
    'NGN/NGN': '1',
    'NGN/USDT_TRC20': '0.00066',
  },
};
