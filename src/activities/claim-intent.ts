import { activityInfo } from '@temporalio/activity';
import { canonicalJson } from '../domain/canonical-json';
import type { PayoutRequest } from '../domain/payout-request';
import { payeeIdentity } from '../domain/policy/earlier-payout';
import type { ClaimAnswer, ClaimedIntent, RegisterUnavailable } from '../register/register';
import type { ActivityDeps } from './activity-ports';
import type { PayoutPlan } from './payout-activities';

/** The run that claims, and what it was planned to pay. */
export type ClaimingRun = {
  readonly request: PayoutRequest;
  readonly plan: PayoutPlan;
  readonly originalRunId: string;
  readonly startedAt: number;
};

/**
 * Claims the reference for this run. A local activity that is run again, and a reset, have the same original run id, and are
 * told that it is theirs; whoever comes with another one came back after Temporal had forgotten the first.
 */
export async function claimIntent(
  { installation: { register }, ports }: ActivityDeps,
  { request, plan, originalRunId, startedAt }: ClaimingRun,
): Promise<ClaimAnswer | RegisterUnavailable> {
  if (register === undefined) return { kind: 'claimed' };
  const { tenant, reference, requestedBy, amount, replaces } = request;
  return register.claimIntent({
    tenant,
    reference,
    workflowId: ownWorkflowId(),
    originalRunId,
    requestDigest: requestDigestOf({ ports }, request),
    requestedBy,
    mode: plan.mode,
    account: plan.account,
    amount: { value: amount.value, currency: plan.amountCurrency },
    payee: ports.sha256(payeeIdentity(request)),
    ...(replaces === undefined ? {} : { replaces }),
    startedAt,
  });
}

/** As the client compares requests: of the normal form. */
const requestDigestOf = ({ ports }: Pick<ActivityDeps, 'ports'>, request: PayoutRequest): string =>
  ports.sha256(canonicalJson(request));

/** Names the run that has the reference: ids and times, nothing of what it paid. */
export function claimedInWords(
  deps: Pick<ActivityDeps, 'ports'>,
  { workflowId, originalRunId, requestDigest, startedAt }: ClaimedIntent,
  request: PayoutRequest,
): string {
  const isSame = requestDigest === requestDigestOf(deps, request);
  return `belongs to run ${originalRunId} of ${workflowId}, which began at ${new Date(startedAt).toISOString()} with ${isSame ? 'the same request' : 'another request'}; nothing was sent by this one`;
}

export function ownWorkflowId(): string {
  const { workflowExecution } = activityInfo();
  if (workflowExecution === undefined) throw new Error('a payout’s activity belongs to a workflow');
  return workflowExecution.workflowId;
}

/**
 * In a reset run the register holds up nothing before the send: what the runs before it sent has to be found out although the
 * register is away, and the mark before a first send asks for claim and attempt anyway.
 */
export const followsReset = (originalRunId: string | undefined): boolean =>
  originalRunId !== undefined && activityInfo().workflowExecution?.runId !== originalRunId;
