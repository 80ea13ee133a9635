import { PayoutClientError } from './errors';
import { pause } from './pause';
import { NobodyPollsError } from './unpolled-queue';

const firstRepeatMs = 50;
const longestRepeatMs = 1_000;

export type MessageToRun<T> = {
  readonly timeoutMs: number;
  /** Under the same update id every time: a run carries it out once at most. */
  readonly send: (timeoutMs: number) => Promise<T>;
  /**
   * Looks at the run after an error. Throws where it is of no use to send the message again, answers in its place, or returns
   * undefined: the run is there, and did not take it.
   */
  readonly lookAt: (error: PayoutClientError) => Promise<{ readonly answer: T } | undefined>;
  /** What the error means once the time is over and the run is still there. */
  readonly late?: (error: PayoutClientError) => PayoutClientError;
};

/**
 * A message that meets the end of a run's task, or of the run, is taken back as if there were nobody. It is sent again, to
 * whatever run is there now, within the same time.
 */
export async function untilTaken<T>({ timeoutMs, send, lookAt, late }: MessageToRun<T>): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (let delayMs = firstRepeatMs; ; delayMs = Math.min(delayMs * 2, longestRepeatMs)) {
    try {
      return await send(Math.max(1, deadline - performance.now()));
    } catch (error) {
      if (!(error instanceof PayoutClientError)) throw error;
      const instead = await lookAt(error);
      if (instead !== undefined) return instead.answer;
      if (error instanceof NobodyPollsError) throw error;
      if (performance.now() + delayMs >= deadline) throw late === undefined ? error : late(error);
      await pause(delayMs);
    }
  }
}
