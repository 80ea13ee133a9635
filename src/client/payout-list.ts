import type { MoneyMoved, PayoutStatus } from '../domain/payout-status';
import { PayoutClientError } from './errors';
import { closedOtherwise, describeRun, provenBy } from './run-description';
import type { ClosedOtherwise, RunDescription } from './run-description';
import type { TemporalCalls } from './temporal-calls';
import { toClientError } from './to-client-error';
import { visibilityQuery } from './visibility-query';
import type { PayoutFilter } from './visibility-query';

/** One payout of a list, by its search attributes. */
export type ListedPayout = {
  readonly tenant: string;
  readonly reference: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly status: PayoutStatus;
  readonly final: boolean;
  /**
   * As `get` says it. Left out where only a worker knows: before a final status, and while the provider contradicts one.
   * (`PayoutOutcome` says `unknown` there, so that nobody takes a missing word for a good one.)
   */
  readonly moneyMoved?: MoneyMoved;
  readonly heldReason?: string;
  readonly account?: string;
  readonly attemptKey?: string;
  readonly providerPayoutId?: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** When the run ended, watches included; Unix milliseconds. */
  readonly closedAt?: number;
  readonly closed?: ClosedOtherwise;
};

export type ListOptions = PayoutFilter & {
  /** Default: all. */
  readonly limit?: number;
  /** Payouts per call to Temporal, 1 to 1000; default 100. */
  readonly pageSize?: number;
};

export async function* listPayouts(
  calls: TemporalCalls,
  options: ListOptions,
): AsyncGenerator<ListedPayout, void, undefined> {
  const { limit = Number.POSITIVE_INFINITY, pageSize = 100, ...filter } = options;
  if (!(limit >= 0)) throw new PayoutClientError('arguments_invalid', 'limit must not be negative');
  if (!Number.isSafeInteger(pageSize) || pageSize < 1 || pageSize > 1000) {
    throw new PayoutClientError('arguments_invalid', 'pageSize must be from 1 to 1000');
  }
  const query = visibilityQuery(filter);
  const found = calls.client.workflow.list({ query, pageSize: Math.max(1, Math.min(pageSize, limit)) });
  const runs = found[Symbol.asyncIterator]();
  for (let listed = 0; listed < limit;) {
    const next = await calls.run({ what: 'list payouts' }, calls.timeouts.callTimeoutMs, async () =>
      runs.next(),
    );
    if (next.done === true) return;
    const run = describeRun(next.value);
    if (await wasReplaced(calls, run)) continue;
    listed += 1;
    yield listedPayout(run);
  }
}

/** A reset terminates a run and goes on in a new one of the same id: the old one is no payout of its own. */
async function wasReplaced(calls: TemporalCalls, run: RunDescription): Promise<boolean> {
  if (closedOtherwise(run.state) === undefined) return false;
  try {
    const latest = await calls.run({ what: 'list payouts' }, calls.timeouts.callTimeoutMs, async () =>
      calls.client.workflow.getHandle(run.workflowId).describe(),
    );
    return latest.runId !== run.runId;
  } catch (error) {
    // Visibility is a little behind: the run may be gone by now.
    if (toClientError(error, { what: 'list payouts' }).code === 'payout_not_found') return true;
    throw error;
  }
}

/** The entry of a list that a description makes. */
export function listedPayout(run: RunDescription): ListedPayout {
  const { lastStatus: _, state: __, historyLength: ___, requestDigest: ____, ...rest } = run;
  const { moneyMoved, ...proven } = provenBy(run);
  const isKnown = proven.closed !== undefined || (proven.final && run.heldReason === undefined);
  return { ...rest, ...proven, ...(isKnown ? { moneyMoved } : {}) };
}
