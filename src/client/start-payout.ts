import { createHash } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import {
  payoutReferenceAttribute,
  payoutStatusAttribute,
  payoutTenantAttribute,
} from '../contract/search-attributes';
import { payoutWorkflowId, unfoldedWorkflowId } from '../contract/workflow-ids';
import { payoutWorkflowType } from '../contract/workflow-inputs';
import type { ListedAmount, PayoutMemo, PayoutWorkflowInput } from '../contract/workflow-inputs';
import { canonicalJson } from '../domain/canonical-json';
import { sameAmount } from '../domain/money';
import { amountCurrency } from '../domain/payout-request';
import type { PayoutRequest } from '../domain/payout-request';
import { parsePayoutRequest } from '../validation/payout-request-schema';
import type { ParsedPayoutRequest } from '../validation/payout-request-schema';
import { PayoutRequestInvalidError, ReferenceReusedError } from './errors';
import { describePayout, existingPayout } from './read-payout';
import { requestDetails, requestSummary } from './request-summary';
import type { RunDescription } from './run-description';
import { pause } from './pause';
import { isAway } from './temporal-calls';
import type { TemporalCalls } from './temporal-calls';

/** The payout that a start met or made. */
export type StartedPayout = {
  readonly tenant: string;
  readonly reference: string;
  /** `payout/TENANT/REFERENCE`, the reference in small letters (payouts of older versions keep their capitals). */
  readonly workflowId: string;
  readonly runId?: string;
  /**
   * false: the payout was there already, with the same content. That is also the answer when an earlier try of this very
   * call had started it and Temporal's reply was lost. Either way there is exactly one.
   */
  readonly started: boolean;
};

/** SHA-256 (hex) of the canonical JSON of a request; of its normal form it is what makes "the same content". */
export const requestDigest = (request: PayoutRequest): string =>
  createHash('sha256').update(canonicalJson(request), 'utf8').digest('hex');

/** Runs from before there were normal forms carry the digest of the request as it was written. */
export const isSameContent = (
  digest: string | undefined,
  request: PayoutRequest,
  given: PayoutRequest,
): boolean => digest === requestDigest(request) || digest === requestDigest(given);

/** What is known of the payout that is there: of its request, Temporal shows the amount alone. */
export function referenceReused(run: RunDescription, request: PayoutRequest): ReferenceReusedError {
  const references = { asked: request.reference, existing: run.reference };
  const digest = requestDigest(request);
  if (run.amount === undefined)
    return new ReferenceReusedError(run.workflowId, digest, run.requestDigest, references);
  const asked = listedAmount(request);
  const isOther =
    run.amount.side !== asked.side ||
    run.amount.currency !== asked.currency ||
    !sameAmount(run.amount.value, asked.value);
  return new ReferenceReusedError(run.workflowId, digest, run.requestDigest, references, isOther);
}

function listedAmount(request: PayoutRequest): ListedAmount {
  const currency = amountCurrency(request);
  const { value, side } = request.amount;
  return { value, ...(currency === undefined ? {} : { currency }), side };
}

export async function startPayout(
  calls: TemporalCalls,
  taskQueue: string,
  input: unknown,
): Promise<StartedPayout> {
  const parsed = parsePayoutRequest(input);
  if (!parsed.ok) return startedBefore(calls, parsed);
  const { request, given } = parsed;
  const { tenant, reference } = request;
  const workflowId = payoutWorkflowId(request);
  const digest = requestDigest(request);
  const memo: PayoutMemo = { requestDigest: digest, amount: listedAmount(request) };
  const start = async (): Promise<StartedPayout> => {
    const handle = await calls.client.workflow.start<
      (workflowInput: PayoutWorkflowInput) => Promise<unknown>
    >(payoutWorkflowType, {
      workflowId,
      taskQueue,
      // As it was written: the run reads the normal form out of it, and Temporal's UI shows what was asked.
      args: [{ schema: 1, request: given }],
      // Both policies: an id is used once, whether the first run is still there or has ended. No execution timeout and
      // no retry policy: a payout never ends by a clock of Temporal's, and never begins again.
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      memo,
      typedSearchAttributes: [
        { key: payoutStatusAttribute, value: 'received' },
        { key: payoutTenantAttribute, value: tenant },
        { key: payoutReferenceAttribute, value: reference },
      ],
      staticSummary: requestSummary(request),
      staticDetails: requestDetails(request),
    });
    return { tenant, reference, workflowId, runId: handle.firstExecutionRunId, started: true };
  };
  const met = async (run: RunDescription): Promise<StartedPayout> => {
    if (!isSameContent(run.requestDigest, request, given)) throw referenceReused(run, request);
    return { tenant, reference, workflowId: run.workflowId, runId: run.runId, started: false };
  };
  const hasOtherCase = unfoldedWorkflowId(request) !== undefined;
  return untilAnswered(calls, `start ${workflowId}`, async () => {
    // A payout from before references were folded has an id of its own.
    const there = hasOtherCase ? await existingPayout(calls, request) : undefined;
    if (there !== undefined) return met(there);
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      return await met(await describePayout(calls, request));
    }
  });
}

/**
 * What the tables of accounts refuse today may have been started before there were any. Its run goes on, and whoever repeats
 * the start must not hear that there is none.
 */
async function startedBefore(
  calls: TemporalCalls,
  { problems, given }: Extract<ParsedPayoutRequest, { readonly ok: false }>,
): Promise<StartedPayout> {
  if (given === undefined) throw new PayoutRequestInvalidError(problems);
  const { tenant, reference } = given;
  const run = await untilAnswered(calls, `start ${payoutWorkflowId(given)}`, async () =>
    existingPayout(calls, given),
  );
  if (run?.requestDigest !== requestDigest(given)) throw new PayoutRequestInvalidError(problems);
  return { tenant, reference, workflowId: run.workflowId, runId: run.runId, started: false };
}

/**
 * Repeats a start whose reply was lost. Safe because the workflow id is the payout: a repetition meets the run that the
 * lost try has made.
 */
async function untilAnswered<T>(calls: TemporalCalls, what: string, call: () => Promise<T>): Promise<T> {
  const { callTimeoutMs, startTimeoutMs } = calls.timeouts;
  const deadline = performance.now() + startTimeoutMs;
  for (let delayMs = 100; ; delayMs = Math.min(delayMs * 2, 2_000)) {
    const leftMs = deadline - performance.now();
    try {
      return await calls.run({ what, changes: true }, Math.max(1, Math.min(callTimeoutMs, leftMs)), call);
    } catch (error) {
      const lost = isAway(error);
      if (!lost || performance.now() + delayMs >= deadline) throw error;
      await pause(delayMs);
    }
  }
}
