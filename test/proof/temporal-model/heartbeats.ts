import type { HeartbeatAnswer } from './task-protocol';

export type HeartbeatPorts = {
  readonly after: (ms: number, run: () => void) => () => void;
  /** Undefined: it did not reach the server. */
  readonly send: () => HeartbeatAnswer | undefined;
  readonly cancel: (reason: 'CANCELLED' | 'NOT_FOUND') => void;
};

/** The longest that core lets a heartbeat wait. */
const longestPauseMs = 60_000;

/** How long core lets a heartbeat wait after the one before it. */
export const heartbeatPauseMs = (heartbeatTimeoutMs: number | undefined): number =>
  Math.min(longestPauseMs, (heartbeatTimeoutMs ?? 37_500) * 0.8);

/** Core sends the first heartbeat at once, and then at most one in four fifths of the heartbeat timeout. */
export function createHeartbeats(
  heartbeatTimeoutMs: number | undefined,
  ports: HeartbeatPorts,
): { beat(): void; stop(): void } {
  const pauseMs = heartbeatPauseMs(heartbeatTimeoutMs);
  let isPausing = false;
  let isBeatWaiting = false;
  let isOver = false;
  const send = (): void => {
    isBeatWaiting = false;
    isPausing = true;
    const answer = ports.send();
    ports.after(pauseMs, () => {
      isPausing = false;
      if (isBeatWaiting && !isOver) send();
    });
    if (answer === 'cancel-requested') ports.cancel('CANCELLED');
    if (answer === 'not-found') ports.cancel('NOT_FOUND');
  };
  return {
    beat() {
      if (isOver) return;
      if (isPausing) isBeatWaiting = true;
      else send();
    },
    stop() {
      isOver = true;
    },
  };
}
