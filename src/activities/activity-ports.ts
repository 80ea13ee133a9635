import type { AccountChange, CredentialsReport } from '../contract/messages';
import type { AccountState } from '../domain/account-state';
import type { HeldReason } from '../domain/reason';
import type { Installation } from './installation';

export type OtherRuns = {
  /** The attempt keys that they published; empty when none of them ever came to a send. */
  readonly keys: readonly string[];
  /** One of them said, as its final status, that the payout ended and no money moved. */
  readonly endedUnpaid: boolean;
};

export type EndOfPayout =
  | { readonly kind: 'unpaid'; readonly replacedBy?: string }
  | { readonly kind: 'otherwise' | 'missing' | 'unavailable' };

/** Whose the place of an ended payout is: the reference of the payout that was first to take it. */
export type TakenPlace = { readonly kind: 'taken'; readonly by: string } | { readonly kind: 'unavailable' };

/** What activities may use of the machine they run on. A simulation gives its own. */
export type ActivityPorts = {
  /**
   * Starts measuring; the returned function tells the milliseconds since then. Deadlines are measured with it: it never
   * goes back, counts a stopped process and a sleeping machine, and no wrong wall clock makes it shorter.
   */
  readonly stopwatch: () => () => number;
  /** Calls `run` every `ms` until the returned function is called. */
  readonly every: (ms: number, run: () => void) => () => void;
  readonly sha256: (text: string) => string;
  /**
   * Whether Temporal still waits for this attempt of an activity: false once it has timed out or been superseded, and when
   * Temporal cannot be asked. A worker that was stopped, or whose task reached it late, learns here that it is late;
   * no clock is involved.
   */
  readonly isCurrentAttempt: (activity: {
    readonly workflowId: string;
    readonly runId: string;
    readonly activityId: string;
    readonly attempt: number;
  }) => Promise<boolean>;
  /**
   * What the other runs of this payout came to (before a reset, and beside this one), read from Temporal. Needed only in a
   * reset run. `unavailable` when it cannot be read.
   */
  readonly otherRuns: (run: {
    readonly workflowId: string;
    readonly runId: string;
    readonly originalRunId: string;
  }) => Promise<OtherRuns | 'unavailable'>;
  /** The workflow ids of the payouts that have a provider's payout for theirs. `unavailable` when it cannot be read. */
  readonly claimsOn: (payout: {
    readonly account: string;
    readonly providerPayoutId: string;
  }) => Promise<readonly string[] | 'unavailable'>;
  /**
   * How another payout ended, by what Temporal stores: unpaid (its run is over, and no money moved; with the reference that
   * was named to take its place), otherwise (paid, under way or still watched), or there is none.
   */
  readonly endOfPayout: (workflowId: string) => Promise<EndOfPayout>;
  /**
   * Takes the place of an ended payout, once and for good: the first one has it, and everybody is told who that is. Asked
   * again by the same one it answers the same.
   */
  readonly takePlace: (place: {
    readonly replacedWorkflowId: string;
    /** The payout that wants it. */
    readonly tenant: string;
    readonly reference: string;
  }) => Promise<TakenPlace>;
  /** Whether somebody paused the provider account; may be two seconds old. `unavailable` when it cannot be read. */
  readonly accountPause: (account: string) => Promise<AccountState | 'unavailable'>;
  /** Tells the account's workflow what the provider said to the credentials. Takes two seconds at most. */
  readonly reportCredentials: (
    account: string,
    report: CredentialsReport,
  ) => Promise<'reported' | 'unavailable'>;
  /** Asks the account's workflow for leave to try refused credentials once. False also when it cannot be asked. */
  readonly mayProbe: (account: string) => Promise<boolean>;
  /**
   * The workflow ids of the open payouts that are held for one of the reasons. Lists lag behind by fractions of a second.
   * Rejects when they cannot be read.
   */
  readonly heldPayouts: (held: {
    readonly account: string;
    readonly reasons: readonly HeldReason[];
    /** Only those that are worked on there; absent: all of them, whichever installation has them. */
    readonly taskQueue?: string;
  }) => Promise<readonly string[]>;
  /** Tells a payout that its account changed. False when it has ended; rejects when it cannot be told. */
  readonly tellPayout: (workflowId: string, change: AccountChange) => Promise<boolean>;
  /** Waits. */
  readonly pause: (ms: number) => Promise<void>;
};

/** Everything the activities are made of. */
export type ActivityDeps = { readonly installation: Installation; readonly ports: ActivityPorts };
