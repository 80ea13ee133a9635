import type { Approval, ApprovalRound, Decision, DecisionRefusal } from '../domain/approval';
import type { Mode } from '../domain/attempt-key';
import type { EchoCheck, IdempotencyContract } from '../domain/idempotency-contract';
import type { CheckAnswer } from '../domain/payout-check';
import type { PayoutRequest } from '../domain/payout-request';
import type { DecidedLevel, PolicyDecision } from '../domain/policy/evaluate-policy';
import type { ProviderFailure } from '../domain/provider-failure';
import type { ProviderStatus, StatusReading } from '../domain/provider-status';
import type { Quote } from '../domain/quote';
import type { HeldReason, ReasonCode } from '../domain/reason';

/**
 * What the workflow sees of the world: types only, plain JSON, `schema: 1` on every input. Business outcomes are
 * values; only "still pending" (for the server's retry) and unexpected errors are thrown.
 */
export type PayoutActivities = {
  /** Local. Validates the input, chooses the route, claims the reference in the register and freezes the plan. */
  openPayout(input: OpenPayoutInput): Promise<OpenPayoutResult>;
  /** Local, of the check workflow. What `openPayout` would make of a request; claims and starts nothing. */
  checkPayout(input: CheckPayoutInput): Promise<CheckAnswer>;
  /** Local. Screens the beneficiary; never says clear when it could not look. */
  screenPayout(input: ScreenPayoutInput): Promise<ScreenPayoutResult>;
  /** Prices the request at the plan's account. Local, and where the provider takes long a regular one. */
  quotePayout(input: QuotePayoutInput): Promise<QuotePayoutResult>;
  /** Local. Freezes key and body of an attempt, and enters it in the register. */
  prepareAttempt(input: PrepareAttemptInput): Promise<PreparedAttempt>;
  /** Local. Whether runs before a reset sent; asked before a run ends that sent nothing itself. */
  earlierSends(input: EarlierSendsInput): Promise<EarlierSendsResult>;
  /** Local. Whose the provider's payout is that people name. */
  claimsOn(input: ClaimsOnInput): Promise<ClaimsOnResult>;
  /** Local. Whether a decision is proven where it must be, and its person still has the role. */
  checkDecision(input: CheckDecisionInput): Promise<CheckDecisionResult>;
  /** Regular, one attempt only. Sends a frozen body once. */
  submitPayout(input: SubmitPayoutInput): Promise<SubmitPayoutResult>;
  /** Regular. Looks for payouts that carry the attempt's key. */
  lookUpPayout(input: LookUpPayoutInput): Promise<LookUpPayoutResult>;
  /** Regular, retried by the server until the provider's word differs from the known one. */
  awaitStatus(input: AwaitStatusInput): Promise<StatusResult>;
  /** Regular. Reads the status once, now. */
  readStatus(input: ReadStatusInput): Promise<StatusResult>;
  /** Regular, of the account workflow. Tells the open payouts that are held for one of these reasons to go on. */
  wakeHeldPayouts(input: WakeHeldPayoutsInput): Promise<WakeHeldPayoutsResult>;
};

/** What `openPayout` froze: everything later steps need, independent of later configuration. */
export type PayoutPlan = {
  readonly schema: 1;
  /** SHA-256 of the configuration that decided. */
  readonly configuration: string;
  readonly account: string;
  readonly provider: string;
  readonly mode: Mode;
  /** Identifies the account's base URL, mode, provider and scope; a worker whose account differs does not act. */
  readonly accountFingerprint: string;
  readonly contract: IdempotencyContract;
  readonly poll: {
    readonly delaysMs: readonly number[];
    readonly overdueAfterMs: number;
    readonly watchDelaysMs: readonly number[];
  };
  /** Bound of one send, connection and reply included; milliseconds. */
  readonly submitTimeoutMs: number;
  /**
   * How long each other call may take as a whole, by the account's configuration; milliseconds. Absent in runs that began
   * before quotes were asked for again within seconds.
   */
  readonly timeLimits?: { readonly quoteMs: number; readonly statusMs: number; readonly lookUpMs: number };
  readonly needsQuote: boolean;
  /** The currency of the requested amount (with a funding account, the route's). */
  readonly amountCurrency: string;
  /** How much less than the indicative quote may arrive without a new approval, in percent. */
  readonly quoteBandPercent: string;
  /** What the policy decided. Absent in runs that began before there were policies; those froze `approval`. */
  readonly policy?: FrozenPolicy;
  readonly approval?: ThresholdRule;
  /** Absent in the same old runs. */
  readonly screening?: ScreeningPlan;
  /** Approval digest of a payout without a quote. */
  readonly digest: string;
  /** The request's `notAfter` as a duration from the workflow's start; absent when it has none. */
  readonly notAfterMs?: number;
  readonly holds: {
    /** The machine looks again at a hold after this long. */
    readonly recheckMs: number;
    /** A hold escalates after this long; where nothing can have been accepted it then ends the payout. */
    readonly deadlineMs: number;
  };
};

/** A policy's decision about this payout. The document itself is found again by its hash. */
export type FrozenPolicy = {
  /** SHA-256 of the document's canonical JSON. */
  readonly hash: string;
  readonly decision: PolicyDecision;
  /** A decision that carries no proof of who decides does not count, whatever later workers think. */
  readonly requireProof: boolean;
};

/** What runs froze before there were policies. */
export type ThresholdRule = {
  /** Distinct people needed; 0: no approval. */
  readonly required: number;
  readonly approvers: readonly string[];
  readonly expiresAfterMs: number;
  readonly because: string;
};

export type ScreeningPlan = {
  /** Before a first send the beneficiary is screened again when the last look is older than this. */
  readonly freshForMs: number;
  /** Who may let somebody go who is only similar to a listed name. Absent: nobody may, and such a payout is rejected. */
  readonly review?: { readonly level: DecidedLevel; readonly accounts: Readonly<Record<string, string>> };
};

export type OpenPayoutInput = {
  readonly schema: 1;
  /** Whatever the workflow was started with; not trusted. */
  readonly input: unknown;
  /** The workflow's start time in Unix milliseconds, for `notAfter`. */
  readonly startedAt: number;
  /** Both of `workflowInfo()`: they differ only in a run made by a cron schedule, a workflow retry or continue-as-new. */
  readonly originalRunId: string;
  readonly firstRunId: string;
  /** The run began before references were folded: its workflow id may hold capital letters. */
  readonly mayHaveUnfoldedId?: boolean;
};
export type OpenPayoutResult =
  | {
      readonly kind: 'planned';
      /** With the payee in normal form. Absent where the run was started with exactly this (and in no run of old). */
      readonly request?: PayoutRequest;
      /**
       * The same, in answers that carry an attempt. A build that does not know of attempts here must not find a request: it would
       * prepare another one, send, and leave a history that no build can replay.
       */
      readonly normalRequest?: PayoutRequest;
      readonly plan: PayoutPlan;
      /** The first attempt, frozen along where nothing that could change it is waited for: no price, no decision of people. */
      readonly attempt?: PreparedAttempt;
      /** Paths of what the input has in another writing. */
      readonly normalised?: readonly string[];
      /** What no rule forbids and somebody should look at: paths and messages, without values. */
      readonly warnings?: readonly string[];
    }
  | {
      readonly kind: 'rejected';
      readonly reason: Extract<
        ReasonCode,
        'request_invalid' | 'no_route' | 'request_unsupported' | 'policy_blocked' | 'reference_reused'
      >;
      /** Paths and messages, without values. */
      readonly problems: readonly string[];
      /** What could be read of the identity, for the timeline. */
      readonly request?: PayoutRequest;
    }
  /** This worker must not run this payout (live worker and sandbox account, namespace retention too short, …). */
  | {
      readonly kind: 'held';
      readonly reason: HeldReason;
      readonly note: string;
      readonly request?: PayoutRequest;
    };

export type CheckPayoutInput = {
  readonly schema: 1;
  /** Whatever was asked about; not trusted. */
  readonly request: unknown;
  /** When it was asked, Unix milliseconds. */
  readonly now: number;
  /** What it replaces is to be recalled first: nobody looks whether it has ended. */
  readonly recalls?: true;
};

export type ScreenPayoutInput = { readonly schema: 1; readonly request: PayoutRequest };
export type ScreenPayoutResult =
  | { readonly kind: 'clear'; readonly lists: readonly string[]; readonly checks?: readonly ListSeen[] }
  /** Something similar stands on a list. `digest` is what a release is about: the beneficiary and these entries. */
  | {
      readonly kind: 'possible';
      readonly lists: readonly string[];
      readonly checks?: readonly ListSeen[];
      /** The best of them. */
      readonly hits: readonly ScreeningFinding[];
      /** How many more there are; the digest is about all. */
      readonly more?: number;
      readonly digest: string;
    }
  | {
      readonly kind: 'match';
      readonly lists: readonly string[];
      readonly checks?: readonly ListSeen[];
      readonly hits: readonly ScreeningFinding[];
    }
  /** As `match`, from workers before there were reviews. */
  | { readonly kind: 'hit'; readonly lists: readonly string[] }
  | { readonly kind: 'unavailable'; readonly note: string };

/** A list as it was when it was looked at. Times are RFC 3339. */
export type ListSeen = {
  readonly list: string;
  readonly version: string;
  readonly entries: number;
  /** How many of them have a name with letters that have no Latin reading; absent when none has. */
  readonly unreadable?: number;
  /** When the list became what it is; absent for what never ages. */
  readonly listedAt?: string;
  readonly checkedAt: string;
};

/** One entry of a list. */
export type ScreeningFinding = {
  readonly list: string;
  readonly entry: string;
  readonly score: string;
  readonly reason: string;
  /** The entry's names as the list spells them, for the payee query alone: no note, no log. */
  readonly names?: readonly string[];
};

export type CheckDecisionInput = {
  readonly schema: 1;
  readonly decision: Decision;
  readonly round: ApprovalRound;
  readonly policy: FrozenPolicy;
};
export type CheckDecisionResult =
  | {
      readonly kind: 'counts';
      readonly person: string;
      /** Approvals that count no longer: their people have lost the role since. */
      readonly lost: readonly Approval[];
      readonly proof?: DecisionProof;
    }
  | { readonly kind: 'refused'; readonly code: DecisionRefusal };

/** Who said that it is this person, for the timeline. The token itself goes nowhere. */
export type DecisionProof = {
  readonly issuer: string;
  readonly subject: string;
  readonly keyId: string;
  /** Unix milliseconds. */
  readonly issuedAt: number;
};

export type QuotePayoutInput = {
  readonly schema: 1;
  readonly request: PayoutRequest;
  readonly plan: PayoutPlan;
  /** The quote that people approved, when there was one. */
  readonly indicative?: Quote;
  /** As in `SubmitPayoutInput`. */
  readonly probesCredentials?: boolean;
};
export type QuotePayoutResult =
  | {
      readonly kind: 'quoted';
      readonly quote: Quote;
      /** Approval digest over beneficiary, amounts, currencies, route and the band around this quote. */
      readonly digest: string;
      /** The account is paused for its credentials, and this payout has leave to try them. */
      readonly probesCredentials?: boolean;
    }
  | { readonly kind: 'failed'; readonly failure: ProviderFailure }
  /** Only of a local activity: the provider takes longer than a workflow task may wait. A regular one has the time. */
  | { readonly kind: 'slow' };

export type PrepareAttemptInput = {
  readonly schema: 1;
  readonly request: PayoutRequest;
  readonly plan: PayoutPlan;
  readonly generation: number;
  readonly quote?: Quote;
  /** Frozen before: it is entered once more in a register that does not know it, and comes back as it is. */
  readonly frozen?: PreparedAttempt;
  /** As in `OpenPayoutInput`: whose intent it is, where the register does not know it. */
  readonly originalRunId?: string;
  readonly startedAt?: number;
};
export type PreparedAttempt = {
  readonly schema: 1;
  readonly key: string;
  readonly generation: number;
  /** Exact text; every resend under the key carries it. */
  readonly body: string;
  /** SHA-256 of `body`, checked again just before each send. */
  readonly bodyHash: string;
};

/** What a call at the account carries of the plan; runs of old carry all of it. */
export type FrozenAccount = Pick<PayoutPlan, 'account' | 'mode' | 'accountFingerprint'>;

/** What a reply is compared with: the attempt without what only a send needs. */
type SentAttempt = Pick<PreparedAttempt, 'key' | 'body'>;

export type SubmitPayoutInput = {
  readonly schema: 1;
  readonly plan: FrozenAccount;
  readonly attempt: PreparedAttempt;
  /** `workflowInfo().originalExecutionRunId`: differs from the activity's own run id after a reset. */
  readonly originalRunId: string;
  /**
   * The run id that an earlier `reset-run` answer named: the workflow knows that this run follows a reset, and recovers.
   * Without it nothing is sent in a reset run. (The workflow never reads its own run id: the part before a reset would no
   * longer replay.)
   */
  readonly acknowledgedRunId?: string;
  /** A replay that finds out what became of an earlier send: it goes through although the account is paused. */
  readonly resolves?: boolean;
  /**
   * The provider refused the credentials when this payout last asked it: this send finds out whether they are mended. It
   * passes a pause that was made for refused credentials, and no pause of people's.
   */
  readonly probesCredentials?: boolean;
  /** Sends nothing: only tells (in a reset run) what earlier runs sent. */
  readonly askOnly: boolean;
  /**
   * The send must begin to be written within this long after the attempt began, by the monotonic clock. Together with
   * the schedule-to-start timeout it keeps the send inside every window, whatever the worker's wall clock says.
   */
  readonly writeWithinMs: number;
};
export type SubmitPayoutResult =
  | {
      readonly kind: 'accepted';
      readonly providerPayoutId: string;
      readonly status: ProviderStatus;
      readonly providerStatus: string;
      readonly echo: EchoCheck;
    }
  | {
      readonly kind: 'failed';
      readonly failure: ProviderFailure;
      /** Not a byte was written, and the register may have the attempt for sent all the same. */
      readonly mayBeMarked?: true;
    }
  /**
   * Nothing was sent now: this run follows a reset, and earlier runs may have sent. `conflict`: one of them sent under
   * another key, or it cannot be read what they sent.
   */
  | { readonly kind: 'reset-run'; readonly runId: string; readonly conflict: boolean };

export type EarlierSendsInput = { readonly schema: 1 } & Pick<
  SubmitPayoutInput,
  'originalRunId' | 'acknowledgedRunId'
>;
export type EarlierSendsResult = {
  /** none: no run before this one sent, or the workflow knows already. unreadable: Temporal does not tell. */
  readonly kind: 'none' | 'sent' | 'unreadable';
};

export type ClaimsOnInput = {
  readonly schema: 1;
  readonly account: string;
  readonly providerPayoutId: string;
};
export type ClaimsOnResult =
  | { readonly kind: 'free' | 'unreadable' }
  /** The workflow id of another payout that has it for its own. */
  | { readonly kind: 'claimed'; readonly by: string };

export type LookUpPayoutInput = {
  readonly schema: 1;
  readonly plan: FrozenAccount;
  readonly attempt: SentAttempt;
  /** Earliest time at which this run can have sent, Unix milliseconds of the workflow's clock. */
  readonly firstSentAt: number;
  /** The workflow's start: runs before a reset can have sent since then. */
  readonly startedAt: number;
  /** As in `SubmitPayoutInput`. */
  readonly originalRunId: string;
  /** Fails with `reset_conflict` where other runs of the payout sent under another key: nothing found would prove little. */
  readonly mindsOtherKeys?: boolean;
};
export type LookUpPayoutResult =
  | { readonly kind: 'complete'; readonly found: readonly StatusReading[] }
  | { readonly kind: 'failed'; readonly failure: ProviderFailure };

export type ReadStatusInput = {
  readonly schema: 1;
  readonly plan: FrozenAccount;
  readonly attempt: SentAttempt;
  readonly providerPayoutId: string;
};
export type AwaitStatusInput = ReadStatusInput & {
  /** The provider's word last seen; the activity returns when it reads another. */
  readonly knownProviderStatus: string;
  /** The delays of this wait (following or watching). */
  readonly delaysMs: readonly number[];
};
export type StatusResult =
  | { readonly kind: 'read'; readonly reading: StatusReading }
  | { readonly kind: 'failed'; readonly failure: ProviderFailure };

export type WakeHeldPayoutsInput = {
  readonly schema: 1;
  readonly account: string;
  readonly heldReasons: readonly HeldReason[];
  /** Who ended what they wait for, and in which words: for their timelines. */
  readonly by: string;
  readonly note: string;
};
export type WakeHeldPayoutsResult = {
  /** How many payouts were told. */
  readonly woken: number;
};
