/**
 * What a provider promises about duplicate sends, as data. One resolver (`submission.ts`) serves every provider by
 * reading it; there are no provider names in the workflow. Durations are milliseconds.
 */
export type IdempotencyContract = {
  /** Sending the same key and body again. */
  readonly replay: {
    /** A replay may be written to the socket this long after the first send that is not known to have failed. 0: never replay. */
    readonly windowMs: number;
    /** How many look-ups since the last unresolved send must have found nothing before a replay. */
    readonly afterEmptyLookUps: number;
    /** After an accepted replay, look up once more whether two payouts carry the key. */
    readonly verifyByLookUp: boolean;
  };
  /** Finding a payout by what we know before its id is known. */
  readonly lookUp: {
    /** by-key: one read by our key. scan: paging a list for it. none: only a replay can tell. */
    readonly kind: 'by-key' | 'scan' | 'none';
    /** A look-up says nothing about a send younger than this. */
    readonly graceMs: number;
    /** When a look-up that finds nothing proves that nothing was created; null: never by a machine. */
    readonly absence: { readonly afterMs: number; readonly lookUps: number } | null;
  };
  /** Whether a refusal is remembered under the key, so that a corrected send needs a new key (generation). */
  readonly refusalsRemembered: boolean;
  /** Waits between recovery steps; behind the end the last one doubles, up to six hours. */
  readonly recoveryPlanMs: readonly number[];
  /** After this long without a resolution the payout is held for a person; look-ups go on. */
  readonly personAfterMs: number;
  /** Which fields of the frozen body each kind of reply is documented to repeat. */
  readonly echoes: {
    readonly submit: readonly EchoField[];
    readonly lookUp: readonly EchoField[];
    readonly status: readonly EchoField[];
  };
  /** Whether a paid payout can be seen to come back, and for how long we look. */
  readonly returns: { readonly reported: boolean; readonly watchMs: number };
  /** After acceptance and an unpaid end: the wait before the confirming read, and how long a late change is looked for. */
  readonly unpaid: { readonly settleMs: number; readonly watchMs: number };
};

export type EchoField = 'key' | 'amount' | 'currency' | 'beneficiary' | 'account-scope';

/** The outcome of comparing a reply with the frozen body. `mismatched` not empty: never adopt. */
export type EchoCheck = {
  readonly matched: readonly EchoField[];
  /** Fields the reply is not documented to repeat. */
  readonly unverified: readonly EchoField[];
  readonly mismatched: readonly EchoField[];
};
