import { workflowInfo } from '@temporalio/workflow';
import type { PayoutPlan, PreparedAttempt } from '../../activities/payout-activities';
import { payoutStatusAttribute } from '../../contract/search-attributes';
import type { ApprovalChain } from '../../domain/approval';
import type { ListedFinding } from '../../domain/payee-view';
import type { PayoutRequest } from '../../domain/payout-request';
import type { PayoutAmounts, PayoutEvent } from '../../domain/payout-snapshot';
import type { PayoutStatus } from '../../domain/payout-status';
import { isFinal, mayBecome } from '../../domain/payout-status';
import type { StatusAmounts } from '../../domain/provider-status';
import type { Quote } from '../../domain/quote';
import type { Held, ReasonCode } from '../../domain/reason';
import type { AttemptLog } from '../../domain/submission';
import { LocalTurn } from '../local-turn';
import { RecoveryState } from './attempt/recovery-state';
import { approvalChainOf } from './people/approval-chain';
import { PeopleAsked } from './people/people-asked';

/** An end before anything was accepted. */
export type UnsentEnd = {
  readonly status: 'failed' | 'rejected' | 'expired' | 'cancelled';
  readonly reason: ReasonCode;
};

/** Event lists live in memory and in queries: a run that loops for weeks keeps the beginning and the newest. */
const keptEvents = 2_000;
const mostHints = 200;

/**
 * The state of one run: what all its steps share, with the rules about its status and its timeline. What only one room
 * changes stands in that room: whom it asks (`people`), how an unknown outcome is found out (`recovery`), what it waits for
 * (`holds/hold.ts`). What people see is derived from it (`payout-view.ts`), and told by `publishing.ts`.
 */
export class PayoutRun {
  readonly startedAt = workflowInfo().startTime.getTime();
  readonly people = new PeopleAsked();
  readonly recovery = new RecoveryState();
  readonly localTurn = new LocalTurn();
  request: PayoutRequest | undefined;
  plan: PayoutPlan | undefined;
  held: Held | undefined;
  /** The last look at the screening lists, by the workflow's clock. */
  screenedAt: number | undefined;
  /** When it was last held. */
  heldAt = 0;
  /** The entries of lists that screening found last. */
  listed: ListedFinding | undefined;
  quote: Quote | undefined;
  /** When `quote` was read, by the workflow's clock. */
  quoteReadAt: number | undefined;
  /** The provider took longer for a quote than a local activity may wait: the next one is given its time from the start. */
  isQuoteSlow = false;
  /** The indicative quote that people approved. */
  approvedQuote: Quote | undefined;
  /** What a slippage is measured against where nobody was asked. */
  firstQuote: Quote | undefined;
  /** Frozen along with the plan, where nothing was to be waited for. */
  firstAttempt: PreparedAttempt | undefined;
  attempt: PreparedAttempt | undefined;
  attemptLog: AttemptLog | undefined;
  sendInFlight = false;
  /** While the outcome of a send is unknown: since when, and when the machine looks again. */
  sought: { readonly since: number; readonly nextLookAt?: number } | undefined;
  providerPayoutId: string | undefined;
  providerStatus: string | undefined;
  watchedUntil: number | undefined;
  /** The provider says otherwise than the final status: until that is settled nobody may rely on either. */
  isEndDoubtful = false;
  /** It came to its end while the register could not say whether its reference was spent. */
  isClaimUnknown = false;
  cancelRequested = false;
  /** The provider refused the credentials when this payout last asked it: its next call finds out whether they are mended. */
  probesCredentials = false;
  /** Whoever asked for it took it back; with the payout that is to take its place. */
  recall: { readonly replacedBy?: string } | undefined;
  /** How it is to end, when this run came to its end without having sent anything. */
  unsentEnd: UnsentEnd | undefined;
  /** Counts of what woke the run; a wait compares them with what it saw. */
  resumes = 0;
  hints = 0;
  /** Provider statuses that changed nothing: unknown words, regressions, contradictions. */
  oddStatuses = 0;

  amounts: PayoutAmounts = {};
  eventCount = 0;
  updatedAt = this.startedAt;
  /** Search attributes as the server has them; the start set the status. */
  readonly published = new Map<string, string | null>([[payoutStatusAttribute.name, 'received']]);

  #hintsTaken = 0;
  #status: PayoutStatus = 'received';
  #reason: ReasonCode | undefined;
  readonly #events: PayoutEvent[] = [];

  /** `given` is whatever the run was started with. */
  constructor(readonly given: unknown) {
    this.record('started');
  }

  get status(): PayoutStatus {
    return this.#status;
  }

  get reason(): ReasonCode | undefined {
    return this.#reason;
  }

  get isOver(): boolean {
    return isFinal(this.#status);
  }

  /** The provider certainly has the payout. */
  get isAccepted(): boolean {
    return this.providerPayoutId !== undefined;
  }

  /**
   * An open outcome is found out without sending: nothing is wished to be paid any more, or the body that earlier runs sent
   * under the key was priced by another quote than ours.
   */
  get mayNotReplay(): boolean {
    const isRepriced = this.recovery.acknowledgedRunId !== undefined && this.plan?.needsQuote === true;
    return this.cancelRequested || this.unsentEnd !== undefined || isRepriced;
  }

  /** What the request asks for, before a provider says more. */
  frozen(request: PayoutRequest, plan: PayoutPlan, attempt?: PreparedAttempt): void {
    this.request = request;
    this.plan = plan;
    this.firstAttempt = attempt;
    this.learnAmounts({
      [request.amount.side]: { value: request.amount.value, currency: plan.amountCurrency },
    });
  }

  require<K extends 'request' | 'plan' | 'unsentEnd' | 'attempt' | 'attemptLog' | 'providerPayoutId'>(
    field: K,
  ): NonNullable<PayoutRun[K]> {
    const value = this[field];
    if (value === undefined) throw new Error(`the run has no ${field} yet`);
    return value;
  }

  /** It began when there were policies: its history may hold what older ones do not. */
  get isByPolicy(): boolean {
    return this.plan?.policy !== undefined;
  }

  /** Who is asked whether it may be paid. */
  get approvalChain(): ApprovalChain {
    return approvalChainOf(this.require('plan'), this.require('request').requestedBy);
  }

  get needsApproval(): boolean {
    return this.approvalChain.levels.length > 0;
  }

  /** Nobody will be asked any more, or not before a send was refused. */
  get isPastPeople(): boolean {
    return this.unsentEnd !== undefined || this.attempt !== undefined || this.isOver;
  }

  /** The request's `notAfter`: after it nobody is asked, and nothing is sent for the first time. */
  get wishEndsAt(): number {
    const { notAfterMs } = this.require('plan');
    return notAfterMs === undefined ? Number.MAX_SAFE_INTEGER : this.startedAt + notAfterMs;
  }

  learnAmounts(amounts: StatusAmounts): void {
    this.amounts = { ...this.amounts, ...amounts };
  }

  record(
    type: PayoutEvent['type'],
    details: { readonly by?: string; readonly code?: string; readonly note?: string } = {},
  ): void {
    this.eventCount += 1;
    this.updatedAt = Date.now();
    const event = { seq: this.eventCount, at: this.updatedAt, type, status: this.#status, ...details };
    // That the code is one of its kind is tried by every recorded timeline (`test/replay/timelines.test.ts`).
    this.#events.push(event as PayoutEvent);
    if (this.#events.length > keptEvents) this.#events.splice(keptEvents / 2, 1);
  }

  become(status: PayoutStatus, reason?: ReasonCode): void {
    if (status === this.#status) return;
    if (!mayBecome(this.#status, status))
      throw new Error(`a payout cannot go from ${this.#status} to ${status}`);
    if (status !== 'unconfirmed') {
      this.sought = undefined;
      this.recovery.inHand = undefined;
      this.voidProposal('the outcome is known');
    }
    this.#status = status;
    this.#reason = reason;
    this.held = undefined;
    this.record('status-changed', reason === undefined ? {} : { code: reason });
  }

  /** What was proposed before this moment may no longer be so: the second person must not confirm it. */
  voidProposal(why: string): void {
    if (this.recovery.proposal === undefined || this.recovery.proposal.confirmedBy !== undefined) return;
    const { id } = this.recovery.proposal;
    this.recovery.proposal = undefined;
    this.record('resolution-voided', { code: id, note: why });
  }

  /** A flood of hints costs history; beyond this many the plans alone decide when the provider is asked. */
  get mayTakeHint(): boolean {
    return this.#hintsTaken < mostHints;
  }

  takeHint(): void {
    this.#hintsTaken += 1;
  }

  timeline(): readonly PayoutEvent[] {
    return this.#events;
  }
}
