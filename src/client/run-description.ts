import type { WorkflowExecutionInfo } from '@temporalio/client';
import {
  payoutAttemptKeyAttribute,
  payoutAttentionAttribute,
  payoutHeldReasonAttribute,
  payoutProviderAccountAttribute,
  payoutReferenceAttribute,
  payoutStatusAttribute,
  payoutTenantAttribute,
  providerPayoutIdAttribute,
} from '../contract/search-attributes';
import { parsePayoutWorkflowId } from '../contract/workflow-ids';
import { amountIn } from '../contract/workflow-inputs';
import type { ListedAmount } from '../contract/workflow-inputs';
import { isFinal, isPayoutStatus, moneyMovedIn } from '../domain/payout-status';
import type { MoneyMoved, PayoutStatus } from '../domain/payout-status';

/**
 * How a run ended that did not end by its own decision: somebody terminated it, or it failed, timed out or was cancelled
 * by Temporal's own means. Whatever it was doing then, nobody watches the payout any more: a person has to look.
 */
export type ClosedOtherwise = 'terminated' | 'failed' | 'timed-out' | 'cancelled';

/** What Temporal itself knows of a payout, without any worker. */
export type RunDescription = {
  readonly workflowId: string;
  readonly runId: string;
  readonly historyLength: number;
  readonly state: 'open' | 'completed' | ClosedOtherwise;
  readonly tenant: string;
  readonly reference: string;
  /** As last written to the search attribute, which shows milestones only. */
  readonly lastStatus: PayoutStatus;
  readonly heldReason?: string;
  readonly attention?: string;
  readonly amount?: ListedAmount;
  readonly account?: string;
  readonly attemptKey?: string;
  readonly providerPayoutId?: string;
  readonly requestDigest?: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly closedAt?: number;
};

export function describeRun(info: Omit<WorkflowExecutionInfo, 'raw'>): RunDescription {
  const attribute = (key: typeof payoutStatusAttribute): string | undefined =>
    info.typedSearchAttributes.get(key) || undefined;
  const optional = <Name extends string, Value>(
    name: Name,
    value: Value | undefined,
  ): { [N in Name]?: Value } => (value === undefined ? {} : { [name]: value }) as { [N in Name]?: Value };
  const address = parsePayoutWorkflowId(info.workflowId);
  const digest = info.memo?.['requestDigest'];
  return {
    workflowId: info.workflowId,
    runId: info.runId,
    historyLength: info.historyLength,
    state: states[info.status.name],
    // A run that was started by hand may lack attributes, or have an id of its own.
    tenant: attribute(payoutTenantAttribute) ?? address?.tenant ?? '',
    reference: attribute(payoutReferenceAttribute) ?? address?.reference ?? '',
    lastStatus: readStatus(attribute(payoutStatusAttribute)),
    ...optional('heldReason', attribute(payoutHeldReasonAttribute)),
    ...optional('attention', attribute(payoutAttentionAttribute)),
    ...optional('amount', amountIn(info.memo)),
    ...optional('account', attribute(payoutProviderAccountAttribute)),
    ...optional('attemptKey', attribute(payoutAttemptKeyAttribute)),
    ...optional('providerPayoutId', attribute(providerPayoutIdAttribute)),
    ...optional('requestDigest', typeof digest === 'string' ? digest : undefined),
    startedAt: info.startTime.getTime(),
    ...(info.closeTime === undefined ? {} : { closedAt: info.closeTime.getTime() }),
  };
}

function readStatus(text: string | undefined): PayoutStatus {
  if (text === undefined) return 'received';
  // A status that only a newer worker knows: claim nothing about it.
  return isPayoutStatus(text) ? text : 'unconfirmed';
}

const states: Readonly<Record<WorkflowExecutionInfo['status']['name'], RunDescription['state']>> = {
  RUNNING: 'open',
  PAUSED: 'open',
  CONTINUED_AS_NEW: 'open',
  UNSPECIFIED: 'open',
  UNKNOWN: 'open',
  COMPLETED: 'completed',
  TERMINATED: 'terminated',
  FAILED: 'failed',
  TIMED_OUT: 'timed-out',
  CANCELLED: 'cancelled',
};

export const closedOtherwise = (state: RunDescription['state']): ClosedOtherwise | undefined =>
  state === 'open' || state === 'completed' ? undefined : state;

/** What a description proves: status and money, never more. */
export function provenBy(run: RunDescription): {
  readonly final: boolean;
  readonly status: PayoutStatus;
  readonly moneyMoved: MoneyMoved;
  readonly closed?: ClosedOtherwise;
} {
  const closed = closedOtherwise(run.state);
  const final = isFinal(run.lastStatus);
  // Before the end the attribute lags behind the run, a final payout is held only when its provider contradicts itself,
  // and a run that was ended from outside watches nothing: in none of these is it proven that nothing moved.
  const isContradicted = final && run.heldReason !== undefined;
  const proven = final && closed === undefined;
  return {
    final,
    status: closed !== undefined && !final ? 'unconfirmed' : run.lastStatus,
    // A provider that contradicts an end may have paid or not, whichever of the two it said first.
    moneyMoved: isContradicted ? 'unknown' : moneyMovedIn(run.lastStatus, !proven),
    ...(closed === undefined ? {} : { closed }),
  };
}
