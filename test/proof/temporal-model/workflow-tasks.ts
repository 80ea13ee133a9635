import type { Command, Job, UpdateJob, WorkflowStart } from './commands-and-jobs';
import { isClosing } from './commands-and-jobs';
import type { Matching } from './matching';
import type { ServerOptions } from './server-options';
import type {
  RecordedActivation,
  TaskWorker,
  WorkflowTask,
  WorkflowTaskAnswer,
  WorkflowTaskReceipt,
} from './task-protocol';
import type { World } from './world';

/** A workflow task that the server took: what was in it, and what came of it. A reset goes back to before one of these. */
export type CommittedTask = {
  readonly committedAt: number;
  /** The events that led to it; updates are apart, because they become events only when they are accepted. */
  readonly events: readonly Job[];
  readonly updates: readonly UpdateJob[];
  readonly activations: readonly RecordedActivation[];
};

export type WorkflowTasksDeps = {
  readonly world: World;
  readonly matching: Matching;
  readonly options: ServerOptions;
  readonly start: WorkflowStart;
  readonly isClosed: () => boolean;
  /** Applies what a task asks for, in order. */
  readonly commit: (commands: readonly Command[]) => void;
  readonly problem: (error: unknown) => void;
};

/**
 * The server's side of a run's workflow tasks. Events that arrive while no task is out lead to one; those that arrive
 * while one is out are kept back until it is answered, and a
 * closing answer that has not seen all events is refused.
 */
export class WorkflowTasks {
  readonly #deps: WorkflowTasksDeps;
  readonly committed: CommittedTask[] = [];
  readonly #history: RecordedActivation[] = [];
  /** Not yet in any task. */
  #events: Job[] = [];
  #updates: UpdateJob[] = [];
  #historyLength = 1;
  #scheduled = false;
  #out: { readonly task: WorkflowTask; readonly given: Given; readonly callOff: () => void } | undefined;
  #sticky: TaskWorker | undefined;

  constructor(deps: WorkflowTasksDeps, inherited: readonly CommittedTask[] = []) {
    this.#deps = deps;
    for (const task of inherited) this.#keep(task);
  }

  /** The worker that has the run in memory, as far as the server knows. */
  get sticky(): TaskWorker | undefined {
    return this.#sticky;
  }

  get history(): readonly RecordedActivation[] {
    return this.#history;
  }

  /** What no committed task has seen yet, also that of a task which is out now. */
  get unseen(): { readonly events: readonly Job[]; readonly updates: readonly UpdateJob[] } {
    const given = this.#out?.given;
    return {
      events: [...(given?.events ?? []), ...this.#events],
      updates: [...(given?.updates ?? []), ...this.#updates],
    };
  }

  addEvent(job: Job): void {
    this.#historyLength += 1;
    this.#events.push(job);
    this.#need();
  }

  addUpdate(job: UpdateJob): void {
    this.#updates.push(job);
    this.#need();
  }

  /** The timer was cancelled after it had fired and before the workflow saw it: the event goes. */
  takeBackTimer(seq: number): void {
    this.#events = this.#events.filter((job) => !(job.kind === 'fire-timer' && job.seq === seq));
  }

  forgetSticky(worker: TaskWorker): void {
    if (this.#sticky === worker) this.#sticky = undefined;
  }

  #need(): void {
    const { world, options, isClosed } = this.#deps;
    if (this.#scheduled || this.#out !== undefined || isClosed()) return;
    this.#scheduled = true;
    const slow = world.fault('slow workflow task', options.faults?.slowWorkflowTask);
    world.after(slow ? world.between(1_000, 120_000) : world.between(1, 40), () => this.#dispatch());
  }

  #dispatch(): void {
    const { world, matching, options, isClosed } = this.#deps;
    if (isClosed()) return;
    const sticky = this.#sticky;
    if (sticky !== undefined && !sticky.polls('workflow')) {
      // It waits in the queue of a process that does not come, before anybody may take it.
      this.#sticky = undefined;
      world.after(options.stickyTimeoutMs ?? 2_000, () => this.#dispatch());
      return;
    }
    const worker = sticky ?? matching.pick('workflow');
    if (worker === undefined) {
      matching.whenAvailable(() => this.#dispatch());
      return;
    }
    this.#scheduled = false;
    const task = this.#handTo(worker);
    if (world.fault('lost workflow task', options.faults?.lostWorkflowTask)) return;
    worker.receiveWorkflowTask(task);
  }

  #handTo(worker: TaskWorker): WorkflowTask {
    const { world, options, start } = this.#deps;
    this.#historyLength += 2;
    const given: Given = {
      events: inOrderOfHistory(this.#events),
      updates: this.#updates,
    };
    this.#events = [];
    this.#updates = [];
    const task: WorkflowTask = {
      token: {},
      start,
      startedAt: world.now,
      history: this.#history,
      historyLength: this.#historyLength,
      jobs: [...given.events, ...given.updates],
    };
    const callOff = world.after(options.workflowTaskTimeoutMs ?? 10_000, () => {
      world.log('workflow task timed out');
      this.#giveUp();
    });
    this.#out = { task, given, callOff };
    this.#sticky = worker;
    return task;
  }

  /** The task comes to nothing: everything in it comes again. */
  #giveUp(afterMs = 0): void {
    const out = this.#out;
    if (out === undefined) return;
    out.callOff();
    this.#out = undefined;
    this.#sticky = undefined;
    this.#events = [...out.given.events, ...this.#events];
    this.#updates = [...out.given.updates, ...this.#updates];
    if (afterMs === 0) this.#need();
    else this.#deps.world.after(afterMs, () => this.#need());
  }

  answer(worker: TaskWorker, task: WorkflowTask, answer: WorkflowTaskAnswer): WorkflowTaskReceipt {
    const { world, commit, problem, isClosed } = this.#deps;
    const out = this.#out;
    if (out === undefined || out.task.token !== task.token || isClosed()) return { kind: 'refused' };
    if (answer.kind === 'failed') {
      problem(answer.error);
      this.#giveUp(10_000);
      return { kind: 'refused' };
    }
    const commands = answer.activations.flatMap((activation) => activation.commands);
    // An update that waits does not count: it is aborted, as the probes show.
    if (this.#events.length > 0 && commands.some(isClosing)) {
      world.count('unhandled command');
      this.#giveUp();
      return { kind: 'refused' };
    }
    out.callOff();
    this.#out = undefined;
    this.#keep({
      committedAt: world.now,
      events: out.given.events,
      updates: out.given.updates,
      activations: answer.activations,
    });
    this.#historyLength += commands.length + 1;
    commit(commands);
    if (isClosed()) return { kind: 'accepted' };
    if (answer.wantsNext) return { kind: 'accepted', next: this.#handTo(worker) };
    if (this.#events.length + this.#updates.length > 0) this.#need();
    return { kind: 'accepted' };
  }

  #keep(task: CommittedTask): void {
    // A task in which nothing but updates was refused leaves nothing in the history, and is no point to reset to.
    const isInHistory =
      task.events.length > 0 ||
      task.activations.some(({ commands }) => commands.some(({ kind }) => kind !== 'reject-update'));
    if (isInHistory) this.committed.push(task);
    this.#history.push(...task.activations);
  }

  close(): void {
    this.#out?.callOff();
    this.#out = undefined;
  }
}

type Given = {
  readonly events: readonly Job[];
  readonly updates: readonly UpdateJob[];
};

/** Events that were kept back are written in the order in which they came, but ends of activities come last. */
const inOrderOfHistory = (events: readonly Job[]): readonly Job[] => {
  const isEnd = (job: Job): boolean => job.kind === 'resolve-activity';
  return events.length < 2
    ? events
    : [...events.filter((job) => !isEnd(job)), ...events.filter((job) => isEnd(job))];
};
