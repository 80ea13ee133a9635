import type { RunningActivity } from './activity-execution';
import type { ActivityCommand, ActivityResolution, Failure } from './commands-and-jobs';
import { activityFailure, afterFailure, retryState, timeoutFailure } from './failures';
import type { ActivityResult } from './task-protocol';

export type LocalActivityPorts = {
  readonly now: () => number;
  readonly after: (ms: number, run: () => void) => () => void;
  /** A pause of the machine between two things, in ms. */
  readonly pauseMs: () => number;
  readonly start: (
    attempt: number,
    scheduledAt: number,
    done: (result: ActivityResult) => void,
  ) => RunningActivity;
};

/** Longer waits between two attempts are timers of the workflow. */
const defaultThresholdMs = 60_000;

/**
 * Core's retries of a local activity, inside of one workflow task. As seen on the real server (SDK 1.24.0): a failure
 * arrives bare, a timeout wrapped as if it were cancelled, and schedule-to-close bounds an attempt but never the retries.
 */
export function runLocalActivity(
  ports: LocalActivityPorts,
  command: ActivityCommand,
  done: (resolution: ActivityResolution) => void,
  attempt = command.attempt ?? 1,
  scheduledAt = ports.now(),
): void {
  const fail = (failure: Failure, byTimeout: boolean): void => {
    const { state, backoffMs } = afterFailure(
      ports.now(),
      attempt,
      command.retry,
      Number.POSITIVE_INFINITY,
      failure,
    );
    if (state !== retryState.inProgress) {
      const shown = byTimeout
        ? activityFailure(command, retryState.cancelRequested, failure, 'Local Activity timed out')
        : failure;
      done({ status: 'failed', failure: shown });
    } else if (backoffMs > (command.localRetryThresholdMs ?? defaultThresholdMs)) {
      done({ status: 'backoff', attempt: attempt + 1, ms: backoffMs, scheduledAt });
    } else {
      ports.after(backoffMs, () => runLocalActivity(ports, command, done, attempt + 1, scheduledAt));
    }
  };

  ports.after(ports.pauseMs(), () => {
    let isOpen = true;
    const callOffs: (() => void)[] = [];
    const endOnce = (then: () => void): void => {
      if (!isOpen) return;
      isOpen = false;
      for (const callOff of callOffs) callOff();
      then();
    };
    const { startToCloseMs, scheduleToCloseMs } = command;
    const limitMs = Math.min(
      startToCloseMs ?? Number.POSITIVE_INFINITY,
      scheduleToCloseMs ?? Number.POSITIVE_INFINITY,
    );
    const running = ports.start(attempt, scheduledAt, (result) =>
      endOnce(() => {
        if (result.kind === 'completed') done({ status: 'completed', result: result.result });
        else fail(result.failure, false);
      }),
    );
    if (limitMs === Number.POSITIVE_INFINITY) return;
    callOffs.push(
      ports.after(limitMs, () => {
        running.cancel('TIMED_OUT');
        const kind = limitMs === startToCloseMs ? 'startToClose' : 'scheduleToClose';
        endOnce(() => fail(timeoutFailure(kind, 'Activity timed out'), true));
      }),
    );
  });
}
