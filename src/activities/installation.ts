import type { ApprovalPolicy } from '../domain/approval';
import type { Mode } from '../domain/attempt-key';
import type { VerifyProof } from '../domain/decision-proof';
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
  readonly approval: ApprovalPolicy;
  readonly quoteBandPercent: string;
  readonly holds: { readonly recheckMs: number; readonly deadlineMs: number };
  readonly screener: Screener;
  /** Who decides is proven by signed tokens. `required`: a decision without one does not count. */
  readonly proofs: { readonly required: boolean; readonly verify: VerifyProof };
};

export type InstalledAccount = {
  readonly id: string;
  readonly mode: Mode;
  /** SHA-256 (hex) over what makes the account the same place for money: provider, base URL, mode, scope. Not credentials. */
  readonly fingerprint: string;
  readonly provider: PayoutProvider;
};
