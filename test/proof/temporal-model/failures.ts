import { temporal } from '@temporalio/proto';
import type { ActivityCommand, Failure, RetryPolicy } from './commands-and-jobs';

const { RetryState, TimeoutType } = temporal.api.enums.v1;

/** As the server writes them into its failures. */
export const retryState = {
  inProgress: RetryState.RETRY_STATE_IN_PROGRESS,
  nonRetryable: RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE,
  timeout: RetryState.RETRY_STATE_TIMEOUT,
  maximumAttemptsReached: RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED,
  cancelRequested: RetryState.RETRY_STATE_CANCEL_REQUESTED,
} as const;

type RetryStateValue = (typeof retryState)[keyof typeof retryState];

export const timeoutType = {
  startToClose: TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE,
  scheduleToStart: TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START,
  scheduleToClose: TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE,
  heartbeat: TimeoutType.TIMEOUT_TYPE_HEARTBEAT,
} as const;

export type TimeoutKind = keyof typeof timeoutType;

/** The words of the server, also after `TemporalTimeout:` in a list of non-retryable types. */
const timeoutWord: Readonly<Record<TimeoutKind, string>> = {
  startToClose: 'StartToClose',
  scheduleToStart: 'ScheduleToStart',
  scheduleToClose: 'ScheduleToClose',
  heartbeat: 'Heartbeat',
};

export const timeoutFailure = (
  kind: TimeoutKind,
  message = `activity ${timeoutWord[kind]} timeout`,
): Failure => ({ message, source: 'Server', timeoutFailureInfo: { timeoutType: timeoutType[kind] } });

export const cancelledFailure = (): Failure => ({ message: '', source: 'Server', canceledFailureInfo: {} });

export const activityFailure = (
  { id, type }: Pick<ActivityCommand, 'id' | 'type'>,
  state: RetryStateValue,
  cause: Failure,
  message: string,
): Failure => ({
  message,
  cause,
  activityFailureInfo: { activityId: id, activityType: { name: type }, retryState: state },
});

export const cancelledActivity = (command: ActivityCommand): Failure =>
  activityFailure(command, retryState.cancelRequested, cancelledFailure(), 'Activity cancelled');

/** What core reports of an activity that a graceful stop interrupted. */
export const workerShutdownFailure = (): Failure => ({
  message: 'Worker is shutting down and this activity did not complete in time',
  applicationFailureInfo: { type: 'WorkerShutdown', nonRetryable: false },
});

const timeoutKindOf = (failure: Failure): TimeoutKind | undefined => {
  const type = failure.timeoutFailureInfo?.timeoutType;
  return (Object.keys(timeoutType) as TimeoutKind[]).find((kind) => timeoutType[kind] === type);
};

/** How a failure is named in a list of non-retryable types. */
export function typeOfFailure(failure: Failure): string {
  const kind = timeoutKindOf(failure);
  if (kind !== undefined) return `TemporalTimeout:${timeoutWord[kind]}`;
  return failure.applicationFailureInfo?.type ?? '';
}

export type Verdict = { readonly state: RetryStateValue; readonly backoffMs: number };

/**
 * What follows a failed attempt, after the server's `service/history/workflow/retry.go` (1.32). A next attempt must begin
 * before the deadline; it need not end before it.
 */
export function afterFailure(
  now: number,
  attempt: number,
  policy: RetryPolicy,
  deadline: number,
  failure: Failure,
): Verdict {
  const ended = (state: RetryStateValue): Verdict => ({ state, backoffMs: 0 });
  const kind = timeoutKindOf(failure);
  if (kind === 'scheduleToStart' || kind === 'scheduleToClose') return ended(retryState.timeout);
  if (
    failure.canceledFailureInfo ||
    failure.terminatedFailureInfo ||
    failure.applicationFailureInfo?.nonRetryable === true ||
    policy.nonRetryable.includes(typeOfFailure(failure))
  ) {
    return ended(retryState.nonRetryable);
  }
  if (policy.attempts > 0 && attempt >= policy.attempts) return ended(retryState.maximumAttemptsReached);
  const ownDelay = durationMs(failure.applicationFailureInfo?.nextRetryDelay);
  const maximumMs = ownDelay ?? policy.maximumMs;
  let backoffMs = ownDelay ?? Math.floor(policy.initialMs * policy.coefficient ** (attempt - 1));
  // The activity's own delay of 0 ends it: there is no interval to wait.
  if (maximumMs === 0 && backoffMs <= 0) return ended(retryState.timeout);
  if (maximumMs !== 0 && (backoffMs <= 0 || backoffMs > maximumMs)) backoffMs = maximumMs;
  if (now + backoffMs > deadline) return ended(retryState.timeout);
  return { state: retryState.inProgress, backoffMs };
}

type Duration = { readonly seconds?: unknown; readonly nanos?: number | null };

/** A protobuf duration in ms; its seconds may be a `Long` of another realm. */
export const durationMs = (duration: Duration | null | undefined): number | undefined =>
  duration === null || duration === undefined
    ? undefined
    : secondsOf(duration.seconds) * 1_000 + (duration.nanos ?? 0) / 1e6;

/** By its own method where it has one: the way through its text, which `Number` takes, is a long one. */
const secondsOf = (seconds: unknown): number =>
  typeof seconds === 'object' && seconds !== null && 'toNumber' in seconds
    ? (seconds as { toNumber(): number }).toNumber()
    : Number(seconds ?? 0);
