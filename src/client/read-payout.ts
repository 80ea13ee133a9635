import { payoutPayeeQuery, payoutSnapshotQuery, payoutTimelineQuery } from '../contract/messages';
import { payoutWorkflowId, successorWorkflowId, unfoldedWorkflowId } from '../contract/workflow-ids';
import { successorIn } from '../contract/workflow-inputs';
import type { PayeeView } from '../domain/payee-view';
import type { PayoutEvent, PayoutSnapshot } from '../domain/payout-snapshot';
import { PayoutClientError } from './errors';
import { assertPayoutAddress } from './payout-address';
import type { PayoutAddress } from './payout-address';
import { closedOtherwise, describeRun } from './run-description';
import type { ClosedOtherwise, RunDescription } from './run-description';
import { isNotFound, orNothing } from './temporal-calls';
import type { TemporalCalls } from './temporal-calls';

/**
 * A snapshot, and whether the run was ended from outside. Then `moneyMoved` is never `no`, whatever the run last knew:
 * nobody watched what happened after.
 */
export type PayoutView = PayoutSnapshot & { readonly closed?: ClosedOtherwise };

/** `timeoutMs` is for all calls of a read together; without it each has the time that any call has. */
export type ReadOptions = { readonly timeoutMs?: number; readonly signal?: AbortSignal };

/**
 * What Temporal knows by itself: costs no query and needs no worker. A reference with capital letters may be that of a
 * payout from before references were folded, which has an id of its own.
 */
export async function describePayout(
  calls: TemporalCalls,
  address: PayoutAddress,
  options: ReadOptions = {},
): Promise<RunDescription> {
  assertPayoutAddress(address);
  const unfoldedId = unfoldedWorkflowId(address);
  const { timeoutMs = Number.POSITIVE_INFINITY } = options;
  const deadline = performance.now() + timeoutMs;
  const withinRest = (): ReadOptions => ({
    ...options,
    timeoutMs: Math.max(1, deadline - performance.now()),
  });
  try {
    const run = await describeId(calls, payoutWorkflowId(address), options);
    if (unfoldedId === undefined || run.reference === address.reference) return run;
    // Somebody's of another spelling: before references were folded that was another payout.
    return (await existing(calls, unfoldedId, withinRest())) ?? run;
  } catch (error) {
    if (unfoldedId === undefined || !isNotFound(error)) throw error;
    const run = await existing(calls, unfoldedId, withinRest());
    if (run === undefined) throw error;
    return run;
  }
}

/** The payout, or undefined where there is none. */
export async function existingPayout(
  calls: TemporalCalls,
  address: PayoutAddress,
): Promise<RunDescription | undefined> {
  return orNothing(async () => describePayout(calls, address));
}

/** The run of one workflow id; undefined where there is none. */
const existing = async (
  calls: TemporalCalls,
  workflowId: string,
  options: ReadOptions = {},
): Promise<RunDescription | undefined> => orNothing(async () => describeId(calls, workflowId, options));

const describeId = async (
  calls: TemporalCalls,
  workflowId: string,
  { timeoutMs = Number.POSITIVE_INFINITY, signal }: ReadOptions,
): Promise<RunDescription> =>
  describeRun(
    await calls.run(
      { what: `read ${workflowId}` },
      Math.min(calls.timeouts.callTimeoutMs, timeoutMs),
      async () => calls.client.workflow.getHandle(workflowId).describe(),
      signal,
    ),
  );

export async function readPayout(calls: TemporalCalls, address: PayoutAddress): Promise<PayoutView> {
  return untilSettled(calls, await describePayout(calls, address), async (run) => {
    if (run.state === 'completed') return withSuccessor(calls, run, await completedSnapshot(calls, run));
    const snapshot = asSnapshot(
      await query(calls, run, async () =>
        calls.client.workflow.getHandle(run.workflowId, run.runId).query(payoutSnapshotQuery),
      ),
      run.workflowId,
    );
    const closed = closedOtherwise(run.state);
    if (closed === undefined) return snapshot;
    return { ...snapshot, closed, moneyMoved: snapshot.moneyMoved === 'yes' ? 'yes' : 'unknown' };
  });
}

/** A question that met a change of the run is put again to the run as it is now; more than so often, nobody answers. */
const mostAsked = 4;

/**
 * Temporal drops a question that meets the end of a run, as if no worker were there. Where the run has not changed since it
 * was described, there is none.
 */
async function untilSettled<T>(
  calls: TemporalCalls,
  described: RunDescription,
  ask: (run: RunDescription) => Promise<T>,
): Promise<T> {
  let run = described;
  for (let asked = 1; ; asked += 1) {
    try {
      return await ask(run);
    } catch (error) {
      if (!(error instanceof PayoutClientError) || error.code !== 'worker_not_available') throw error;
      const now = await existing(calls, run.workflowId);
      const hasChanged =
        now?.runId === run.runId && (now.state !== run.state || now.historyLength !== run.historyLength);
      if (!hasChanged || asked >= mostAsked) throw error;
      run = now;
    }
  }
}

/** An ended payout does not hear who took its place: the workflow that holds the place knows. */
async function withSuccessor(
  calls: TemporalCalls,
  run: RunDescription,
  snapshot: PayoutSnapshot,
): Promise<PayoutSnapshot> {
  const mayBeReplaced = snapshot.final && snapshot.moneyMoved === 'no';
  if (!mayBeReplaced || snapshot.replacedBy !== undefined) return snapshot;
  const replacedBy = await successorOf(calls, run);
  return replacedBy === undefined ? snapshot : { ...snapshot, replacedBy };
}

async function successorOf(calls: TemporalCalls, run: RunDescription): Promise<string | undefined> {
  const place = successorWorkflowId(run.workflowId);
  const described = await orNothing(async () =>
    calls.run({ what: `read ${place}` }, calls.timeouts.callTimeoutMs, async () =>
      calls.client.workflow.getHandle(place).describe(),
    ),
  );
  return described && successorIn(described.memo);
}

/** The workflow returns its last snapshot: reading a result costs no query and needs no worker. */
export async function completedSnapshot(
  calls: TemporalCalls,
  run: RunDescription,
  { timeoutMs = Number.POSITIVE_INFINITY, signal }: ReadOptions = {},
): Promise<PayoutSnapshot> {
  const result: unknown = await calls.run(
    { what: `read the result of ${run.workflowId}` },
    Math.min(calls.timeouts.callTimeoutMs, timeoutMs),
    async () => calls.client.workflow.result(run.workflowId, run.runId, { followRuns: false }),
    signal,
  );
  return asSnapshot(result, run.workflowId);
}

export async function readTimeline(
  calls: TemporalCalls,
  described: RunDescription,
  signal?: AbortSignal,
): Promise<readonly PayoutEvent[]> {
  const events: unknown = await untilSettled(calls, described, async (run) =>
    query(
      calls,
      run,
      async () => calls.client.workflow.getHandle(run.workflowId, run.runId).query(payoutTimelineQuery),
      signal,
    ),
  );
  if (!Array.isArray(events) || !events.every(isEvent)) throw unreadable(described.workflowId, 'timeline');
  return events.toSorted((left, right) => left.seq - right.seq);
}

export type PayeeOptions = {
  /** Identifiers whole instead of masked, and the request's own text where it differs. */
  readonly reveal?: boolean;
};

/** Also of a run that has ended: whom it pays stands in no result, so a worker answers. */
export async function readPayee(
  calls: TemporalCalls,
  address: PayoutAddress,
  { reveal = false }: PayeeOptions = {},
): Promise<PayeeView> {
  const described = await describePayout(calls, address);
  const view: unknown = await untilSettled(calls, described, async (run) =>
    query(calls, run, async () =>
      calls.client.workflow.getHandle(run.workflowId, run.runId).query(payoutPayeeQuery, { reveal }),
    ),
  );
  if (!hasFields(view, { schema: 'number' }) || view['schema'] !== 1)
    throw unreadable(described.workflowId, 'payee');
  return view as unknown as PayeeView;
}

const query = async <T>(
  calls: TemporalCalls,
  run: RunDescription,
  ask: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> =>
  calls.run(
    { what: `ask ${run.workflowId}`, asks: 'worker', changes: false, waitsIn: async () => run.taskQueue },
    calls.timeouts.answerTimeoutMs,
    ask,
    signal,
  );

/** What a worker said a payout to be; throws `reply_unreadable`. */
export function asSnapshot(value: unknown, workflowId: string): PayoutSnapshot {
  if (!hasFields(value, { schema: 'number', status: 'string', moneyMoved: 'string', events: 'number' })) {
    throw unreadable(workflowId, 'snapshot');
  }
  if (value['schema'] !== 1) throw unreadable(workflowId, 'snapshot (written by a newer worker)');
  const snapshot = value as unknown as PayoutSnapshot;
  const { approval } = snapshot;
  return approval === undefined ? snapshot : { ...snapshot, approval: { ...beforeLevels, ...approval } };
}

/** What approvals of runs that ended before there were levels do not say. */
const beforeLevels = {
  purpose: 'payout',
  because: '',
  level: 1,
  levels: [],
  mayDecide: [],
  escalated: false,
} as const;

const isEvent = (value: unknown): value is PayoutEvent =>
  hasFields(value, { seq: 'number', at: 'number', type: 'string', status: 'string' });

function hasFields(
  value: unknown,
  fields: Readonly<Record<string, 'number' | 'string'>>,
): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(fields).every(
    ([name, type]) => typeof (value as Record<string, unknown>)[name] === type,
  );
}

const unreadable = (workflowId: string, what: string): PayoutClientError =>
  new PayoutClientError('reply_unreadable', `the ${what} of ${workflowId} cannot be read by this version`);
