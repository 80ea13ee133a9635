import type { PayoutRun } from './payout-run';
import { publish } from './publishing';

/** Somebody wishes it cancelled. A wish is never taken back: from here on nothing new is sent. */
export function requestCancel(run: PayoutRun, by: string, reason?: string): void {
  if (run.cancelRequested) return;
  run.cancelRequested = true;
  run.record('cancel-requested', { by, ...(reason === undefined ? {} : { note: reason }) });
  publish(run);
}
