import { cancellationSignal } from '@temporalio/activity';
import type { PayoutRequest } from '../domain/payout-request';
import type { ScreeningDecision, ScreeningSubject } from '../screening/screener';
import type { ActivityDeps } from './activity-ports';
import type { PayoutActivities, ScreenPayoutResult } from './payout-activities';

/** Screens the beneficiary. What goes wrong on the way is `unavailable`, never clear. */
export function createScreenPayout({ installation }: ActivityDeps): PayoutActivities['screenPayout'] {
  return async ({ request }) => {
    try {
      return toResult(await installation.screener.screen(subjectOf(request), cancellationSignal()));
    } catch {
      return { kind: 'unavailable', note: 'the screener failed' };
    }
  };
}

/** What of a request is screened. */
export function subjectOf({ beneficiary, destination: { country } }: PayoutRequest): ScreeningSubject {
  const { name } = beneficiary;
  if (beneficiary.method !== 'bank-account') return { name, country };
  const { bankCode, bic, ifsc } = beneficiary.account;
  const bank = {
    ...(bankCode === undefined ? {} : { bankCode }),
    ...(bic === undefined ? {} : { bic }),
    ...(ifsc === undefined ? {} : { ifsc }),
  };
  return { name, country, ...(Object.keys(bank).length === 0 ? {} : { bank }) };
}

/**
 * The decision as the workflow knows it today. It has no review yet, so what a person should look at is refused: nothing
 * similar to a listed name passes. Anything but a plain `clear` fails closed.
 */
function toResult(decision: ScreeningDecision): ScreenPayoutResult {
  if (decision.kind === 'clear') return { kind: 'clear', lists: decision.lists };
  if (decision.kind === 'unavailable') return { kind: 'unavailable', note: decision.note };
  return { kind: 'hit', lists: decision.lists };
}
