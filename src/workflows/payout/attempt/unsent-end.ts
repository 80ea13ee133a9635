import { workflowInfo } from '@temporalio/workflow';
import type { EarlierSendsResult } from '../../../activities/payout-activities';
import { newAttemptLog, settled } from '../../../domain/submission';
import { earlierSends, prepareAttempt } from '../../activity-proxies';
import { orHoldUnresolved } from '../holds/hold-on-failure';
import { openPlan } from '../opening';
import type { PayoutRun } from '../payout-run';
import { recheckAt } from '../holds/recheck';
import { resolveUnknownOutcome } from './recovery';
import { askEarlierRuns } from './send';
import type { StepEnd } from '../step-end';
import { release, waitInHold } from '../holds/hold';

/**
 * Carries out the end of a run that sent nothing. In a run that follows a reset the earlier runs may have sent, and "no money
 * moved" would then be a guess: what became of their send is found out first, without sending anything. What was accepted
 * is followed, whatever this run decided.
 */
export async function concludeUnsent(run: PayoutRun, input: unknown): Promise<StepEnd> {
  const end = run.require('unsentEnd');
  if ((await askUntilKnown(run)) !== 'none' && (await recover(run, input)) === 'accepted') return 'go-on';
  // Two people may have ended it meanwhile: it is still looked for.
  if (run.isOver) return 'go-on';
  run.become(end.status, end.reason);
  return 'ended';
}

/** Tries before people may resolve it: a Temporal that cannot answer now may know in an hour. */
const mostTries = 4;

async function askUntilKnown(run: PayoutRun): Promise<EarlierSendsResult['kind']> {
  for (let tries = 0; ; tries += 1) {
    const kind = await askOnce(run);
    if (kind !== 'unreadable' || tries >= mostTries) {
      release(run);
      return kind;
    }
    await waitInHold(run, 'outcome_unknown', {
      note: 'it cannot be read what earlier runs of this payout sent',
      nextCheckAt: recheckAt(run, tries),
      mayEnd: false,
    });
  }
}

async function askOnce(run: PayoutRun): Promise<EarlierSendsResult['kind']> {
  const { kind } = await orHoldUnresolved(run, () =>
    earlierSends(run.localTurn, {
      schema: 1,
      originalRunId: workflowInfo().originalExecutionRunId,
      ...(run.recovery.acknowledgedRunId === undefined
        ? {}
        : { acknowledgedRunId: run.recovery.acknowledgedRunId }),
    }),
  );
  return kind;
}

async function recover(run: PayoutRun, input: unknown): Promise<'accepted' | 'absent'> {
  for (let tries = 0; run.plan === undefined; tries += 1) {
    await waitInHold(run, 'outcome_unknown', {
      note: 'earlier runs of this payout may have sent, and this configuration has no plan for it',
      nextCheckAt: recheckAt(run, tries),
      mayEnd: false,
    });
    if ((await askOnce(run)) === 'none') return 'absent';
    await openPlan(run, input);
  }
  if (run.attempt === undefined) {
    const { request, plan, quote } = run;
    run.attempt = await orHoldUnresolved(run, () =>
      prepareAttempt(run.localTurn, {
        schema: 1,
        request: request ?? run.require('request'),
        plan: plan ?? run.require('plan'),
        generation: 1,
        ...(quote === undefined ? {} : { quote }),
        originalRunId: workflowInfo().originalExecutionRunId,
        startedAt: run.startedAt,
      }),
    );
    run.attemptLog = newAttemptLog(1);
    run.record('attempt-prepared', { code: run.attempt.key });
  }
  const asked = await askEarlierRuns(run);
  const resolved = await resolveUnknownOutcome(run, {
    effect: 'unknown',
    code: asked === 'known' ? 'run_reset' : 'reset_conflict',
  });
  if (resolved === 'accepted') return 'accepted';
  if (resolved === 'proven-absent') run.attemptLog = settled(run.require('attemptLog'));
  return 'absent';
}
