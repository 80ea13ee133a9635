import type { Mode } from '../domain/attempt-key';
import type { VerifyProof } from '../domain/decision-proof';
import type { PolicyDocument } from '../domain/policy/policy-document';
import type { RouteRule } from '../domain/routing';
import type { PayoutProvider } from '../providers/provider';
import type { Screener } from '../screening/screener';

/**
 * Everything the activities need to know about this installation, ready to use: composed once by the worker from the
 * configuration file, and by a simulation from fakes of the ports.
 */
export type Installation = {
  /** Immutable once payouts exist: part of every attempt key. */
  readonly id: string;
  /** A live worker refuses sandbox payouts, and the other way round. */
  readonly mode: Mode;
  /** SHA-256 (hex) of the canonical configuration, without credentials. */
  readonly configurationHash: string;
  readonly accounts: ReadonlyMap<string, InstalledAccount>;
  readonly routes: readonly RouteRule[];
  readonly policy: InstalledPolicy;
  /** Absent where nobody configured who vouches for people. */
  readonly proofs?: DecisionProofs;
  readonly quoteBandPercent: string;
  readonly holds: { readonly recheckMs: number; readonly deadlineMs: number };
  readonly screener: Screener;
  readonly screening: {
    /** Before a first send the beneficiary is screened again when the last look is older than this. */
    readonly freshForMs: number;
    /** Who lets somebody go who is only similar to a listed name. Absent: nobody. */
    readonly review?: { readonly role: string; readonly quorum: number; readonly deadlineMs: number };
  };
};

export type InstalledPolicy = {
  readonly document: PolicyDocument;
  /** SHA-256 (hex) of its canonical JSON. */
  readonly hash: string;
};

/** Who decides is proven by signed tokens. */
export type DecisionProofs = {
  /** Decisions without a proof are refused. */
  readonly required: boolean;
  readonly verify: VerifyProof;
};

export type InstalledAccount = {
  readonly id: string;
  readonly mode: Mode;
  /** SHA-256 (hex) over what makes the account the same place for money: provider, base URL, mode, scope. Not credentials. */
  readonly fingerprint: string;
  readonly provider: PayoutProvider;
};
