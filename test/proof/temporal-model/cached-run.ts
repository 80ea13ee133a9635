import type {
  Activation,
  ActivationOutcome,
  ActivityCommand,
  Command,
  Job,
  QueryAnswer,
  Soon,
  WorkflowHost,
  WorkflowHostFactory,
  WorkflowStart,
} from './commands-and-jobs';
import { commandsAsText, wordForCommand } from './commands-and-jobs';
import type { RecordedActivation } from './task-protocol';

/** The workflow code did something else than before with the same history. */
export class NondeterminismError extends Error {
  override readonly name = 'NondeterminismError';
}

/** One run in a worker's memory: the workflow, and what core keeps about it. */
export class CachedRun {
  readonly #host: WorkflowHost;
  readonly #soon: Soon;
  /** How much of the history it has seen. */
  #position = 0;
  /** Asked for and unresolved, as the workflow sees it. */
  readonly #activities = new Map<number, ActivityCommand>();
  readonly #localActivities = new Map<number, ActivityCommand>();

  constructor(
    readonly start: WorkflowStart,
    createHost: WorkflowHostFactory,
    soon: Soon,
  ) {
    this.#host = createHost(start, soon);
    this.#soon = soon;
  }

  get position(): number {
    return this.#position;
  }

  get openLocalActivities(): readonly ActivityCommand[] {
    return [...this.#localActivities.values()];
  }

  activity(seq: number): ActivityCommand | undefined {
    return this.#activities.get(seq);
  }

  isOpen(seq: number, local: boolean): boolean {
    return (local ? this.#localActivities : this.#activities).has(seq);
  }

  /** The workflow was told, or need not be. */
  settle(seq: number, local: boolean): void {
    (local ? this.#localActivities : this.#activities).delete(seq);
  }

  activate(activation: Activation, done: (outcome: ActivationOutcome) => void): void {
    for (const job of activation.jobs) {
      if (job.kind === 'resolve-activity') this.settle(job.seq, job.local);
    }
    this.#host.activate(activation, (outcome) => {
      this.#position += 1;
      if ('commands' in outcome) this.#note(outcome.commands);
      done(outcome);
    });
  }

  #note(commands: readonly Command[]): void {
    for (const command of commands) {
      if (command.kind === 'activity') this.#activities.set(command.seq, command);
      if (command.kind === 'local-activity') this.#localActivities.set(command.seq, command);
    }
  }

  /**
   * Brings a new run to where its history is. Every command must come out as it did before. A rejected update left
   * nothing in the history, so it does not come again; an accepted one is not asked about a second time.
   */
  replay(history: readonly RecordedActivation[], done: (problem: unknown) => void): void {
    const patches = history.flatMap(({ commands }) =>
      commands.flatMap((command): Job[] =>
        command.kind === 'patch' ? [{ kind: 'patch', id: command.id }] : [],
      ),
    );
    const next = (index: number): void => {
      const recorded = history[index];
      if (recorded === undefined) {
        done(undefined);
        return;
      }
      const { jobs, expected } = asReplayed(recorded);
      if (jobs.length === 0) {
        this.#position += 1;
        next(index + 1);
        return;
      }
      const { now, historyLength } = recorded;
      const given = index === 0 ? [...patches, ...jobs] : jobs;
      this.activate({ now, historyLength, replaying: true, jobs: given }, (outcome) => {
        const problem = difference(expected, outcome);
        if (problem === undefined) this.#soon(() => next(index + 1));
        else done(new NondeterminismError(`activation ${index}: ${problem}`));
      });
    };
    next(0);
  }

  query(name: string, args: readonly unknown[]): QueryAnswer {
    return this.#host.query(name, args);
  }

  dispose(): void {
    this.#host.dispose();
  }
}

function asReplayed({ jobs, commands }: RecordedActivation): {
  readonly jobs: readonly Job[];
  readonly expected: readonly Command[];
} {
  const accepted = new Set(
    commands.flatMap((command) => (command.kind === 'accept-update' ? [command.id] : [])),
  );
  const refused = new Set(
    jobs.flatMap((job) => (job.kind === 'update' && !accepted.has(job.id) ? [job.id] : [])),
  );
  if (refused.size === 0 && accepted.size === 0) return { jobs, expected: commands };
  return {
    jobs: jobs.flatMap((job): Job[] =>
      job.kind !== 'update' ? [job] : refused.has(job.id) ? [] : [{ ...job, validate: false }],
    ),
    expected: commands.filter((command) => command.kind !== 'reject-update' || !refused.has(command.id)),
  };
}

function difference(expected: readonly Command[], outcome: ActivationOutcome): string | undefined {
  if ('taskFailed' in outcome) return `failed: ${String(outcome.taskFailed)}`;
  const was = commandsAsText(expected);
  const is = commandsAsText(outcome.commands);
  if (was === is) return undefined;
  const words = (commands: readonly Command[]): string => commands.map(wordForCommand).join(', ');
  return `[${words(expected)}] became [${words(outcome.commands)}]\n  ${was}\n  ${is}`;
}
