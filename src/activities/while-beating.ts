import { heartbeat } from '@temporalio/activity';
import type { ActivityPorts } from './activity-ports';

/** Beats only when a call takes longer than this: a quick one then costs no heartbeat at all. */
const heartbeatMs = 1_000;

/** Runs a call of a regular activity and beats meanwhile, so that a dead worker is noticed within seconds. */
export async function whileBeating<T>(
  ports: Pick<ActivityPorts, 'every'>,
  call: () => Promise<T>,
): Promise<T> {
  const stopBeating = ports.every(heartbeatMs, () => heartbeat());
  try {
    return await call();
  } finally {
    stopBeating();
  }
}
