import { decisionRefusals } from './approval';
import type { Decision } from './approval';
import type { Mode } from './attempt-key';
import type { Money } from './money';
import type { MoneyMoved, PayoutStatus } from './payout-status';
import { providerFailureCodes } from './provider-failure';
import type { ProviderFailureCode } from './provider-failure';
import { providerStatuses } from './provider-status';
import type { QuoteBand } from './quote';
import { heldReasons, reasonCodes } from './reason';
import type { Held, ReasonCode } from './reason';
import { resolutionRefusals } from './resolution';

/**
 * What anybody may see of a payout: no account numbers, no names of beneficiaries. Times are Unix milliseconds of the
 * workflow's clock (the Temporal server's time).
 */
export type PayoutSnapshot = {
  readonly schema: 1;
  readonly tenant: string;
  readonly reference: string;
  readonly requestedBy: string;
  readonly status: PayoutStatus;
  /** Final for the business; the run may still be watching. */
  readonly final: boolean;
  readonly moneyMoved: MoneyMoved;
  /** Why it ended as it did; absent while it goes on and when it was simply paid. */
  readonly reason?: ReasonCode;
  readonly held?: Held;
  readonly amounts: PayoutAmounts;
  readonly account?: { readonly id: string; readonly provider: string; readonly mode: Mode };
  readonly attempt?: AttemptSummary;
  readonly providerPayoutId?: string;
  /** The provider's own word for the status last read. */
  readonly providerStatus?: string;
  /** Until when the newest quote holds, while nothing was accepted. */
  readonly quoteExpiresAt?: number;
  readonly approval?: ApprovalSummary;
  /** What people proposed about an unknown outcome; with `confirmedBy` once a second person agreed. */
  readonly resolution?: ResolutionSummary;
  /** While it is not known whether the provider has it. Workers of older versions do not say it. */
  readonly findingOut?: FindingOut;
  /** The reference of the payout whose place this one takes. */
  readonly replaces?: string;
  /** It was recalled, and this payout takes its place: a reference of the same tenant. */
  readonly replacedBy?: string;
  /** A cancellation was asked for. */
  readonly cancelRequested: boolean;
  /** While it is watched for a return or a late change: until when. */
  readonly watchedUntil?: number;
  /** Sequence number of the last event; events are numbered 1, 2, 3, … without gaps. */
  readonly events: number;
  readonly startedAt: number;
  readonly updatedAt: number;
};

export type FindingOut = {
  /** When the machine looks, or asks, again. */
  readonly nextLookAt?: number;
  /** From when on people may say that the provider never accepted it. Absent where nobody knows that yet. */
  readonly peopleMayEndAt?: number;
};

/** Known amounts on both sides. `source` or `destination` is what was asked for until the provider or a quote tells more. */
export type PayoutAmounts = {
  readonly source?: Money;
  readonly destination?: Money;
  readonly rate?: string;
  readonly fee?: Money;
  readonly returned?: Money;
};

export type AttemptSummary = {
  readonly key: string;
  readonly generation: number;
  readonly sends: number;
  /** Sends whose outcome is not known. */
  readonly unresolved: number;
};

export type ApprovalSummary = {
  /** payout: whether it may be paid. screening: whether somebody similar to a listed name is somebody else. */
  readonly purpose: 'payout' | 'screening';
  readonly open: boolean;
  /** What a decision must name. */
  readonly digest: string;
  /** Where the route quotes: what the approval covers, in the currencies of the two sides. A firm quote inside keeps it. */
  readonly band?: QuoteBand;
  /** Different people needed in all, over all levels. */
  readonly required: number;
  readonly approvedBy: readonly string[];
  readonly rejectedBy?: string;
  /** When the time of the level is up. */
  readonly expiresAt: number;
  /** Which rule asked for these people. */
  readonly because: string;
  /** The level that is asked, from 1. */
  readonly level: number;
  readonly levels: readonly ApprovalLevelSummary[];
  /** Person ids: who may decide now. */
  readonly mayDecide: readonly string[];
  /** The people of the level's escalation may decide as well. */
  readonly escalated: boolean;
  readonly escalatesAt?: number;
};

export type ApprovalLevelSummary = {
  readonly role: string;
  readonly quorum: number;
  readonly approvedBy: readonly string[];
};

export type ResolutionSummary = {
  /** What a confirmation must name. */
  readonly proposal: string;
  readonly kind: 'adopt' | 'never-accepted';
  readonly by: string;
  readonly at: number;
  readonly evidence: string;
  readonly confirmedBy?: string;
};

/** The kinds of events, a closed list. */
export const payoutEventTypes = [
  'started',
  'planned',
  'screened',
  'quoted',
  'quote-failed',
  'approval-requested',
  'approval-decided',
  'approval-refused',
  'approval-voided',
  'approval-reminded',
  'approval-escalated',
  'approval-lapsed',
  'attempt-prepared',
  'send-started',
  'send-refused',
  'send-not-made',
  'outcome-unknown',
  'looked-up',
  'accepted',
  'provider-status',
  'provider-status-ignored',
  'hint-received',
  'signal-refused',
  'held',
  'released',
  'escalated',
  'resolution-asked',
  'resolution-proposed',
  'resolution-confirmed',
  'resolution-rejected',
  'resolution-voided',
  'resolution-refused',
  'kept-waiting',
  'cancel-requested',
  'status-changed',
] as const;
export type PayoutEventType = (typeof payoutEventTypes)[number];

/** A code that no list holds: an id, a key, a digest. */
type FreeCode = 'free';

const failureCodes = providerFailureCodes;
const provesNothing = (code: ProviderFailureCode): `${ProviderFailureCode} (proves nothing)` =>
  `${code} (proves nothing)`;

/**
 * What `code` can be in each kind of event: nothing, one of a list, or free text (ids and keys). It is public like the codes
 * themselves: added to, never taken from. A newer worker may know more.
 */
export const payoutEventCodes = {
  started: [],
  /** Why the request was refused; nothing where the plan was frozen. */
  planned: reasonCodes,
  screened: ['clear', 'possible', 'match', 'hit', 'unavailable'],
  quoted: [],
  'quote-failed': failureCodes,
  'approval-requested': [],
  'approval-decided': ['approve', 'reject'],
  'approval-refused': decisionRefusals,
  'approval-voided': [],
  'approval-reminded': [],
  'approval-escalated': [],
  'approval-lapsed': [],
  /** The attempt key. */
  'attempt-prepared': 'free',
  'send-started': [],
  /** With `(proves nothing)` where an earlier send under the same key is unresolved. */
  'send-refused': [...failureCodes, ...failureCodes.map(provesNothing)],
  'send-not-made': failureCodes,
  'outcome-unknown': failureCodes,
  'looked-up': [
    ...failureCodes,
    'found',
    'nothing-found',
    'proven-absent',
    'second-payout',
    'differs',
    'not-verified',
  ],
  /** The provider's id. */
  accepted: 'free',
  'provider-status': providerStatuses,
  'provider-status-ignored': [
    ...providerStatuses,
    ...failureCodes,
    'same',
    'regression',
    'contradiction',
    'not-confirmed',
  ],
  'hint-received': [],
  'signal-refused': [],
  held: heldReasons,
  released: heldReasons,
  escalated: heldReasons,
  'resolution-asked': ['adopt'],
  /** The proposal's id, here and in the three that follow. */
  'resolution-proposed': 'free',
  'resolution-confirmed': 'free',
  'resolution-rejected': 'free',
  'resolution-voided': 'free',
  'resolution-refused': [
    ...resolutionRefusals,
    ...failureCodes,
    'provider_mismatch',
    'unexpected_failure',
    'claims_unreadable',
  ],
  'kept-waiting': heldReasons,
  'cancel-requested': [],
  /** Why it ended; nothing on the way, and where it was simply paid. */
  'status-changed': reasonCodes,
} as const satisfies Readonly<Record<PayoutEventType, readonly string[] | FreeCode>>;

/** Events whose code says why, where there is a why. */
type CodeIsOptional = 'planned' | 'status-changed';

/** What an event of a kind says beside the kind. */
type CodeOf<Type extends PayoutEventType> = (typeof payoutEventCodes)[Type] extends infer Codes
  ? Codes extends FreeCode
    ? { readonly code: string }
    : Codes extends readonly []
      ? { readonly code?: never }
      : Codes extends readonly (infer Code)[]
        ? Type extends CodeIsOptional
          ? { readonly code?: Code }
          : { readonly code: Code }
        : never
  : never;

/** One event of a kind. */
export type PayoutEventOf<Type extends PayoutEventType> = {
  readonly seq: number;
  /** Unix milliseconds of the workflow's clock. */
  readonly at: number;
  readonly type: Type;
  /** The status after the event. */
  readonly status: PayoutStatus;
  /** Who did or said it, where somebody did. */
  readonly by?: string;
  /** For people; it holds no personal data. */
  readonly note?: string;
} & CodeOf<Type>;

/** One line of the timeline. `type` tells what `code` is: `if (event.type === 'held') event.code` is a `HeldReason`. */
export type PayoutEvent = { readonly [Type in PayoutEventType]: PayoutEventOf<Type> }[PayoutEventType];

export type CancelOutcome = 'cancelled' | 'too-late' | 'not-known';

export type DecideResult = {
  readonly decision: Decision['decision'];
  readonly approvals: number;
  readonly required: number;
  /** The level that is asked now, from 1; absent once all have agreed or somebody rejected. */
  readonly level?: number;
};
