import type { Mode } from '../domain/attempt-key';
import type { Money } from '../domain/money';

/**
 * What must outlive Temporal, which forgets a closed run after its retention: whose a reference is, and which keys were
 * sent with which body. Strongly consistent: two that ask at once are told one and the same.
 *
 * Every method may be asked again with the same question and then answers the same: a statement can be committed although
 * its answer was lost. Nothing is thrown for what a database does; `unavailable` is never taken for "no".
 */
export type Register = {
  /** Claims a reference for a run: the first one has it for good, and everybody is told who that is. */
  claimIntent(claim: IntentClaim): Promise<ClaimAnswer | RegisterUnavailable>;
  /**
   * Enters an attempt before anything can be sent under its key. Until its first send is marked, another text may take its
   * place (a price that ran out was never sent); from then on what was marked stays.
   */
  enterAttempt(attempt: AttemptEntry): Promise<AttemptAnswer | RegisterUnavailable>;
  /** Enters the first send of an attempt before its first byte is written. */
  markSent(send: SendMark): Promise<SendAnswer | RegisterUnavailable>;
};

/** Which intent: tenants and references are compared in small letters (`foldReference`). */
export type IntentAddress = { readonly tenant: string; readonly reference: string };

export type IntentClaim = IntentAddress & {
  readonly workflowId: string;
  /**
   * `originalExecutionRunId`: the same in every reset of a run, and in a local activity that is run again; another one means
   * that the reference came back after Temporal had forgotten it.
   */
  readonly originalRunId: string;
  /** SHA-256 (hex) of the request, as the client compares requests. */
  readonly requestDigest: string;
  readonly requestedBy: string;
  readonly mode: Mode;
  readonly account: string;
  /** As asked for; what moves on either side is known later. */
  readonly amount: Money;
  /** SHA-256 (hex) of `payeeIdentity`. Account numbers can be guessed from it, so the register keeps a keyed MAC of it, and not it. */
  readonly payee: string;
  /** The reference of the payout whose place this one takes. */
  readonly replaces?: string;
  /** When the run began, by Temporal's clock; Unix milliseconds. */
  readonly startedAt: number;
};

export type ClaimAnswer =
  | { readonly kind: 'claimed' }
  /** Another run has it: that of the same workflow id which Temporal has forgotten. */
  | { readonly kind: 'taken'; readonly by: ClaimedIntent };

export type ClaimedIntent = {
  readonly reference: string;
  readonly workflowId: string;
  readonly originalRunId: string;
  readonly requestDigest: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
};

export type AttemptEntry = IntentAddress & {
  readonly account: string;
  readonly generation: number;
  readonly key: string;
  /** SHA-256 (hex) of the exact text that is sent. */
  readonly bodyHash: string;
};

export type AttemptAnswer =
  | { readonly kind: 'entered' }
  /** Under this generation another key or another body was marked as sent: nothing may be sent. */
  | { readonly kind: 'conflict' }
  /** The register does not know the intent: it was restored from an older backup, or the run began without a register. */
  | { readonly kind: 'unknown-intent' };

export type SendMark = AttemptEntry & {
  /** Of the run that sends. */
  readonly originalRunId: string;
};

export type SendAnswer =
  | { readonly kind: 'marked' }
  /** Another key or another body stands there, or another run has the intent: nothing may be sent. */
  | { readonly kind: 'conflict' }
  /** The register does not know the intent or the attempt: nothing may be sent before it does. */
  | { readonly kind: 'unknown-attempt' };

/** It cannot be asked now. `note`: for people, without addresses, names or statements. */
export type RegisterUnavailable = { readonly kind: 'unavailable'; readonly note: string };
