import { workflowInfo } from '@temporalio/workflow';
import type { ApprovalRound } from '../../domain/approval';
import { approversOf, mayDecideNow, peopleNeededBy } from '../../domain/approval';
import type { PayeeView } from '../../domain/payee-view';
import { payeeView } from '../../domain/payee-view';
import type { ApprovalSummary, PayoutSnapshot } from '../../domain/payout-snapshot';
import { moneyMovedIn } from '../../domain/payout-status';
import type { QuoteBand } from '../../domain/quote';
import { bandAround } from '../../domain/quote';
import { findingOut } from './attempt/finding-out';
import type { PayoutRun } from './payout-run';

/** What people and programs are shown of a run, computed when they ask. */
export function snapshotOf(run: PayoutRun): PayoutSnapshot {
  const { request, plan, attempt, attemptLog, reason, held } = run;
  const { round } = run.people;
  const { proposal } = run.recovery;
  const unresolved = run.sendInFlight || (attemptLog?.unresolved ?? 0) > 0;
  return {
    schema: 1,
    tenant: request?.tenant ?? '',
    reference: request?.reference ?? '',
    requestedBy: request?.requestedBy ?? '',
    status: run.status,
    final: run.isOver,
    // A provider that changed its mind about an end can have paid, or not: nobody may rely on either. Nor on a run that
    // follows a reset, before it is known what the earlier ones sent; nor on one that is not the first with its reference.
    moneyMoved:
      isDoubtful(run) || forgetsEarlierSends(run) || mayBeAnothers(run)
        ? 'unknown'
        : moneyMovedIn(run.status, unresolved),
    amounts: run.amounts,
    cancelRequested: run.cancelRequested,
    ...(request?.replaces === undefined ? {} : { replaces: request.replaces }),
    ...(reason === 'recalled' && run.recall?.replacedBy !== undefined
      ? { replacedBy: run.recall.replacedBy }
      : {}),
    events: run.eventCount,
    startedAt: run.startedAt,
    updatedAt: run.updatedAt,
    ...(reason === undefined ? {} : { reason }),
    ...(held === undefined ? {} : { held }),
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
    ...(run.providerPayoutId === undefined ? {} : { providerPayoutId: run.providerPayoutId }),
    ...(run.providerStatus === undefined ? {} : { providerStatus: run.providerStatus }),
    ...(run.quote === undefined || run.quoteReadAt === undefined || run.isAccepted || run.isOver
      ? {}
      : { quoteExpiresAt: run.quoteReadAt + run.quote.validForMs }),
    ...(round === undefined ? {} : { approval: { ...summaryOf(round), ...bandOf(run, round) } }),
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
    ...findingOut(run),
    ...(run.watchedUntil === undefined ? {} : { watchedUntil: run.watchedUntil }),
  };
}

/** Whom it pays. Nothing of it goes into the snapshot, the timeline or a search attribute. */
export function payeeOf({ request, given, amounts, listed }: PayoutRun, reveal: boolean): PayeeView {
  return payeeView({ request, given: requestIn(given), amounts, listed }, reveal);
}

/** The request inside a workflow input, as it was given. */
const requestIn = (input: unknown): unknown =>
  typeof input === 'object' && input !== null ? (input as { readonly request?: unknown }).request : undefined;

/** This run follows a reset, and nobody has asked yet what the runs before it sent. */
function forgetsEarlierSends({ recovery, isOver }: PayoutRun): boolean {
  const { runId, originalExecutionRunId } = workflowInfo();
  return runId !== originalExecutionRunId && runId !== recovery.acknowledgedRunId && !isOver;
}

/** Another run may have paid under the reference, or under the key: what became of that, this one does not know. */
const mayBeAnothers = ({ reason, held, isClaimUnknown }: PayoutRun): boolean =>
  reason === 'reference_reused' || held?.reason === 'attempt_conflict' || isClaimUnknown;

function isDoubtful({ held, isOver, isEndDoubtful }: PayoutRun): boolean {
  const isContradicted = held?.reason === 'status_contradiction' || held?.reason === 'provider_mismatch';
  return isOver && (isEndDoubtful || isContradicted);
}

function bandOf(
  { approvedQuote, plan }: PayoutRun,
  { purpose }: ApprovalRound,
): { readonly band?: QuoteBand } {
  if (purpose !== 'payout' || approvedQuote === undefined || plan === undefined) return {};
  return { band: bandAround(approvedQuote, plan.quoteBandPercent) };
}

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
