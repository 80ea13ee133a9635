import type { ListedAmount } from '../contract/workflow-inputs';
import type { MoneyMoved, PayoutStatus } from '../domain/payout-status';
import { PayoutClientError } from './errors';
import { cursorAt, positionOf } from './list-position';
import { newestRuns } from './newest-runs';
import { closedOtherwise, provenBy } from './run-description';
import type { ClosedOtherwise, RunDescription } from './run-description';
import type { TemporalCalls } from './temporal-calls';
import { toClientError } from './to-client-error';
import { visibilityQuery } from './visibility-query';
import type { PayoutFilter } from './visibility-query';

/** One payout of a list, by its search attributes and its memo. */
export type ListedPayout = {
  readonly tenant: string;
  readonly reference: string;
  readonly workflowId: string;
  readonly runId: string;
  /** Where its workers listen. */
  readonly taskQueue?: string;
  readonly status: PayoutStatus;
  readonly final: boolean;
  /**
   * As `get` says it. Left out where only a worker knows: before a final status, and while the provider contradicts one.
   * (`PayoutOutcome` says `unknown` there, so that nobody takes a missing word for a good one.)
   */
  readonly moneyMoved?: MoneyMoved;
  readonly heldReason?: string;
  /** What waits longer than it should. */
  readonly attention?: string;
  /** What was asked for. Payouts that older versions of this library started do not say it. */
  readonly amount?: ListedAmount;
  readonly account?: string;
  readonly attemptKey?: string;
  readonly providerPayoutId?: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** When the run ended, watches included; Unix milliseconds. */
  readonly closedAt?: number;
  readonly closed?: ClosedOtherwise;
  /** Its place in the list: as `after` it goes on behind this payout, with the same filter. */
  readonly cursor: string;
};

export type ListOptions = PayoutFilter & {
  /** Started at or after; Unix milliseconds. */
  readonly since?: number;
  /** Started before; Unix milliseconds. */
  readonly until?: number;
  /** The cursor of a listed payout: only what comes behind it. What was started meanwhile comes before it. */
  readonly after?: string;
  /** Default: all. */
  readonly limit?: number;
  /** Payouts per call to Temporal, 1 to 1000; default 100. */
  readonly pageSize?: number;
};

export async function* listPayouts(
  calls: TemporalCalls,
  options: ListOptions,
): AsyncGenerator<ListedPayout, void, undefined> {
  const { limit = Number.POSITIVE_INFINITY, pageSize = 100, since, until, after, ...filter } = options;
  if (!(limit >= 0)) throw new PayoutClientError('arguments_invalid', 'limit must not be negative');
  if (!Number.isSafeInteger(pageSize) || pageSize < 1 || pageSize > 1000) {
    throw new PayoutClientError('arguments_invalid', 'pageSize must be from 1 to 1000');
  }
  const asked = {
    query: visibilityQuery(filter),
    pageSize: Math.max(pageSize, smallestPage),
    ...(since === undefined ? {} : { since: readTime('since', since) }),
    ...(until === undefined ? {} : { until: readTime('until', until) }),
    ...(after === undefined ? {} : { after: positionOf(after) }),
  };
  if (limit < 1) return;
  let listed = 0;
  for await (const run of newestRuns(calls, asked)) {
    if (await wasReplaced(calls, run)) continue;
    yield listedPayout(run);
    listed += 1;
    if (listed >= limit) return;
  }
}

/** Smaller ones would cost more calls than they save. */
const smallestPage = 50;
/** The year 9999; visibility queries know no later one. */
const latestTime = 253_402_300_799_999;

function readTime(name: 'since' | 'until', at: number): number {
  if (Number.isSafeInteger(at) && at >= 0 && at <= latestTime) return at;
  throw new PayoutClientError('arguments_invalid', `${name} must be a time in Unix milliseconds`);
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
  return { ...rest, ...proven, ...(isKnown ? { moneyMoved } : {}), cursor: cursorAt(run) };
}
