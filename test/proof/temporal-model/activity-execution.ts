import {
  ActivityCancellationDetails,
  defaultFailureConverter,
  defaultPayloadConverter,
  noopMetricMeter,
} from '@temporalio/common';
import type { Logger } from '@temporalio/common';
import { Activity } from '@temporalio/worker/lib/activity';
import type { CancelReason } from '@temporalio/worker/lib/activity';
import type { ActivityCommand } from './commands-and-jobs';
import { modelTaskQueue } from './commands-and-jobs';
import { jsonTextOf, readJsonText } from './proto-translation';
import type { ActivityResult, ActivityTask } from './task-protocol';

export type ActivityFunction = (...args: never[]) => Promise<unknown>;

const silent = (): void => undefined;
/** What activities log is for people; the trace has what happened. */
const quietLogger: Logger = {
  log: silent,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
};
const dataConverter = {
  payloadConverter: defaultPayloadConverter,
  failureConverter: defaultFailureConverter,
  payloadCodecs: [],
};

export type RunningActivity = {
  readonly result: Promise<ActivityResult>;
  cancel(reason: CancelReason): void;
  readonly isCancelled: boolean;
};

export type ActivityAttempt = Omit<ActivityTask, 'token' | 'command'> & {
  readonly command: ActivityCommand;
  readonly local: boolean;
  readonly onHeartbeat: () => void;
};

/**
 * Runs one attempt in the worker's own `Activity`: the context, the cancellation signal and the translation of whatever
 * the function returns or throws are production code.
 */
export function executeActivity(run: ActivityFunction, attempt: ActivityAttempt): RunningActivity {
  const { command, workflowId, runId, workflowType } = attempt;
  const activity = new Activity(
    {
      taskToken: new Uint8Array(),
      base64TaskToken: '',
      taskQueue: modelTaskQueue,
      activityId: command.id,
      activityType: command.type,
      activityNamespace: 'default',
      workflowNamespace: 'default',
      namespace: 'default',
      workflowExecution: { workflowId, runId },
      workflowType,
      inWorkflow: true,
      activityRunId: undefined,
      attempt: attempt.attempt,
      isLocal: attempt.local,
      heartbeatTimeoutMs: command.heartbeatMs,
      heartbeatDetails: undefined,
      scheduledTimestampMs: attempt.scheduledAt,
      currentAttemptScheduledTimestampMs: attempt.attemptScheduledAt,
      startToCloseTimeoutMs: command.startToCloseMs ?? 0,
      scheduleToCloseTimeoutMs: command.scheduleToCloseMs ?? 0,
      priority: undefined,
      retryPolicy: undefined,
    },
    run as ConstructorParameters<typeof Activity>[1],
    dataConverter,
    { type: 'activity', namespace: 'default', isLocal: attempt.local } as unknown as ConstructorParameters<
      typeof Activity
    >[3],
    undefined,
    attempt.onHeartbeat,
    undefined,
    quietLogger,
    noopMetricMeter,
    [],
  );
  let isCancelled = false;
  const result = activity
    .run({ args: command.args.map(readJsonText), headers: {} })
    .then(({ completed, failed, cancelled }): ActivityResult => {
      if (completed) return { kind: 'completed', result: jsonTextOf(completed.result) };
      if (cancelled) return { kind: 'cancelled', failure: cancelled.failure ?? {} };
      return { kind: 'failed', failure: failed?.failure ?? {} };
    });
  return {
    result,
    cancel(reason) {
      if (isCancelled) return;
      isCancelled = true;
      activity.cancel(reason, ActivityCancellationDetails.fromProto(undefined));
    },
    get isCancelled() {
      return isCancelled;
    },
  };
}
