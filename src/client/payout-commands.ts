import { createHash, randomUUID } from 'node:crypto';
import type { UpdateDefinition } from '@temporalio/common';
import { cancelUpdate, decideUpdate, recallUpdate, resolveUpdate, resumeUpdate } from '../contract/messages';
import { payoutWorkflowId, unfoldedWorkflowId } from '../contract/workflow-ids';
import { parseDecision } from '../domain/approval';
import { personId } from '../domain/person';
import type { Decision } from '../domain/approval';
import { canonicalJson } from '../domain/canonical-json';
import type { CancelOutcome, DecideResult } from '../domain/payout-snapshot';
import { parseResolveRequest } from '../domain/resolution';
import type { ResolveRequest, ResolveResult } from '../domain/resolution';
import { PayoutClientError, PayoutRefusedError } from './errors';
import type { PayoutAddress } from './payout-address';
import { describePayout } from './read-payout';
import { isAway } from './temporal-calls';
import type { TemporalCalls } from './temporal-calls';
import { untilTaken } from './until-taken';

export type DecideCommand = PayoutAddress & {
  /** Who decides; one person is one identity however it is typed. */
  readonly by: string;
  readonly decision: Decision['decision'];
  /** What is decided about: the snapshot's `approval.digest`. */
  readonly digest: string;
  /** Up to 500 characters, kept in the timeline: no personal data. */
  readonly reason?: string;
  /** A signed token that proves who decides (`docs/decision-proof.md`); needed where `approvals.requireProof` is set. */
  readonly proof?: string;
};

/** A cancellation or a resumption. */
export type OperatorCommand = PayoutAddress & {
  /** Who asks. */
  readonly by: string;
  /** Up to 500 characters, kept in the timeline: no personal data. */
  readonly reason?: string;
};

/** What people say about an outcome that the machine cannot find out: one of the actions of `ResolveRequest`. */
export type ResolveCommand = PayoutAddress & WithoutSchema<ResolveRequest>;
type WithoutSchema<Request> = Request extends unknown ? Omit<Request, 'schema'> : never;

export async function decidePayout(calls: TemporalCalls, command: DecideCommand): Promise<DecideResult> {
  const { tenant, reference, by, decision, digest, reason, proof } = command;
  const message = parseDecision({
    schema: 1,
    by,
    decision,
    digest,
    ...(reason === undefined ? {} : { reason }),
    ...(proof === undefined ? {} : { proof }),
  });
  if (message === undefined) throw new PayoutClientError('arguments_invalid', 'decide: it is no decision');
  // The same person's same decision on the same content is one decision, however often its reply gets lost, and whichever
  // token proves it.
  const updateId = `decide-${sha256(canonicalJson([personId(by), decision, digest]))}`;
  const send = async (id: string): Promise<DecideResult> =>
    update(calls, { tenant, reference }, 'decide', decideUpdate, message, id);
  try {
    return await send(updateId);
  } catch (error) {
    if (!(error instanceof PayoutRefusedError) || !mayCountLater(error.refusal, message)) throw error;
    // Temporal answers a known id from memory: this may be an earlier refusal, and the token a better one. Sent anew it is
    // checked anew. It still counts once: the run knows who has decided.
    return send(`${updateId}-${randomUUID()}`);
  }
}

/** Refusals that stay what they are; any other may be an old one, and the decision count by now. */
const standingRefusals: ReadonlySet<string> = new Set([
  'decision_malformed',
  'already_decided',
  'requester_cannot_approve',
  'unknown_approver',
  'reason_required',
]);
const proofRefusals: ReadonlySet<string> = new Set([
  'proof_required',
  'proof_invalid',
  'proof_expired',
  'proof_mismatch',
]);

function mayCountLater(refusal: string, { proof }: Decision): boolean {
  if (proofRefusals.has(refusal)) return proof !== undefined;
  return !standingRefusals.has(refusal);
}

export async function cancelPayout(calls: TemporalCalls, command: OperatorCommand): Promise<CancelOutcome> {
  // A new id per call: "not known" today may be "cancelled" tomorrow, and Temporal answers a known id from memory.
  return update(calls, command, 'cancel', cancelUpdate, operatorMessage(command), `cancel-${randomUUID()}`);
}

export type RecallCommand = OperatorCommand & {
  /** The reference of the payout that is to take its place. */
  readonly replacedBy?: string;
};

export async function recallPayout(calls: TemporalCalls, command: RecallCommand): Promise<CancelOutcome> {
  const { replacedBy } = command;
  const message = { ...operatorMessage(command), ...(replacedBy === undefined ? {} : { replacedBy }) };
  return update(calls, command, 'recall', recallUpdate, message, `recall-${randomUUID()}`);
}

export async function resumePayout(
  calls: TemporalCalls,
  command: OperatorCommand,
): Promise<{ readonly resumed: string }> {
  return update(calls, command, 'resume', resumeUpdate, operatorMessage(command), `resume-${randomUUID()}`);
}

export async function resolvePayout(calls: TemporalCalls, command: ResolveCommand): Promise<ResolveResult> {
  const { tenant, reference, ...said } = command;
  const message = parseResolveRequest({ schema: 1, ...said });
  if (message === undefined) throw new PayoutClientError('arguments_invalid', 'resolve: it is no resolution');
  // A new id per call: what was refused or not found a moment ago may count now. The run itself knows a repetition.
  return update(calls, { tenant, reference }, 'resolve', resolveUpdate, message, `resolve-${randomUUID()}`);
}

type OperatorMessage = { readonly schema: 1; readonly by: string; readonly reason?: string };

const operatorMessage = ({ by, reason }: OperatorCommand): OperatorMessage => ({
  schema: 1,
  by,
  ...(reason === undefined ? {} : { reason }),
});

async function update<Result, Message extends { readonly schema: 1 }>(
  calls: TemporalCalls,
  address: PayoutAddress,
  verb: string,
  definition: UpdateDefinition<Result, [Message]>,
  message: Message,
  updateId: string,
): Promise<Result> {
  const workflowId = await workflowIdOf(calls, address);
  const waitsIn = async (): Promise<string | undefined> => (await describePayout(calls, address)).taskQueue;
  const send = async (timeoutMs: number): Promise<Result> =>
    calls.run({ what: `${verb} ${workflowId}`, asks: 'worker', waitsIn }, timeoutMs, async () =>
      calls.client.workflow.getHandle(workflowId).executeUpdate(definition, { args: [message], updateId }),
    );
  return untilTaken({
    timeoutMs: calls.timeouts.answerTimeoutMs,
    send,
    async lookAt(error) {
      if (!mayHaveMetTheEnd(error)) throw error;
      // Temporal says "not found" for an ended run too, and nothing at all for a missing one that it cannot reach.
      const run = await describePayout(calls, address).catch((unread: unknown) => {
        // Where it stands cannot be read either: what became of the message is the better answer.
        throw isAway(unread) ? error : unread;
      });
      if (run.state === 'open') return undefined;
      const closed = new PayoutClientError(
        'payout_closed',
        `could not ${verb} ${workflowId}: its run has ended, the last status is ${run.lastStatus}`,
        { cause: error },
      );
      if (error.code === 'payout_not_found') throw closed;
      // Its answer may have been lost: a run that has ended still knows what it has answered.
      try {
        return { answer: await send(calls.timeouts.callTimeoutMs) };
      } catch (again) {
        throw again instanceof PayoutRefusedError ? again : closed;
      }
    },
    late: (error) => stillOpen(error, verb, workflowId),
  });
}

/** References with capital letters may be those of payouts from before references were folded. */
const workflowIdOf = async (calls: TemporalCalls, address: PayoutAddress): Promise<string> =>
  unfoldedWorkflowId(address) === undefined
    ? payoutWorkflowId(address)
    : (await describePayout(calls, address)).workflowId;

/** What Temporal answers when a run ends under a message: an update that it has taken back, or a task that it has dropped. */
const mayHaveMetTheEnd = ({ code }: PayoutClientError): boolean =>
  code === 'payout_not_found' || code === 'worker_not_available' || code === 'reply_timed_out';

/** "Not found" of a run that is there means only that it has not taken the message. */
const stillOpen = (error: PayoutClientError, verb: string, workflowId: string): PayoutClientError =>
  error.code === 'payout_not_found'
    ? new PayoutClientError('reply_timed_out', `could not ${verb} ${workflowId}: it is not carried out`, {
        cause: error,
      })
    : error;

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
