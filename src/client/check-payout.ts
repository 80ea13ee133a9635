import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { checkWorkflowId, payoutWorkflowId } from '../contract/workflow-ids';
import { checkWorkflowType } from '../contract/workflow-inputs';
import type { CheckWorkflowInput } from '../contract/workflow-inputs';
import type { CheckAnswer } from '../domain/payout-check';
import type { PayoutRequest } from '../domain/payout-request';
import { parsePayoutRequest } from '../validation/payout-request-schema';
import { PayoutClientError } from './errors';
import type { InvalidField } from './errors';
import { existingPayout } from './read-payout';
import { isSameContent } from './start-payout';
import type { TemporalCalls } from './temporal-calls';

/** What a start of a request would come to. Nothing was started. */
export type PayoutCheck = {
  /**
   * starts: it would go on to screening, people and a price. exists: it was started before, and a start would meet it.
   * refused and held: it would end, or wait, before that; `problems`, `reference` or `worker` say why. not-known: no worker
   * said.
   */
  readonly verdict: 'starts' | 'exists' | 'refused' | 'held' | 'not-known';
  /** What the validation finds; with any of them nobody else is asked. */
  readonly problems: readonly InvalidField[];
  /** What is doubtful about it, as far as the validation can tell: it is paid all the same. */
  readonly warnings: readonly InvalidField[];
  /** Fields that are paid, approved and screened in another form than they are given in. */
  readonly normalised: readonly NormalisedField[];
  /**
   * Whether the reference is taken. same-content: a start would meet the payout that is there. other-content: it would be
   * refused as `reference_reused`. not-asked: the request is not valid.
   */
  readonly reference: 'free' | 'same-content' | 'other-content' | 'not-asked';
  readonly worker:
    | { readonly answered: true; readonly answer: CheckAnswer }
    /** None runs, none was free in time, or it is of a version that cannot check. */
    | { readonly answered: false };
  /** The check's own run, where Temporal did not let us delete it: it holds the request until its retention is over. */
  readonly leftBehind?: string;
};

export type NormalisedField = { readonly path: string; readonly value: string };

/** A run that nobody answers ends by itself. */
const endsAfterMs = 60_000;

export async function checkPayout(
  calls: TemporalCalls,
  taskQueue: string,
  input: unknown,
): Promise<PayoutCheck> {
  const parsed = parsePayoutRequest(input);
  if (!parsed.ok) {
    const { problems, given } = parsed;
    // A payout of an older version may have been started with what the tables of accounts refuse today: a start meets it.
    if (given !== undefined && (await referenceOf(calls, given, given)) === 'same-content')
      return {
        verdict: 'exists',
        problems: [],
        warnings: problems,
        normalised: [],
        reference: 'same-content',
        worker: { answered: false },
      };
    return {
      verdict: 'refused',
      problems,
      warnings: [],
      normalised: [],
      reference: 'not-asked',
      worker: { answered: false },
    };
  }
  const { request, given } = parsed;
  const reference = await referenceOf(calls, request, given);
  const { worker, leftBehind } = await askWorker(calls, taskQueue, request);
  return {
    verdict: verdictOf(reference, worker),
    problems: [],
    warnings: parsed.warnings,
    normalised: normalisedFields(input, request),
    reference,
    worker,
    ...(leftBehind === undefined ? {} : { leftBehind }),
  };
}

function verdictOf(
  reference: PayoutCheck['reference'],
  worker: PayoutCheck['worker'],
): PayoutCheck['verdict'] {
  if (reference === 'other-content') return 'refused';
  if (reference === 'same-content') return 'exists';
  if (!worker.answered) return 'not-known';
  return worker.answer.kind === 'planned' ? 'starts' : worker.answer.kind;
}

async function referenceOf(
  calls: TemporalCalls,
  request: PayoutRequest,
  given: PayoutRequest,
): Promise<PayoutCheck['reference']> {
  const there = await existingPayout(calls, request);
  if (there === undefined) return 'free';
  return isSameContent(there.requestDigest, request, given) ? 'same-content' : 'other-content';
}

/** Asks what would become of a valid request, its reference aside. `recalls`: what it replaces is recalled before. */
export async function askWorker(
  calls: TemporalCalls,
  taskQueue: string,
  request: PayoutRequest,
  { recalls = false }: { readonly recalls?: boolean } = {},
): Promise<Pick<PayoutCheck, 'worker' | 'leftBehind'>> {
  const workflowId = checkWorkflowId(request.tenant, randomUUID());
  const about = payoutWorkflowId(request);
  const handle = await calls.run({ what: `check ${about}` }, calls.timeouts.callTimeoutMs, async () =>
    calls.client.workflow.start<(given: CheckWorkflowInput) => Promise<CheckAnswer>>(checkWorkflowType, {
      workflowId,
      taskQueue,
      args: [{ schema: 1, request, ...(recalls ? { recalls } : {}) }],
      workflowExecutionTimeout: endsAfterMs,
      staticSummary: 'A check of a request: it pays nothing',
    }),
  );
  try {
    const answer = await calls.run(
      { what: `check ${about}`, asks: 'worker', changes: false, waitsIn: async () => taskQueue },
      calls.timeouts.answerTimeoutMs,
      async () => readAnswer(await resultOf(async () => handle.result())),
    );
    return { worker: { answered: true, answer }, ...(await leftBehind()) };
  } catch (error) {
    const left = await leftBehind();
    if (!(error instanceof PayoutClientError) || error.code !== 'worker_not_available') throw error;
    return { worker: { answered: false }, ...left };
  }

  /** Its history holds the request. Where it may not be deleted, it stays as long as payouts do, and the caller is told. */
  async function leftBehind(): Promise<Pick<PayoutCheck, 'leftBehind'>> {
    const { client, timeouts } = calls;
    try {
      await calls.run({ what: `delete ${workflowId}` }, timeouts.callTimeoutMs, async () =>
        client.workflowService.deleteWorkflowExecution({
          namespace: client.options.namespace,
          workflowExecution: { workflowId, runId: handle.firstExecutionRunId },
        }),
      );
      return {};
    } catch {
      return { leftBehind: workflowId };
    }
  }
}

/** A run that ended without an answer (its time was up, somebody ended it) is a worker that did not answer. */
async function resultOf(result: () => Promise<unknown>): Promise<unknown> {
  try {
    return await result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new PayoutClientError('worker_not_available', 'the check ended without an answer', {
      cause: error,
    });
  }
}

const kinds: Readonly<Record<CheckAnswer['kind'], true>> = {
  planned: true,
  refused: true,
  held: true,
  'not-known': true,
};

function readAnswer(value: unknown): CheckAnswer {
  const kind = typeof value === 'object' && value !== null ? (value as { readonly kind?: unknown }).kind : '';
  return typeof kind === 'string' && Object.hasOwn(kinds, kind)
    ? (value as CheckAnswer)
    : { kind: 'not-known', note: 'the worker answered in words that only a newer version understands' };
}

/** Texts that the validation wrote in another form, by their paths. */
export function normalisedFields(given: unknown, normal: unknown, path = ''): readonly NormalisedField[] {
  if (typeof normal === 'string')
    return typeof given === 'string' && given !== normal ? [{ path, value: normal }] : [];
  if (typeof normal !== 'object' || normal === null || typeof given !== 'object' || given === null) return [];
  return Object.entries(normal).flatMap(([key, value]) =>
    Object.hasOwn(given, key)
      ? normalisedFields(
          (given as Readonly<Record<string, unknown>>)[key],
          value,
          path === '' ? key : `${path}.${key}`,
        )
      : [],
  );
}
