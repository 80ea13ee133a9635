import type { CachedRun } from './cached-run';
import type { ActivityCommand, ActivityResolution, Command, Job } from './commands-and-jobs';
import { commandsAsText, inCoresOrder, isClosing, wordForCommand, wordForJob } from './commands-and-jobs';
import { activityFailure, cancelledActivity, cancelledFailure, retryState } from './failures';
import type {
  RecordedActivation,
  WorkflowTask,
  WorkflowTaskAnswer,
  WorkflowTaskReceipt,
} from './task-protocol';

/** What core needs of the process it runs in. */
export type ExecutionPorts = {
  readonly now: () => number;
  readonly log: (line: string) => void;
  /** In this process: stops with it. */
  readonly after: (ms: number, run: () => void) => () => void;
  readonly answer: (task: WorkflowTask, answer: WorkflowTaskAnswer) => WorkflowTaskReceipt;
  readonly runLocalActivity: (
    task: WorkflowTask,
    command: ActivityCommand,
    done: (resolution: ActivityResolution) => void,
  ) => void;
  /** The run is no longer in memory as the server knows it, or it is closed. */
  readonly evict: () => void;
  readonly finished: () => void;
};

/** Core asks for more time when four fifths of the task's ten seconds are over. */
const moreTimeAfterMs = 8_000;

/**
 * Core's part of one workflow task: activations until no local activity is open, then all commands to the server at
 * once. Nothing of it has happened before the server took the answer, except local activities, which then run again.
 */
export class WorkflowTaskExecution {
  readonly #run: CachedRun;
  readonly #ports: ExecutionPorts;
  #task: WorkflowTask;
  #activations: RecordedActivation[] = [];
  #unsent: Command[] = [];
  #results: Job[] = [];
  #isActivating = false;
  #isFinished = false;
  #callOffMoreTime: () => void = () => undefined;

  constructor(run: CachedRun, task: WorkflowTask, ports: ExecutionPorts) {
    this.#run = run;
    this.#task = task;
    this.#ports = ports;
  }

  begin(): void {
    this.#wantMoreTimeLater();
    for (const command of this.#run.openLocalActivities) this.#startLocal(command);
    this.#activate(this.#task.jobs);
  }

  #activate(given: readonly Job[]): void {
    // Answers to what the workflow has given up already end here.
    const jobs = inCoresOrder(
      given.filter((job) => job.kind !== 'resolve-activity' || this.#run.isOpen(job.seq, job.local)),
    );
    if (jobs.length === 0) {
      this.#goOn();
      return;
    }
    const { now, log } = this.#ports;
    const activation = { now: now(), historyLength: this.#task.historyLength, jobs };
    this.#isActivating = true;
    this.#run.activate({ ...activation, replaying: false }, (outcome) => {
      this.#isActivating = false;
      if ('taskFailed' in outcome) {
        this.#callOffMoreTime();
        this.#ports.answer(this.#task, { kind: 'failed', error: outcome.taskFailed });
        this.#finish(true);
        return;
      }
      const { commands } = outcome;
      log(
        `activation [${jobs.map(wordForJob).join(', ')}] -> [${commands.map(wordForCommand).join(', ')}] ${commandsAsText(commands)}`,
      );
      this.#activations.push({ ...activation, commands });
      this.#take(commands);
    });
  }

  #take(commands: readonly Command[]): void {
    const answers: Job[] = [];
    for (const command of commands) {
      this.#unsent.push(command);
      if (command.kind === 'local-activity') this.#startLocal(command);
      if (command.kind === 'cancel-activity') answers.push(...this.#cancelActivity(command.seq));
      if (command.kind === 'cancel-local-activity') answers.push(...this.#cancelLocal(command.seq));
    }
    if (answers.length > 0) this.#activate(answers);
    else this.#goOn();
  }

  /** Core answers a cancellation itself, in the same task, unless the workflow wants to wait for the activity. */
  #cancelActivity(seq: number): readonly Job[] {
    const command = this.#run.activity(seq);
    if (command === undefined) return [];
    const isUnsent = this.#unsent.some((unsent) => unsent.kind === 'activity' && unsent.seq === seq);
    if (!isUnsent && command.cancellation === 'wait') return [];
    return [cancelledJob(command)];
  }

  #cancelLocal(seq: number): readonly Job[] {
    const command = this.#run.openLocalActivities.find((open) => open.seq === seq);
    if (command === undefined) return [];
    return [
      {
        kind: 'resolve-activity',
        seq,
        local: true,
        resolution: {
          status: 'cancelled',
          failure: activityFailure(command, retryState.cancelRequested, cancelledFailure(), ''),
        },
      },
    ];
  }

  #startLocal(command: ActivityCommand): void {
    const { seq } = command;
    this.#ports.runLocalActivity(this.#task, command, (resolution) => {
      if (this.#isFinished || !this.#run.isOpen(seq, true)) return;
      this.#results.push({ kind: 'resolve-activity', seq, local: true, resolution });
      // Results that come while the workflow runs wait for the end of its activation.
      if (!this.#isActivating) this.#ports.after(0, () => this.#goOn());
    });
  }

  #goOn(): void {
    if (this.#isActivating || this.#isFinished) return;
    const isOver = this.#unsent.some(isClosing);
    const results = this.#results.splice(0);
    if (results.length > 0 && !isOver) {
      this.#activate(results);
      return;
    }
    if (isOver || this.#run.openLocalActivities.length === 0) this.#answer(false);
  }

  #wantMoreTimeLater(): void {
    this.#callOffMoreTime = this.#ports.after(moreTimeAfterMs, () => {
      if (!this.#isActivating && !this.#isFinished) this.#answer(true);
    });
  }

  #answer(wantsNext: boolean): void {
    this.#callOffMoreTime();
    const activations = this.#activations;
    this.#activations = [];
    this.#unsent = [];
    const receipt = this.#ports.answer(this.#task, { kind: 'completed', activations, wantsNext });
    if (receipt.kind === 'refused' || receipt.next === undefined) {
      this.#finish(receipt.kind === 'refused');
      return;
    }
    this.#task = receipt.next;
    this.#wantMoreTimeLater();
    this.#activate(this.#task.jobs);
  }

  #finish(evict: boolean): void {
    this.#isFinished = true;
    if (evict) this.#ports.evict();
    this.#ports.finished();
  }
}

const cancelledJob = (command: ActivityCommand): Job => ({
  kind: 'resolve-activity',
  seq: command.seq,
  local: false,
  resolution: { status: 'cancelled', failure: cancelledActivity(command) },
});
