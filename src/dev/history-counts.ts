import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

const { EventType } = temporal.api.enums.v1;
const { HistoryEvent } = temporal.api.history.v1;

export type HistoryCounts = {
  readonly events: number;
  readonly workflowTasks: number;
  /** Billable actions by Temporal's published rule, activity retries left out (they are counted by the server only). */
  readonly actions: number;
};

/**
 * Counts a real history. Billable: the start, each activity, each timer, each accepted update and signal, each upsert of
 * search attributes, and all local activities of one workflow task together.
 */
export async function countHistory(handle: WorkflowHandle): Promise<HistoryCounts> {
  const { events } = await handle.fetchHistory();
  const history = (events ?? []).filter(
    ({ eventType }) => eventType !== EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED,
  );
  const single = new Set([
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
  ]);
  const tasksWithLocalActivities = new Set(
    history.flatMap(({ markerRecordedEventAttributes: marker }) =>
      marker?.markerName === 'core_local_activity' ? [String(marker.workflowTaskCompletedEventId)] : [],
    ),
  );
  return {
    events: history.length,
    workflowTasks: history.filter(
      ({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
    ).length,
    actions:
      history.filter(({ eventType }) => eventType != null && single.has(eventType)).length +
      tasksWithLocalActivities.size,
  };
}

/** What the events of a history weigh, as the server stores them without compression. */
export async function historyBytes(handle: WorkflowHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).reduce((bytes, event) => bytes + HistoryEvent.encode(event).finish().length, 0);
}
