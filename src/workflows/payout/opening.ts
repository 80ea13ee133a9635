import { patched, workflowInfo } from '@temporalio/workflow';
import { peopleNeededBy } from '../../domain/approval';
import type { PayoutRequest } from '../../domain/payout-request';
import { foldReference } from '../../domain/reference';
import type { PayoutPlan } from '../../activities/payout-activities';
import { openPayout } from '../activity-proxies';
import { orHold } from './holds/hold-on-failure';
import type { PayoutRun } from './payout-run';
import type { StepEnd } from './step-end';
import { endHold, endUnsent } from './step-end';
import { nextCheckFor } from './holds/recheck';
import { release, waitInHold } from './holds/hold';

/** Validates what the run was started with, chooses the route and freezes the plan. */
export async function openPlan(run: PayoutRun, input: unknown): Promise<StepEnd> {
  const { originalExecutionRunId: originalRunId, firstExecutionRunId: firstRunId } = workflowInfo();
  const mayHaveUnfoldedId = beganBeforeFolding();
  let registerTries = 0;
  let isConflict = false;
  for (let tries = 0; ; tries += 1) {
    const opened = await orHold(run, () =>
      openPayout(run.localTurn, {
        schema: 1,
        input,
        startedAt: run.startedAt,
        originalRunId,
        firstRunId,
        ...(mayHaveUnfoldedId ? { mayHaveUnfoldedId } : {}),
      }),
    );
    if (opened.kind === 'gave-up') return endHold(run, opened.end);
    const result = opened.value;
    if (result.kind === 'rejected') {
      run.request = result.request;
      run.record('planned', { code: result.reason, note: result.problems.join('; ') });
      return endUnsent(run, 'rejected', result.reason);
    }
    if (result.kind === 'planned') {
      release(run);
      run.frozen(result.normalRequest ?? result.request ?? requestIn(input), result.plan, result.attempt);
      run.record('planned', {
        note: [
          `account ${result.plan.account}`,
          peopleInWords(peopleNeededBy(run.approvalChain)),
          `${policyInWords(result.plan)}${run.approvalChain.because}`,
          ...(result.normalised ?? []).map((path) => `${path} was read in its normal form`),
          ...(result.warnings ?? []).map((warning) => `warning: ${warning}`),
        ].join('; '),
      });
      return run.cancelRequested ? endHold(run, 'cancelled') : 'go-on';
    }
    run.request ??= result.request;
    registerTries = result.reason === 'register_unavailable' ? registerTries + 1 : 0;
    isConflict ||= result.reason === 'attempt_conflict';
    const end = await waitInHold(run, result.reason, {
      note: result.note,
      nextCheckAt: nextCheckFor(run, result.reason, registerTries === 0 ? tries : registerTries - 1),
      // Until the register says otherwise, another text or another run may have been sent.
      mayEnd: !isConflict,
    });
    if (end === 'again') continue;
    // Nobody could say whether the reference had been another payout's before.
    run.isClaimUnknown = result.reason === 'register_unavailable';
    return endHold(run, end);
  }
}

/** The plan was made of what the run was started with: this is a whole request. */
const requestIn = (input: unknown): PayoutRequest => (input as { readonly request: PayoutRequest }).request;

/** Only ids with capital letters are asked about: the others cost no marker in the history. */
function beganBeforeFolding(): boolean {
  const { workflowId } = workflowInfo();
  return foldReference(workflowId) !== workflowId && !patched('folded-references');
}

const peopleInWords = (needed: number): string =>
  needed === 0
    ? 'nobody is asked'
    : needed === 1
      ? 'one person must approve'
      : `${needed} different people must approve`;

/** Which version of which document decided; runs that began before there were policies have none. */
const policyInWords = ({ policy }: PayoutPlan): string =>
  policy === undefined ? '' : `“${policy.decision.label}”, `;
