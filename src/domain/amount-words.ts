import type { MoneyMoved, PayoutStatus } from './payout-status';
import { isFinal } from './payout-status';

/** What may be said of the amounts of a payout: words that hold for where it stands, and no more. */
export type AmountWords = { readonly source: string; readonly destination: string; readonly fee: string };

/** Before anything can have been accepted: also what people read when they decide. */
export const plannedAmounts: AmountWords = { source: 'to be debited', destination: 'to arrive', fee: 'fee' };

/** The provider may hold the payout, or has accepted it and not paid yet. */
export const doubtfulAmounts: AmountWords = {
  source: 'may be debited',
  destination: 'may arrive',
  fee: 'fee',
};

/**
 * How the amounts of a payout are called: an amount is `debited` when the provider has paid, and never on a payout that has
 * ended without money. One function for every place that names them, so that no two places contradict each other.
 */
export function amountWords({
  status,
  moneyMoved,
}: {
  readonly status: PayoutStatus;
  readonly moneyMoved: MoneyMoved;
}): AmountWords {
  switch (moneyMoved) {
    case 'yes':
      // A return does not undo the debit; what came back has a line of its own.
      return {
        source: 'debited',
        destination: status === 'returned' ? 'was paid out' : 'paid out',
        fee: 'fee',
      };
    case 'no':
      return isFinal(status)
        ? {
            source: 'would have been debited',
            destination: 'would have arrived',
            fee: 'fee, had it been paid',
          }
        : plannedAmounts;
    case 'unknown':
    default:
      return isFinal(status)
        ? { source: 'may have been debited', destination: 'may have arrived', fee: 'fee, if it was paid' }
        : doubtfulAmounts;
  }
}
