import type { QueryAnswer } from './commands-and-jobs';
import { throughJson } from './commands-and-jobs';
import { Matching } from './matching';
import { resetRun } from './reset-run';
import type { ResetPoint } from './reset-run';
import type { ServerOptions } from './server-options';
import type {
  ActivityEvent,
  ActivityResult,
  HeartbeatAnswer,
  TaskServer,
  TaskWorker,
  WorkflowTask,
  WorkflowTaskAnswer,
  WorkflowTaskEvent,
  WorkflowTaskReceipt,
} from './task-protocol';
import type { UpdateOutcome } from './updates';
import { WorkflowRun } from './workflow-run';
import type { RunStart, WorkflowRunDeps } from './workflow-run';
import type { World } from './world';

export type StartOptions = {
  readonly workflowId: string;
  readonly workflowType: string;
  readonly args: readonly unknown[];
  readonly memo?: Readonly<Record<string, unknown>>;
  readonly searchAttributes?: Readonly<Record<string, unknown>>;
};

/** Temporal's server, as far as one namespace with a few runs and one task queue needs it. It forgets only when it is told to. */
export class ServerModel implements TaskServer {
  readonly matching: Matching;
  readonly #world: World;
  readonly #deps: WorkflowRunDeps;
  readonly #runs = new Map<string, WorkflowRun>();
  readonly #current = new Map<string, WorkflowRun>();
  readonly #activityListeners: ((event: ActivityEvent) => void)[] = [];
  readonly #taskListeners: ((event: WorkflowTaskEvent) => void)[] = [];
  #runCount = 0;

  constructor(world: World, options: ServerOptions = {}) {
    this.#world = world;
    this.matching = new Matching(world);
    this.#deps = { world, matching: this.matching, options, notice: (event) => this.notice(event) };
  }

  /** Called at each moment of each activity; may kill, stop or cut off the worker right then. */
  onActivityEvent(listener: (event: ActivityEvent) => void): void {
    this.#activityListeners.push(listener);
  }

  onWorkflowTaskEvent(listener: (event: WorkflowTaskEvent) => void): void {
    this.#taskListeners.push(listener);
  }

  /** Starts a run; one workflow id is one run here, whatever became of it. */
  start(options: StartOptions): WorkflowRun {
    const run = this.#create(options);
    run.begin();
    return run;
  }

  /** A run that ended before. */
  putEnded(options: StartOptions, result: unknown): void {
    this.#create(options).endAtOnce(result);
  }

  #create(options: StartOptions): WorkflowRun {
    const { workflowId, workflowType } = options;
    if (this.#current.has(workflowId)) throw new Error(`${workflowId} exists already`);
    const { runId, randomSeed } = this.#nextRunId();
    const start: RunStart = {
      workflowId,
      workflowType,
      runId,
      firstExecutionRunId: runId,
      originalExecutionRunId: runId,
      startedAt: this.#world.now,
      runStartedAt: this.#world.now,
      randomSeed,
      args: options.args.map(throughJson),
      memo: throughJson(options.memo ?? {}),
      searchAttributes: throughJson(options.searchAttributes ?? {}),
    };
    const run = new WorkflowRun(this.#deps, start);
    this.#take(run);
    this.#world.log(`start ${workflowType} ${workflowId}`);
    return run;
  }

  #nextRunId(): { readonly runId: string; readonly randomSeed: readonly number[] } {
    this.#runCount += 1;
    const randomSeed = Array.from({ length: 8 }, () => this.#world.between(0, 255));
    return { runId: `run-${this.#runCount}`, randomSeed };
  }

  #take(run: WorkflowRun): void {
    this.#runs.set(run.start.runId, run);
    this.#current.set(run.start.workflowId, run);
  }

  /** As retention does: an ended workflow is gone, and its id is free. */
  forget(workflowId: string): void {
    if (this.current(workflowId).end === undefined) throw new Error(`${workflowId} has not ended`);
    for (const { start } of this.runsOf(workflowId)) this.#runs.delete(start.runId);
    this.#current.delete(workflowId);
    this.#world.log(`forget ${workflowId}`);
  }

  run(runId: string): WorkflowRun | undefined {
    return this.#runs.get(runId);
  }

  has(workflowId: string): boolean {
    return this.#current.has(workflowId);
  }

  /** Every run of a workflow id, in the order in which they were made. */
  runsOf(workflowId: string): readonly WorkflowRun[] {
    return [...this.#runs.values()].filter(({ start }) => start.workflowId === workflowId);
  }

  /** As visibility answers: the workflow ids whose newest run has a search attribute of this value. */
  workflowIdsWith(attribute: string, value: string): readonly string[] {
    return [...this.#current].flatMap(([workflowId, run]) =>
      run.searchAttributes.get(attribute) === value ? [workflowId] : [],
    );
  }

  /** The newest run of a workflow id. */
  current(workflowId: string): WorkflowRun {
    const run = this.#current.get(workflowId);
    if (run === undefined) throw new Error(`no workflow ${workflowId}`);
    return run;
  }

  /** False: the run is closed (as the server's "not found"). */
  signal(workflowId: string, name: string, ...args: readonly unknown[]): boolean {
    return this.current(workflowId).signal(name, args);
  }

  update(
    workflowId: string,
    update: { readonly id: string; readonly name: string; readonly args: readonly unknown[] },
    done: (outcome: UpdateOutcome) => void = () => undefined,
  ): boolean {
    return this.current(workflowId).update(update.id, update.name, update.args, done);
  }

  cancel(workflowId: string): boolean {
    return this.current(workflowId).requestCancel();
  }

  /** What a worker that has the run in memory answers; undefined when none does just now. */
  query(workflowId: string, name: string, ...args: readonly unknown[]): QueryAnswer | undefined {
    const run = this.current(workflowId);
    return run.tasks.sticky?.query(run.start.runId, name, args);
  }

  /**
   * As `temporal workflow reset`: the newest run is terminated where it is open, and a new one goes on from the point in the
   * run that is named, or in the newest one.
   */
  reset(workflowId: string, point: ResetPoint, baseRunId?: string): WorkflowRun {
    const newest = this.current(workflowId);
    const before = baseRunId === undefined ? newest : this.run(baseRunId);
    if (before === undefined) throw new Error(`no run ${baseRunId}`);
    if (before !== newest) newest.terminate('reset');
    const { runId, randomSeed } = this.#nextRunId();
    const run = resetRun(this.#deps, before, { runId, randomSeed }, point);
    this.#take(run);
    return run;
  }

  notice(event: ActivityEvent): void {
    for (const listener of this.#activityListeners) listener(event);
  }

  noticeTask(event: WorkflowTaskEvent): void {
    for (const listener of this.#taskListeners) listener(event);
  }

  answerWorkflowTask(
    worker: TaskWorker,
    task: WorkflowTask,
    answer: WorkflowTaskAnswer,
  ): WorkflowTaskReceipt {
    return this.#runs.get(task.start.runId)?.tasks.answer(worker, task, answer) ?? { kind: 'refused' };
  }

  heartbeat(token: object): HeartbeatAnswer {
    return this.#ownerOf(token)?.activities.heartbeat(token) ?? 'not-found';
  }

  reportActivity(token: object, result: ActivityResult): boolean {
    return this.#ownerOf(token)?.activities.report(token, result) ?? false;
  }

  #ownerOf(token: object): WorkflowRun | undefined {
    for (const run of this.#runs.values()) if (run.activities.owns(token)) return run;
    return undefined;
  }

  workerAvailable(): void {
    this.matching.workerAvailable();
  }

  workerLeaves(worker: TaskWorker): void {
    for (const run of this.#runs.values()) run.tasks.forgetSticky(worker);
  }
}
