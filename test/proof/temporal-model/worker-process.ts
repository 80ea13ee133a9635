import { asyncLocalStorage } from '@temporalio/activity';
import type { ActivityFunction, RunningActivity } from './activity-execution';
import { executeActivity } from './activity-execution';
import { CachedRun } from './cached-run';
import type { ActivityCommand, QueryAnswer, WorkflowHostFactory } from './commands-and-jobs';
import { workerShutdownFailure } from './failures';
import { createHeartbeats } from './heartbeats';
import { runLocalActivity } from './local-activities';
import type {
  ActivityEvent,
  ActivityMoment,
  ActivityResult,
  ActivityTask,
  TaskServer,
  TaskWorker,
  WorkflowTask,
  WorkflowTaskAnswer,
  WorkflowTaskReceipt,
} from './task-protocol';
import { WorkflowTaskExecution } from './workflow-task-execution';
import type { World } from './world';

export type Activities = Readonly<Record<string, ActivityFunction>>;

export type WorkerFaults = {
  /** A run leaves the memory before its next task, and is replayed. */
  readonly eviction?: number;
  /** A report that could not be sent while the process was cut off is given up instead of sent late. */
  readonly lostReport?: number;
};

export type WorkerProcessDeps = {
  readonly world: World;
  readonly server: TaskServer;
  readonly identity: string;
  readonly createHost: WorkflowHostFactory;
  readonly createActivities: (process: WorkerProcess) => Activities;
  readonly faults: WorkerFaults;
  /** Unix ms that its wall clock is ahead. */
  readonly clockErrorMs: () => number;
};

/** Core waits this much longer than the server before it tells an activity that its time is over. */
const localTimeoutBufferMs = 5_000;
const mostEvictions = 6;
/** A poll that stands open when the process stops is answered within this. */
const longestPollMs = 60_000;

type Life = 'running' | 'stopped' | 'gone';

/**
 * One process from its start to its end. Everything that happens in it goes through `enter`: while it is stopped that
 * waits, and when it is gone it never happens. So a crash is a promise that never settles, and never an exception.
 */
export class WorkerProcess implements TaskWorker {
  readonly #deps: WorkerProcessDeps;
  readonly #activities: Activities;
  readonly #runs = new Map<string, CachedRun>();
  readonly #executing = new Map<string, { next: WorkflowTask | undefined }>();
  readonly #running = new Set<RunningActivity>();
  #life: Life = 'running';
  #isPolling = true;
  #isShuttingDown = false;
  #isConnected = true;
  #waitingForLife: (() => void)[] = [];
  #waitingForConnection: (() => void)[] = [];
  /** Until when a poll of a stopped or cut-off process stands open at the server. */
  #openPollsUntil = { workflow: 0, activity: 0 };

  constructor(deps: WorkerProcessDeps) {
    this.#deps = deps;
    this.#activities = deps.createActivities(this);
    deps.world.log(`${this.identity} starts`);
  }

  get identity(): string {
    return this.#deps.identity;
  }

  get isRunning(): boolean {
    return this.#life === 'running';
  }

  get isGone(): boolean {
    return this.#life === 'gone';
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Its own wall clock. */
  get wallClock(): number {
    return this.#deps.world.now + this.#deps.clockErrorMs();
  }

  // ── its life ──────────────────────────────────────────────────────────────────────────────────

  /** Something reaches the process from outside (a reply, a timer): now, when it goes on, or never. */
  enter(run: () => void): void {
    if (this.#life === 'running') run();
    else if (this.#life === 'stopped') this.#waitingForLife.push(run);
  }

  /** A timer in the process; it runs in no activity's context. */
  after(ms: number, run: () => void): () => void {
    let isCalledOff = false;
    const callOff = this.#deps.world.after(ms, () =>
      this.enter(() => {
        if (!isCalledOff) run();
      }),
    );
    return () => {
      isCalledOff = true;
      callOff();
    };
  }

  /**
   * In the context of the activity that asks for it, as Node's own timers would run: it finds itself when it beats. After the
   * second time as seldom as `laterMs` says.
   */
  every(ms: number, run: () => void, laterMs = ms): () => void {
    const context = asyncLocalStorage.getStore();
    const inContext = (): void => (context === undefined ? run() : asyncLocalStorage.run(context, run));
    let callOff: () => void = () => undefined;
    let isCalledOff = false;
    let times = 0;
    const next = (): void => {
      times += 1;
      callOff = this.after(times <= 2 ? ms : laterMs, () => {
        inContext();
        if (!isCalledOff) next();
      });
    };
    next();
    return () => {
      isCalledOff = true;
      callOff();
    };
  }

  delay(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  kill(): void {
    if (this.#life === 'gone') return;
    this.#deps.world.log(`${this.identity} is gone`);
    this.#life = 'gone';
    this.#waitingForLife = [];
    this.#waitingForConnection = [];
    // Not while one of them is in the middle of an activation: memory is freed later, by nobody's observation.
    for (const run of this.#runs.values()) run.dispose();
    this.#runs.clear();
  }

  stop(): void {
    if (this.#life !== 'running') return;
    this.#deps.world.log(`${this.identity} is stopped`);
    this.#life = 'stopped';
    this.#leavePollsOpen();
  }

  continue(): void {
    if (this.#life !== 'stopped') return;
    const { world } = this.#deps;
    world.log(`${this.identity} goes on`);
    this.#life = 'running';
    // Everything that became due meanwhile is due now; what runs first is open.
    for (const run of this.#waitingForLife.splice(0)) world.after(0, () => this.enter(run));
    this.#pollAgain();
  }

  cutOff(): void {
    if (!this.#isConnected) return;
    this.#deps.world.log(`${this.identity} is cut off`);
    this.#isConnected = false;
    this.#leavePollsOpen();
  }

  reconnect(): void {
    if (this.#isConnected) return;
    const { world, faults } = this.#deps;
    world.log(`${this.identity} is connected`);
    this.#isConnected = true;
    for (const report of this.#waitingForConnection.splice(0)) {
      if (!world.fault('lost report', faults.lostReport)) this.after(world.between(1, 5_000), report);
    }
    this.#pollAgain();
  }

  /**
   * As the SDK's worker ends: no new tasks; what runs may go on for the grace, is then cancelled, and what still runs
   * after `forceMs` dies with the process.
   */
  shutDownGracefully(graceMs: number, forceMs = graceMs + 10_000): void {
    if (this.#isShuttingDown) return;
    this.#deps.world.log(`${this.identity} shuts down`);
    this.#isShuttingDown = true;
    this.#isPolling = false;
    this.#deps.server.workerLeaves(this);
    this.after(graceMs, () => {
      for (const activity of this.#running) activity.cancel('WORKER_SHUTDOWN');
    });
    this.after(forceMs, () => this.kill());
    this.#leaveWhenIdle();
  }

  #leaveWhenIdle(): void {
    if (!this.#isShuttingDown) return;
    this.after(1, () => {
      if (this.#running.size === 0 && this.#executing.size === 0) this.kill();
    });
  }

  #pollAgain(): void {
    if (this.#life === 'running' && this.#isPolling && this.#isConnected) this.#deps.server.workerAvailable();
  }

  #leavePollsOpen(): void {
    const { world } = this.#deps;
    const until = world.now + world.between(0, longestPollMs);
    this.#openPollsUntil = { workflow: until, activity: until };
  }

  // ── tasks ─────────────────────────────────────────────────────────────────────────────────────

  polls(kind: 'workflow' | 'activity'): boolean {
    if (this.#life === 'gone' || !this.#isPolling) return false;
    if (this.#life === 'running' && this.#isConnected) return true;
    return this.#deps.world.now < this.#openPollsUntil[kind];
  }

  receiveWorkflowTask(task: WorkflowTask): void {
    if (!this.#arrives('workflow')) return;
    this.enter(() => {
      const executing = this.#executing.get(task.start.runId);
      // Core works on one task of a run at a time; an older one is refused by the server anyway.
      if (executing === undefined) this.#execute(task);
      else executing.next = task;
    });
  }

  /** A process that stopped, or was cut off, with an open poll: one task is handed to it, and a cut-off one loses it. */
  #arrives(kind: 'workflow' | 'activity'): boolean {
    if (this.#life === 'running' && this.#isConnected) return true;
    this.#openPollsUntil[kind] = 0;
    if (this.#isConnected) {
      this.#deps.world.count('handed to a stopped process');
      return true;
    }
    this.#deps.world.count('handed to a cut-off process');
    return false;
  }

  #execute(task: WorkflowTask): void {
    const { world } = this.#deps;
    const { runId } = task.start;
    const executing: { next: WorkflowTask | undefined } = { next: undefined };
    this.#executing.set(runId, executing);
    this.#noticeTask(task, 'picked-up');
    if (this.#life !== 'running') return;
    const cached = this.#runs.get(runId);
    if (cached !== undefined) {
      const isStale = cached.position !== task.history.length;
      if (isStale || this.#isEvicted()) this.#evict(runId);
    }
    const run = this.#runs.get(runId);
    if (run !== undefined) {
      this.#begin(run, task, executing);
      return;
    }
    const created = new CachedRun(task.start, this.#deps.createHost, (then) => world.soon(then));
    this.#runs.set(runId, created);
    if (task.history.length > 0) world.log(`replay of ${task.history.length} activations`);
    created.replay(task.history, (problem) => {
      if (problem === undefined) {
        this.#begin(created, task, executing);
        return;
      }
      this.#answer(task, { kind: 'failed', error: problem });
      this.#evict(runId);
      this.#finished(runId, executing);
    });
  }

  /** The first few of them show what more would; each costs as much as the run so far. */
  #isEvicted(): boolean {
    const { world, faults } = this.#deps;
    if (!world.chance(faults.eviction) || (world.fired.get('eviction') ?? 0) >= mostEvictions) return false;
    world.count('eviction');
    return true;
  }

  #begin(run: CachedRun, task: WorkflowTask, executing: { next: WorkflowTask | undefined }): void {
    const { world } = this.#deps;
    const { runId } = task.start;
    new WorkflowTaskExecution(run, task, {
      now: () => world.now,
      log: (line) => world.log(line),
      after: (ms, then) => this.after(ms, then),
      answer: (answered, answer) => this.#answer(answered, answer),
      runLocalActivity: (of, command, done) => this.#runLocal(of, command, done),
      evict: () => this.#evict(runId),
      finished: () => this.#finished(runId, executing),
    }).begin();
  }

  #answer(task: WorkflowTask, answer: WorkflowTaskAnswer): WorkflowTaskReceipt {
    this.#noticeTask(task, 'completed-in-worker');
    // Cut off, stopped or killed just now: the server's timeout gives the task to somebody, and this answer is lost.
    if (this.#life !== 'running' || !this.#isConnected) return { kind: 'refused' };
    const receipt = this.#deps.server.answerWorkflowTask(this, task, answer);
    this.#noticeTask(task, receipt.kind === 'accepted' ? 'reported' : 'report-refused');
    return receipt;
  }

  #finished(runId: string, executing: { next: WorkflowTask | undefined }): void {
    if (this.#executing.get(runId) !== executing) return;
    this.#executing.delete(runId);
    const { next } = executing;
    if (next !== undefined) this.after(0, () => this.#receiveAgain(next));
    this.#leaveWhenIdle();
  }

  /** A task that had to wait for the one before it. */
  #receiveAgain(task: WorkflowTask): void {
    const executing = this.#executing.get(task.start.runId);
    if (executing === undefined) this.#execute(task);
    else executing.next = task;
  }

  #evict(runId: string): void {
    this.#runs.get(runId)?.dispose();
    this.#runs.delete(runId);
  }

  query(runId: string, name: string, args: readonly unknown[]): QueryAnswer | undefined {
    if (this.#life !== 'running' || !this.#isConnected) return undefined;
    return this.#runs.get(runId)?.query(name, args);
  }

  // ── activities ────────────────────────────────────────────────────────────────────────────────

  receiveActivity(task: ActivityTask): void {
    if (!this.#arrives('activity')) return;
    this.enter(() => this.#runActivity(task));
  }

  #runActivity(task: ActivityTask): void {
    const { command, attempt, token } = task;
    const event = this.#eventOf(task, command, attempt, false);
    this.#notice(event, 'picked-up');
    if (this.#life !== 'running') return;
    const heartbeats = createHeartbeats(command.heartbeatMs, {
      after: (ms, run) => this.after(ms, run),
      send: () => (this.#isConnected ? this.#deps.server.heartbeat(token) : undefined),
      cancel: (reason) => running.cancel(reason),
    });
    const running = executeActivity(this.#functionOf(command.type), {
      ...task,
      local: false,
      onHeartbeat: () => {
        if (this.#life === 'running') heartbeats.beat();
      },
    });
    this.#running.add(running);
    const limitMs = command.startToCloseMs ?? command.scheduleToCloseMs;
    const callOff =
      limitMs === undefined
        ? undefined
        : this.after(limitMs + localTimeoutBufferMs, () => running.cancel('TIMED_OUT'));
    this.#whenDone(running, event, (result) => {
      heartbeats.stop();
      callOff?.();
      this.#report(() => {
        const isTaken = this.#deps.server.reportActivity(token, result);
        if (!isTaken) {
          this.#deps.world.count('report refused');
          this.#notice(event, 'report-refused');
        }
      });
    });
  }

  #runLocal(
    task: WorkflowTask,
    command: ActivityCommand,
    done: Parameters<typeof runLocalActivity>[2],
  ): void {
    const { world } = this.#deps;
    const { workflowId, runId, workflowType } = task.start;
    const ids = { workflowId, runId, workflowType };
    runLocalActivity(
      {
        now: () => world.now,
        after: (ms, run) => this.after(ms, run),
        pauseMs: () => world.between(0, 3),
        start: (attempt, scheduledAt, onResult) => {
          const event = this.#eventOf(ids, command, attempt, true);
          this.#notice(event, 'picked-up');
          const running = executeActivity(this.#functionOf(command.type), {
            ...ids,
            command,
            attempt,
            scheduledAt,
            attemptScheduledAt: world.now,
            local: true,
            onHeartbeat: () => undefined,
          });
          this.#running.add(running);
          this.#whenDone(running, event, onResult);
          return running;
        },
      },
      command,
      done,
    );
  }

  #whenDone(
    running: RunningActivity,
    event: Omit<ActivityEvent, 'moment'>,
    then: (result: ActivityResult) => void,
  ): void {
    void running.result.then((result) =>
      this.enter(() => {
        this.#running.delete(running);
        this.#notice(event, 'completed-in-worker');
        // Killed just now, before the server heard of it.
        if (this.#life !== 'running') return;
        this.#leaveWhenIdle();
        then(result.kind === 'cancelled' && this.#isShuttingDown ? shutDown : result);
      }),
    );
  }

  /** Sends a report, at the earliest when the process is connected again. */
  #report(send: () => void): void {
    if (this.#isConnected) send();
    else this.#waitingForConnection.push(send);
  }

  #functionOf(type: string): ActivityFunction {
    const run = this.#activities[type];
    if (run === undefined) throw new Error(`no activity ${type}`);
    return run;
  }

  #eventOf(
    ids: { readonly workflowId: string; readonly runId: string },
    command: ActivityCommand,
    attempt: number,
    local: boolean,
  ): Omit<ActivityEvent, 'moment'> {
    const { workflowId, runId } = ids;
    return { type: command.type, attempt, local, workflowId, runId, activityId: command.id, worker: this };
  }

  #notice(event: Omit<ActivityEvent, 'moment'>, moment: ActivityMoment): void {
    const { world, server } = this.#deps;
    world.log(`${event.type}#${event.attempt} ${moment}`);
    server.notice({ ...event, moment });
  }

  #noticeTask(
    task: WorkflowTask,
    moment: 'picked-up' | 'completed-in-worker' | 'reported' | 'report-refused',
  ): void {
    const { workflowId, runId } = task.start;
    this.#deps.server.noticeTask({ moment, workflowId, runId, worker: this });
  }
}

/** A cancellation that only the stop asked for is no cancellation to the server: the attempt failed. */
const shutDown: ActivityResult = { kind: 'failed', failure: workerShutdownFailure() };
