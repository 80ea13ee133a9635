import { condition } from '@temporalio/workflow';
import type { LookUpPayoutResult } from '../activities/payout-activities';
import type { ProviderFailure } from '../domain/provider-failure';
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
import type { HoldEnd, PayoutRun } from './payout-run';
import { recheckAt } from './recheck';
import type { Identified } from './send';
import { adopt, askEarlierRuns, boundsOfReplay, markUnresolved, refusalDetails, send } from './send';

/**
 * Finds out what became of a send, in the order that the provider's contract declares: look-ups, replays of the same
 * key and body inside its window, a person. It ends only with the payout identified, or with proof that there is none.
 * A refusal proves nothing here: the unresolved send may itself have used up the balance or the cap.
 */
export async function resolveUnknownOutcome(
  run: PayoutRun,
  failure: ProviderFailure,
): Promise<'accepted' | 'proven-absent'> {
  const { contract } = run.require('plan');
  const unknownSince = Date.now();
  run.become('unconfirmed');
  run.record('outcome-unknown', refusalDetails(failure));
  if (failure.code === 'reset_conflict') await leaveResetConflict(run);

  let since = unknownSince;
  for (;;) {
    const plan = planRecovery(run.require('attemptLog'), contract, {
      since,
      cancelRequested: run.cancelRequested,
    });
    if (plan.kind === 'person') {
      await run.waitForPerson('outcome_unknown', 'neither a look-up nor a replay is possible any more');
    } else {
      await waitForRound(run, plan.at, unknownSince);
    }
    if (contract.lookUp.kind !== 'none') {
      const looked = await lookUp(run);
      if (looked === 'accepted') return 'accepted';
      if (isProvenAbsent(run.require('attemptLog'), contract)) {
        run.record('looked-up', { code: 'proven-absent' });
        return 'proven-absent';
      }
    }
    if (
      mayReplay(run.require('attemptLog'), contract, {
        now: Date.now(),
        cancelRequested: run.cancelRequested,
      })
    ) {
      const replayed = await replay(run);
      if (replayed === 'accepted') return 'accepted';
      if (replayed === 'reset-conflict') await leaveResetConflict(run);
    }
    run.attemptLog = roundTaken(run.require('attemptLog'));
    since = Date.now();
  }
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
    if (now >= at || (!quiet && (run.resumes > resumesSeen || run.hints > hintsSeen))) return;
    const wakeAt = now < holdAt ? Math.min(at, holdAt) : at;
    await condition(
      () => run.resumes > resumesSeen || (!quiet && run.hints > hintsSeen),
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
async function lookUp(run: PayoutRun): Promise<'accepted' | 'not-found'> {
  const { contract } = run.require('plan');
  for (;;) {
    const begunAt = Date.now();
    const result = await orHoldUnresolved(run, () => askProvider(run));
    if (result.kind === 'failed') {
      run.record('looked-up', refusalDetails(result.failure));
      return 'not-found';
    }
    const [found, ...others] = result.found;
    if (found === undefined) {
      run.record('looked-up', { code: 'nothing-found' });
      run.attemptLog = lookUpEmpty(run.require('attemptLog'), contract, begunAt);
      return 'not-found';
    }
    if (others.length === 0) {
      run.record('looked-up', { code: 'found' });
      await adopt(run, found);
      return 'accepted';
    }
    await run.waitForPerson('provider_mismatch', `${result.found.length} payouts carry our key`);
  }
}

/**
 * Looks for a payout under a key that was refused, before another key is used: a refusal that was none must not become a
 * second payout. One complete look-up that finds nothing is enough, because nothing is unresolved; for the same reason
 * the payout can still be cancelled or expire here. Once something was found that is over: the outcome counts as unknown,
 * and a later look-up that no longer shows it proves as little as after any other unresolved send.
 */
export async function lookUpBeforeNewKey(
  run: PayoutRun,
): Promise<'accepted' | 'nothing' | Exclude<HoldEnd, 'again'>> {
  for (let tries = 0; ; tries += 1) {
    const asked = await orHold(run, () => askProvider(run));
    if (asked.kind === 'gave-up') return asked.end;
    const result = asked.value;
    if (result.kind === 'complete') {
      if (result.found.length === 0) return 'nothing';
      run.record('looked-up', { code: 'found', note: 'although it was refused' });
      markUnresolved(run, run.startedAt, Date.now());
      const resolved = await resolveUnknownOutcome(run, { effect: 'unknown', code: 'conflict' });
      if (resolved === 'accepted') return 'accepted';
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

const askProvider = (run: PayoutRun): Promise<LookUpPayoutResult> =>
  lookUpPayout({
    schema: 1,
    plan: run.require('plan'),
    attempt: run.require('attempt'),
    firstSentAt: run.require('attemptLog').firstUnresolvedAt ?? run.startedAt,
  });

/** The same key and body once more. Only an identification changes anything. */
async function replay(run: PayoutRun): Promise<'accepted' | 'still-unknown' | 'reset-conflict'> {
  const { contract } = run.require('plan');
  const reply = await send(run, boundsOfReplay(run));
  if (reply.kind === 'accepted') {
    // A replay can have created a second payout where the first one's memory had gone: look before believing.
    if (contract.replay.verifyByLookUp) await verifyReplay(run, reply);
    await adopt(run, reply);
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

/** Looks whether the replayed payout is the only one under our key. Another id is for people. */
async function verifyReplay(run: PayoutRun, reply: Identified): Promise<void> {
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
      await run.waitForPerson('provider_mismatch', 'another payout carries our key');
      tries = 0;
      continue;
    }
    if (result.found.length === 1) {
      run.record('looked-up', { code: 'found' });
      return;
    }
  }
  run.record('looked-up', { code: 'not-verified', note: 'the replayed payout was not seen in the list' });
}

/**
 * An earlier run of this payout sent under another key, or it could not be read what it sent: nothing may be looked for
 * or sent here. Asked again from time to time, and when somebody resumes.
 */
async function leaveResetConflict(run: PayoutRun): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    await run.waitInHold('outcome_unknown', {
      note: 'an earlier run of this payout sent under another key, or cannot be read',
      nextCheckAt: recheckAt(run, tries),
      mayEnd: false,
    });
    if ((await askEarlierRuns(run)) === 'known') break;
  }
  run.release();
}
