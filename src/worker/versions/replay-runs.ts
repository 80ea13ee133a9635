import type { temporal } from '@temporalio/proto';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { HistoryUnreadableError, replayableHistory } from '../replay/history-file';
import { replayHistory } from '../replay/replay-history';
import type { VersionCalls } from './version-calls';

export type Run = { readonly workflowId: string; readonly runId: string };

/** What a replay of one run with a bundle came to. */
export type ReplayedRun = Run & {
  readonly events: number;
  /** Why the code of that bundle would not have made this history; absent when it would. */
  readonly difference?: string;
};

/** Replays the history that a run has now. */
export async function replayRun(
  calls: VersionCalls,
  run: Run,
  bundle: WorkflowBundleOption,
): Promise<ReplayedRun> {
  const history = await historyOf(calls, run);
  const events = history.events?.length ?? 0;
  // It has not begun: any code may begin it.
  if (history.events?.every((event) => !event.workflowTaskCompletedEventAttributes))
    return { ...run, events };
  try {
    const { difference } = await replayHistory(replayableHistory(history), bundle);
    return { ...run, events, ...(difference === undefined ? {} : { difference: difference.message }) };
  } catch (error) {
    if (!(error instanceof HistoryUnreadableError)) throw error;
    return { ...run, events, difference: error.message };
  }
}

export async function historyOf(calls: VersionCalls, run: Run): Promise<temporal.api.history.v1.IHistory> {
  const events: temporal.api.history.v1.IHistoryEvent[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const token = nextPageToken === undefined ? {} : { nextPageToken };
    const page = await calls.ask((service) =>
      service.getWorkflowExecutionHistory({ namespace: calls.namespace, execution: run, ...token }),
    );
    events.push(...(page.history?.events ?? []));
    nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
  } while (nextPageToken !== undefined);
  return { events };
}
