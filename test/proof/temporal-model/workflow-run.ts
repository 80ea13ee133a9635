import { assertNever } from '../../../src/domain/assert-never';
import { ActivityTasks } from './activity-tasks';
import type { ClosingCommand, Command, Failure, Job, WorkflowStart } from './commands-and-jobs';
import { throughJson, withoutWithdrawn, wordForCommand } from './commands-and-jobs';
import type { Matching } from './matching';
import type { ServerOptions } from './server-options';
import type { TaskServer } from './task-protocol';
import type { UpdateOutcome } from './updates';
import { Updates } from './updates';
import { WorkflowTasks } from './workflow-tasks';
import type { CommittedTask } from './workflow-tasks';
import { WorkflowTimers } from './workflow-timers';
import type { World } from './world';

export type RunEnd =
  | { readonly kind: 'completed'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'terminated'; readonly reason: string };

export type RunStart = WorkflowStart & {
  readonly args: readonly unknown[];
  readonly memo: Readonly<Record<string, unknown>>;
  readonly searchAttributes: Readonly<Record<string, unknown>>;
};

export type WorkflowRunDeps = {
  readonly world: World;
  readonly matching: Matching;
  readonly options: ServerOptions;
  readonly notice: TaskServer['notice'];
};

/** The server's state of one run. Commands change it, people send it messages, and it closes once. */
export class WorkflowRun {
  readonly #deps: WorkflowRunDeps;
  readonly activities: ActivityTasks;
  readonly tasks: WorkflowTasks;
  readonly #timers: WorkflowTimers;
  readonly #updates = new Updates();
  readonly #searchAttributes = new Map<string, unknown>();
  readonly #memo = new Map<string, unknown>();
  #end: RunEnd | undefined;
  #cancelRequested = false;
  /** Why its workflow tasks fail, when they do: an exception of ours, or another replay. The server tries for ever. */
  readonly taskFailures: unknown[] = [];

  constructor(
    deps: WorkflowRunDeps,
    readonly start: RunStart,
    /** The run that this one was made from by a reset, and what it takes over. */
    readonly base?: { readonly runId: string; readonly tasks: readonly CommittedTask[] },
  ) {
    this.#deps = deps;
    const { world, matching, options, notice } = deps;
    const { workflowId, runId, workflowType } = start;
    for (const [name, value] of Object.entries(start.searchAttributes))
      this.#searchAttributes.set(name, value);
    for (const [name, value] of Object.entries(start.memo)) this.#memo.set(name, value);
    this.#timers = new WorkflowTimers(world, (seq) => this.#receive({ kind: 'fire-timer', seq }));
    this.activities = new ActivityTasks({
      world,
      matching,
      faults: options.faults ?? {},
      run: { workflowId, runId, workflowType },
      notice,
      resolve: ({ seq }, resolution) =>
        this.#receive({ kind: 'resolve-activity', seq, local: false, resolution }),
    });
    this.tasks = new WorkflowTasks(
      {
        world,
        matching,
        options,
        start,
        isClosed: () => this.#end !== undefined,
        commit: (commands) => this.#commit(commands),
        problem: (error) => {
          this.taskFailures.push(error);
          world.log(`workflow task failed: ${error instanceof Error ? error.message : String(error)}`);
        },
      },
      base?.tasks,
    );
  }

  get end(): RunEnd | undefined {
    return this.#end;
  }

  get searchAttributes(): ReadonlyMap<string, unknown> {
    return this.#searchAttributes;
  }

  get memo(): ReadonlyMap<string, unknown> {
    return this.#memo;
  }

  /** A new run's first event. */
  begin(): void {
    const { args, memo, searchAttributes } = this.start;
    this.#receive({ kind: 'initialize', args, memo, searchAttributes });
  }

  /** It ended before anybody looks: nothing of it is worked on. */
  endAtOnce(result: unknown): void {
    this.#close({ kind: 'completed', result: throughJson(result) });
  }

  signal(name: string, args: readonly unknown[]): boolean {
    if (this.#end !== undefined) return false;
    this.#deps.world.log(`signal ${name} ${JSON.stringify(args)}`);
    this.#receive({ kind: 'signal', name, args: args.map(throughJson) });
    return true;
  }

  /** False: closed, and the id is unknown. */
  update(
    id: string,
    name: string,
    args: readonly unknown[],
    done: (outcome: UpdateOutcome) => void,
  ): boolean {
    if (this.#end !== undefined && !this.#updates.has(id)) return false;
    this.#deps.world.log(`update ${name} ${JSON.stringify(args)}`);
    if (this.#updates.admit(id, name, done)) {
      this.tasks.addUpdate({ kind: 'update', id, name, args: args.map(throughJson), validate: true });
    }
    return true;
  }

  requestCancel(): boolean {
    if (this.#end !== undefined) return false;
    if (this.#cancelRequested) return true;
    this.#cancelRequested = true;
    this.#deps.world.log('cancel requested');
    this.#receive({ kind: 'cancel' });
    return true;
  }

  terminate(reason: string): void {
    this.#close({ kind: 'terminated', reason });
  }

  /** State that a reset takes over from the history before its point. */
  restore(command: Command, committedAt: number): void {
    const { world } = this.#deps;
    if (command.kind === 'activity') this.activities.schedule(command);
    if (command.kind === 'start-timer') this.#timers.start(command.seq, committedAt + command.ms - world.now);
    if (command.kind === 'upsert') upsert(this.#searchAttributes, command.attributes);
    if (command.kind === 'upsert-memo') upsert(this.#memo, command.memo);
  }

  /** An event that a reset copies from the run before. */
  reapply(job: Job): void {
    if (job.kind === 'update') {
      this.#updates.reapply(job.id, job.name);
      this.tasks.addUpdate(job);
      return;
    }
    if (job.kind === 'cancel') this.#cancelRequested = true;
    this.tasks.addEvent(job);
  }

  #receive(job: Job): void {
    if (this.#end === undefined) this.tasks.addEvent(job);
  }

  #commit(commands: readonly Command[]): void {
    for (const command of withoutWithdrawn(commands)) {
      if (this.#end !== undefined) return;
      this.#apply(command);
    }
  }

  #apply(command: Command): void {
    switch (command.kind) {
      case 'activity':
        return this.activities.schedule(command);
      case 'cancel-activity':
        return this.activities.requestCancel(command.seq);
      case 'start-timer':
        return this.#timers.start(command.seq, command.ms);
      case 'cancel-timer':
        this.#timers.cancel(command.seq);
        return this.tasks.takeBackTimer(command.seq);
      case 'accept-update':
        return this.#updates.accept(command.id);
      case 'reject-update':
        return this.#updates.reject(command.id, command.failure);
      case 'complete-update':
        return this.#updates.complete(command.id, command.result);
      case 'upsert':
        return upsert(this.#searchAttributes, command.attributes);
      case 'upsert-memo':
        return upsert(this.#memo, command.memo);
      case 'complete':
      case 'fail':
      case 'cancelled':
        return this.#close(endOf(command));
      case 'local-activity':
      case 'cancel-local-activity':
      case 'patch':
        // Core's own: to the server they are markers.
        return undefined;
      case 'other':
        throw new Error(`the model knows no command ${wordForCommand(command)}: ${command.what}`);
    }
  }

  #close(end: RunEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#deps.world.log(
      `closed ${end.kind}${end.kind === 'completed' ? ` ${JSON.stringify(end.result)}` : ''}`,
    );
    this.activities.forgetAll();
    this.#timers.forgetAll();
    this.tasks.close();
    this.#updates.abortAll();
  }
}

/** Null takes away. */
function upsert(into: Map<string, unknown>, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === null) into.delete(name);
    else into.set(name, value);
  }
}

function endOf(command: ClosingCommand): RunEnd {
  switch (command.kind) {
    case 'complete':
      return { kind: 'completed', result: command.result };
    case 'fail':
      return { kind: 'failed', failure: command.failure };
    case 'cancelled':
      return { kind: 'cancelled' };
    default:
      return assertNever(command, 'closing command');
  }
}
