import { condition, uuid4 } from '@temporalio/workflow';
import { assertNever } from '../../../domain/assert-never';
import { personId } from '../../../domain/person';
import type { Proposal, ResolutionState, ResolveRequest, ResolveResult } from '../../../domain/resolution';
import type { PayoutRun } from '../payout-run';
import type { ResolutionInHand } from './recovery-state';
import { prolongHold } from '../holds/hold';
import { publish } from '../publishing';

/** What `resolutionRefusal` asks about. */
export function resolutionStateOf(run: PayoutRun): ResolutionState {
  const { plan, attemptLog, held } = run;
  const { openProposal: proposal } = run.recovery;
  return {
    status: run.status,
    requestedBy: run.request?.requestedBy ?? '',
    sendInFlight: run.sendInFlight,
    inHand: run.recovery.inHand !== undefined,
    cancelRequested: run.mayNotReplay,
    now: Date.now(),
    ...(held === undefined ? {} : { heldReason: held.reason }),
    ...(proposal === undefined ? {} : { proposal }),
    ...(plan === undefined || attemptLog === undefined
      ? {}
      : { attempt: { log: attemptLog, contract: plan.contract } }),
  };
}

/**
 * Takes on a resolution that was found to count. What only notes something is done at once; what concerns the provider is
 * put in hand, and the procedure that resolves the outcome carries it out at its next safe point.
 */
export function takeOnResolution(
  run: PayoutRun,
  request: ResolveRequest,
): ResolveResult | { readonly inHand: ResolutionInHand } {
  const by = personId(request.by);
  const { openProposal: proposal } = run.recovery;
  switch (request.action) {
    case 'keep-waiting':
      prolongHold(run, by, request.reason);
      publish(run);
      return { outcome: 'waiting', ...(proposal === undefined ? {} : { proposal: proposal.id }) };
    case 'reject':
      run.recovery.proposal = undefined;
      run.record('resolution-rejected', {
        by,
        code: request.proposal,
        ...(request.reason === undefined ? {} : { note: request.reason }),
      });
      publish(run);
      return { outcome: 'rejected' };
    case 'never-accepted':
      // The same person says the same again: the first answer was lost.
      if (proposal !== undefined) return { outcome: 'proposed', proposal: proposal.id };
      return propose(run, { kind: 'never-accepted', by, evidence: request.evidence });
    case 'adopt': {
      if (proposal !== undefined) return { outcome: 'proposed', proposal: proposal.id };
      const { providerPayoutId, reason } = request;
      run.record('resolution-asked', {
        by,
        code: 'adopt',
        note: reason === undefined ? providerPayoutId : `${providerPayoutId}: ${reason}`,
      });
      return putInHand(run, {
        kind: 'adopt',
        by,
        providerPayoutId,
        ...(reason === undefined ? {} : { reason }),
      });
    }
    case 'confirm': {
      if (proposal === undefined) throw new Error('there is no proposal to confirm');
      run.record('resolution-confirmed', { by, code: proposal.id, note: proposal.kind });
      return putInHand(
        run,
        proposal.kind === 'adopt' && proposal.providerPayoutId !== undefined
          ? { kind: 'adopt', by, confirmed: proposal, providerPayoutId: proposal.providerPayoutId }
          : { kind: 'never-accepted', by, confirmed: proposal },
      );
    }
    default:
      return assertNever(request, 'resolution');
  }
}

/** Waits until the resolution was carried out, or the machine found out by itself. */
export async function answerOf(run: PayoutRun, inHand: ResolutionInHand): Promise<ResolveResult> {
  await condition(() => inHand.answer !== undefined || run.recovery.inHand !== inHand);
  if (inHand.answer !== undefined) return inHand.answer;
  const { providerPayoutId } = run;
  return providerPayoutId === undefined
    ? { outcome: 'not-concluded' }
    : { outcome: 'found-otherwise', providerPayoutId };
}

/** Opens a proposal. Its id is not guessable and of this run only: a reset run's proposals have others. */
export function propose(
  run: PayoutRun,
  content: Pick<Proposal, 'kind' | 'by' | 'evidence' | 'providerPayoutId'>,
): ResolveResult & { readonly proposal: string } {
  const id = uuid4().slice(0, 8);
  run.recovery.proposal = { ...content, id, at: Date.now() };
  run.record('resolution-proposed', { by: content.by, code: id, note: content.evidence });
  publish(run);
  return { outcome: 'proposed', proposal: id };
}

function putInHand(run: PayoutRun, inHand: ResolutionInHand): { readonly inHand: ResolutionInHand } {
  run.recovery.inHand = inHand;
  return { inHand };
}
