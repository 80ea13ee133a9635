import { assertNever } from '../../../domain/assert-never';
import type { ProviderFailure } from '../../../domain/provider-failure';
import { remedyFor } from '../../../domain/provider-failure';
import type { HeldReason } from '../../../domain/reason';
import { settled } from '../../../domain/submission';
import type { Retried } from '../holds/back-off';
import { backOff } from '../holds/back-off';
import { waitInHold } from '../holds/hold';
import { capRecheckAt, nextCheckFor, recheckAt } from '../holds/recheck';
import type { PayoutRun } from '../payout-run';
import { screenBeforeSend } from '../screening';
import type { StepEnd } from '../step-end';
import { endHold } from '../step-end';
import { adopt } from './adoption';
import type { NextSend } from './ready-attempt';
import { enterAgain, mostRequotes, readyAttempt } from './ready-attempt';
import { resolveUnknownOutcome } from './recovery';
import { heldReasonFor, isUnmade, refusalDetails, refusedReasonFor, send } from './send';
import { passGate } from './send-gate';
import type { UnclearEnd } from './unclear-refusal';
import { leavesKeyUnclear, sameKeyUntil, waitWithUnclear } from './unclear-refusal';

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
  /** Those in which the register was away, without anything else between them. */
  let registerTries = 0;
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
      case 'enter-again': {
        const end = await backOff(run, failure, quickTries, enteringAgain);
        if (end !== 'again') return endHold(run, end);
        if ((await enterAgain(run, 'unregistered')) === 'ended') return 'ended';
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
          nextCheckAt: isOfRegister(reason)
            ? nextCheckFor(run, reason, registerTries)
            : capRecheckAt(run, reason, tries, heldBefore),
          // Another text, or another run, may have been sent under the key.
          mayEnd: reason !== 'attempt_conflict',
          ...(failure.providerCode === undefined ? {} : { note: failure.providerCode }),
        });
        if (end !== 'again') return endHold(run, end);
        registerTries = isOfRegister(reason) ? registerTries + 1 : 0;
        // Before anything else, a wish to cancel included: "no money moved" is nobody's to say while the register says otherwise.
        if (reason === 'attempt_conflict' && (await enterAgain(run, 'conflict')) === 'ended') return 'ended';
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

const sendingAgain: Retried = { what: 'sending', heldAs: 'provider_unavailable' };
const enteringAgain: Retried = { what: 'entering the attempt', heldAs: 'register_unavailable' };

const isOfRegister = (reason: HeldReason): boolean =>
  reason === 'register_unavailable' || reason === 'attempt_conflict';

/** A short pause before a price is asked for again; after too many of them people look. */
async function pauseAfterRequote(run: PayoutRun, requotes: number, note: string): Promise<StepEnd> {
  const tries = requotes - mostRequotes - 1;
  const end =
    tries < 0
      ? await backOff(run, { effect: 'none', code: 'rate_moved' }, requotes - 1, sendingAgain)
      : await waitInHold(run, 'quote_unavailable', { note, nextCheckAt: recheckAt(run, tries) });
  return end === 'again' ? 'go-on' : endHold(run, end);
}
