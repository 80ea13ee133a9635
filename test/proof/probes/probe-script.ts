/** What happens to a probe from outside, one step after the other. */
export type ProbeStep = {
  /** Waits until this activity was called (so many times, in all runs). */
  readonly whenCalled?: string;
  readonly times?: number;
  /** Waits until so many of those who asked were told what became of it. */
  readonly whenTold?: number;
  /** And then so long. */
  readonly pauseMs?: number;
} & ProbeAction;

export type ProbeAction =
  | { readonly do: 'signal'; readonly text: string }
  | { readonly do: 'update'; readonly id: string; readonly text: string }
  | { readonly do: 'cancel' }
  /** Lets the activities that wait here go on, also those that come later. */
  | { readonly do: 'open'; readonly gate: string }
  | { readonly do: 'start-worker' }
  | { readonly do: 'shut-down-worker'; readonly graceMs: number }
  /** To before the nth workflow task that completed, counted from 0. */
  | { readonly do: 'reset'; readonly task: number }
  | { readonly do: 'read-search-attributes' }
  | { readonly do: 'nothing' };

export type Probe = {
  readonly workflow: string;
  readonly question: string;
  readonly steps: readonly ProbeStep[];
  /** The worker comes by a step of the script. */
  readonly startsWithoutWorker?: true;
};

/** What was seen; the same on the server and on the model. */
export type ProbeAnswer = {
  readonly result: unknown;
  /** Attempts in order of their calls; retries with the seconds since the attempt before, in halves. */
  readonly calls: readonly string[];
  /** What those who asked were told. Without order: two of them may come back at once. */
  readonly answers: readonly string[];
};

export type ProbeCall = { readonly name: string; readonly attempt: number; readonly at: number };

export const callsInWords = (calls: readonly ProbeCall[]): readonly string[] =>
  calls.map(({ name, attempt, at }, index) => {
    const before = attempt === 1 ? undefined : calls.slice(0, index).findLast((call) => call.name === name);
    const gap = before === undefined ? '' : ` +${Math.round((at - before.at) / 500) / 2}s`;
    return `${name}#${attempt}${gap}`;
  });
