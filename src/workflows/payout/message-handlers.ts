import { ApplicationFailure } from '@temporalio/common';
import { CancellationScope, condition, log, setHandler } from '@temporalio/workflow';
import type { CancelRequest, RecallRequest, ResumeRequest, UpdateRefusal } from '../../contract/messages';
import {
  accountChangedSignal,
  cancelUpdate,
  decideSignal,
  decideUpdate,
  payoutPayeeQuery,
  payoutSnapshotQuery,
  payoutTimelineQuery,
  providerEventSignal,
  recallUpdate,
  resolveSignal,
  resolveUpdate,
  resumeUpdate,
} from '../../contract/messages';
import { referencePattern } from '../../contract/workflow-ids';
import type { Decision, DecisionRefusal } from '../../domain/approval';
import {
  approversOf,
  decisionRefusal,
  isApproved,
  parseDecision,
  peopleNeededBy,
  personIn,
} from '../../domain/approval';
import { personId } from '../../domain/person';
import type { CancelOutcome, DecideResult } from '../../domain/payout-snapshot';
import type { ResolutionRefusal, ResolveRequest, ResolveResult } from '../../domain/resolution';
import { parseResolveRequest, resolutionRefusal } from '../../domain/resolution';
import { takeAccountChange } from './holds/account-change';
import { decideOn } from './people/decision';
import type { Decided } from './people/decision';
import type { PayoutRun } from './payout-run';
import { answerOf, resolutionStateOf, takeOnResolution } from './attempt/resolution';
import { requestCancel } from './cancel-wish';
import { release } from './holds/hold';
import { payeeOf, snapshotOf } from './payout-view';
import { publish } from './publishing';

/**
 * Registers every message before the first await. Validators answer at once and write nothing; handlers check again,
 * because updates are applied anew after a reset. A signal handler never throws, whatever JSON it gets.
 */
export function registerMessageHandlers(run: PayoutRun): void {
  setHandler(payoutSnapshotQuery, () => snapshotOf(run), {
    description: 'Where the payout stands, without account data',
  });
  setHandler(payoutTimelineQuery, () => run.timeline(), {
    description: 'Everything that happened, in order',
  });
  // A question of any shape is answered; only the plain wish shows identifiers whole.
  setHandler(payoutPayeeQuery, (question: unknown) => payeeOf(run, wantsWhole(question)), {
    description: 'Whom it pays, identifiers masked; {"reveal":true} shows them whole',
  });

  setHandler(decideUpdate, (input) => decide(run, readDecision(input)), {
    description: 'An approver approves or rejects',
    validator: (input) => {
      const decision = readDecision(input);
      const refusal = isBeforeApproval(run)
        ? undefined
        : (decisionRefusal(run.people.round, decision) ?? unprovenRefusal(run, decision));
      if (refusal) throw refused(run, refusal, 'decision');
    },
  });
  setHandler(
    decideSignal,
    async (input: unknown) => {
      const decision = parseDecision(input);
      const answer = decision === undefined ? malformed : decidedInTurn(run, decision);
      const decided = answer instanceof Promise ? await answer : answer;
      if (decided.kind === 'counted') return;
      run.record('approval-refused', { code: decided.code, note: 'by signal' });
      tellRefusal(run, { code: decided.code, what: 'decision', signal: decideSignal.name });
      publish(run);
    },
    { description: 'The same decision, for people with only Temporal’s UI or CLI' },
  );

  setHandler(cancelUpdate, (input) => cancelPayout(run, input), {
    description: 'Asks to cancel; answers cancelled, too-late or not-known',
    validator: (input) => checkMessage(run, input),
  });
  setHandler(recallUpdate, (input) => recallPayout(run, input), {
    description: 'Whoever asked for it takes it back; answers as cancel',
    validator: (input) => checkRecall(run, input),
  });
  setHandler(
    resumeUpdate,
    (input) => {
      const held = run.held;
      if (!held) throw refused(run, 'not_held', 'resume');
      if (held.reason === 'screening_review') throw refused(run, 'decision_needed', 'resume');
      run.resumes += 1;
      release(run, personId(input.by), reasonIn(input));
      publish(run);
      return { resumed: held.reason };
    },
    {
      description: 'Ends a hold: the held step is tried again now',
      validator: (input) => {
        checkMessage(run, input);
        if (!run.held) throw refused(run, 'not_held', 'resume');
        if (run.held.reason === 'screening_review') throw refused(run, 'decision_needed', 'resume');
      },
    },
  );

  setHandler(resolveUpdate, (input) => resolvePayout(run, readResolution(run, input)), {
    description: 'People say what became of a send whose outcome is not known',
    validator: (input) => {
      const refusal = resolutionRefusal(resolutionStateOf(run), readResolution(run, input));
      if (refusal) throw refused(run, refusal, 'resolution');
    },
  });
  setHandler(
    resolveSignal,
    (input: unknown) => {
      const request = parseResolveRequest(input);
      const refusal =
        request === undefined ? 'resolution_malformed' : resolutionRefusal(resolutionStateOf(run), request);
      if (request === undefined || refusal !== undefined) {
        const code = refusal ?? 'resolution_malformed';
        run.record('resolution-refused', { code, note: 'by signal' });
        tellRefusal(run, { code, what: 'resolution', signal: resolveSignal.name });
        publish(run);
        return;
      }
      takeOnResolution(run, request);
    },
    { description: 'The same resolution, without an answer' },
  );

  setHandler(accountChangedSignal, (input: unknown) => takeAccountChange(run, input), {
    description: 'By the account’s workflow: what a hold waits for has changed',
  });

  setHandler(
    providerEventSignal,
    () => {
      run.hints += 1;
      run.record('hint-received');
    },
    { description: 'The provider announced something: read the status now' },
  );
}

/**
 * A reset applies the updates of the earlier run anew, right at its beginning. A decision waits there until people are asked,
 * and is checked then like any other.
 */
async function decide(run: PayoutRun, decision: Decision): Promise<DecideResult> {
  const answer = decidedInTurn(run, decision);
  // Not a moment later than it must be: when an update is completed is part of the history.
  const decided = answer instanceof Promise ? await answer : answer;
  if (decided.kind === 'refused') throw refused(run, decided.code, 'decision');
  const { round } = decided;
  return {
    decision: decision.decision,
    approvals: approversOf(round).length,
    required: peopleNeededBy(round.chain),
    ...(round.open && round.rejectedBy === undefined && !isApproved(round) ? { level: round.level + 1 } : {}),
  };
}

/** At once where people are asked; what comes before that waits for the question that it is about, in the order in which it came. */
const decidedInTurn = (run: PayoutRun, decision: Decision): Decided | Promise<Decided> =>
  isBeforeApproval(run) ? decidedLater(run, decision) : decideOn(run, decision);

async function decidedLater(run: PayoutRun, decision: Decision): Promise<Decided> {
  const earlier = run.people.earlyDecisions;
  let done = (): void => undefined;
  run.people.earlyDecisions = new Promise<void>((resolve) => {
    done = resolve;
  });
  try {
    await wholly(async () => {
      await condition(() => run.people.isAsked(decision.digest) || run.isPastPeople || hasOldPlan(run));
      await earlier;
    });
    return await decideOn(run, decision);
  } finally {
    done();
  }
}

/** Runs that began before there were policies asked one question, and took what came early as soon as that was asked. */
const hasOldPlan = (run: PayoutRun): boolean =>
  !isBeforeApproval(run) && run.plan !== undefined && run.plan.policy === undefined;

/** Answered at once, without a trace in the history, where the plan froze that proofs are needed. */
const unprovenRefusal = (run: PayoutRun, { proof }: Decision): DecisionRefusal | undefined =>
  run.plan?.policy?.requireProof === true && proof === undefined ? 'proof_required' : undefined;

const malformed: Decided = { kind: 'refused', code: 'decision_malformed' };

const isBeforeApproval = ({ people, status, unsentEnd }: PayoutRun): boolean =>
  people.round === undefined && unsentEnd === undefined && (status === 'received' || status === 'screening');

async function cancelPayout(run: PayoutRun, input: CancelRequest): Promise<CancelOutcome> {
  if (run.isOver) return run.status === 'cancelled' ? 'cancelled' : 'too-late';
  requestCancel(run, personId(input.by), reasonIn(input));
  // The truth about a send that is under way is seconds off: wait for it. An unresolved one can take days: say so.
  const unresolved = (): boolean =>
    (run.attemptLog?.unresolved ?? 0) > 0 ||
    run.held?.reason === 'outcome_unknown' ||
    run.held?.reason === 'attempt_conflict';
  await wholly(() => condition(() => run.isOver || run.isAccepted || (!run.sendInFlight && unresolved())));
  if (run.status === 'cancelled') return 'cancelled';
  return run.isOver || run.isAccepted ? 'too-late' : 'not-known';
}

/** The first wish counts: what was cancelled before stays cancelled. */
async function recallPayout(run: PayoutRun, input: RecallRequest): Promise<CancelOutcome> {
  // Applied anew after a reset, it comes before anything is known about the payout.
  if (run.request === undefined)
    await wholly(() => condition(() => run.request !== undefined || run.unsentEnd !== undefined));
  checkRecall(run, input);
  const { replacedBy } = input;
  if (!run.isOver && !run.cancelRequested) run.recall = replacedBy === undefined ? {} : { replacedBy };
  return cancelPayout(run, input);
}

function checkRecall(run: PayoutRun, input: unknown): void {
  checkMessage(run, input);
  const { replacedBy } = input as { readonly replacedBy?: unknown };
  if (replacedBy !== undefined && !(typeof replacedBy === 'string' && referencePattern.test(replacedBy)))
    throw refused(run, 'message_malformed', 'recall');
  const { request, plan } = run;
  if (request === undefined) return;
  const who = plan?.policy === undefined ? request.requestedBy : plan.policy.decision.requester;
  const accounts = plan === undefined ? {} : run.approvalChain.accounts;
  const isWhoAsked = personId(input.by) === personId(request.requestedBy);
  if (!isWhoAsked && personIn({ accounts }, input.by) !== personIn({ accounts }, who))
    throw refused(run, 'not_the_requester', 'recall');
}

/** Update handlers of Temporal run at once up to their first wait, so nothing comes between the check and the taking on. */
async function resolvePayout(run: PayoutRun, request: ResolveRequest): Promise<ResolveResult> {
  const refusal = resolutionRefusal(resolutionStateOf(run), request);
  if (refusal) throw refused(run, refusal, 'resolution');
  const taken = takeOnResolution(run, request);
  return 'inHand' in taken ? wholly(() => answerOf(run, taken.inHand)) : taken;
}

/**
 * Temporal's own cancellation reaches waiting handlers, too, also the ones that come after it. To a payout it is a wish like
 * any other: whoever waits for an answer gets the true one.
 */
const wholly = <T>(wait: () => Promise<T>): Promise<T> => CancellationScope.nonCancellable(wait);

function readResolution(run: PayoutRun, input: unknown): ResolveRequest {
  const request = parseResolveRequest(input);
  if (!request) throw refused(run, 'resolution_malformed', 'resolution');
  return request;
}

function readDecision(input: unknown): Decision {
  const decision = parseDecision(input);
  if (!decision) throw ApplicationFailure.nonRetryable('not a decision', 'decision_malformed');
  return decision;
}

const wantsWhole = (question: unknown): boolean =>
  typeof question === 'object' &&
  question !== null &&
  (question as { readonly reveal?: unknown }).reveal === true;

/** A reason is for the timeline; one that is no short text is left out. */
const reasonIn = ({ reason }: { readonly reason?: unknown }): string | undefined =>
  typeof reason === 'string' && reason.length <= 500 ? reason : undefined;

/** Cancel and resume say who asks; anything else in them is ignored. */
function checkMessage(run: PayoutRun, input: unknown): asserts input is CancelRequest & ResumeRequest {
  const by = typeof input === 'object' && input !== null ? (input as { by?: unknown }).by : undefined;
  if (typeof by !== 'string' || by.trim() === '' || by.length > 128)
    throw refused(run, 'message_malformed', 'message');
}

/** The name of an update stands in every line that its handler writes; that of a signal does not. */
const tellRefusal = (
  { status }: PayoutRun,
  refusal: { readonly code: string; readonly what: string; readonly signal?: string },
): void => log.warn('message refused', { ...refusal, status });

/** A refused update leaves no event in history, so it is written to the worker's log. */
function refused(
  run: PayoutRun,
  code: DecisionRefusal | ResolutionRefusal | UpdateRefusal,
  what: string,
): ApplicationFailure {
  tellRefusal(run, { code, what });
  return ApplicationFailure.nonRetryable(`${what} refused: ${code}`, code);
}
