import type {
  ActivityCommand,
  Command,
  Failure,
  Job,
  JsonText,
  QueryAnswer,
  WorkflowStart,
} from './commands-and-jobs';

/** What passes between server and worker processes: tasks one way, answers the other. */
export type RecordedActivation = {
  readonly now: number;
  readonly historyLength: number;
  readonly jobs: readonly Job[];
  readonly commands: readonly Command[];
};

export type WorkflowTask = {
  /** Which hand-out this is: an answer under an older one is refused. */
  readonly token: object;
  readonly start: WorkflowStart;
  readonly startedAt: number;
  /** Everything that earlier tasks reported. */
  readonly history: readonly RecordedActivation[];
  readonly historyLength: number;
  readonly jobs: readonly Job[];
};

export type WorkflowTaskAnswer =
  | {
      readonly kind: 'completed';
      readonly activations: readonly RecordedActivation[];
      /** Local activities are still running: the worker wants the next task of this run at once. */
      readonly wantsNext: boolean;
    }
  | { readonly kind: 'failed'; readonly error: unknown };

/** `refused`: nothing of it counts, and what the worker has in memory is not the run. */
export type WorkflowTaskReceipt =
  { readonly kind: 'accepted'; readonly next?: WorkflowTask } | { readonly kind: 'refused' };

export type ActivityTask = {
  readonly token: object;
  readonly command: ActivityCommand;
  readonly attempt: number;
  /** Of the first attempt. */
  readonly scheduledAt: number;
  readonly attemptScheduledAt: number;
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
};

export type ActivityResult =
  | { readonly kind: 'completed'; readonly result: JsonText }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'cancelled'; readonly failure: Failure };

export type HeartbeatAnswer = 'go-on' | 'cancel-requested' | 'not-found';

/** What a worker process may ask of the server. */
export type TaskServer = {
  answerWorkflowTask(worker: TaskWorker, task: WorkflowTask, answer: WorkflowTaskAnswer): WorkflowTaskReceipt;
  heartbeat(token: object): HeartbeatAnswer;
  /** False: nobody waits for this attempt any more. */
  reportActivity(token: object, result: ActivityResult): boolean;
  /** The process polls (again). */
  workerAvailable(): void;
  /** The process says good-bye: its runs go to anybody. */
  workerLeaves(worker: TaskWorker): void;
  notice(event: ActivityEvent): void;
  noticeTask(event: WorkflowTaskEvent): void;
};

/** What the server knows of a worker process. */
export type TaskWorker = {
  readonly identity: string;
  /** It has a poll open: a task would be handed to it. That it arrives, or is ever worked on, is another matter. */
  polls(kind: 'workflow' | 'activity'): boolean;
  receiveWorkflowTask(task: WorkflowTask): void;
  receiveActivity(task: ActivityTask): void;
  query(runId: string, name: string, args: readonly unknown[]): QueryAnswer | undefined;
};

export type ActivityMoment =
  /** The server has the command. */
  | 'scheduled'
  /** The server gave the attempt to a process; it counts as started. */
  | 'handed-out'
  /** The process is about to run our code. */
  | 'picked-up'
  /** Our code returned or threw; the server does not know. */
  | 'completed-in-worker'
  /** The server took the answer. */
  | 'reported'
  /** The server had given the attempt up before its answer came. */
  | 'report-refused'
  | 'timed-out';

export type ActivityEvent = {
  readonly moment: ActivityMoment;
  readonly type: string;
  readonly attempt: number;
  readonly local: boolean;
  readonly workflowId: string;
  readonly runId: string;
  readonly activityId: string;
  /** Whose process; none before the hand-out. */
  readonly worker?: TaskWorker | undefined;
};

export type WorkflowTaskEvent = {
  readonly moment: 'picked-up' | 'completed-in-worker' | 'reported' | 'report-refused';
  readonly workflowId: string;
  readonly runId: string;
  readonly worker: TaskWorker;
};
