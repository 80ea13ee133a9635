import type { PayoutEvent, PayoutSnapshot } from '../domain/payout-snapshot';
import type { PayoutStatus } from '../domain/payout-status';
import type { IntentAddress, RegisterUnavailable } from './register';

/** What the register remembers of payouts, for whoever asks when Temporal has forgotten them, and to compare both. */
export type RegisterReader = {
  /** Undefined: no run ever claimed the reference. */
  payout(address: IntentAddress): Promise<RememberedPayout | RegisterUnavailable | undefined>;
  /** Events of the run that counts, in order; empty where none was told. */
  timeline(address: IntentAddress): Promise<readonly PayoutEvent[] | RegisterUnavailable>;
  /** Newest first by their start, one page. */
  list(filter: RememberedFilter): Promise<readonly RememberedPayout[] | RegisterUnavailable>;
};

export type RememberedPayout = {
  readonly tenant: string;
  /** As it was written first. */
  readonly reference: string;
  readonly workflowId: string;
  readonly originalRunId: string;
  /** SHA-256 (hex) of the request's normal form. */
  readonly requestDigest: string;
  readonly requestedBy: string;
  readonly mode: string;
  readonly account: string;
  /** As asked for. */
  readonly amount: { readonly value: string; readonly currency: string };
  readonly replaces?: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly attempts: readonly RememberedAttempt[];
  /** Absent where no worker ever told how it stands. */
  readonly state?: {
    readonly runId: string;
    readonly snapshot: PayoutSnapshot;
    readonly closedAt?: number;
    readonly closedAs?: string;
  };
};

export type RememberedAttempt = {
  readonly account: string;
  readonly generation: number;
  readonly key: string;
  readonly bodyHash: string;
  /** Unix milliseconds; absent where nothing was ever sent. */
  readonly firstSentAt?: number;
  readonly firstSentRunId?: string;
};

export type RememberedFilter = {
  readonly tenant?: string;
  readonly statuses?: readonly PayoutStatus[];
  readonly account?: string;
  readonly requestedBy?: string;
  readonly currency?: string;
  /** Inclusive, as decimals; compared in the currency that is named. */
  readonly amountFrom?: string;
  readonly amountTo?: string;
  /** SHA-256 (hex) of `payeeIdentity`: payouts of the same payee, by every key that is configured. */
  readonly payee?: string;
  readonly providerPayoutId?: string;
  /** Started at or after, and before; Unix milliseconds. */
  readonly since?: number;
  readonly until?: number;
  /** Goes on behind this one. */
  readonly after?: { readonly startedAt: number; readonly tenant: string; readonly reference: string };
  readonly limit: number;
};
