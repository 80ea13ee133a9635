import type { SearchAttributeUpdatePair } from '@temporalio/common';
import {
  condition,
  log,
  patched,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { PayoutPlan, PreparedAttempt } from '../../activities/payout-activities';
import {
  payoutAttemptKeyAttribute,
  payoutAttentionAttribute,
  payoutHeldReasonAttribute,
  payoutProviderAccountAttribute,
  payoutStatusAttribute,
  providerPayoutIdAttribute,
} from '../../contract/search-attributes';
import type { ApprovalChain, ApprovalRound } from '../../domain/approval';
import { approversOf, mayDecideNow, peopleNeededBy, questionIn } from '../../domain/approval';
import type { EchoCheck, EchoField } from '../../domain/idempotency-contract';
import type { ListedFinding, PayeeView } from '../../domain/payee-view';
import { payeeView } from '../../domain/payee-view';
import type { PayoutRequest } from '../../domain/payout-request';
import type {
  ApprovalSummary,
  PayoutAmounts,
  PayoutEvent,
  PayoutSnapshot,
} from '../../domain/payout-snapshot';
import type { PayoutStatus } from '../../domain/payout-status';
import { isFinal, mayBecome, moneyMovedIn } from '../../domain/payout-status';
import type { StatusAmounts } from '../../domain/provider-status';
import type { Quote, QuoteBand } from '../../domain/quote';
import { bandAround } from '../../domain/quote';
import type { Held, HeldReason, ReasonCode } from '../../domain/reason';
import { ownerOf } from '../../domain/reason';
import type { Proposal, ResolveResult } from '../../domain/resolution';
import type { AttemptLog } from '../../domain/submission';
import { findingOut } from './attempt/finding-out';
import { approvalChainOf } from './people/approval-chain';
import { describeForPeople } from '../reporting/current-details';
import { tellEnd, tellHold } from '../reporting/run-records';
import type { UnsentEnd } from './step-end';

/** What ended a wait in a hold. */
export type HoldEnd = 'again' | 'cancelled' | 'expired';

/** A payout as one of the provider's replies shows it. */
type Shown = { readonly providerPayoutId: string; readonly echo: EchoCheck };

export type HoldOptions = {
  readonly note?: string;
  /** When the machine tries again by itself; null: only a person ends it. */
  readonly nextCheckAt: number | null;
  /** Ends the wait without ending the hold: people named something that has to be looked at. */
  readonly wakes?: () => boolean;
  /** Whether a cancellation or the deadline may end the payout here, once nothing can have been accepted. Default: yes. */
  readonly mayEnd?: boolean;
};

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

/** Event lists live in memory and in queries: a run that loops for weeks keeps the beginning and the newest. */
const keptEvents = 2_000;
const mostHints = 200;

/**
 * The state of one run, and the few verbs that change it. Everything that people see (snapshot, timeline, search
 * attributes, current details) is derived here, so that no step can forget to tell.
 */
export class PayoutRun {
  readonly startedAt = workflowInfo().startTime.getTime();
  request: PayoutRequest | undefined;
  plan: PayoutPlan | undefined;
  /** Whether people agree that it is paid: the newest question to them. */
  approval: ApprovalRound | undefined;
  /** Whether people let somebody go who is similar to a listed name: the newest question. */
  review: ApprovalRound | undefined;
  /** How often people were asked each of the two. */
  readonly timesAsked = { payout: 0, screening: 0 };
  /** Done once the decisions that came before people were asked are. */
  earlyDecisions: Promise<void> = Promise.resolve();
  /** Raises a question that waits for long, for lists of payouts. */
  attention: 'reminded' | 'escalated' | undefined;
  /** The last look at the screening lists, by the workflow's clock. */
  screenedAt: number | undefined;
  /** When it last began to wait for people, money or a date. */
  waitedAt = 0;
  /** What people let go: digests of screening reviews. */
  readonly releasedDigests = new Set<string>();
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
  attempt: PreparedAttempt | undefined;
  attemptLog: AttemptLog | undefined;
  sendInFlight = false;
  /** While the outcome of a send is unknown: since when, and when the machine looks again. */
  sought: { readonly since: number; readonly nextLookAt?: number } | undefined;
  /** This run follows a reset, and recovery knows it: the run id that the submit activity named. */
  acknowledgedRunId: string | undefined;
  providerPayoutId: string | undefined;
  providerStatus: string | undefined;
  watchedUntil: number | undefined;
  /** Two people said that a payout is ours although it differs from the request in these fields. */
  acceptedDifference:
    { readonly providerPayoutId: string; readonly fields: readonly EchoField[] } | undefined;
  /** An earlier run sent under another key, or cannot be read: what is ours may carry a key that is not this run's. */
  isInResetConflict = false;
  /** The provider says otherwise than the final status: until that is settled nobody may rely on either. */
  isEndDoubtful = false;
  cancelRequested = false;
  /** The provider refused the credentials when this payout last asked it: its next call finds out whether they are mended. */
  probesCredentials = false;
  /** Whoever asked for it took it back; with the payout that is to take its place. */
  recall: { readonly replacedBy?: string } | undefined;
  /** How it is to end, when this run came to its end without having sent anything. */
  unsentEnd: UnsentEnd | undefined;
  /** What people proposed about an unknown outcome. */
  proposal: Proposal | undefined;
  /** What people asked for and nobody has carried out yet. While it is there, nothing is sent. */
  inHand: ResolutionInHand | undefined;
  /** Counts of what woke the run; a wait compares them with what it saw. */
  resumes = 0;
  hints = 0;
  /** Provider statuses that changed nothing: unknown words, regressions, contradictions. */
  oddStatuses = 0;

  /** The last of the local activities that are open or wait for their turn. */
  #localTurn: Promise<unknown> | undefined;
  /** Payouts under our key that differ from the request, by the provider's id: in which fields, as far as shown. */
  readonly #differing = new Map<string, readonly EchoField[]>();
  #hintsTaken = 0;
  #status: PayoutStatus = 'received';
  #reason: ReasonCode | undefined;
  #held: Held | undefined;
  #amounts: PayoutAmounts = {};
  #events: PayoutEvent[] = [];
  #eventCount = 0;
  #updatedAt = this.startedAt;
  /** Search attributes as the server has them; the start set the status. */
  #published = new Map<string, string | null>([[payoutStatusAttribute.name, 'received']]);

  /** `given` is whatever the run was started with. */
  constructor(readonly given: unknown) {
    this.record('started');
  }

  get status(): PayoutStatus {
    return this.#status;
  }

  get held(): Held | undefined {
    return this.#held;
  }

  /** What waits for a second person; a proposal that was carried out is history. */
  get openProposal(): Proposal | undefined {
    return this.proposal?.confirmedBy === undefined ? this.proposal : undefined;
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
    const isRepriced = this.acknowledgedRunId !== undefined && this.plan?.needsQuote === true;
    return this.cancelRequested || this.unsentEnd !== undefined || isRepriced;
  }

  /** This run follows a reset, and nobody has asked yet what the runs before it sent. */
  get #forgetsEarlierSends(): boolean {
    const { runId, originalExecutionRunId } = workflowInfo();
    return runId !== originalExecutionRunId && runId !== this.acknowledgedRunId && !this.isOver;
  }

  get #isDoubtful(): boolean {
    const reason = this.#held?.reason;
    const isContradicted = reason === 'status_contradiction' || reason === 'provider_mismatch';
    return this.isOver && (this.isEndDoubtful || isContradicted);
  }

  /** What the request asks for, before a provider says more. */
  frozen(request: PayoutRequest, plan: PayoutPlan): void {
    this.request = request;
    this.plan = plan;
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

  /** The question that is open, else the one about paying. */
  get round(): ApprovalRound | undefined {
    return this.review?.open === true ? this.review : this.approval;
  }

  /** Somebody is asked right now about what this digest stands for, whatever has lapsed since. */
  isAsked(digest: string): boolean {
    const { round } = this;
    return round?.open === true && questionIn(round.digest) === questionIn(digest);
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

  roundOf(purpose: ApprovalRound['purpose']): ApprovalRound {
    const round = purpose === 'payout' ? this.approval : this.review;
    if (round === undefined) throw new Error(`nobody was asked about the ${purpose}`);
    return round;
  }

  setRound(round: ApprovalRound): void {
    this.waitedAt = Date.now();
    if (round.purpose === 'payout') this.approval = round;
    else this.review = round;
  }

  learnAmounts(amounts: StatusAmounts): void {
    this.#amounts = { ...this.#amounts, ...amounts };
  }

  record(
    type: PayoutEvent['type'],
    details: { readonly by?: string; readonly code?: string; readonly note?: string } = {},
  ): void {
    this.#eventCount += 1;
    this.#updatedAt = Date.now();
    this.#events.push({ seq: this.#eventCount, at: this.#updatedAt, type, status: this.#status, ...details });
    if (this.#events.length > keptEvents) this.#events.splice(keptEvents / 2, 1);
  }

  become(status: PayoutStatus, reason?: ReasonCode): void {
    if (status === this.#status) return;
    if (!mayBecome(this.#status, status))
      throw new Error(`a payout cannot go from ${this.#status} to ${status}`);
    if (status !== 'unconfirmed') {
      this.inHand = undefined;
      this.voidProposal('the outcome is known');
    }
    this.#status = status;
    this.#reason = reason;
    this.#held = undefined;
    this.record('status-changed', reason === undefined ? {} : { code: reason });
  }

  /** What was proposed before this moment may no longer be so: the second person must not confirm it. */
  voidProposal(why: string): void {
    if (this.proposal === undefined || this.proposal.confirmedBy !== undefined) return;
    const { id } = this.proposal;
    this.proposal = undefined;
    this.record('resolution-voided', { code: id, note: why });
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

  /** A resolution was carried out, or could not be. */
  answer(inHand: ResolutionInHand, result: ResolveResult): void {
    inHand.answer = result;
    if (this.inHand === inHand) this.inHand = undefined;
  }

  /** A flood of hints costs history; beyond this many the plans alone decide when the provider is asked. */
  get mayTakeHint(): boolean {
    return this.#hintsTaken < mostHints;
  }

  takeHint(): void {
    this.#hintsTaken += 1;
  }

  /** Somebody wishes it cancelled. A wish is never taken back: from here on nothing new is sent. */
  requestCancel(by: string, reason?: string): void {
    if (this.cancelRequested) return;
    this.cancelRequested = true;
    this.record('cancel-requested', { by, ...(reason === undefined ? {} : { note: reason }) });
    this.publish();
  }

  /** Puts the hold on (or renews its next check). The same reason keeps its beginning and its deadline. */
  hold(reason: HeldReason, options: HoldOptions): void {
    const now = Date.now();
    this.waitedAt = now;
    const before = this.#held?.reason === reason ? this.#held : undefined;
    const deadlineMs = this.plan?.holds.deadlineMs ?? 72 * 3_600_000;
    // A hold that waits for a date (a monthly cap) gets its time from that date on.
    const firstCheckAt = options.nextCheckAt ?? 0;
    const isCap = reason === 'daily_limit' || reason === 'monthly_limit';
    const waitsForDate = (isCap && this.isByPolicy) || firstCheckAt > now + deadlineMs;
    const firstDeadlineAt = (waitsForDate ? Math.max(now, firstCheckAt) : now) + deadlineMs;
    this.#held = {
      reason,
      owner: ownerOf[reason],
      since: before?.since ?? now,
      deadlineAt: before?.deadlineAt ?? firstDeadlineAt,
      escalated: before?.escalated ?? false,
      ...(options.nextCheckAt === null ? {} : { nextCheckAt: options.nextCheckAt }),
      ...(options.note === undefined ? {} : { note: options.note }),
    };
    if (before === undefined) {
      this.record('held', {
        code: reason,
        note: `${options.note === undefined ? '' : `${options.note}; `}whose turn: ${ownerOf[reason]}`,
      });
      tellHold(this.#held, this.plan?.provider);
    }
  }

  release(by?: string, note?: string): void {
    if (this.#held === undefined) return;
    const { reason } = this.#held;
    this.#held = undefined;
    this.record('released', {
      code: reason,
      ...(by === undefined ? {} : { by }),
      ...(note === undefined ? {} : { note }),
    });
  }

  /**
   * Waits in a hold until it is resumed, its next check is due, or (where nothing can have been accepted) it is
   * cancelled or reaches its deadline. Elsewhere the deadline only escalates.
   */
  async waitInHold(reason: HeldReason, options: HoldOptions): Promise<HoldEnd> {
    this.hold(reason, options);
    this.publish();
    const resumesSeen = this.resumes;
    const mayEnd = (): boolean =>
      options.mayEnd !== false &&
      !this.isAccepted &&
      !this.sendInFlight &&
      (this.attemptLog?.unresolved ?? 0) === 0;
    const cancelSeen = this.cancelRequested && !mayEnd();
    for (;;) {
      const held = this.#held;
      if (held === undefined || this.resumes > resumesSeen || options.wakes?.() === true) return 'again';
      if (this.cancelRequested && !cancelSeen && mayEnd()) return 'cancelled';
      const now = Date.now();
      // A check that is due comes before the deadline: nothing expires untried.
      if (held.nextCheckAt !== undefined && now >= held.nextCheckAt) return 'again';
      if (now >= held.deadlineAt) {
        if (mayEnd()) return 'expired';
        this.escalate();
        continue;
      }
      await condition(
        () =>
          this.#held === undefined ||
          this.resumes > resumesSeen ||
          options.wakes?.() === true ||
          (this.cancelRequested && !cancelSeen && mayEnd()),
        Math.min(held.nextCheckAt ?? Number.MAX_SAFE_INTEGER, held.deadlineAt) - now,
        { summary: `held: ${reason}` },
      );
    }
  }

  /** A hold that only a person ends, where a send may have been accepted: deadlines escalate, nothing else. */
  async waitForPerson(reason: HeldReason, note: string, wakes?: () => boolean): Promise<void> {
    const options = { note, nextCheckAt: null, mayEnd: false, ...(wakes === undefined ? {} : { wakes }) };
    while ((await this.waitInHold(reason, options)) !== 'again');
  }

  /** A person looked and waits on: the deadline begins anew, nothing else changes. */
  prolongHold(by: string, note: string): void {
    if (this.#held === undefined) return;
    const deadlineMs = this.plan?.holds.deadlineMs ?? 72 * 3_600_000;
    this.#held = { ...this.#held, escalated: false, deadlineAt: Date.now() + deadlineMs };
    this.record('kept-waiting', { by, code: this.#held.reason, note });
  }

  /**
   * Runs a local activity when no other one is open. Two that are open at once are answered one by one while they run, and
   * both together when the history is replayed: what follows would come in another order, and the run could never be
   * replayed. (The main line has one at a time anyway; decisions are checked beside it.)
   */
  inLocalTurn<T>(call: () => Promise<T>): Promise<T> {
    const before = this.#localTurn;
    // Only who has to wait leaves a marker in the history.
    const mustWait = before !== undefined && patched('one-local-activity');
    const turn = mustWait ? before.then(call, call) : call();
    const done = (): void => {
      if (this.#localTurn === turn) this.#localTurn = undefined;
    };
    turn.then(done, done);
    this.#localTurn = turn;
    return turn;
  }

  /** A pause that nothing ends early. */
  async rest(durationMs: number, summary: string): Promise<void> {
    await condition(() => false, Math.max(1, durationMs), { summary });
  }

  /** The hold is older than it may be: it is raised again, loudly, with a new deadline. */
  escalate(): void {
    if (this.#held === undefined) return;
    const deadlineMs = this.plan?.holds.deadlineMs ?? 72 * 3_600_000;
    this.#held = { ...this.#held, escalated: true, deadlineAt: Date.now() + deadlineMs };
    this.record('escalated', { code: this.#held.reason, note: `overdue; whose turn: ${this.#held.owner}` });
    log.warn('payout hold is overdue', { reason: this.#held.reason, owner: this.#held.owner });
    this.publish();
  }

  /** Tells Temporal what changed: search attributes in one command (one billed action), current details for free. */
  publish(): void {
    const wanted: SearchAttributeUpdatePair[] = [
      { key: payoutStatusAttribute, value: this.#status },
      { key: payoutProviderAccountAttribute, value: this.plan?.account ?? null },
      { key: payoutAttemptKeyAttribute, value: this.attempt?.key ?? null },
      { key: providerPayoutIdAttribute, value: this.providerPayoutId ?? null },
      // Between two holds about a doubtful end, lists must not show an end that nobody doubts.
      {
        key: payoutHeldReasonAttribute,
        value: this.#held?.reason ?? (this.isEndDoubtful ? 'status_contradiction' : null),
      },
      { key: payoutAttentionAttribute, value: this.#attention },
    ];
    const changed = wanted.filter(({ key, value }) => (this.#published.get(key.name) ?? null) !== value);
    for (const { key, value } of changed) this.#published.set(key.name, value as string | null);
    if (changed.length > 0) upsertSearchAttributes(changed);
    const snapshot = this.snapshot();
    if (this.isOver && changed.some(({ key }) => key === payoutStatusAttribute)) tellEnd(snapshot);
    setCurrentDetails(describeForPeople(snapshot, workflowInfo().workflowId, this.payee(false)));
  }

  #bandOf({ purpose }: ApprovalRound): { readonly band?: QuoteBand } {
    const { approvedQuote, plan } = this;
    if (purpose !== 'payout' || approvedQuote === undefined || plan === undefined) return {};
    return { band: bandAround(approvedQuote, plan.quoteBandPercent) };
  }

  /** Runs that began before there were policies never set it. */
  get #attention(): string | null {
    if (this.plan?.policy === undefined) return null;
    return this.#held?.escalated === true ? 'overdue' : (this.attention ?? null);
  }

  snapshot(): PayoutSnapshot {
    const { request, plan, attempt, attemptLog, round, proposal } = this;
    const unresolved = this.sendInFlight || (attemptLog?.unresolved ?? 0) > 0;
    return {
      schema: 1,
      tenant: request?.tenant ?? '',
      reference: request?.reference ?? '',
      requestedBy: request?.requestedBy ?? '',
      status: this.#status,
      final: this.isOver,
      // A provider that changed its mind about an end can have paid, or not: nobody may rely on either. Nor on a run that
      // follows a reset, before it is known what the earlier ones sent.
      moneyMoved:
        this.#isDoubtful || this.#forgetsEarlierSends ? 'unknown' : moneyMovedIn(this.#status, unresolved),
      amounts: this.#amounts,
      cancelRequested: this.cancelRequested,
      ...(request?.replaces === undefined ? {} : { replaces: request.replaces }),
      ...(this.#reason === 'recalled' && this.recall?.replacedBy !== undefined
        ? { replacedBy: this.recall.replacedBy }
        : {}),
      events: this.#eventCount,
      startedAt: this.startedAt,
      updatedAt: this.#updatedAt,
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
      ...(this.#held === undefined ? {} : { held: this.#held }),
      ...(plan === undefined
        ? {}
        : { account: { id: plan.account, provider: plan.provider, mode: plan.mode } }),
      ...(attempt === undefined || attemptLog === undefined
        ? {}
        : {
            attempt: {
              key: attempt.key,
              generation: attempt.generation,
              sends: attemptLog.sends,
              unresolved: attemptLog.unresolved,
            },
          }),
      ...(this.providerPayoutId === undefined ? {} : { providerPayoutId: this.providerPayoutId }),
      ...(this.providerStatus === undefined ? {} : { providerStatus: this.providerStatus }),
      ...(this.quote === undefined || this.quoteReadAt === undefined || this.isAccepted || this.isOver
        ? {}
        : { quoteExpiresAt: this.quoteReadAt + this.quote.validForMs }),
      ...(round === undefined ? {} : { approval: { ...summaryOf(round), ...this.#bandOf(round) } }),
      ...(proposal === undefined
        ? {}
        : {
            resolution: {
              proposal: proposal.id,
              kind: proposal.kind,
              by: proposal.by,
              at: proposal.at,
              evidence: proposal.evidence,
              ...(proposal.confirmedBy === undefined ? {} : { confirmedBy: proposal.confirmedBy }),
            },
          }),
      ...findingOut(this),
      ...(this.watchedUntil === undefined ? {} : { watchedUntil: this.watchedUntil }),
    };
  }

  /** Whom it pays. Nothing of it goes into the snapshot, the timeline or a search attribute. */
  payee(reveal: boolean): PayeeView {
    const { request, given, listed } = this;
    const amounts = this.#amounts;
    return payeeView({ request, given: requestIn(given), amounts, listed }, reveal);
  }

  timeline(): readonly PayoutEvent[] {
    return this.#events;
  }
}

/** The request inside a workflow input, as it was given. */
const requestIn = (input: unknown): unknown =>
  typeof input === 'object' && input !== null ? (input as { readonly request?: unknown }).request : undefined;

const summaryOf = (round: ApprovalRound): ApprovalSummary => {
  const { purpose, open, digest, chain, level, expiresAt, escalated, rejectedBy } = round;
  const asked = chain.levels[level];
  return {
    purpose,
    open,
    digest,
    required: peopleNeededBy(chain),
    approvedBy: approversOf(round),
    expiresAt,
    because: chain.because,
    level: Math.min(level + 1, chain.levels.length),
    levels: chain.levels.map(({ role, quorum }, index) => ({
      role,
      quorum,
      approvedBy: round.approvals.filter((given) => given.level === index).map(({ person }) => person),
    })),
    mayDecide: open ? mayDecideNow(round).filter((person) => !approversOf(round).includes(person)) : [],
    escalated,
    ...(open && asked?.escalation !== undefined && !escalated
      ? { escalatesAt: round.askedAt + asked.escalation.afterMs }
      : {}),
    ...(rejectedBy === undefined ? {} : { rejectedBy }),
  };
};
