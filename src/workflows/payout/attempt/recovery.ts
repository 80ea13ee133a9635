import { condition, workflowInfo } from '@temporalio/workflow';
import type { ProviderFailure } from '../../../domain/provider-failure';
import {
  isProvenAbsent,
  lookUpEmpty,
  mayReplay,
  needsPerson,
  planRecovery,
  roundTaken,
  settled,
} from '../../../domain/submission';
import { prepareAttempt } from '../../activity-proxies';
import type { Identified, Resolved } from './adoption';
import { adopt, askProvider, carryOut, waitForPeople } from './adoption';
import { orHold, orHoldUnresolved } from '../holds/hold-on-failure';
import type { HoldEnd } from '../holds/hold';
import type { PayoutRun } from '../payout-run';
import { recheckAt } from '../holds/recheck';
import { askEarlierRuns, boundsOfReplay, markUnresolved, refusalDetails, send } from './send';
import { escalate, hold, release, waitForPerson, waitInHold } from '../holds/hold';
import { publish } from '../publishing';

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
  run.sought = { since: unknownSince };
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
    run.sought = { since: unknownSince, ...(plan.kind === 'round' ? { nextLookAt: plan.at } : {}) };
    if (plan.kind === 'person') {
      await waitForPerson(
        run,
        'outcome_unknown',
        run.cancelRequested
          ? 'nothing is sent again after the wish to cancel, and only a replay could tell'
          : 'neither a look-up nor a replay is possible any more',
        () => run.recovery.inHand !== undefined,
      );
    } else {
      await waitForRound(run, plan.at, unknownSince);
    }
    // It looks now, and what is found may be for people: the next look is not planned yet.
    run.sought = { since: unknownSince };
    if (run.recovery.inHand !== undefined) {
      const resolved = await carryOut(run, run.recovery.inHand);
      if (isResolved(resolved)) return resolved;
      // The round is not brought forward by what people said, only by what was found meanwhile.
      if (resolved === 'open') continue;
    }
    if (contract.lookUp.kind !== 'none') {
      const looked = await lookUp(run);
      if (isResolved(looked)) return looked;
      // What people said meanwhile comes before any proof or replay: both lead to another send.
      if (run.recovery.inHand !== undefined) continue;
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
      if (isResolved(replayed)) return replayed;
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

/**
 * Waits for the next round; a hint or a resume brings it forward, but never before a lost attempt's last possible
 * write. Past the contract's patience the payout is held for a person meanwhile, and the rounds go on.
 */
async function waitForRound(run: PayoutRun, at: number, unknownSince: number): Promise<void> {
  const { contract } = run.require('plan');
  const holdAt = unknownSince + contract.personAfterMs;
  const resumesSeen = run.resumes;
  const hintsSeen = run.hints;
  const isHinted = (): boolean => run.hints > hintsSeen && run.mayTakeHint;
  const cancelSeen = run.cancelRequested;
  // Where only replays can tell, a wish to cancel makes it people's business at once.
  const isEnded = (): boolean =>
    run.recovery.inHand !== undefined ||
    (contract.lookUp.kind === 'none' && run.cancelRequested && !cancelSeen);
  for (;;) {
    const now = Date.now();
    if (needsPerson(unknownSince, contract, now)) {
      hold(run, 'outcome_unknown', { nextCheckAt: at });
      if (run.held !== undefined && now >= run.held.deadlineAt) escalate(run);
    }
    publish(run);
    const quiet = now < (run.attemptLog?.quietUntil ?? 0);
    if (isEnded()) return;
    if (now >= at || (!quiet && run.resumes > resumesSeen)) return;
    if (!quiet && isHinted()) return run.takeHint();
    const wakeAt = now < holdAt ? Math.min(at, holdAt) : at;
    await condition(
      () => run.resumes > resumesSeen || (!quiet && isHinted()) || isEnded(),
      Math.max(1, wakeAt - now),
      { summary: 'before the next try to find out' },
    );
    if (quiet && run.resumes > resumesSeen) {
      await condition(() => false, Math.max(1, (run.attemptLog?.quietUntil ?? now) - Date.now()));
      return;
    }
  }
}

/** This worker's configuration lacks the account: it cannot be asked, and people must not judge before it can. */
const waitForAccount = (run: PayoutRun, tries: number): Promise<HoldEnd> =>
  waitInHold(run, 'account_changed', {
    nextCheckAt: recheckAt(run, tries),
    mayEnd: false,
    wakes: () => run.recovery.inHand !== undefined,
  });

/** One look-up. Exactly one payout under our key is adopted; two are for people, who look again by resuming. */
async function lookUp(run: PayoutRun): Promise<Resolved | 'not-found'> {
  for (let changed = 0; ;) {
    const begunAt = Date.now();
    const result = await orHoldUnresolved(run, () => askProvider(run));
    if (result.kind === 'failed') {
      run.record('looked-up', refusalDetails(result.failure));
      if (result.failure.code !== 'account_changed') return 'not-found';
      await waitForAccount(run, changed);
      changed += 1;
      if (run.recovery.inHand !== undefined) return 'not-found';
      continue;
    }
    const [first, ...others] = result.found;
    if (first === undefined) {
      run.record('looked-up', { code: 'nothing-found' });
      run.attemptLog = lookUpEmpty(run.require('attemptLog'), run.require('plan').contract, begunAt);
      return 'not-found';
    }
    run.record('looked-up', { code: 'found' });
    if (others.length === 0) return adopt(run, first);
    for (const payout of result.found) run.recovery.noteDifferences(payout);
    const end = await waitForPeople(run, `${result.found.length} payouts carry our key`);
    if (end !== 'look-again') return end;
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
): Promise<Resolved | 'nothing' | Exclude<HoldEnd, 'again'>> {
  const { graceMs } = run.require('plan').contract.lookUp;
  if (graceMs > 0) await rest(graceMs, 'before looking for the refused key');
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
    const end = await waitInHold(run, 'provider_unavailable', {
      note: result.failure.code,
      nextCheckAt: recheckAt(run, tries),
    });
    if (end !== 'again') return end;
  }
}

/** The same key and body once more. Only an identification changes anything. */
async function replay(run: PayoutRun): Promise<Resolved | 'still-unknown' | 'reset-conflict'> {
  const { contract } = run.require('plan');
  const reply = await send(run, boundsOfReplay(run), 'resolve');
  if (reply.kind === 'accepted') {
    // A replay can have created a second payout where the first one's memory had gone: look before believing.
    return contract.replay.verifyByLookUp ? adoptVerified(run, reply) : adopt(run, reply);
  }
  const { failure } = reply;
  if (failure.code === 'reset_conflict') return 'reset-conflict';
  if (failure.code === 'account_changed') {
    run.record('send-not-made', refusalDetails(failure));
    await waitForAccount(run, run.require('attemptLog').rounds);
    return 'still-unknown';
  }
  if (failure.effect === 'unknown') run.record('outcome-unknown', refusalDetails(failure));
  // Not made: the register has another text as sent under the key, or (in a reset run) does not have this one. Look-ups go on.
  else if (isOfRegister(failure)) run.record('send-not-made', refusalDetails(failure));
  else run.record('send-refused', { ...refusalDetails(failure), code: `${failure.code} (proves nothing)` });
  if (failure.code === 'attempt_unregistered') await enterForReplay(run);
  if (failure.retryAfterMs !== undefined) {
    // Look-ups wait, too: the provider asked for quiet. Not for so long that the window is missed.
    const quietUntil = Date.now() + Math.min(failure.retryAfterMs, longestQuietMs);
    run.attemptLog = { ...run.require('attemptLog'), quietUntil };
  }
  return 'still-unknown';
}

const isOfRegister = ({ code }: ProviderFailure): boolean =>
  code === 'attempt_conflict' || code === 'attempt_unregistered' || code === 'register_unavailable';

/** In a reset run nothing holds this up: where the register is away, the next replay is not made either, and asks again. */
async function enterForReplay(run: PayoutRun): Promise<void> {
  const frozen = run.require('attempt');
  await orHoldUnresolved(run, () =>
    prepareAttempt(run.localTurn, {
      schema: 1,
      request: run.require('request'),
      plan: run.require('plan'),
      generation: frozen.generation,
      frozen,
      originalRunId: workflowInfo().originalExecutionRunId,
      startedAt: run.startedAt,
    }),
  );
}

/** A pause that nothing ends early. */
async function rest(durationMs: number, summary: string): Promise<void> {
  await condition(() => false, Math.max(1, durationMs), { summary });
}

const longestQuietMs = 5 * 60_000;
/** So many look-ups are made to see a replayed payout in the provider's list before its reply is believed without it. */
const verifyingLookUps = 4;
/** Look-ups that fail before the payout is held: each waits for the provider's grace time first. */
const quickLooks = 3;

/** Looks whether the replayed payout is the only one under our key. Another id is for people, who may name the right one. */
async function adoptVerified(run: PayoutRun, reply: Identified): Promise<Resolved> {
  const { contract } = run.require('plan');
  let failures = 0;
  for (let tries = 0; tries < verifyingLookUps;) {
    if (run.recovery.inHand !== undefined) {
      const carried = await carryOut(run, run.recovery.inHand);
      if (isResolved(carried)) return carried;
    }
    await rest(contract.lookUp.graceMs, 'before looking for a second payout');
    const result = await orHoldUnresolved(run, () => askProvider(run));
    if (result.kind === 'failed') {
      // It says nothing. The payout stays unconfirmed meanwhile: a second one could stand in that list.
      run.record('looked-up', refusalDetails(result.failure));
      failures += 1;
      // A connection that broke once is no business of people. (Runs from before there were policies have held at once.)
      if (failures <= quickLooks && run.require('plan').policy !== undefined) continue;
      const nextCheckAt = recheckAt(run, failures - 1);
      await waitInHold(run, 'provider_unavailable', {
        note: result.failure.code,
        nextCheckAt,
        mayEnd: false,
        wakes: () => run.recovery.inHand !== undefined,
      });
      continue;
    }
    tries += 1;
    if (result.found.some(({ providerPayoutId }) => providerPayoutId !== reply.providerPayoutId)) {
      run.record('looked-up', { code: 'second-payout' });
      for (const payout of result.found) run.recovery.noteDifferences(payout);
      const end = await waitForPeople(run, 'another payout carries our key');
      if (end !== 'look-again') return end;
      tries = 0;
      continue;
    }
    if (result.found.length === 1) {
      run.record('looked-up', { code: 'found' });
      return adopt(run, reply);
    }
  }
  run.record('looked-up', { code: 'not-verified', note: 'the replayed payout was not seen in the list' });
  return adopt(run, reply);
}

/**
 * An earlier run of this payout sent under another key, or it could not be read what it sent: nothing may be looked for
 * or sent here. Asked again from time to time, and when somebody resumes.
 */
async function leaveResetConflict(run: PayoutRun): Promise<Resolved | 'known'> {
  run.recovery.isInResetConflict = true;
  for (let tries = 0; ; tries += 1) {
    await waitInHold(run, 'outcome_unknown', {
      note: 'an earlier run of this payout sent under another key, or cannot be read',
      nextCheckAt: recheckAt(run, tries),
      mayEnd: false,
      wakes: () => run.recovery.inHand !== undefined,
    });
    if (run.recovery.inHand !== undefined) {
      const carried = await carryOut(run, run.recovery.inHand);
      const resolved = carried === 'look-again' ? await lookUp(run) : carried;
      if (isResolved(resolved)) return resolved;
      continue;
    }
    if ((await askEarlierRuns(run)) === 'known') break;
  }
  run.recovery.isInResetConflict = false;
  release(run);
  return 'known';
}
