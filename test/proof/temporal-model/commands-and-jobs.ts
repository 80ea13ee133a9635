import type { temporal } from '@temporalio/proto';
import { assertNever } from '../../../src/domain/assert-never';

/** What passes between a workflow host and the model of core and server, in plain words. Values are as JSON leaves them. */
export type Failure = temporal.api.failure.v1.IFailure;

/** A value that passes through without being looked at, as its payload has it; undefined is written as nothing. */
export type JsonText = string | undefined;

export type RetryPolicy = {
  readonly initialMs: number;
  readonly coefficient: number;
  readonly maximumMs: number;
  /** 0: no limit. */
  readonly attempts: number;
  readonly nonRetryable: readonly string[];
};

export type ActivityCommand = {
  readonly kind: 'activity' | 'local-activity';
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly args: readonly JsonText[];
  /** Regular activities only. */
  readonly taskQueue?: string | undefined;
  readonly scheduleToStartMs?: number | undefined;
  readonly startToCloseMs?: number | undefined;
  readonly scheduleToCloseMs?: number | undefined;
  readonly heartbeatMs?: number | undefined;
  readonly retry: RetryPolicy;
  readonly cancellation: 'try' | 'wait' | 'abandon';
  /** Local activities only: longer waits between two attempts become timers of the workflow. */
  readonly localRetryThresholdMs?: number | undefined;
  /** Local activities only: the attempt after such a timer. */
  readonly attempt?: number | undefined;
};

export type ClosingCommand =
  | { readonly kind: 'complete'; readonly result: unknown }
  | { readonly kind: 'fail'; readonly failure: Failure }
  | { readonly kind: 'cancelled' };

export type Command =
  | ActivityCommand
  | { readonly kind: 'cancel-activity' | 'cancel-local-activity'; readonly seq: number }
  | { readonly kind: 'start-timer'; readonly seq: number; readonly ms: number }
  | { readonly kind: 'cancel-timer'; readonly seq: number }
  | { readonly kind: 'accept-update'; readonly id: string }
  /** Before it was accepted: the validator's answer. After: the handler failed. */
  | { readonly kind: 'reject-update'; readonly id: string; readonly failure: Failure }
  | { readonly kind: 'complete-update'; readonly id: string; readonly result: unknown }
  | { readonly kind: 'upsert'; readonly attributes: Readonly<Record<string, unknown>> }
  | { readonly kind: 'upsert-memo'; readonly memo: Readonly<Record<string, unknown>> }
  | { readonly kind: 'patch'; readonly id: string }
  | { readonly kind: 'other'; readonly what: string }
  | ClosingCommand;

export type ActivityResolution =
  | { readonly status: 'completed'; readonly result: JsonText }
  | { readonly status: 'failed' | 'cancelled'; readonly failure: Failure }
  /** A local activity that waits longer than its threshold: the workflow's own timer. */
  | {
      readonly status: 'backoff';
      readonly attempt: number;
      readonly ms: number;
      readonly scheduledAt: number;
    };

export type UpdateJob = {
  readonly kind: 'update';
  readonly id: string;
  readonly name: string;
  readonly args: readonly unknown[];
  readonly validate: boolean;
};

export type Job =
  | {
      readonly kind: 'initialize';
      readonly args: readonly unknown[];
      readonly memo: Readonly<Record<string, unknown>>;
      readonly searchAttributes: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'patch'; readonly id: string }
  | { readonly kind: 'random-seed'; readonly seed: readonly number[] }
  | { readonly kind: 'signal'; readonly name: string; readonly args: readonly unknown[] }
  | UpdateJob
  | { readonly kind: 'cancel' }
  | { readonly kind: 'fire-timer'; readonly seq: number }
  | {
      readonly kind: 'resolve-activity';
      readonly seq: number;
      readonly local: boolean;
      readonly resolution: ActivityResolution;
    };

export type Activation = {
  /** The workflow's clock, Unix ms. */
  readonly now: number;
  readonly replaying: boolean;
  readonly historyLength: number;
  readonly jobs: readonly Job[];
};

export type ActivationOutcome =
  | { readonly commands: readonly Command[] }
  | {
      /** The workflow task fails, and with it nothing of the run. */ readonly taskFailed: unknown;
    };

/** What a workflow knows about itself. */
export type WorkflowStart = {
  readonly workflowId: string;
  readonly runId: string;
  readonly firstExecutionRunId: string;
  readonly originalExecutionRunId: string;
  readonly workflowType: string;
  readonly startedAt: number;
  readonly runStartedAt: number;
  readonly randomSeed: readonly number[];
};

export type QueryAnswer =
  | { readonly kind: 'answered'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly error: unknown };

/** One workflow run in a worker's memory. */
export type WorkflowHost = {
  /** Runs the jobs; `done` gets what the workflow asks for, in the same moment of the world. One at a time in a process. */
  activate(activation: Activation, done: (outcome: ActivationOutcome) => void): void;
  query(name: string, args: readonly unknown[]): QueryAnswer;
  dispose(): void;
};

/** Runs something in the same moment, once all microtasks have run. */
export type Soon = (run: () => void) => void;

export type WorkflowHostFactory = (start: WorkflowStart, soon: Soon) => WorkflowHost;

/** The one that all workers of the model poll; nobody polls another one. */
export const modelTaskQueue = 'model';

/** Ends the run: nothing may follow it. */
export const isClosing = (command: Command): command is ClosingCommand =>
  command.kind === 'complete' || command.kind === 'fail' || command.kind === 'cancelled';

/**
 * Core's order inside one activation: start, patches, the new random seed of a reset, messages, everything else, results
 * of local activities. Inside of a group in the order of history.
 */
export function inCoresOrder(jobs: readonly Job[]): readonly Job[] {
  return jobs.length < 2 ? jobs : [...jobs].sort((one, other) => rankOf(one) - rankOf(other));
}

function rankOf(job: Job): number {
  switch (job.kind) {
    case 'initialize':
      return 0;
    case 'patch':
      return 1;
    case 'random-seed':
      return 2;
    case 'signal':
    case 'update':
      return 3;
    case 'resolve-activity':
      return job.local ? 5 : 4;
    case 'cancel':
    case 'fire-timer':
      return 4;
    default:
      return assertNever(job, 'job');
  }
}

/** Core withdraws an activity that is asked for and given up in the same task: the server hears of neither. */
export function withoutWithdrawn(commands: readonly Command[]): readonly Command[] {
  const cancelled = new Set(
    commands.flatMap((command) => (command.kind === 'cancel-activity' ? [command.seq] : [])),
  );
  if (cancelled.size === 0) return commands;
  const withdrawn = new Set(
    commands.flatMap((command) =>
      command.kind === 'activity' && cancelled.has(command.seq) ? [command.seq] : [],
    ),
  );
  return commands.filter(
    (command) =>
      !((command.kind === 'activity' || command.kind === 'cancel-activity') && withdrawn.has(command.seq)),
  );
}

/** One word for the trace. */
export function wordForJob(job: Job): string {
  switch (job.kind) {
    case 'fire-timer':
      return `fire-timer ${job.seq}`;
    case 'signal':
      return `signal ${job.name}`;
    case 'update':
      return `update ${job.name}`;
    case 'resolve-activity':
      return `${job.local ? 'local' : 'activity'} ${job.seq} ${job.resolution.status}`;
    case 'initialize':
    case 'patch':
    case 'random-seed':
    case 'cancel':
      return job.kind;
    default:
      return assertNever(job, 'job');
  }
}

export function wordForCommand(command: Command): string {
  const seq = 'seq' in command ? ` ${command.seq}` : '';
  return command.kind + seq + ('type' in command ? ` ${command.type}` : '');
}

const texts = new WeakMap<readonly Command[], string>();

/** The whole of them for the trace, and for comparison: written once, however often they are replayed. */
export function commandsAsText(commands: readonly Command[]): string {
  const known = texts.get(commands);
  if (known !== undefined) return known;
  const text = commands.map(commandAsText).join(' ');
  texts.set(commands, text);
  return text;
}

/** What an activity is asked with is a text already, and most of all that there is. */
function commandAsText(command: Command): string {
  if (command.kind !== 'activity' && command.kind !== 'local-activity') return JSON.stringify(command);
  const { args, ...rest } = command;
  return `${JSON.stringify(rest)} (${args.join(', ')})`;
}

/** A copy that crossed Temporal: what JSON leaves of it, and `undefined` stays `undefined`. */
export const throughJson = <T>(value: T): T =>
  value === undefined || value === null || typeof value !== 'object'
    ? value
    : (JSON.parse(JSON.stringify(value)) as T);
