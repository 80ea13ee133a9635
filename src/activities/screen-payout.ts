import { cancellationSignal } from '@temporalio/activity';
import type { ActivityDeps } from './activity-ports';
import type { PayoutActivities } from './payout-activities';

/** Screens the beneficiary's name. What goes wrong on the way is `unavailable`, never clear. */
export function createScreenPayout({ installation }: ActivityDeps): PayoutActivities['screenPayout'] {
  return async ({ request }) => {
    const subject = { name: request.beneficiary.name, country: request.destination.country };
    try {
      return await installation.screener.screen(subject, cancellationSignal());
    } catch {
      return { kind: 'unavailable', note: 'the screener failed' };
    }
  };
}
