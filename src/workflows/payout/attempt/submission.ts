import { isApproved } from '../../../domain/approval';
import { assertNever } from '../../../domain/assert-never';
import { formatMoney } from '../../../domain/money';
import type { ProviderFailure } from '../../../domain/provider-failure';
import { remedyFor } from '../../../domain/provider-failure';
import type { HeldReason } from '../../../domain/reason';
import { bandAround, isInsideBand } from '../../../domain/quote';
import type { Quote } from '../../../domain/quote';
import type { AttemptLog } from '../../../domain/submission';
import { newAttemptLog, settled } from '../../../domain/submission';
import type { SendBounds } from '../../activity-proxies';
import { prepareAttempt } from '../../activity-proxies';
import { adopt } from './adoption';
import { awaitApproval, usableQuote } from '../people/approval-wait';
import type { Retried } from '../holds/back-off';
import { backOff } from '../holds/back-off';
import { orHold } from '../holds/hold-on-failure';
import type { PayoutRun } from '../payout-run';
import type { StepEnd } from '../step-end';
import { endHold, endUnsent } from '../step-end';
import { capRecheckAt, recheckAt } from '../holds/recheck';
import { lookUpBeforeNewKey, resolveUnknownOutcome } from './recovery';
import { screenBeforeSend } from '../screening';
import { boundsOfSend, heldReasonFor, isUnmade, refusalDetails, refusedReasonFor, send } from './send';
import { waitInHold } from '../holds/hold';

/** What the next send carries: the frozen attempt once more, or a fresh one (quote, key and body as needed). */
type NextSend = 'same-attempt' | 'fresh-attempt';

/** How often a price may run away before people look. */
const mostRequotes = 5;

/**
 * Brings the payout to the provider exactly once. Every pass of the loop ends in one known fact: accepted, refused
 * with nothing unresolved, or proven absent. Only then may anything be sent again.
 */
export async function submitPayment(run: PayoutRun): Promise<StepEnd> {
  const { contract, timeLimits } = run.require('plan');
  let tries = 0;
  /** Those without a hold between them. */
  let quickTries = 0;
  let requotes = 0;
  let heldBefore: HeldReason | undefined;
  let next: NextSend = 'fresh-attempt';
  let firstSend: { readonly key: string; readonly at: number } | undefined;
  /** An unclear refusal under the present key, which nobody has looked at: it may be a payout all the same. */
  let unclear: ProviderFailure | undefined;
  const holdUnclear = async (failure: ProviderFailure, isResumed: boolean): Promise<UnclearEnd> => {
    const end = await waitWithUnclear(run, failure, { sentAt: firstSend?.at ?? 0, tries, isResumed });
    tries += 1;
    quickTries = 0;
    heldBefore = heldReasonFor(failure);
    if (run.isByPolicy) requotes = 0;
    unclear = end === 'same-attempt' ? failure : undefined;
    return end;
  };
  for (;;) {
    const ready = await readyAttempt(run, next);
    if (ready === 'ended') return 'ended';
    if (ready === 'resolved') return 'go-on';
    if ((await screenBeforeSend(run)) === 'ended') return 'ended';
    const gate = passGate(
      run,
      unclear === undefined || firstSend === undefined ? Infinity : sameKeyUntil(run, firstSend.at),
    );
    if (gate === 'ended') return 'ended';
    if (gate === 'too-old' && unclear !== undefined) {
      const end = await holdUnclear(unclear, false);
      if (end === 'ended') return 'ended';
      if (end === 'resolved') return 'go-on';
      next = end;
      continue;
    }
    if (gate === 'too-old') {
      requotes += 1;
      if ((await pauseAfterRequote(run, requotes, 'quote_expired')) === 'ended') return 'ended';
      next = 'fresh-attempt';
      continue;
    }

    const resumesSeen = run.resumes;
    const { key } = run.require('attempt');
    if (firstSend?.key !== key) firstSend = { key, at: Date.now() };
    const reply = await send(run, gate.bounds);
    if (reply.kind === 'accepted') {
      await adopt(run, reply);
      return 'go-on';
    }

    const { failure } = reply;
    const remedy = remedyFor(failure);
    if (remedy !== 'resolve') {
      run.record(isUnmade(failure) ? 'send-not-made' : 'send-refused', refusalDetails(failure));
    }
    switch (remedy) {
      case 'resolve':
        // The unclear refusal may have been the first sight of the key: its window counts from there.
        if (unclear !== undefined && firstSend !== undefined)
          run.attemptLog = { ...run.require('attemptLog'), firstUnresolvedAt: firstSend.at };
        if ((await resolveUnknownOutcome(run, failure)) !== 'proven-absent') return 'go-on';
        // Proven absent: the key is as good as unused, and the gate decides anew whether it may still be sent.
        run.attemptLog = settled(run.require('attemptLog'));
        run.become('submitting');
        next = 'same-attempt';
        [firstSend, unclear] = [undefined, undefined];
        break;
      case 'end-refused':
        run.become('failed', refusedReasonFor(failure));
        return 'ended';
      case 'end-screening':
        run.become('rejected', 'provider_screening');
        return 'ended';
      case 'quote-again':
        requotes += 1;
        unclear = undefined;
        if ((await pauseAfterRequote(run, requotes, failure.code)) === 'ended') return 'ended';
        // Without a quote to renew the same key goes first: the refusal may not have used it up. A second one with
        // nothing unresolved is definite and frees the key.
        next = requotes === 1 && !run.require('plan').needsQuote ? 'same-attempt' : 'fresh-attempt';
        break;
      case 'send-again': {
        const end = await backOff(run, failure, quickTries, sendingAgain);
        if (end !== 'again') return endHold(run, end);
        tries += 1;
        quickTries += 1;
        next = 'same-attempt';
        break;
      }
      case 'hold-funds':
      case 'hold-person': {
        const reason = heldReasonFor(failure);
        // Somebody resumed it while the send was under way, perhaps too late for that one: it is tried once more at once.
        const isResumed = run.resumes > resumesSeen && run.isByPolicy;
        if (leavesKeyUnclear(run, failure)) {
          const end = await holdUnclear(failure, isResumed);
          if (end === 'ended') return 'ended';
          if (end === 'resolved') return 'go-on';
          next = end;
          break;
        }
        if (remedy === 'hold-funds') unclear = undefined;
        const end = await waitInHold(run, reason, {
          ...(isResumed ? { wakes: () => true } : {}),
          nextCheckAt: capRecheckAt(run, reason, tries, heldBefore),
          ...(failure.providerCode === undefined ? {} : { note: failure.providerCode }),
        });
        if (end !== 'again') return endHold(run, end);
        tries += 1;
        // After a hold, what fails for a moment is tried again within seconds. (Not so before plans had time limits.)
        quickTries = timeLimits === undefined ? quickTries + 1 : 0;
        heldBefore = reason;
        // A long pause outlives many prices: that is no price running away.
        if (failure.code === 'account_paused' || run.isByPolicy) requotes = 0;
        next = contract.refusalsRemembered && remedy === 'hold-funds' ? 'fresh-attempt' : 'same-attempt';
        break;
      }
      default:
        assertNever(remedy, 'remedy');
    }
  }
}

/**
 * A refusal that the provider may remember under the key, and that does not say why: of the payout, not of a login or an
 * account. (Runs from before there were time limits in their plans send the same key again, whenever that is.)
 */
const leavesKeyUnclear = (run: PayoutRun, { code, httpStatus }: ProviderFailure): boolean => {
  const { contract, timeLimits } = run.require('plan');
  return (
    code === 'refusal_unclear' &&
    httpStatus !== undefined &&
    contract.refusalsRemembered &&
    timeLimits !== undefined
  );
};

type UnclearEnd = NextSend | 'ended' | 'resolved';

/**
 * The hold behind a refusal that may be none. By itself only the same key is sent again, and only for as long as the provider
 * is sure to know it; past that the provider is looked at for the key. Another key takes a person who resumed the payout.
 */
async function waitWithUnclear(
  run: PayoutRun,
  failure: ProviderFailure,
  before: { readonly sentAt: number; readonly tries: number; readonly isResumed: boolean },
): Promise<UnclearEnd> {
  const { contract } = run.require('plan');
  const resumesSeen = run.resumes;
  for (let waits = 0; ; waits += 1) {
    const end = await waitInHold(run, heldReasonFor(failure), {
      ...(waits === 0 && before.isResumed ? { wakes: () => true } : {}),
      nextCheckAt: recheckAt(run, before.tries + waits),
      ...(failure.providerCode === undefined ? {} : { note: failure.providerCode }),
    });
    if (end !== 'again') return endHold(run, end);
    if (run.resumes > resumesSeen) return 'fresh-attempt';
    const roomMs = Math.min(sameKeyUntil(run, before.sentAt) - Date.now(), quoteRoomMs(run));
    if (roomMs >= leastRoomMs) return 'same-attempt';
    if (contract.lookUp.kind === 'none') continue;
    const seen = await lookUpBeforeNewKey(run);
    if (seen === 'accepted' || seen === 'confirmed-absent') return 'resolved';
    if (seen !== 'nothing') return endHold(run, seen);
    if (run.resumes > resumesSeen) return 'fresh-attempt';
  }
}

/** Until then the provider is sure to know a key that was first sent at `sentAt`. */
const sameKeyUntil = (run: PayoutRun, sentAt: number): number =>
  sentAt + run.require('plan').contract.replay.windowMs;

const sendingAgain: Retried = { what: 'sending', heldAs: 'provider_unavailable' };

/** A short pause before a price is asked for again; after too many of them people look. */
async function pauseAfterRequote(run: PayoutRun, requotes: number, note: string): Promise<StepEnd> {
  const tries = requotes - mostRequotes - 1;
  const end =
    tries < 0
      ? await backOff(run, { effect: 'none', code: 'rate_moved' }, requotes - 1, sendingAgain)
      : await waitInHold(run, 'quote_unavailable', { note, nextCheckAt: recheckAt(run, tries) });
  return end === 'again' ? 'go-on' : endHold(run, end);
}

/** Makes sure that a frozen attempt stands ready: a firm quote where needed, key and body of the right generation. */
async function readyAttempt(run: PayoutRun, next: NextSend): Promise<StepEnd | 'resolved'> {
  if (next === 'same-attempt' && run.attempt !== undefined) return 'go-on';
  const plan = run.require('plan');
  const last = run.attemptLog;
  // Every send under the last key was refused. Where the provider can be asked, it is asked before another key is used.
  if (last !== undefined && last.sends > 0 && plan.contract.lookUp.kind !== 'none') {
    const seen = await lookUpBeforeNewKey(run);
    if (seen === 'accepted' || seen === 'confirmed-absent') return 'resolved';
    if (seen !== 'nothing') return endHold(run, seen);
  }
  if (plan.needsQuote && (await firmQuote(run)) === 'ended') return 'ended';

  // A key that was ever sent keeps its body: whatever changes the body takes a new generation, and every send under the
  // last one is known to have moved nothing (else we would not be here).
  const generation = last === undefined ? 1 : last.sends === 0 ? last.generation : last.generation + 1;
  const { firstAttempt, quote } = run;
  if (firstAttempt?.generation === generation && quote === undefined) run.attempt = firstAttempt;
  else {
    const prepared = await orHold(run, () =>
      prepareAttempt(run.localTurn, {
        schema: 1,
        request: run.require('request'),
        plan,
        generation,
        ...(quote === undefined ? {} : { quote }),
      }),
    );
    if (prepared.kind === 'gave-up') return endHold(run, prepared.end);
    run.attempt = prepared.value;
  }
  run.attemptLog = newAttemptLog(generation);
  run.record('attempt-prepared', { code: run.attempt.key, note: freezingInWords(last, generation) });
  run.become('submitting');
  return 'go-on';
}

/** A firm quote that keeps the approval; one outside the approved band voids it and asks people again. */
async function firmQuote(run: PayoutRun): Promise<StepEnd> {
  const plan = run.require('plan');
  for (let voided = 0; ; voided += 1) {
    const indicative = run.approvedQuote ?? run.firstQuote;
    const firm = await usableQuote(run, indicative);
    if (firm.kind === 'ended') return 'ended';
    if (!run.needsApproval) return 'go-on';
    if (indicative && isInsideBand(firm.quote, bandAround(indicative, plan.quoteBandPercent))) return 'go-on';
    if (voided >= mostRequotes) {
      const end = await waitInHold(run, 'quote_unavailable', {
        note: 'rate keeps moving',
        nextCheckAt: null,
      });
      if (end !== 'again') return endHold(run, end);
    }
    run.record('approval-voided', { note: voidedInWords(firm.quote, indicative, plan.quoteBandPercent) });
    run.approvedQuote = firm.quote;
    if ((await awaitApproval(run, firm.digest)) === 'ended') return 'ended';
  }
}

/** Compared with what people had approved. */
function voidedInWords(
  { source, destination }: Quote,
  indicative: Quote | undefined,
  percent: string,
): string {
  const now = `the price is now ${formatMoney(destination)} for ${formatMoney(source)}`;
  if (indicative === undefined) return now;
  const { leastReceived, mostDebited } = bandAround(indicative, percent);
  return `${now}; approved were at least ${leastReceived} ${destination.currency} for at most ${mostDebited} ${source.currency}`;
}

const freezingInWords = (last: AttemptLog | undefined, generation: number): string =>
  last === undefined
    ? 'key 1: what is sent is frozen under it'
    : generation === last.generation
      ? `key ${generation} as before: nothing was sent under it`
      : `key ${generation}, because the last one was refused; what is sent is frozen under it`;

/** A quote must still hold this long when the first byte is written (half its life where that is shorter). */
const quoteMarginMs = 30_000;

/** For how long a send with the quote may still begin. */
function quoteRoomMs(run: PayoutRun): number {
  if (run.quote === undefined || run.quoteReadAt === undefined) return Infinity;
  const { validForMs } = run.quote;
  return run.quoteReadAt + validForMs - Math.min(quoteMarginMs, validForMs / 2) - Date.now();
}

/**
 * The last check before a send, in one synchronous block with its scheduling: cancellation, the request's `notAfter`, the
 * key (`keyUntil`), the quote, the approval. Returns how long the send may still take to begin.
 */
function passGate(run: PayoutRun, keyUntil: number): { readonly bounds: SendBounds } | 'too-old' | 'ended' {
  const plan = run.require('plan');
  const now = Date.now();
  if (run.cancelRequested) {
    return endHold(run, 'cancelled');
  }
  if (run.needsApproval && !isApproved(run.people.roundOf('payout')))
    throw new Error('a send without its approvals');
  const wishRoomMs = run.wishEndsAt - now;
  if (wishRoomMs < leastRoomMs) return endUnsent(run, 'expired', 'not_after_passed');
  const roomMs = Math.min(wishRoomMs, quoteRoomMs(run), keyUntil - now);
  if (roomMs < leastRoomMs) return 'too-old';
  return { bounds: boundsOfSend(roomMs, plan.submitTimeoutMs) };
}

/** Below this a send is not begun: picking it up alone can take so long. */
const leastRoomMs = 2_000;
