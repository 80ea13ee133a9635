import type { Mode } from '../domain/attempt-key';
import type { VerifyProof } from '../domain/decision-proof';
import type { Money } from '../domain/money';
import type { EarlierPayout } from '../domain/policy/earlier-payout';
import type { PolicyDocument } from '../domain/policy/policy-document';
import type { RouteRule } from '../domain/routing';
import type { PayoutProvider } from '../providers/provider';
import type { Register } from '../register/register';
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
  /** What must outlive Temporal. Absent in sandboxes without one; live workers do not start without. */
  readonly register?: Register;
  /** Absent until there is a register; then no policy that loads asks for it. */
  readonly earlierPayouts?: EarlierPayouts;
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

/** Another payout to the same payee, or why nobody can say. `unavailable` is never taken for none. */
export type EarlierAnswer =
  { readonly kind: 'none' | 'unavailable' } | { readonly kind: 'found'; readonly earlier: EarlierPayout };

/** What two payouts have in common that may be one, entered twice. */
export type SoughtPayout = {
  readonly tenant: string;
  /** These are no others: the payout itself, and the one whose place it takes. */
  readonly except: readonly string[];
  /** SHA-256 (hex) of `payeeIdentity`. Account numbers can be guessed from it: it is personal data, as they are. */
  readonly payee: string;
  /** Without trailing zeros, so that 125.0 and 125.00 are one amount. */
  readonly amount: Money;
};

/**
 * The register of payees: strongly consistent, because two clicks come within milliseconds. Temporal's lists cannot be it:
 * they lag behind, and identifiers must not be search attributes. Payouts that ended unpaid are not found.
 */
export type EarlierPayouts = {
  /** Only reads: for a check of a request. */
  find(sought: SoughtPayout, at: number): Promise<EarlierAnswer>;
  /**
   * Enters this payout first, and tells the last one that was entered before it: of two at once one finds the other. The
   * same payout may be entered again, and is told the same.
   */
  enter(reference: string, sought: SoughtPayout, at: number): Promise<EarlierAnswer>;
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
