import type { Replay } from './replay-history';
import { replayHistory } from './replay-history';
import { HistoryUnreadableError, readHistory } from './history-file';
import { workflowBundle } from '../workflow-bundle';

/** What the command `payouts replay` prints. */
export type ReplayedText = Replay & {
  readonly workflowId: string;
  readonly runId: string;
  /** Number of events in the history. */
  readonly events: number;
};

/** Replays a history, given as JSON, with the installed workflow bundle; `problem` for a text that is none of ours. */
export async function replayText(text: string): Promise<ReplayedText | { readonly problem: string }> {
  try {
    const readable = readHistory(text);
    const { workflowId, runId, history } = readable;
    const events = history.events?.length ?? 0;
    return {
      workflowId,
      runId,
      events,
      ...(await replayHistory(readable, workflowBundle({ stackTraces: true }))),
    };
  } catch (error) {
    if (error instanceof HistoryUnreadableError) return { problem: error.message };
    throw error;
  }
}
