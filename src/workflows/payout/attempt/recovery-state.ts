import type { EchoCheck, EchoField } from '../../../domain/idempotency-contract';
import type { Proposal, ResolveResult } from '../../../domain/resolution';

/** A payout as one of the provider's replies shows it. */
type Shown = { readonly providerPayoutId: string; readonly echo: EchoCheck };

/** A resolution that was taken on and is carried out at the next safe point; `answer` once it was. */
export type ResolutionInHand = {
  readonly by: string;
  /** The second person's: what the first one proposed. */
  readonly confirmed?: Proposal;
  answer?: ResolveResult;
} & (
  | { readonly kind: 'adopt'; readonly providerPayoutId: string; readonly reason?: string }
  | { readonly kind: 'never-accepted' }
);

/** What is known, beside the attempt's own log, of a send whose outcome is not; and what people say about it. */
export class RecoveryState {
  /** This run follows a reset, and recovery knows it: the run id that the submit activity named. */
  acknowledgedRunId: string | undefined;
  /** An earlier run sent under another key, or cannot be read: what is ours may carry a key that is not this run's. */
  isInResetConflict = false;
  /** What people proposed about an unknown outcome. */
  proposal: Proposal | undefined;
  /** What people asked for and nobody has carried out yet. While it is there, nothing is sent. */
  inHand: ResolutionInHand | undefined;
  /** Two people said that a payout is ours although it differs from the request in these fields. */
  acceptedDifference:
    { readonly providerPayoutId: string; readonly fields: readonly EchoField[] } | undefined;

  /** Payouts under our key that differ from the request, by the provider's id: in which fields, as far as shown. */
  readonly #differing = new Map<string, readonly EchoField[]>();

  /** What waits for a second person; a proposal that was carried out is history. */
  get openProposal(): Proposal | undefined {
    return this.proposal?.confirmedBy === undefined ? this.proposal : undefined;
  }

  /** A resolution was carried out, or could not be. */
  answer(inHand: ResolutionInHand, result: ResolveResult): void {
    inHand.answer = result;
    if (this.inHand === inHand) this.inHand = undefined;
  }

  /**
   * In which fields a payout differs from the request: what this reply shows, and what an earlier one showed unless this
   * one shows that it fits by now. Replies repeat different fields.
   */
  differencesOf({ providerPayoutId, echo }: Shown): readonly EchoField[] {
    const before = this.#differing.get(providerPayoutId) ?? [];
    const still = before.filter((field) => !echo.matched.includes(field));
    return [...new Set([...echo.mismatched, ...still])];
  }

  /** Remembers that people are shown it as differing, and may decide about it. */
  noteDifferences(shown: Shown): void {
    const fields = this.differencesOf(shown);
    if (fields.length > 0) this.#differing.set(shown.providerPayoutId, fields);
    else this.#differing.delete(shown.providerPayoutId);
  }

  /** It differs, and people were shown that it does. */
  isKnownToDiffer(shown: Shown): boolean {
    return this.#differing.has(shown.providerPayoutId) && this.differencesOf(shown).length > 0;
  }

  /** The differences that nobody has accepted. */
  openDifferences(shown: Shown): readonly EchoField[] {
    const accepted = this.acceptedDifference;
    const isAccepted = (field: EchoField): boolean =>
      accepted?.providerPayoutId === shown.providerPayoutId && accepted.fields.includes(field);
    return this.differencesOf(shown).filter((field) => !isAccepted(field));
  }
}
