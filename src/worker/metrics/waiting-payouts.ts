import type { temporal } from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import {
  payoutAttentionAttribute,
  payoutHeldReasonAttribute,
  payoutStatusAttribute,
} from '../../contract/search-attributes';
import { visibilityLiteral } from '../../contract/visibility-literal';
import { payoutWorkflowType } from '../../contract/workflow-inputs';
import type { PayoutStatus } from '../../domain/payout-status';
import { keywordOf } from '../ports/keyword-of';
import type { PublishedSince } from './published-since';

/** How many wait for the same thing, and since when the first of them: Unix milliseconds of the server's clock. */
export type Waiting = { readonly count: number; readonly oldestSince?: number };

export type WaitingPayouts = {
  readonly held: ReadonlyMap<string, Waiting>;
  readonly unconfirmed: Waiting;
  readonly awaitingApproval: Waiting;
  readonly attention: ReadonlyMap<string, number>;
};

type Run = temporal.api.workflow.v1.IWorkflowExecutionInfo;

const pageSize = 1_000;
/** More than twenty thousand that wait are counted no further: the list shows the newest first. */
const mostPages = 20;

const watched = ['unconfirmed', 'awaiting-approval'] as const satisfies readonly PayoutStatus[];

/**
 * Reads the open payouts of a task queue that wait for something: one question to Temporal's visibility, a second or so behind.
 * It cannot sort, nor count by reason, and knows only when a run began: since when one waits is asked of its history, once.
 */
export function createWaitingReader(
  connection: Pick<NativeConnection, 'workflowService' | 'withDeadline'>,
  where: { readonly namespace: string; readonly taskQueue: string },
  publishedSince: PublishedSince,
  patienceMs: number,
): () => Promise<WaitingPayouts> {
  const query = waitingQuery(where.taskQueue);
  return async () => {
    const runs = await openRuns();
    const waits = runs.flatMap((run) =>
      [payoutHeldReasonAttribute.name, payoutStatusAttribute.name].flatMap((attribute) => {
        const value = keywordOf(run.searchAttributes, attribute);
        const isWatched =
          attribute === payoutHeldReasonAttribute.name || watched.some((status) => status === value);
        return value === undefined || !isWatched ? [] : [{ run, attribute, value }];
      }),
    );
    const since = await publishedSince(waits);
    const waiting = (attribute: string, value: string): Waiting => {
      const times = waits.flatMap((wait, index) =>
        wait.attribute === attribute && wait.value === value ? [since[index] ?? 0] : [],
      );
      return times.length === 0
        ? { count: 0 }
        : { count: times.length, oldestSince: times.reduce((one, other) => Math.min(one, other)) };
    };
    const reasons = new Set(
      waits.flatMap(({ attribute, value }) => (attribute === payoutHeldReasonAttribute.name ? [value] : [])),
    );
    const attention = new Map<string, number>();
    for (const { searchAttributes } of runs) {
      const raised = keywordOf(searchAttributes, payoutAttentionAttribute.name);
      if (raised !== undefined) attention.set(raised, (attention.get(raised) ?? 0) + 1);
    }
    return {
      held: new Map([...reasons].map((reason) => [reason, waiting(payoutHeldReasonAttribute.name, reason)])),
      unconfirmed: waiting(payoutStatusAttribute.name, 'unconfirmed'),
      awaitingApproval: waiting(payoutStatusAttribute.name, 'awaiting-approval'),
      attention,
    };
  };

  async function openRuns(): Promise<readonly Run[]> {
    const runs: Run[] = [];
    let nextPageToken: Uint8Array | undefined;
    for (let pages = 0; pages < mostPages; pages += 1) {
      const token = nextPageToken === undefined ? {} : { nextPageToken };
      const page = await connection.withDeadline(Date.now() + patienceMs, () =>
        connection.workflowService.listWorkflowExecutions({
          namespace: where.namespace,
          query,
          pageSize,
          ...token,
        }),
      );
      // Two installations can share a namespace, and a queue's name need not be one that a query can hold.
      runs.push(...(page.executions ?? []).filter(({ taskQueue }) => taskQueue === where.taskQueue));
      if (!page.nextPageToken || page.nextPageToken.length === 0) break;
      nextPageToken = page.nextPageToken;
    }
    return runs;
  }
}

function waitingQuery(taskQueue: string): string {
  return [
    ...(isLiteral(taskQueue) ? [`TaskQueue = ${visibilityLiteral(taskQueue)}`] : []),
    `WorkflowType = ${visibilityLiteral(payoutWorkflowType)}`,
    "ExecutionStatus = 'Running'",
    `(${payoutHeldReasonAttribute.name} IS NOT NULL` +
      ` OR ${payoutStatusAttribute.name} IN (${watched.map(visibilityLiteral).join(', ')})` +
      ` OR ${payoutAttentionAttribute.name} IS NOT NULL)`,
  ].join(' AND ');
}

function isLiteral(text: string): boolean {
  try {
    return visibilityLiteral(text) !== '';
  } catch {
    return false;
  }
}
