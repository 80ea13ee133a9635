import { workflowInfo } from '@temporalio/workflow';
import type { PrepareAttemptInput } from '../../../activities/payout-activities';
import { formatMoney } from '../../../domain/money';
import { bandAround, isInsideBand } from '../../../domain/quote';
import type { Quote } from '../../../domain/quote';
import type { AttemptLog } from '../../../domain/submission';
import { newAttemptLog, nextGeneration } from '../../../domain/submission';
import { prepareAttempt } from '../../activity-proxies';
import { waitInHold } from '../holds/hold';
import { orHold } from '../holds/hold-on-failure';
import type { PayoutRun } from '../payout-run';
import { awaitApproval, usableQuote } from '../people/approval-wait';
import type { StepEnd } from '../step-end';
import { endHold } from '../step-end';
import { lookUpBeforeNewKey } from './recovery';

/** What the next send carries: the frozen attempt once more, or a fresh one (quote, key and body as needed). */
export type NextSend = 'same-attempt' | 'fresh-attempt';

/** How often a price may run away before people look. */
export const mostRequotes = 5;

/** Makes sure that a frozen attempt stands ready: a firm quote where needed, key and body of the right generation. */
export async function readyAttempt(run: PayoutRun, next: NextSend): Promise<StepEnd | 'resolved'> {
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

  const generation = nextGeneration(last);
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
        ...claimant(run),
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

/** Whose intent it is, for a register that does not know it. */
const claimant = (run: PayoutRun): Pick<PrepareAttemptInput, 'originalRunId' | 'startedAt'> => ({
  originalRunId: workflowInfo().originalExecutionRunId,
  startedAt: run.startedAt,
});

/**
 * The register did not know the attempt when it was to be sent (it was restored from an older backup, or the run began without
 * one), or knew another. The frozen attempt is entered as it is; its key and its body stay what they were.
 */
export async function enterAgain(run: PayoutRun, because: 'unregistered' | 'conflict'): Promise<StepEnd> {
  const frozen = run.require('attempt');
  const entered = await orHold(
    run,
    () =>
      prepareAttempt(run.localTurn, {
        schema: 1,
        request: run.require('request'),
        plan: run.require('plan'),
        generation: frozen.generation,
        frozen,
        ...claimant(run),
      }),
    because === 'unregistered',
  );
  return entered.kind === 'gave-up' ? endHold(run, entered.end) : 'go-on';
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

function freezingInWords(last: AttemptLog | undefined, generation: number): string {
  if (last === undefined) return 'key 1: what is sent is frozen under it';
  if (generation === last.generation) return `key ${generation} as before: nothing was sent under it`;
  const why = last.sends === 0 ? 'may stand in the register as sent, though it was not' : 'was refused';
  return `key ${generation}, because the last one ${why}; what is sent is frozen under it`;
}
