import { createHash } from 'node:crypto';
import { approversOf, mayDecideNow, peopleNeededBy } from '../../domain/approval';
import type { ApprovalRound } from '../../domain/approval';
import { attemptKeyDigest } from '../../domain/attempt-key';
import { payeeView } from '../../domain/payee-view';
import type { PayeeView } from '../../domain/payee-view';
import { amountCurrency } from '../../domain/payout-request';
import type { PayoutRequest } from '../../domain/payout-request';
import type {
  ApprovalSummary,
  PayoutAmounts,
  PayoutEvent,
  PayoutEventOf,
  PayoutEventType,
  PayoutSnapshot,
} from '../../domain/payout-snapshot';
import { isFinal, mayBecome, moneyMovedIn } from '../../domain/payout-status';
import type { PayoutStatus } from '../../domain/payout-status';
import { ownerOf } from '../../domain/reason';
import type { Held, HeldReason, ReasonCode } from '../../domain/reason';
import type { Proposal } from '../../domain/resolution';
import { settled } from '../../domain/submission';
import type { AttemptLog } from '../../domain/submission';
import type { PayoutView } from '../read-payout';
import type { RunDescription } from '../run-description';

/** What all payouts of one in-memory installation share. */
export type InMemoryWorld = {
  now(): number;
  isPaused(account: string): boolean;
  readonly account: NonNullable<PayoutSnapshot['account']>;
};

export type FinalOptions = {
  /** For so long the run goes on watching for a return, or a late change. Default 0: the run ends at once. */
  readonly watchMs?: number;
  readonly amounts?: PayoutAmounts;
};

/** How long a hold waits before it escalates. */
export const holdDeadlineMs = 72 * 3_600_000;

/** What a driver asks for and no payout can do: a mistake of the test. */
export class ImpossibleStepError extends Error {
  override readonly name = 'ImpossibleStepError';
}

/**
 * The run of one payout without a server: where it stands, its timeline, and what is shown of it. Statuses go only where the
 * transition table lets them.
 */
export class InMemoryRun {
  readonly runId: string;
  readonly startedAt: number;
  #status: PayoutStatus = 'received';
  #reason: ReasonCode | undefined;
  protected held: Held | undefined;
  #state: RunDescription['state'] = 'open';
  #closedAt: number | undefined;
  protected amounts: PayoutAmounts;
  protected round: ApprovalRound | undefined;
  protected log: AttemptLog | undefined;
  protected inFlight = false;
  protected proposal: Proposal | undefined;
  protected providerPayoutId: string | undefined;
  protected cancelRequested = false;
  #replacedBy: string | undefined;
  #watchedUntil: number | undefined;
  #updatedAt: number;
  readonly #events: PayoutEvent[] = [];
  #waiting: (() => void)[] = [];

  constructor(
    readonly request: PayoutRequest,
    readonly given: PayoutRequest,
    readonly workflowId: string,
    readonly requestDigest: string,
    protected readonly world: InMemoryWorld,
  ) {
    this.startedAt = world.now();
    this.#updatedAt = this.startedAt;
    this.runId = sha256(workflowId).slice(0, 32);
    const currency = amountCurrency(request);
    const { side, value } = request.amount;
    this.amounts = currency === undefined ? {} : { [side]: { value, currency } };
    this.record('started', {});
  }

  get status(): PayoutStatus {
    return this.#status;
  }

  get heldReason(): HeldReason | undefined {
    return this.held?.reason;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get accountId(): string {
    return this.request.account ?? this.world.account.id;
  }

  get replacedBy(): string | undefined {
    return this.#replacedBy;
  }

  get isWatched(): boolean {
    return this.#watchedUntil !== undefined;
  }

  takePlaceBy(reference: string): void {
    this.#replacedBy = reference;
  }

  timeline(): readonly PayoutEvent[] {
    return [...this.#events];
  }

  payee(reveal: boolean): PayeeView {
    const { request, given } = this;
    return payeeView({ request, given, amounts: this.amounts, listed: undefined }, reveal);
  }

  view(): PayoutView {
    const snapshot = this.#snapshot();
    if (this.#state === 'open' || this.#state === 'completed') return snapshot;
    return {
      ...snapshot,
      closed: this.#state,
      moneyMoved: snapshot.moneyMoved === 'yes' ? 'yes' : 'unknown',
    };
  }

  /** As Temporal would describe its run. */
  description(): RunDescription {
    const isPlanned = this.#status !== 'received';
    return {
      workflowId: this.workflowId,
      runId: this.runId,
      historyLength: this.#events.length,
      state: this.#state,
      tenant: this.request.tenant,
      reference: this.request.reference,
      lastStatus: this.#status,
      requestDigest: this.requestDigest,
      startedAt: this.startedAt,
      // As a run publishes it: nobody here knows what became of the payout that had the reference before.
      ...(this.#reason === 'reference_reused' ? { heldReason: this.#reason } : {}),
      ...(this.held === undefined ? {} : { heldReason: this.held.reason }),
      ...(isPlanned ? { account: this.accountId } : {}),
      ...(this.log === undefined ? {} : { attemptKey: this.attemptKey() }),
      ...(this.providerPayoutId === undefined ? {} : { providerPayoutId: this.providerPayoutId }),
      ...(this.#closedAt === undefined ? {} : { closedAt: this.#closedAt }),
    };
  }

  /** Resolves when anything about it changes. */
  async changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  protected get mayHaveBeenAccepted(): boolean {
    return this.inFlight || this.#status === 'unconfirmed' || (this.log?.unresolved ?? 0) > 0;
  }

  protected settle(): void {
    this.inFlight = false;
    if (this.log !== undefined) this.log = settled(this.log);
  }

  protected end(
    status: PayoutStatus,
    reason: ReasonCode | undefined,
    { watchMs = 0, amounts }: FinalOptions,
  ): void {
    if (amounts !== undefined) this.amounts = { ...this.amounts, ...amounts };
    this.become(status, reason);
    if (watchMs > 0) this.#watchedUntil = this.world.now() + watchMs;
    else this.closeAs('completed');
    this.#tell();
  }

  protected assertMayBecome(status: PayoutStatus): void {
    if (!this.isOpen) throw this.impossible('its run has ended');
    if (!mayBecome(this.#status, status))
      throw this.impossible(`a payout cannot go from ${this.#status} to ${status}`);
  }

  protected become(status: PayoutStatus, reason?: ReasonCode): void {
    if (this.#status === status) return;
    this.assertMayBecome(status);
    if (status !== 'unconfirmed') this.voidProposal();
    this.#status = status;
    this.#reason = reason;
    this.held = undefined;
    this.record('status-changed', reason === undefined ? {} : { code: reason });
  }

  /** What one person proposed is no longer so: a second one must not confirm it later. */
  protected voidProposal(): void {
    if (this.proposal === undefined || this.proposal.confirmedBy !== undefined) return;
    const { id } = this.proposal;
    this.proposal = undefined;
    this.record('resolution-voided', { code: id, note: 'the outcome is known' });
  }

  protected putOnHold(reason: HeldReason, note?: string): void {
    if (!this.isOpen) throw this.impossible('its run has ended');
    if (this.held?.reason === reason) return;
    const now = this.world.now();
    this.held = {
      reason,
      owner: ownerOf[reason],
      since: now,
      deadlineAt: now + holdDeadlineMs,
      escalated: false,
      ...(note === undefined ? {} : { note }),
    };
    this.record('held', { code: reason, note: `whose turn: ${ownerOf[reason]}` });
  }

  protected endHold(by?: string): void {
    if (this.held === undefined) return;
    const { reason } = this.held;
    this.held = undefined;
    this.record('released', { code: reason, ...(by === undefined ? {} : { by }) });
  }

  protected heldForSure(): Held {
    if (this.held === undefined) throw this.impossible('it is not held');
    return this.held;
  }

  protected closeAs(state: RunDescription['state']): void {
    this.#state = state;
    this.#watchedUntil = undefined;
    this.#closedAt = this.world.now();
    this.#tell();
  }

  protected record<Type extends PayoutEventType>(
    type: Type,
    details: Omit<PayoutEventOf<Type>, 'seq' | 'at' | 'type' | 'status'>,
  ): void {
    this.#updatedAt = this.world.now();
    const seq = this.#events.length + 1;
    const event = { seq, at: this.#updatedAt, type, status: this.#status, ...details };
    this.#events.push(event as unknown as PayoutEvent);
    this.#tell();
  }

  #tell(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const tell of waiting) tell();
  }

  protected attemptKey(): string {
    const { tenant, reference } = this.request;
    const { mode } = this.world.account;
    return attemptKeyDigest(
      { installation: 'in-memory', tenant, reference, account: this.accountId, mode, generation: 1 },
      sha256,
    );
  }

  #snapshot(): PayoutSnapshot {
    const { tenant, reference, requestedBy, replaces } = this.request;
    const unresolved = this.inFlight || (this.log?.unresolved ?? 0) > 0;
    const isDoubtful =
      (isFinal(this.#status) && this.held !== undefined) ||
      this.#reason === 'reference_reused' ||
      this.held?.reason === 'attempt_conflict';
    return {
      schema: 1,
      tenant,
      reference,
      requestedBy,
      status: this.#status,
      final: isFinal(this.#status),
      moneyMoved: isDoubtful ? 'unknown' : moneyMovedIn(this.#status, unresolved),
      amounts: this.amounts,
      cancelRequested: this.cancelRequested,
      events: this.#events.length,
      startedAt: this.startedAt,
      updatedAt: this.#updatedAt,
      ...(replaces === undefined ? {} : { replaces }),
      ...(this.#replacedBy === undefined ? {} : { replacedBy: this.#replacedBy }),
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
      ...(this.held === undefined ? {} : { held: this.held }),
      ...(this.#status === 'received' ? {} : { account: { ...this.world.account, id: this.accountId } }),
      ...(this.log === undefined
        ? {}
        : {
            attempt: {
              key: this.attemptKey(),
              generation: 1,
              sends: this.log.sends,
              unresolved: this.log.unresolved,
            },
          }),
      ...(this.providerPayoutId === undefined ? {} : { providerPayoutId: this.providerPayoutId }),
      ...(this.round === undefined ? {} : { approval: summaryOf(this.round) }),
      ...(this.proposal === undefined ? {} : { resolution: resolutionOf(this.proposal) }),
      ...(this.#watchedUntil === undefined ? {} : { watchedUntil: this.#watchedUntil }),
    };
  }

  protected impossible(why: string): ImpossibleStepError {
    return new ImpossibleStepError(`${this.workflowId}: ${why}`);
  }
}
const resolutionOf = ({ id, kind, by, at, evidence, confirmedBy }: Proposal) => ({
  proposal: id,
  kind,
  by,
  at,
  evidence,
  ...(confirmedBy === undefined ? {} : { confirmedBy }),
});

function summaryOf(round: ApprovalRound): ApprovalSummary {
  const { chain, approvals, rejectedBy } = round;
  return {
    purpose: round.purpose,
    open: round.open,
    digest: round.digest,
    required: peopleNeededBy(chain),
    approvedBy: approversOf(round),
    ...(rejectedBy === undefined ? {} : { rejectedBy }),
    expiresAt: round.expiresAt,
    because: chain.because,
    level: Math.min(round.level + 1, chain.levels.length),
    levels: chain.levels.map(({ role, quorum }, level) => ({
      role,
      quorum,
      approvedBy: approvals.filter((given) => given.level === level).map(({ person }) => person),
    })),
    mayDecide: round.open ? mayDecideNow(round).filter((person) => !approversOf(round).includes(person)) : [],
    escalated: round.escalated,
  };
}

/** SHA-256 (hex). */
export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
