import { parsePayoutWorkflowId } from '../contract/workflow-ids';
import type { RegisterUnavailable, SendAnswer } from '../register/register';
import type { ActivityDeps } from './activity-ports';
import { ownWorkflowId } from './claim-intent';
import type { SubmitPayoutInput } from './payout-activities';
import { withinTime } from './within-time';

/** A send that finds out what became of an earlier one waits no longer for a register that may be away. */
const resolvingWaitMs = 1_000;

/** Enters the first send of an attempt. Tenant and reference stand in the workflow id: the history holds nothing for it. */
export async function markSent(
  { installation: { register }, ports }: ActivityDeps,
  { plan, attempt, originalRunId, resolves }: SubmitPayoutInput,
  signal: AbortSignal,
): Promise<SendAnswer | RegisterUnavailable> {
  if (register === undefined) return { kind: 'marked' };
  const address = parsePayoutWorkflowId(ownWorkflowId());
  if (address === undefined) throw new Error('the workflow id is not that of a payout');
  const { key, generation, bodyHash } = attempt;
  const mark = async (): Promise<SendAnswer | RegisterUnavailable> =>
    register.markSent({ ...address, account: plan.account, generation, key, bodyHash, originalRunId });
  if (resolves !== true) return mark();
  const asked = await withinTime(ports, resolvingWaitMs, signal, mark);
  return asked.kind === 'done' ? asked.value : { kind: 'unavailable', note: 'no answer in time' };
}
