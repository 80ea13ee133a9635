import { isApproved } from '../../../domain/approval';
import type { SendBounds } from '../../activity-proxies';
import type { PayoutRun } from '../payout-run';
import { endHold, endUnsent } from '../step-end';
import { boundsOfSend } from './send';

/** Below this a send is not begun: picking it up alone can take so long. */
export const leastRoomMs = 2_000;

/** A quote must still hold this long when the first byte is written (half its life where that is shorter). */
const quoteMarginMs = 30_000;

/** For how long a send with the quote may still begin. */
export function quoteRoomMs(run: PayoutRun): number {
  if (run.quote === undefined || run.quoteReadAt === undefined) return Infinity;
  const { validForMs } = run.quote;
  return run.quoteReadAt + validForMs - Math.min(quoteMarginMs, validForMs / 2) - Date.now();
}

/**
 * The last check before a send, in one synchronous block with its scheduling: cancellation, the request's `notAfter`, the
 * key (`keyUntil`), the quote, the approval. Returns how long the send may still take to begin.
 */
export function passGate(
  run: PayoutRun,
  keyUntil: number,
): { readonly bounds: SendBounds } | 'too-old' | 'ended' {
  const plan = run.require('plan');
  const now = Date.now();
  if (run.cancelRequested) {
    return endHold(run, 'cancelled');
  }
  if (run.needsApproval && !isApproved(run.people.roundOf('payout')))
    throw new Error('a send without its approvals');
  const wishRoomMs = run.wishEndsAt - now;
  if (wishRoomMs < leastRoomMs) return endUnsent(run, 'expired', 'not_after_passed');
  const roomMs = Math.min(wishRoomMs, quoteRoomMs(run), keyUntil - now);
  if (roomMs < leastRoomMs) return 'too-old';
  return { bounds: boundsOfSend(roomMs, plan.submitTimeoutMs) };
}
