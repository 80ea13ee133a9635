import { assertNever } from '../../../src/domain/assert-never';
import type { Command, Job } from './commands-and-jobs';
import type { CommittedTask } from './workflow-tasks';
import { withoutWithdrawn } from './commands-and-jobs';
import { WorkflowRun } from './workflow-run';
import type { WorkflowRunDeps } from './workflow-run';

/** Everything that the workflow task at this point did, and all later ones, is undone. */
export type ResetPoint =
  | { readonly to: 'first-task' }
  /** The task that scheduled an activity of this type, the first of them unless `nth` says another. */
  | { readonly to: 'before-activity'; readonly type: string; readonly nth?: number }
  | { readonly to: 'task'; readonly index: number };

/**
 * A new run from the history before a workflow task. As the server does it: what happened up to the start of that task
 * stays (also timers and activities that were open by then; an attempt that was running runs anew), its messages and all
 * later ones come again, its answer and everything after it is gone. Search attributes are those of the point; the old
 * run keeps its own, and is terminated when it was open.
 */
export function resetRun(
  deps: WorkflowRunDeps,
  before: WorkflowRun,
  identity: { readonly runId: string; readonly randomSeed: readonly number[] },
  point: ResetPoint,
): WorkflowRun {
  const { committed, unseen } = before.tasks;
  const index = indexOf(point, committed);
  const undone = committed[index];
  if (undone === undefined) throw new Error('no workflow task to reset to');
  const kept = committed.slice(0, index);
  const run = new WorkflowRun(
    deps,
    { ...before.start, runId: identity.runId },
    { runId: before.start.runId, tasks: kept },
  );
  deps.world.count('reset');
  before.terminate('reset');
  restoreOpenWork(run, kept, undone);
  for (const job of undone.events) run.reapply(job);
  run.reapply({ kind: 'random-seed', seed: identity.randomSeed });
  for (const job of messagesAfter(committed.slice(index), unseen.events)) run.reapply(job);
  return run;
}

function indexOf(point: ResetPoint, committed: readonly CommittedTask[]): number {
  switch (point.to) {
    case 'first-task':
      return 0;
    case 'task':
      return point.index;
    case 'before-activity': {
      const matching = committed.flatMap((task, index) =>
        commandsOf(task)
          .filter((command) => command.kind === 'activity' && command.type === point.type)
          .map(() => index),
      );
      return matching[(point.nth ?? 1) - 1] ?? -1;
    }
    default:
      return assertNever(point, 'reset point');
  }
}

const commandsOf = (task: CommittedTask): readonly Command[] =>
  withoutWithdrawn(task.activations.flatMap(({ commands }) => commands));

/** Activities and timers that stood open when the undone task started, and the search attributes of that moment. */
function restoreOpenWork(run: WorkflowRun, kept: readonly CommittedTask[], undone: CommittedTask): void {
  const settled = new Set<string>();
  for (const task of [...kept, undone]) {
    for (const job of task.events) {
      if (job.kind === 'fire-timer') settled.add(`start-timer ${job.seq}`);
      if (job.kind === 'resolve-activity') settled.add(`activity ${job.seq}`);
    }
  }
  for (const task of kept) {
    for (const command of commandsOf(task)) {
      if (command.kind === 'cancel-timer') settled.add(`start-timer ${command.seq}`);
    }
  }
  for (const task of kept) {
    for (const command of commandsOf(task)) {
      const isOpen = !('seq' in command) || !settled.has(`${command.kind} ${command.seq}`);
      if (isOpen) run.restore(command, task.committedAt);
      if (command.kind === 'cancel-activity') run.activities.requestCancel(command.seq);
    }
  }
}

/**
 * Signals and accepted updates from the undone task on, in the order of history. A cancel request does not come again:
 * the server copies none.
 */
function messagesAfter(tasks: readonly CommittedTask[], unseen: readonly Job[]): readonly Job[] {
  const isSignal = (job: Job): boolean => job.kind === 'signal';
  const later = tasks.flatMap((task, index) => {
    const accepted = new Set(
      commandsOf(task).flatMap((command) => (command.kind === 'accept-update' ? [command.id] : [])),
    );
    // The first of them is the undone one: its events are before the point, its updates are not.
    const events = index === 0 ? [] : task.events.filter(isSignal);
    return [...events, ...task.updates.filter(({ id }) => accepted.has(id))];
  });
  return [...later, ...unseen.filter(isSignal)];
}
