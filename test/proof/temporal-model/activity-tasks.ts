import type { ActivityCommand, ActivityResolution, Failure } from './commands-and-jobs';
import { modelTaskQueue } from './commands-and-jobs';
import type { TimeoutKind } from './failures';
import { activityFailure, afterFailure, cancelledActivity, retryState, timeoutFailure } from './failures';
import type { Matching } from './matching';
import type { ServerFaults } from './server-options';
import type {
  ActivityMoment,
  ActivityResult,
  ActivityTask,
  HeartbeatAnswer,
  TaskServer,
  TaskWorker,
} from './task-protocol';
import type { World } from './world';

type PendingActivity = {
  readonly command: ActivityCommand;
  readonly scheduledAt: number;
  /** Schedule-to-close, as a moment. */
  readonly deadline: number;
  readonly timeouts: Timeouts;
  attempt: number;
  /** Of the attempt that is under way; none while it waits. */
  token: object | undefined;
  worker: TaskWorker | undefined;
  cancelRequested: boolean;
  /** Of the attempts before this one. */
  lastFailure: Failure | undefined;
};

/** Calls of an attempt that its end takes back, and those of the whole activity. */
type Timeouts = {
  attempt: (() => void)[];
  heartbeat: (() => void) | undefined;
  whole: (() => void) | undefined;
};

export type ActivityTasksDeps = {
  readonly world: World;
  readonly matching: Matching;
  readonly faults: ServerFaults;
  readonly run: { readonly workflowId: string; readonly runId: string; readonly workflowType: string };
  readonly notice: TaskServer['notice'];
  /** The workflow is told; `undefined`: an event that concerns nobody any more. */
  readonly resolve: (command: ActivityCommand, resolution: ActivityResolution) => void;
};

const minutes = 60_000;

/** The server's side of a run's activities: attempts, timeouts, retries, cancel requests. */
export class ActivityTasks {
  readonly #deps: ActivityTasksDeps;
  readonly #pending = new Map<number, PendingActivity>();
  readonly #byToken = new Map<object, PendingActivity>();

  constructor(deps: ActivityTasksDeps) {
    this.#deps = deps;
  }

  get open(): readonly {
    readonly command: ActivityCommand;
    readonly attempt: number;
    readonly started: boolean;
  }[] {
    return [...this.#pending.values()].map(({ command, attempt, token }) => ({
      command,
      attempt,
      started: token !== undefined,
    }));
  }

  schedule(given: ActivityCommand): void {
    const { world } = this.#deps;
    const command = withServersDefaults(given);
    const { scheduleToCloseMs } = command;
    const pending: PendingActivity = {
      command,
      scheduledAt: world.now,
      deadline: scheduleToCloseMs === undefined ? Number.POSITIVE_INFINITY : world.now + scheduleToCloseMs,
      timeouts: { attempt: [], heartbeat: undefined, whole: undefined },
      attempt: 1,
      token: undefined,
      worker: undefined,
      cancelRequested: false,
      lastFailure: undefined,
    };
    this.#pending.set(command.seq, pending);
    if (scheduleToCloseMs !== undefined) {
      pending.timeouts.whole = world.after(scheduleToCloseMs, () => {
        // Where both limits end in the same moment, nobody's picking it up is what is reported.
        const isUnstarted = pending.attempt === 1 && pending.token === undefined;
        const isBoth = isUnstarted && command.scheduleToStartMs === scheduleToCloseMs;
        this.#timeOut(pending, isBoth ? 'scheduleToStart' : 'scheduleToClose');
      });
    }
    this.#notice(pending, 'scheduled');
    this.#scheduleAttempt(pending, 0);
  }

  /** The workflow no longer wants it. What runs learns of it by its next heartbeat. */
  requestCancel(seq: number): void {
    const pending = this.#pending.get(seq);
    // An abandoned one is core's affair alone.
    if (pending === undefined || pending.command.cancellation === 'abandon') return;
    pending.cancelRequested = true;
    if (pending.token === undefined) this.#end(pending, cancelled(pending.command));
  }

  heartbeat(token: object): HeartbeatAnswer {
    const pending = this.#byToken.get(token);
    if (pending === undefined) return 'not-found';
    this.#expectHeartbeat(pending);
    return pending.cancelRequested ? 'cancel-requested' : 'go-on';
  }

  owns(token: object): boolean {
    return this.#byToken.has(token);
  }

  report(token: object, result: ActivityResult): boolean {
    const pending = this.#byToken.get(token);
    if (pending === undefined) return false;
    this.#notice(pending, 'reported');
    switch (result.kind) {
      case 'completed':
        this.#end(pending, { status: 'completed', result: result.result });
        break;
      case 'cancelled':
        // The server takes "cancelled" only where it asked for it; anything else is a failure like others.
        if (pending.cancelRequested) this.#end(pending, cancelled(pending.command));
        else this.#fail(pending, result.failure, false);
        break;
      case 'failed':
        this.#fail(pending, result.failure, false);
        break;
    }
    return true;
  }

  /** The run is closed: every answer is refused from here on. */
  forgetAll(): void {
    for (const pending of this.#pending.values()) this.#forget(pending);
  }

  /** One attempt, from the moment it may be handed out; `afterMs` is the wait between two attempts. */
  #scheduleAttempt(pending: PendingActivity, afterMs: number): void {
    const { world, faults } = this.#deps;
    const { attempt } = pending;
    const current = (): boolean =>
      this.#pending.get(pending.command.seq) === pending && pending.attempt === attempt;
    const offer = (): void => {
      if (!current()) return;
      const scheduledAt = world.now;
      const { scheduleToStartMs } = pending.command;
      if (scheduleToStartMs !== undefined) {
        pending.timeouts.attempt.push(
          world.after(scheduleToStartMs, () => {
            if (current() && pending.token === undefined) this.#timeOut(pending, 'scheduleToStart');
          }),
        );
      }
      if (pending.command.taskQueue !== modelTaskQueue) return;
      const slow = world.fault('slow hand-out', faults.slowHandOut);
      const waitMs = slow
        ? world.pick([5_000, minutes, 15 * minutes, 29 * minutes, 40 * minutes])
        : world.between(1, 30);
      pending.timeouts.attempt.push(
        world.after(waitMs, () => {
          if (current()) this.#handOut(pending, scheduledAt);
        }),
      );
    };
    if (afterMs === 0) offer();
    else pending.timeouts.attempt.push(world.after(afterMs, offer));
  }

  /**
   * The attempt starts. **Relied upon everywhere:** Temporal hands one attempt out at most once. The start is written
   * before the poll is answered, so a lost answer is a lost attempt (a timeout later), never a second start; the next
   * attempt has the next number. Where the send's `maximumAttempts` is 1, one scheduled event is at most one call.
   */
  #handOut(pending: PendingActivity, attemptScheduledAt: number): void {
    const { world, matching, run, faults } = this.#deps;
    const { attempt, command } = pending;
    const worker = matching.pick('activity');
    if (worker === undefined) {
      matching.whenAvailable(() => {
        const isCurrent = this.#pending.get(command.seq) === pending && pending.attempt === attempt;
        if (isCurrent && pending.token === undefined) this.#handOut(pending, attemptScheduledAt);
      });
      return;
    }
    const token = {};
    pending.token = token;
    pending.worker = worker;
    this.#byToken.set(token, pending);
    const { startToCloseMs } = command;
    if (startToCloseMs !== undefined) {
      pending.timeouts.attempt.push(
        world.after(startToCloseMs, () => this.#timeOut(pending, 'startToClose')),
      );
    }
    this.#expectHeartbeat(pending);
    this.#notice(pending, 'handed-out');
    if (world.fault('lost hand-out', faults.lostHandOut)) return;
    worker.receiveActivity({
      token,
      command,
      attempt,
      scheduledAt: pending.scheduledAt,
      attemptScheduledAt,
      ...run,
    } satisfies ActivityTask);
  }

  #expectHeartbeat(pending: PendingActivity): void {
    const { heartbeatMs } = pending.command;
    if (heartbeatMs === undefined) return;
    pending.timeouts.heartbeat?.();
    pending.timeouts.heartbeat = this.#deps.world.after(heartbeatMs, () =>
      this.#timeOut(pending, 'heartbeat'),
    );
  }

  #timeOut(pending: PendingActivity, kind: TimeoutKind): void {
    if (this.#pending.get(pending.command.seq) !== pending) return;
    const { world } = this.#deps;
    world.log(`${pending.command.type}#${pending.attempt} timed out: ${kind}`);
    this.#notice(pending, 'timed-out');
    this.#fail(pending, timeoutFailure(kind), true);
  }

  #fail(pending: PendingActivity, failure: Failure, byTimeout: boolean): void {
    const { world } = this.#deps;
    const { command, attempt, deadline } = pending;
    const { state, backoffMs } = pending.cancelRequested
      ? { state: retryState.cancelRequested, backoffMs: 0 }
      : afterFailure(world.now, attempt, command.retry, deadline, failure);
    if (state === retryState.inProgress) {
      this.#endAttempt(pending);
      pending.lastFailure = failure;
      pending.attempt += 1;
      this.#scheduleAttempt(pending, backoffMs);
      return;
    }
    const cause = byTimeout
      ? timeoutAsReported(failure, state === retryState.timeout, pending.lastFailure)
      : failure;
    const message = byTimeout ? 'Activity task timed out' : 'Activity task failed';
    this.#end(pending, { status: 'failed', failure: activityFailure(command, state, cause, message) });
  }

  #end(pending: PendingActivity, resolution: ActivityResolution): void {
    this.#forget(pending);
    this.#deps.world.log(`${pending.command.type} ${resolution.status}`);
    this.#deps.resolve(pending.command, resolution);
  }

  #endAttempt(pending: PendingActivity): void {
    if (pending.token !== undefined) this.#byToken.delete(pending.token);
    pending.token = undefined;
    pending.worker = undefined;
    for (const callOff of pending.timeouts.attempt.splice(0)) callOff();
    pending.timeouts.heartbeat?.();
    pending.timeouts.heartbeat = undefined;
  }

  #forget(pending: PendingActivity): void {
    this.#endAttempt(pending);
    pending.timeouts.whole?.();
    this.#pending.delete(pending.command.seq);
  }

  #notice(pending: PendingActivity, moment: ActivityMoment): void {
    const { run, notice } = this.#deps;
    const { command, attempt, worker } = pending;
    notice({
      moment,
      type: command.type,
      attempt,
      local: false,
      workflowId: run.workflowId,
      runId: run.runId,
      activityId: command.id,
      worker,
    });
  }
}

const cancelled = (command: ActivityCommand): ActivityResolution => ({
  status: 'cancelled',
  failure: cancelledActivity(command),
});

/** Shorter limits bound the longer ones, and what is not given follows from the others. */
function withServersDefaults(command: ActivityCommand): ActivityCommand {
  const { scheduleToCloseMs, heartbeatMs } = command;
  const within = (ms: number | undefined, limit: number | undefined): number | undefined =>
    ms === undefined || limit === undefined ? (ms ?? limit) : Math.min(ms, limit);
  const startToCloseMs = within(command.startToCloseMs, scheduleToCloseMs);
  return {
    ...command,
    scheduleToStartMs: within(command.scheduleToStartMs, scheduleToCloseMs),
    startToCloseMs,
    heartbeatMs: heartbeatMs === undefined ? undefined : within(heartbeatMs, startToCloseMs),
  };
}

const noRoomMessage =
  'Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying';

/** Whatever timed out: no room for another attempt is reported as the whole activity's timeout. */
function timeoutAsReported(
  failure: Failure,
  isWithoutRoom: boolean,
  lastFailure: Failure | undefined,
): Failure {
  const { timeoutType } = timeoutFailure('scheduleToStart').timeoutFailureInfo ?? {};
  const isUnstarted = failure.timeoutFailureInfo?.timeoutType === timeoutType;
  const reported = isWithoutRoom && !isUnstarted ? timeoutFailure('scheduleToClose', noRoomMessage) : failure;
  return lastFailure === undefined ? reported : { ...reported, cause: lastFailure };
}
