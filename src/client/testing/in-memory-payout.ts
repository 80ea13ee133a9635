import {
  approversOf,
  decisionRefusal,
  isApproved,
  mayDecideNow,
  newApprovalRound,
  peopleNeededBy,
  withApproval,
} from '../../domain/approval';
import { personId } from '../../domain/person';
import type { ApprovalRound, Decision, DecisionRefusal } from '../../domain/approval';
import { assertNever } from '../../domain/assert-never';
import type { CancelOutcome, DecideResult } from '../../domain/payout-snapshot';
import { isFinal } from '../../domain/payout-status';
import type { PayoutStatus } from '../../domain/payout-status';
import type { ProviderFailureCode } from '../../domain/provider-failure';
import type { HeldReason, ReasonCode } from '../../domain/reason';
import { resolutionRefusal } from '../../domain/resolution';
import type { ResolutionRefusal, ResolveRequest, ResolveResult } from '../../domain/resolution';
import { newAttemptLog, sendStarted, sendUnresolved } from '../../domain/submission';
import { canBeHeldAs, promisesNothing } from './hold-places';
import { holdDeadlineMs, InMemoryRun, sha256 } from './in-memory-run';
import type { FinalOptions } from './in-memory-run';

/** Who is asked, and how many of them. */
export type AskedPeople = {
  /** Each is one level with `quorum` of `people`, one level after the other. */
  readonly levels: readonly {
    readonly people: readonly string[];
    readonly quorum?: number;
    readonly role?: string;
  }[];
  /** screening: whether somebody similar to a listed name is somebody else. */
  readonly purpose?: 'payout' | 'screening';
  /** How long a level may take; default three days. */
  readonly deadlineMs?: number;
};

const threeDaysMs = 3 * 24 * 3_600_000;

/**
 * One payout without a server. People are judged by the same functions as in a run (`domain/approval`, `domain/resolution`); what a
 * provider would do is said by whoever drives it.
 */
export class InMemoryPayout extends InMemoryRun {
  /** How it ends if the wish to cancel comes true later. */
  #cancelReason: ReasonCode = 'cancelled_on_request';

  // What a driver makes of it.

  plan(): void {
    if (this.status !== 'received') return;
    this.record('planned', { note: `account ${this.accountId}` });
    this.become('screening');
  }

  askPeople({ levels, purpose = 'payout', deadlineMs = threeDaysMs }: AskedPeople): void {
    this.plan();
    if (this.status !== 'screening')
      throw this.impossible('people are asked after screening and before a send');
    const chain = {
      levels: levels.map(({ people, quorum = 1, role = 'approver' }) => ({
        role,
        quorum,
        people: people.map(personId),
        deadlineMs,
      })),
      accounts: {},
      requester: this.request.requestedBy,
      because: 'the test asks for them',
    };
    const asker = personId(chain.requester);
    const needed = chain.levels.every(
      ({ people, quorum }) =>
        new Set(people.filter((person) => person !== asker)).size >= quorum && quorum > 0,
    );
    if (!needed || chain.levels.length === 0)
      throw this.impossible(
        'a level needs as many people as its quorum, without whoever asked for the payout',
      );
    const digest = `${purpose}:v1:${sha256(`${purpose} ${this.requestDigest}`)}`;
    const now = this.world.now();
    this.round = newApprovalRound({ purpose, digest, chain, latestAt: Number.MAX_SAFE_INTEGER }, now);
    if (purpose === 'payout') {
      this.#screened('clear');
      this.become('awaiting-approval');
    } else {
      this.#screened('possible');
      this.putOnHold('screening_review');
    }
    this.record('approval-requested', {});
  }

  /** Ready to be sent, and not sent. */
  prepare(): void {
    this.plan();
    if (this.status === 'submitting') return;
    if (this.mayHaveBeenAccepted)
      throw this.impossible('a send may have been accepted, and nothing is sent before provenAbsent()');
    if (this.round?.open === true)
      throw this.impossible(`${mayDecideNow(this.round).join(', ')} have not decided yet`);
    if (this.status === 'screening' && this.round === undefined) this.#screened('clear');
    this.log ??= newAttemptLog(1);
    this.assertMayBecome('submitting');
    this.record('attempt-prepared', { code: this.attemptKey() });
    this.become('submitting');
  }

  /** The send is under way, unless the account is paused: then it waits. */
  send(): void {
    if (this.inFlight) return;
    if (this.cancelRequested) throw this.impossible('after a wish to cancel nothing is sent');
    this.prepare();
    if (this.world.isPaused(this.accountId)) {
      this.putOnHold('account_paused');
      return;
    }
    this.endHold();
    this.log = sendStarted(this.log ?? newAttemptLog(1));
    this.inFlight = true;
    this.record('send-started', { note: `to ${this.accountId}` });
  }

  unconfirmed(code: ProviderFailureCode): void {
    if (this.status === 'unconfirmed') return;
    this.#sendForSure();
    const now = this.world.now();
    this.inFlight = false;
    this.log = sendUnresolved(this.log ?? newAttemptLog(1), { writtenFrom: now, writtenUntil: now });
    this.record('outcome-unknown', { code });
    this.become('unconfirmed');
  }

  /** The provider's own look-ups prove that it has none: the key is as good as unused, and a wish to cancel comes true. */
  provenAbsent(): void {
    this.unconfirmed('timeout');
    this.assertMayBecome('submitting');
    this.record('looked-up', { code: 'proven-absent' });
    this.settle();
    this.become('submitting');
    if (this.cancelRequested) this.cancelled(this.#cancelReason);
  }

  accepted(providerPayoutId: string): void {
    if (this.status === 'submitted' || this.status === 'processing') return;
    if (this.status !== 'unconfirmed') this.#sendForSure();
    this.settle();
    this.providerPayoutId = providerPayoutId;
    this.record('accepted', { code: providerPayoutId });
    this.become('submitted');
  }

  processing(): void {
    if (this.status === 'processing') return;
    this.#acceptedForSure();
    this.record('provider-status', { code: 'processing' });
    this.become('processing');
  }

  paid(options: FinalOptions): void {
    if (this.status !== 'failed') this.#acceptedForSure();
    this.assertMayBecome('paid');
    this.record('provider-status', { code: 'paid' });
    this.end('paid', undefined, options);
  }

  returned(options: FinalOptions): void {
    if (this.status !== 'paid' && this.status !== 'submitted' && this.status !== 'processing')
      this.paid({ watchMs: 1 });
    this.assertMayBecome('returned');
    this.record('provider-status', { code: 'returned' });
    this.end('returned', 'provider_returned', options);
  }

  failed(reason: ReasonCode, options: FinalOptions): void {
    if (reason.startsWith('provider_') && reason !== 'provider_screening') this.#failedAtProvider(reason);
    else if (reason === 'confirmed_never_accepted') this.unconfirmed('timeout');
    else this.prepare();
    this.settle();
    this.end('failed', reason, options);
  }

  rejected(reason: ReasonCode): void {
    if (reason === 'screening_hit') {
      this.plan();
      this.#screened('match');
    }
    this.#endUnsent('rejected', reason);
  }

  expired(reason: ReasonCode): void {
    this.#endUnsent('expired', reason);
  }

  cancelled(reason: ReasonCode = 'cancelled_on_request'): void {
    this.#endUnsent('cancelled', reason);
  }

  hold(reason: HeldReason, note?: string): void {
    if (reason === 'screening_review')
      throw this.impossible("people are asked about it: askPeople({ purpose: 'screening', … })");
    const places = canBeHeldAs[reason];
    if (!places.includes(this.status)) this.#goTo(places[0] ?? 'submitting');
    // Before its hold a send was refused, or not made; one that failed unexpectedly may have been accepted all the same.
    if (this.inFlight && reason === 'unexpected_failure') this.unconfirmed('attempt_lost');
    this.inFlight = false;
    this.putOnHold(reason, note);
  }

  release(by?: string): void {
    if (this.held === undefined) throw this.impossible('it is not held');
    if (this.held.reason === 'screening_review') throw this.impossible('people have to decide about it');
    this.endHold(by);
  }

  /** The run ends, watches included. */
  close(): void {
    if (!isFinal(this.status)) throw this.impossible(`its run goes on: it is ${this.status}`);
    this.closeAs('completed');
  }

  /** Somebody ends the run from outside. */
  terminate(): void {
    if (!this.isOpen) throw this.impossible('its run has ended');
    this.closeAs('terminated');
  }

  // What people say.

  decide(decision: Decision): DecideResult | DecisionRefusal | 'not asked yet' {
    const round = this.round;
    if (round === undefined && (this.status === 'received' || this.status === 'screening'))
      return 'not asked yet';
    const refusal = decisionRefusal(round, decision);
    if (refusal !== undefined || round === undefined) return refusal ?? 'too_late';
    const by = personId(decision.by);
    const isRejected = decision.decision === 'reject';
    const next = isRejected
      ? { ...round, open: false, rejectedBy: by }
      : withApproval(round, by, this.world.now());
    const done = isRejected || isApproved(next);
    this.round = done ? { ...next, open: false } : next;
    this.record('approval-decided', {
      by,
      code: decision.decision,
      ...(decision.reason === undefined ? {} : { note: decision.reason }),
    });
    if (done) this.#afterPeople(isRejected, round.purpose);
    return {
      decision: decision.decision,
      approvals: approversOf(next).length,
      required: peopleNeededBy(next.chain),
      ...(done ? {} : { level: next.level + 1 }),
    };
  }

  /** `undefined`: a send is under way, and what becomes of it is not known before somebody drives on. */
  cancel(
    by: string,
    reason: string | undefined,
    recall?: { readonly replacedBy?: string },
  ): CancelOutcome | undefined {
    if (isFinal(this.status)) return this.status === 'cancelled' ? 'cancelled' : 'too-late';
    const isFirst = !this.cancelRequested;
    if (isFirst) {
      this.cancelRequested = true;
      if (recall !== undefined) this.#cancelReason = 'recalled';
      this.record('cancel-requested', {
        by: personId(by),
        ...(reason === undefined ? {} : { note: reason }),
      });
    }
    if (this.status === 'submitted' || this.status === 'processing') return 'too-late';
    if (this.status === 'unconfirmed') return 'not-known';
    if (this.inFlight) return undefined;
    if (recall?.replacedBy !== undefined && isFirst) this.takePlaceBy(recall.replacedBy);
    this.cancelled(recall === undefined ? 'cancelled_on_request' : 'recalled');
    return 'cancelled';
  }

  isRequester(by: string): boolean {
    return personId(by) === personId(this.request.requestedBy);
  }

  resume(by: string): { readonly resumed: string } | 'not_held' | 'decision_needed' {
    if (this.held === undefined) return 'not_held';
    const { reason } = this.held;
    if (reason === 'screening_review') return 'decision_needed';
    this.endHold(personId(by));
    return { resumed: reason };
  }

  resolve(request: ResolveRequest): ResolveResult | ResolutionRefusal {
    const refusal = resolutionRefusal(
      {
        status: this.status,
        requestedBy: this.request.requestedBy,
        sendInFlight: this.inFlight,
        inHand: false,
        cancelRequested: this.cancelRequested,
        now: this.world.now(),
        ...(this.held === undefined ? {} : { heldReason: this.held.reason }),
        ...(this.proposal === undefined ? {} : { proposal: this.proposal }),
        ...(this.log === undefined ? {} : { attempt: { log: this.log, contract: promisesNothing } }),
      },
      request,
    );
    if (refusal !== undefined) return refusal;
    const by = personId(request.by);
    switch (request.action) {
      case 'keep-waiting': {
        const { reason } = this.heldForSure();
        this.record('kept-waiting', { by, code: reason, note: request.reason });
        this.held = {
          ...this.heldForSure(),
          deadlineAt: this.world.now() + holdDeadlineMs,
          escalated: false,
        };
        return { outcome: 'waiting' };
      }
      case 'adopt':
        this.record('resolution-asked', { by, code: 'adopt', note: request.providerPayoutId });
        return this.#adopt(request.providerPayoutId);
      case 'never-accepted': {
        const id = sha256(`${by} ${request.evidence} ${this.timeline().length}`).slice(0, 12);
        if (this.proposal === undefined) {
          this.proposal = {
            id,
            kind: 'never-accepted',
            by,
            at: this.world.now(),
            evidence: request.evidence,
          };
          this.record('resolution-proposed', { by, code: id, note: request.evidence });
        }
        return { outcome: 'proposed', proposal: this.proposal.id };
      }
      case 'confirm': {
        const proposal = this.proposal;
        if (proposal === undefined) return 'no_proposal';
        this.record('resolution-confirmed', { by, code: proposal.id, note: proposal.kind });
        this.proposal = { ...proposal, confirmedBy: by };
        this.settle();
        this.end('failed', 'confirmed_never_accepted', {});
        return { outcome: 'ended', proposal: proposal.id };
      }
      case 'reject':
        this.record('resolution-rejected', { by, code: request.proposal });
        this.proposal = undefined;
        return { outcome: 'rejected' };
      default:
        return assertNever(request, 'resolution');
    }
  }

  #adopt(providerPayoutId: string): ResolveResult {
    if (this.status === 'unconfirmed') this.accepted(providerPayoutId);
    else this.endHold();
    return { outcome: 'adopted', providerPayoutId };
  }

  #afterPeople(isRejected: boolean, purpose: ApprovalRound['purpose']): void {
    if (isRejected) {
      this.end('rejected', purpose === 'payout' ? 'approval_rejected' : 'screening_confirmed', {});
      return;
    }
    if (purpose === 'screening') this.endHold();
    else this.prepare();
  }

  #screened(code: 'clear' | 'possible' | 'match'): void {
    this.record('screened', { code });
  }

  #failedAtProvider(reason: ReasonCode): void {
    if (refusedAtSubmit.has(reason)) {
      this.#sendForSure();
      this.record('send-refused', { code: 'refused' });
      return;
    }
    this.#acceptedForSure();
    const ended = statusOfEnd[reason] ?? 'failed';
    this.record('provider-status', { code: ended, note: `${ended}, confirmed` });
  }

  #sendForSure(): void {
    this.send();
    if (!this.inFlight && this.status === 'submitting')
      throw this.impossible(`nothing was sent: account ${this.accountId} is paused`);
  }

  #acceptedForSure(): void {
    if (this.status !== 'submitted' && this.status !== 'processing')
      this.accepted(this.providerPayoutId ?? `in-memory-${sha256(this.workflowId).slice(0, 8)}`);
  }

  #goTo(status: PayoutStatus): void {
    if (status === 'submitting') this.prepare();
    else if (status === 'screening') this.plan();
    else if (status === 'unconfirmed') this.unconfirmed('timeout');
    else if (status === 'submitted') this.#acceptedForSure();
    if (this.status !== status) throw this.impossible(`it is ${this.status} and cannot be ${status} again`);
  }

  #endUnsent(status: 'rejected' | 'expired' | 'cancelled', reason: ReasonCode): void {
    if (this.mayHaveBeenAccepted)
      throw this.impossible(`a send may have been accepted: it cannot be ${status}`);
    if (this.round?.open === true) this.round = { ...this.round, open: false };
    this.end(status, reason, {});
  }
}

/** Ends that a provider names when it is asked to pay; the others come after it has accepted the payout. */
const refusedAtSubmit: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'provider_refused',
  'provider_payout_limit',
  'provider_pair_unsupported',
]);
const statusOfEnd: Partial<Readonly<Record<ReasonCode, 'rejected' | 'cancelled' | 'expired'>>> = {
  provider_rejected: 'rejected',
  provider_cancelled: 'cancelled',
  provider_expired: 'expired',
};
