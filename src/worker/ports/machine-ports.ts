import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { ActivityPorts } from '../../activities/activity-ports';

/** What the activities ask Temporal itself. */
export type TemporalPorts = Omit<ActivityPorts, 'every' | 'pause' | 'sha256' | 'stopwatch'>;

/** The activities' ports on a real machine. */
export const createMachinePorts = (temporal: TemporalPorts): ActivityPorts => ({
  // The monotonic clock counts while the process is stopped, but not while the machine sleeps; the wall clock does, but
  // can be set. The longer of the two is the cautious one.
  stopwatch: () => {
    const monotonicStart = performance.now();
    const wallStart = Date.now();
    return () => Math.max(performance.now() - monotonicStart, Date.now() - wallStart);
  },
  every: (ms, run) => {
    const timer = setInterval(run, ms);
    return () => clearInterval(timer);
  },
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
  ...temporal,
});
