import type { PayoutEvent, PayoutSnapshot } from '../domain/payout-snapshot';
import type { RegisterUnavailable } from './register';

/**
 * What became of payouts, as workers tell it after the fact: nothing is sent or refused on the word of a record. A record may
 * be told again, late, or of a task whose outcome Temporal never took: the newest run counts, and in it the highest sequence.
 */
export type RegisterRecorder = {
  /** Of payouts that the register does not know, nothing is kept: a reference that was never claimed has no record. */
  record(told: RecordedNews): Promise<{ readonly kind: 'recorded' } | RegisterUnavailable>;
};

export type RecordedNews = {
  readonly payouts: readonly PayoutRecord[];
  readonly accounts: readonly AccountRecord[];
};

/** How one run stands, and what happened in it since it was told last. */
export type PayoutRecord = {
  readonly workflowId: string;
  /** The claim's: a run of another life is not recorded. */
  readonly originalRunId: string;
  readonly runId: string;
  /** Unix milliseconds: a reset starts a run of its own, and the newest one counts. */
  readonly runStartedAt: number;
  readonly snapshot: PayoutSnapshot;
  /** Events up to `snapshot.events`; those that were told before may be among them. */
  readonly events: readonly PayoutEvent[];
  /** Once Temporal has closed the run; then this is the last word about it. */
  readonly closed?: { readonly at: number; readonly as: string };
};

/** Whether new sends by a provider account wait. */
export type AccountRecord = {
  /** Of the account's workflow: each installation has its own. */
  readonly workflowId: string;
  readonly account: string;
  readonly paused: boolean;
  /** Unix milliseconds. */
  readonly since: number;
  readonly by: string;
  readonly reason?: string;
  /** When it was told, by the workflow's clock: an older word does not replace a newer one. */
  readonly at: number;
};
