import { condition, workflowInfo } from '@temporalio/workflow';
import type { LookUpPayoutResult } from '../activities/payout-activities';
import type { ProviderFailure } from '../domain/provider-failure';
import type { StatusReading } from '../domain/provider-status';
import {
  isProvenAbsent,
  lookUpEmpty,
  mayReplay,
  needsPerson,
  planRecovery,
  roundTaken,
  settled,
} from '../domain/submission';
import { lookUpPayout } from './activity-proxies';
import { orHold, orHoldUnresolved } from './hold-on-failure';
import { readNamedPayout } from './named-payout';
import type { HoldEnd, PayoutRun, ResolutionInHand } from './payout-run';
import { recheckAt } from './recheck';
import type { Identified } from './send';
import {
  adopt,
  askEarlierRuns,
  boundsOfReplay,
  markUnresolved,
  refusalDetails,
  send,
  waitForNamed,
} from './send';

/** How an unknown outcome was resolved: identified, or two people confirmed that there is nothing to find. */
export type Resolved = 'accepted' | 'confirmed-absent';

/**
 * Finds out what became of a send, in the order that the provider's contract declares: look-ups, replays of the same
 * key and body inside its window, a person. It ends only with the payout identified, with proof that there is none, or
 * with the word of two people. A refusal proves nothing here: the unresolved send may itself have used up the balance or
 * the cap.
 */
export async function resolveUnknownOutcome(
  run: PayoutRun,
  failure: ProviderFailure,
): Promise<Resolved | 'proven-absent'> {
  const { contract } = run.require('plan');
  const unknownSince = Date.now();
  run.become('unconfirmed');
  run.record('outcome-unknown', refusalDetails(failure));
  if (failure.code === 'reset_conflict') {
    const left = await leaveResetConflict(run);
    if (left !== 'known') return left;
  }

  let since = unknownSince;
  for (;;) {
    const plan = planRecovery(run.require('attemptLog'), contract, {
      since,
      cancelRequested: run.mayNotReplay,
    });
    if (plan.kind === 'person') {
      await run.waitForPerson(
        'outcome_unknown',
        'neither a look-up nor a replay is possible any more',
        () => run.inHand !== undefined,
      );
    } else {
      await waitForRound(run, plan.at, unknownSince);
    }
    if (run.inHand !== undefined) {
      const resolved = await carryOut(run, run.inHand);
      if (resolved !== 'open') return resolved;
      // The round is not brought forward by what people said.
      continue;
    }
    if (contract.lookUp.kind !== 'none') {
      const looked = await lookUp(run);
      if (isResolved(looked)) return looked;
      // What people said meanwhile comes before any proof or replay: both lead to another send.
      if (run.inHand !== undefined) continue;
      if (isProvenAbsent(run.require('attemptLog'), contract)) {
        run.record('looked-up', { code: 'proven-absent' });
        return 'proven-absent';
      }
    }
    if (
      mayReplay(run.require('attemptLog'), contract, {
        now: Date.now(),
        cancelRequested: run.mayNotReplay,
      })
    ) {
      const replayed = await replay(run);
      if (replayed === 'accepted') return 'accepted';
      if (replayed === 'reset-conflict') {
        const left = await leaveResetConflict(run);
        if (left !== 'known') return left;
      }
    }
    run.attemptLog = roundTaken(run.require('attemptLog'));
    since = Date.now();
  }
}

const isResolved = (result: string): result is Resolved =>
  result === 'accepted' || result === 'confirmed-absent';

/** Carries out what people asked for; `open`: it changed nothing, and the outcome is still unknown. */
async function carryOut(run: PayoutRun, inHand: ResolutionInHand): Promise<Resolved | 'open'> {
  if (inHand.kind === 'never-accepted') return concludeAbsence(run, inHand);
  const named = await readNamedPayout(run);
  if (named === 'none' || named === 'refused') return 'open';
  await adopt(run, named, inHand.by);
  return 'accepted';
}

/**
 * Two people say that the provider never accepted it. Where it can be looked up it is, once more, and what is found wins.
 * A look-up that fails leaves the proposal open: people do not overrule a machine that may find out again.
 */
async function concludeAbsence(run: PayoutRun, inHand: ResolutionInHand): Promise<Resolved | 'open'> {
  const { by, confirmed } = inHand;
  if (confirmed === undefined) throw new Error('nobody proposed what is to be concluded');
  if (run.require('plan').contract.lookUp.kind !== 'none') {
    const begunAt = Date.now();
    const result = await orHoldUnresolved(run, () => askProvider(run));
    if (result.kind === 'failed') {
      run.record('looked-up', refusalDetails(result.failure));
      run.record('resolution-refused', { by, code: result.failure.code, note: 'the last look-up failed' });
      run.answer(inHand, { outcome: 'not-read', proposal: confirmed.id });
      run.publish();
      return 'open';
    }
    const judged = await judgeLookUp(run, result.found, begunAt, () => {
      run.voidProposal('it was found');
      run.answer(inHand, { outcome: 'found-otherwise' });
    });
    if (isResolved(judged)) return judged;
    if (judged === 'look-again') return 'open';
  }
  run.proposal = { ...confirmed, confirmedBy: by };
  run.attemptLog = settled(run.require('attemptLog'));
  run.answer(inHand, { outcome: 'ended', proposal: confirmed.id });
  run.become('failed', 'confirmed_never_accepted');
  run.publish();
  return 'confirmed-absent';
}

/**
 * Waits for the next round; a hint or a resume brings it forward, but never before a lost attempt's last possible
 * write. Past the contract's patience the payout is held for a person meanwhile, and the rounds go on.
 */
async function waitForRound(run: PayoutRun, at: number, unknownSince: number): Promise<void> {
  const { contract } = run.require('plan');
  const holdAt = unknownSince + contract.personAfterMs;
  const resumesSeen = run.resumes;
  const hintsSeen = run.hints;
  for (;;) {
    const now = Date.now();
    if (needsPerson(unknownSince, contract, now)) {
      run.hold('outcome_unknown', { nextCheckAt: at });
      if (run.held !== undefined && now >= run.held.deadlineAt) run.escalate();
    }
    run.publish();
    const quiet = now < (run.attemptLog?.quietUntil ?? 0);
    if (run.inHand !== undefined) return;
    if (now >= at || (!quiet && (run.resumes > resumesSeen || run.hints > hintsSeen))) return;
    const wakeAt = now < holdAt ? Math.min(at, holdAt) : at;
    await condition(
      () => run.resumes > resumesSeen || (!quiet && run.hints > hintsSeen) || run.inHand !== undefined,
      Math.max(1, wakeAt - now),
      { summary: 'before the next try to find out' },
    );
    if (quiet && run.resumes > resumesSeen) {
      await condition(() => false, Math.max(1, (run.attemptLog?.quietUntil ?? now) - Date.now()));
      return;
    }
  }
}

/** One look-up. Exactly one payout under our key is adopted; two are for people, who look again by resuming. */
async function lookUp(run: PayoutRun): Promise<Resolved | 'not-found'> {
  for (;;) {
    const begunAt = Date.now();
    const result = await orHoldUnresolved(run, () => askProvider(run));
    if (result.kind === 'failed') {
      run.record('looked-up', refusalDetails(result.failure));
      return 'not-found';
    }
    const judged = await judgeLookUp(run, result.found, begunAt);
    if (judged !== 'look-again') return judged;
  }
}

async function judgeLookUp(
  run: PayoutRun,
  found: readonly StatusReading[],
  begunAt: number,
  onFound: () => void = () => undefined,
): Promise<Resolved | 'not-found' | 'look-again'> {
  const [first, ...others] = found;
  if (first === undefined) {
    run.record('looked-up', { code: 'nothing-found' });
    run.attemptLog = lookUpEmpty(run.require('attemptLog'), run.require('plan').contract, begunAt);
    return 'not-found';
  }
  onFound();
  if (others.length === 0) {
    run.record('looked-up', { code: 'found' });
    await adopt(run, first);
    return 'accepted';
  }
  const named = await waitForNamed(run, `${found.length} payouts carry our key`);
  if (named === undefined) return 'look-again';
  await adopt(run, named);
  return 'accepted';
}

/**
 * Looks for a payout under a key that was refused, before another key is used: a refusal that was none must not become a
 * second payout. One complete look-up that finds nothing is enough, because nothing is unresolved; for the same reason
 * the payout can still be cancelled or expire here. Once something was found that is over: the outcome counts as unknown,
 * and a later look-up that no longer shows it proves as little as after any other unresolved send.
 */
export async function lookUpBeforeNewKey(
  run: PayoutRun,
): Promise<Resolved | 'nothing' | Exclude<HoldEnd, 'again'>> {
  for (let tries = 0; ; tries += 1) {
    const asked = await orHold(run, () => askProvider(run));
    if (asked.kind === 'gave-up') return asked.end;
    const result = asked.value;
    if (result.kind === 'complete') {
      if (result.found.length === 0) return 'nothing';
      run.record('looked-up', { code: 'found', note: 'although it was refused' });
      markUnresolved(run, run.startedAt, Date.now());
      const resolved = await resolveUnknownOutcome(run, { effect: 'unknown', code: 'conflict' });
      if (resolved !== 'proven-absent') return resolved;
      run.attemptLog = settled(run.require('attemptLog'));
      run.become('submitting');
      return 'nothing';
    }
    run.record('looked-up', refusalDetails(result.failure));
    const end = await run.waitInHold('provider_unavailable', {
      note: result.failure.code,
      nextCheckAt: recheckAt(run, tries),
    });
    if (end !== 'again') return end;
  }
}

/** All payouts that the provider shows under our key. */
export const askProvider = (run: PayoutRun): Promise<LookUpPayoutResult> =>
  lookUpPayout({
    schema: 1,
    plan: run.require('plan'),
    attempt: run.require('attempt'),
    firstSentAt: run.require('attemptLog').firstUnresolvedAt ?? run.startedAt,
    startedAt: run.startedAt,
    originalRunId: workflowInfo().originalExecutionRunId,
  });

/** The same key and body once more. Only an identification changes anything. */
async function replay(run: PayoutRun): Promise<'accepted' | 'still-unknown' | 'reset-conflict'> {
  const { contract } = run.require('plan');
  const reply = await send(run, boundsOfReplay(run), 'resolve');
  if (reply.kind === 'accepted') {
    // A replay can have created a second payout where the first one's memory had gone: look before believing.
    await adopt(run, contract.replay.verifyByLookUp ? await verifyReplay(run, reply) : reply);
    return 'accepted';
  }
  const { failure } = reply;
  if (failure.code === 'reset_conflict') return 'reset-conflict';
  run.record('send-refused', { ...refusalDetails(failure), code: `${failure.code} (proves nothing)` });
  if (failure.retryAfterMs !== undefined) {
    // Look-ups wait, too: the provider asked for quiet. Not for so long that the window is missed.
    const quietUntil = Date.now() + Math.min(failure.retryAfterMs, longestQuietMs);
    run.attemptLog = { ...run.require('attemptLog'), quietUntil };
  }
  return 'still-unknown';
}

const longestQuietMs = 5 * 60_000;
/** So many look-ups are made to see a replayed payout in the provider's list before its reply is believed without it. */
const verifyingLookUps = 4;

/** Looks whether the replayed payout is the only one under our key. Another id is for people, who may name the right one. */
async function verifyReplay(run: PayoutRun, reply: Identified): Promise<Identified> {
  const { contract } = run.require('plan');
  for (let tries = 0; tries < verifyingLookUps;) {
    await run.rest(contract.lookUp.graceMs, 'before looking for a second payout');
    const result = await orHoldUnresolved(run, () => askProvider(run));
    tries += 1;
    if (result.kind === 'failed') {
      run.record('looked-up', refusalDetails(result.failure));
      continue;
    }
    if (result.found.some(({ providerPayoutId }) => providerPayoutId !== reply.providerPayoutId)) {
      run.record('looked-up', { code: 'second-payout' });
      const named = await waitForNamed(run, 'another payout carries our key');
      if (named !== undefined) return named;
      tries = 0;
      continue;
    }
    if (result.found.length === 1) {
      run.record('looked-up', { code: 'found' });
      return reply;
    }
  }
  run.record('looked-up', { code: 'not-verified', note: 'the replayed payout was not seen in the list' });
  return reply;
}

/**
 * An earlier run of this payout sent under another key, or it could not be read what it sent: nothing may be looked for
 * or sent here. Asked again from time to time, and when somebody resumes.
 */
async function leaveResetConflict(run: PayoutRun): Promise<Resolved | 'known'> {
  for (let tries = 0; ; tries += 1) {
    await run.waitInHold('outcome_unknown', {
      note: 'an earlier run of this payout sent under another key, or cannot be read',
      nextCheckAt: recheckAt(run, tries),
      mayEnd: false,
      wakes: () => run.inHand !== undefined,
    });
    if (run.inHand !== undefined) {
      const resolved = await carryOut(run, run.inHand);
      if (resolved !== 'open') return resolved;
      continue;
    }
    if ((await askEarlierRuns(run)) === 'known') break;
  }
  run.release();
  return 'known';
}
