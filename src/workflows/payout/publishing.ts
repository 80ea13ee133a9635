import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import {
  payoutAttemptKeyAttribute,
  payoutAttentionAttribute,
  payoutHeldReasonAttribute,
  payoutProviderAccountAttribute,
  payoutStatusAttribute,
  providerPayoutIdAttribute,
} from '../../contract/search-attributes';
import { describeForPeople } from '../reporting/current-details';
import { tellEnd } from '../reporting/run-records';
import type { PayoutRun } from './payout-run';
import { payeeOf, snapshotOf } from './payout-view';

/** Tells Temporal what changed: search attributes, in one command (one billed action). */
export function publish(run: PayoutRun): void {
  const wanted: SearchAttributeUpdatePair[] = [
    { key: payoutStatusAttribute, value: run.status },
    { key: payoutProviderAccountAttribute, value: run.plan?.account ?? null },
    { key: payoutAttemptKeyAttribute, value: run.attempt?.key ?? null },
    { key: providerPayoutIdAttribute, value: run.providerPayoutId ?? null },
    { key: payoutHeldReasonAttribute, value: run.held?.reason ?? doubtOf(run) },
    { key: payoutAttentionAttribute, value: attentionOf(run) },
  ];
  const changed = wanted.filter(({ key, value }) => (run.published.get(key.name) ?? null) !== value);
  if (changed.length === 0) return;
  for (const { key, value } of changed) run.published.set(key.name, value as string | null);
  upsertSearchAttributes(changed);
  if (run.isOver && changed.some(({ key }) => key === payoutStatusAttribute)) tellEnd(snapshotOf(run));
}

/**
 * Lists must not show an end that nobody doubts: between two holds about a doubtful one, and where the reference was spent, or may
 * have been, so that nobody here knows whether its first payout was paid. Readers of every version take a final status with a
 * reason to be held for an unknown one.
 */
function doubtOf({ isEndDoubtful, isOver, isClaimUnknown, reason }: PayoutRun): string | null {
  if (isEndDoubtful) return 'status_contradiction';
  if (!isOver) return null;
  if (isClaimUnknown) return 'register_unavailable';
  return reason === 'reference_reused' ? reason : null;
}

/** Runs that began before there were policies never set it. */
function attentionOf({ plan, held, people }: PayoutRun): string | null {
  if (plan?.policy === undefined) return null;
  return held?.escalated === true ? 'overdue' : (people.attention ?? null);
}

/**
 * Shows the run in Temporal's UI, for free, and as it is when somebody looks: the SDK keeps what it is given in memory and
 * writes it as JSON when it is asked, so it is given something that is a text only then.
 */
export function showCurrentDetails(run: PayoutRun): void {
  const { workflowId } = workflowInfo();
  const details = (): string => describeForPeople(snapshotOf(run), workflowId, payeeOf(run, false));
  setCurrentDetails({ toJSON: details, toString: details } as unknown as string);
}
