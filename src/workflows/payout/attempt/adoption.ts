import { workflowInfo } from '@temporalio/workflow';
import type { LookUpPayoutResult } from '../../../activities/payout-activities';
import type { EchoCheck } from '../../../domain/idempotency-contract';
import type { ProviderStatus, StatusReading } from '../../../domain/provider-status';
import { settled } from '../../../domain/submission';
import { lookUpPayout } from '../../activity-proxies';
import { orHoldUnresolved } from '../holds/hold-on-failure';
import { readNamedPayout } from './named-payout';
import type { PayoutRun } from '../payout-run';
import type { ResolutionInHand } from './recovery-state';
import { markUnresolved, refusalDetails } from './send';
import { release, waitForPerson } from '../holds/hold';
import { publish } from '../publishing';

/** How an unknown outcome was resolved: identified, or two people confirmed that there is nothing to find. */
export type Resolved = 'accepted' | 'confirmed-absent';

/** A payout at the provider that carries our key. */
export type Identified = {
  readonly providerPayoutId: string;
  readonly status: ProviderStatus;
  readonly providerStatus: string;
  readonly echo: EchoCheck;
};

/** The provider has it: from here on it is followed, never sent again. One that differs from the request is for people. */
export async function adopt(run: PayoutRun, reported: Identified, by?: string): Promise<Resolved> {
  const differences = run.recovery.differencesOf(reported);
  if (differences.length === 0) return follow(run, reported, by);
  // The provider booked something else under our key, and money may move: only people can tell which way.
  run.recovery.noteDifferences(reported);
  markUnresolved(run, Date.now(), Date.now());
  run.become('unconfirmed');
  run.sought = { since: run.sought?.since ?? Date.now() };
  for (;;) {
    const end = await waitForPeople(run, `differs in ${differences.join(', ')}`);
    if (end !== 'look-again') return end;
    const now = await soleFit(run);
    if (now !== undefined) return follow(run, now);
  }
}

function follow(run: PayoutRun, identified: Identified, by?: string): 'accepted' {
  const { unverified } = identified.echo;
  release(run);
  run.attemptLog = settled(run.require('attemptLog'));
  run.providerPayoutId = identified.providerPayoutId;
  // Anything beyond "accepted" is read back before it is believed: a replay can answer with a cached word, and a payout
  // that was found may have ended long ago.
  run.providerStatus = identified.status === 'accepted' ? identified.providerStatus : undefined;
  run.record('accepted', {
    ...(by === undefined ? {} : { by }),
    code: identified.providerPayoutId,
    ...(unverified.length === 0 ? {} : { note: `the reply does not repeat: ${unverified.join(', ')}` }),
  });
  run.become('submitted');
  return 'accepted';
}

/** What the provider shows under our key, if it is one payout and does not differ by now. */
async function soleFit(run: PayoutRun): Promise<StatusReading | undefined> {
  if (run.require('plan').contract.lookUp.kind === 'none') return undefined;
  const result = await orHoldUnresolved(run, () => askProvider(run));
  if (result.kind === 'failed') {
    run.record('looked-up', refusalDetails(result.failure));
    return undefined;
  }
  for (const payout of result.found) run.recovery.noteDifferences(payout);
  const [first, ...others] = result.found;
  return first !== undefined && others.length === 0 && run.recovery.differencesOf(first).length === 0
    ? first
    : undefined;
}

/**
 * A hold because something under our key differs, or there are two: people name the payout that is ours, or confirm that
 * none is. Resuming it looks again.
 */
export async function waitForPeople(run: PayoutRun, note: string): Promise<Resolved | 'look-again'> {
  for (;;) {
    await waitForPerson(run, 'provider_mismatch', note, () => run.recovery.inHand !== undefined);
    if (run.recovery.inHand === undefined) return 'look-again';
    const end = await carryOut(run, run.recovery.inHand);
    if (end !== 'open') return end;
  }
}

/** Carries out what people asked for; `open`: it changed nothing. */
export async function carryOut(
  run: PayoutRun,
  inHand: ResolutionInHand,
): Promise<Resolved | 'look-again' | 'open'> {
  if (inHand.kind === 'never-accepted') return concludeAbsence(run, inHand);
  const named = await readNamedPayout(run);
  return named === 'none' || named === 'refused' ? 'open' : follow(run, named, inHand.by);
}

/**
 * Two people say that the provider never accepted it. Where it can be looked up it is, once more, and what is found wins,
 * unless it is what people were shown as differing, and said that it is not ours. A look-up that fails leaves the proposal
 * open: people do not overrule a machine that may find out again.
 */
async function concludeAbsence(
  run: PayoutRun,
  inHand: ResolutionInHand,
): Promise<'confirmed-absent' | 'look-again' | 'open'> {
  const { by, confirmed } = inHand;
  if (confirmed === undefined) throw new Error('nobody proposed what is to be concluded');
  if (run.require('plan').contract.lookUp.kind !== 'none') {
    const result = await orHoldUnresolved(run, () => askProvider(run, !run.recovery.isInResetConflict));
    if (result.kind === 'failed') {
      // Other runs sent under another key, and this one had not been told: people decide again, knowing it.
      if (result.failure.code === 'reset_conflict') run.recovery.isInResetConflict = true;
      run.record('looked-up', refusalDetails(result.failure));
      run.record('resolution-refused', { by, code: result.failure.code, note: 'the last look-up failed' });
      run.recovery.answer(inHand, { outcome: 'not-read', proposal: confirmed.id });
      publish(run);
      return 'open';
    }
    const news = result.found.filter((payout) => !run.recovery.isKnownToDiffer(payout));
    if (news.length > 0) {
      for (const payout of news) run.recovery.noteDifferences(payout);
      run.voidProposal('it was found');
      run.recovery.answer(inHand, { outcome: 'found-otherwise' });
      return 'look-again';
    }
    run.record('looked-up', { code: result.found.length === 0 ? 'nothing-found' : 'differs' });
  }
  run.recovery.proposal = { ...confirmed, confirmedBy: by };
  run.attemptLog = settled(run.require('attemptLog'));
  run.recovery.answer(inHand, { outcome: 'ended', proposal: confirmed.id });
  run.become('failed', 'confirmed_never_accepted');
  publish(run);
  return 'confirmed-absent';
}

/** All payouts that the provider shows under our key. */
export const askProvider = (run: PayoutRun, mindsOtherKeys = false): Promise<LookUpPayoutResult> =>
  lookUpPayout({
    plan: run.require('plan'),
    attempt: run.require('attempt'),
    firstSentAt: run.require('attemptLog').firstUnresolvedAt ?? run.startedAt,
    startedAt: run.startedAt,
    originalRunId: workflowInfo().originalExecutionRunId,
    ...(mindsOtherKeys ? { mindsOtherKeys } : {}),
  });
