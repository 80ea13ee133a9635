import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';

/** What a probe's activity does in an attempt. */
export type ActSpec = {
  /** Fails so many attempts. */
  readonly fails?: number;
  readonly type?: string;
  readonly nonRetryable?: boolean;
  readonly nextRetryDelayMs?: number;
  /** Then waits until the script opens this gate. */
  readonly gate?: string;
  /** Then takes so long. */
  readonly ms?: number;
  /** Beats every 100 ms while it waits. */
  readonly beats?: boolean;
  /** On cancellation: ends with it, or tells the script and goes on. Default: goes on, and tells nobody. */
  readonly onCancel?: 'throw' | 'tell';
};

export type ProbeActivities = { act(name: string, spec?: ActSpec): Promise<string> };

/** What activities need of the world they run in. */
export type ProbeStage = {
  readonly called: (name: string, attempt: number) => void;
  readonly tell: (line: string) => void;
  readonly delay: (ms: number) => Promise<void>;
  readonly gate: (name: string) => Promise<void>;
};

export const createProbeActivities = (stage: ProbeStage): ProbeActivities => ({
  async act(name, spec = {}) {
    const { attempt } = activityInfo();
    const signal = cancellationSignal();
    stage.called(name, attempt);
    if (attempt <= (spec.fails ?? 0)) throw failureOf(name, spec);
    let isOver = false;
    const cancelled = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        const { message } = signal.reason as Error;
        if (spec.onCancel !== undefined) stage.tell(`${name}#${attempt} sees ${message}`);
        if (spec.onCancel === 'throw') reject(new CancelledFailure(message));
      });
    });
    cancelled.catch(() => undefined);
    const beat = async (): Promise<void> => {
      if (isOver) return;
      heartbeat();
      await stage.delay(100);
      await beat();
    };
    if (spec.beats === true) void beat();
    const work = async (): Promise<void> => {
      if (spec.gate !== undefined) await stage.gate(spec.gate);
      if (spec.ms !== undefined) await stage.delay(spec.ms);
    };
    try {
      await Promise.race([work(), cancelled]);
    } finally {
      isOver = true;
    }
    return `${name} done`;
  },
});

const failureOf = (name: string, { type, nonRetryable, nextRetryDelayMs }: ActSpec): ApplicationFailure =>
  ApplicationFailure.create({
    message: `${name} fails`,
    type: type ?? 'Broken',
    nonRetryable: nonRetryable ?? false,
    ...(nextRetryDelayMs === undefined ? {} : { nextRetryDelay: nextRetryDelayMs }),
  });
