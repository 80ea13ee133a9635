import { TypedSearchAttributes } from '@temporalio/common';
import { SdkFlags } from '@temporalio/workflow/lib/flags';
import type { Activation, ActivationOutcome, QueryAnswer, Soon, WorkflowStart } from './commands-and-jobs';
import { inCoresOrder, modelTaskQueue } from './commands-and-jobs';
import { commandFromProto, jobToProto } from './proto-translation';

/** The parts of the SDK's `Activator` that its own worker touches from outside; the class itself is internal to the SDK. */
export type SdkActivator = {
  now: number;
  info: Record<string, unknown> & { readonly unsafe: object };
  readonly queryHandlers: ReadonlyMap<string, { readonly handler: (...args: readonly unknown[]) => unknown }>;
  mutateWorkflowInfo(change: (info: SdkActivator['info']) => SdkActivator['info']): void;
  addKnownFlags(flags: readonly number[]): void;
  notifyHasPatch(job: unknown): void;
  updateRandomSeed(job: unknown): void;
  getAndResetSinkCalls(): unknown;
  currentRandom(): number;
};

/** `@temporalio/workflow/lib/worker-interface`, in this realm or behind the doors of a VM. */
export type WorkerInterface = {
  initialize(job: unknown): void;
  activate(activation: { readonly jobs: readonly unknown[] }): void;
  tryUnblockConditions(): number;
  concludeActivation(): unknown;
};

type Conclusion = {
  readonly successful: { readonly commands: readonly Parameters<typeof commandFromProto>[0][] };
};

/** A new workflow knows all of them, and replays with those it knew: we only replay what this version ran. */
const allFlags = Object.values(SdkFlags).map(({ id }) => id);

/**
 * One activation, step by step as `BaseVMWorkflow.activate` of `@temporalio/worker` does it, with its order of jobs and
 * its rounds of conditions. Wherever the VM's microtasks run there, `soon` lets them run here.
 */
export function runActivation(
  activator: SdkActivator,
  library: WorkerInterface,
  activation: Activation,
  soon: Soon,
  done: (outcome: ActivationOutcome) => void,
): void {
  const attempt = (step: () => void): void => {
    try {
      step();
    } catch (error) {
      done({ taskFailed: error });
    }
  };
  const conclude = (): void => {
    const { successful } = library.concludeActivation() as Conclusion;
    activator.getAndResetSinkCalls();
    done({ commands: successful.commands.map(commandFromProto) });
  };
  const unblock = (): void => {
    const unblocked = library.tryUnblockConditions();
    soon(() => attempt(unblocked > 0 ? unblock : conclude));
  };
  attempt(() => {
    activator.now = activation.now;
    activator.mutateWorkflowInfo((info) => ({
      ...info,
      historyLength: activation.historyLength,
      unsafe: {
        ...info.unsafe,
        isReplaying: activation.replaying,
        isReplayingHistoryEvents: activation.replaying,
      },
    }));
    activator.addKnownFlags(allFlags);
    const jobs = inCoresOrder(activation.jobs).map(jobToProto);
    const variant = (name: string): readonly Readonly<Record<string, unknown>>[] =>
      jobs.filter((job) => job['variant'] === name);
    for (const job of variant('initializeWorkflow')) library.initialize(job['initializeWorkflow']);
    for (const job of variant('notifyHasPatch')) activator.notifyHasPatch(job['notifyHasPatch']);
    for (const job of variant('updateRandomSeed')) activator.updateRandomSeed(job['updateRandomSeed']);
    const apart = ['notifyHasPatch', 'updateRandomSeed'];
    library.activate({ jobs: jobs.filter((job) => !apart.includes(String(job['variant']))) });
    soon(() => attempt(unblock));
  });
}

/** Handlers of queries are synchronous and change nothing. */
export function runQuery(activator: SdkActivator, name: string, args: readonly unknown[]): QueryAnswer {
  const handler = activator.queryHandlers.get(name)?.handler;
  if (handler === undefined) return { kind: 'failed', error: new ReferenceError(`no handler for ${name}`) };
  try {
    return { kind: 'answered', value: handler(...args) };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

/** What a host gives the library when a run comes into its memory. */
export function creationOptions(start: WorkflowStart) {
  const info = {
    workflowId: start.workflowId,
    runId: start.runId,
    workflowType: start.workflowType,
    searchAttributes: {},
    typedSearchAttributes: new TypedSearchAttributes(),
    taskQueue: modelTaskQueue,
    namespace: 'default',
    firstExecutionRunId: start.firstExecutionRunId,
    originalExecutionRunId: start.originalExecutionRunId,
    startTime: new Date(start.startedAt),
    runStartTime: new Date(start.runStartedAt),
    taskTimeoutMs: 10_000,
    attempt: 1,
    historyLength: 1,
    historySize: 0,
    continueAsNewSuggested: false,
    memo: {},
    unsafe: { isReplaying: false, isReplayingHistoryEvents: false },
  };
  return {
    info,
    now: start.startedAt,
    randomnessSeed: [...start.randomSeed],
    showStackTraceSources: false,
    failureExceptionTypeNames: [],
  };
}
