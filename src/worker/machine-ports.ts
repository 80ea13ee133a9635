import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { ActivityPorts } from '../activities/activity-ports';

/** For tests and tools without account workflows. */
const neverPaused: ActivityPorts['accountPause'] = () => Promise.resolve({ paused: false });

/** The activities' ports on a real machine; what Temporal remembers (earlier runs, pauses) comes from the caller. */
export const createMachinePorts = (
  priorAttemptKeys: ActivityPorts['priorAttemptKeys'],
  accountPause: ActivityPorts['accountPause'] = neverPaused,
): ActivityPorts => ({
  // The monotonic clock counts while the process is stopped, but not while the machine sleeps; the wall clock does, but
  // can be set. The longer of the two is the cautious one.
  stopwatch: () => {
    const monotonicStart = performance.now();
    const wallStart = Date.now();
    return () => Math.max(performance.now() - monotonicStart, Date.now() - wallStart);
  },
  now: () => Date.now(),
  every: (ms, run) => {
    const timer = setInterval(run, ms);
    return () => clearInterval(timer);
  },
  sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
  priorAttemptKeys,
  accountPause,
});
