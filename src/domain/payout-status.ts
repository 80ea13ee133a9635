import { assertNever } from './assert-never';

/**
 * Where a payout stands, in business words. `held` is no status: any status that is not final can be held on top.
 *
 * | status | meaning | exits |
 * |---|---|---|
 * | received | the run exists, its plan is not frozen yet | screening, unconfirmed (after a reset), rejected, expired, cancelled |
 * | screening | the plan is frozen; the beneficiary is being screened, or a price asked for | awaiting-approval, submitting, unconfirmed (after a reset), failed, rejected, expired, cancelled |
 * | awaiting-approval | people decide on the digest | submitting, unconfirmed (after a reset), failed, rejected, expired, cancelled |
 * | submitting | a send is prepared or under way; every earlier send is known to have moved nothing | submitted, processing, paid, unconfirmed, awaiting-approval, failed, rejected, expired, cancelled |
 * | unconfirmed | a send may have been accepted; nobody knows yet | submitted, processing, paid, submitting, failed, rejected, cancelled, expired |
 * | submitted | the provider has the payout and named its id | processing, paid, failed, returned |
 * | processing | the provider is paying | paid, failed, returned |
 * | paid | the provider says the money arrived; watched for returns where the provider reports them | returned |
 * | returned | paid, and the money came back: a new fact after paid | – |
 * | failed | the provider refused it or ended it unpaid, confirmed by a second read | paid (an operator accepts a late change of the provider's mind) |
 * | rejected | our own rules or a compliance check said no | – |
 * | expired | a deadline passed before anything could have been accepted | – |
 * | cancelled | cancelled on request while certainly nothing was accepted | – |
 */
export type PayoutStatus =
  | 'received'
  | 'screening'
  | 'awaiting-approval'
  | 'submitting'
  | 'unconfirmed'
  | 'submitted'
  | 'processing'
  | 'paid'
  | 'returned'
  | 'failed'
  | 'rejected'
  | 'expired'
  | 'cancelled';

/** The one transition table. `docs/payout-lifecycle.md` is held equal to it by a test. */
export const transitions: Readonly<Record<PayoutStatus, readonly PayoutStatus[]>> = {
  received: ['screening', 'unconfirmed', 'rejected', 'expired', 'cancelled'],
  screening: ['awaiting-approval', 'submitting', 'unconfirmed', 'failed', 'rejected', 'expired', 'cancelled'],
  'awaiting-approval': ['submitting', 'unconfirmed', 'failed', 'rejected', 'expired', 'cancelled'],
  submitting: [
    'submitted',
    'processing',
    'paid',
    'unconfirmed',
    'awaiting-approval',
    'failed',
    'rejected',
    'expired',
    'cancelled',
  ],
  unconfirmed: [
    'submitted',
    'processing',
    'paid',
    'submitting',
    'failed',
    'rejected',
    'expired',
    'cancelled',
  ],
  submitted: ['processing', 'paid', 'failed', 'returned'],
  processing: ['paid', 'failed', 'returned'],
  paid: ['returned'],
  returned: [],
  failed: ['paid'],
  rejected: [],
  expired: [],
  cancelled: [],
};

export const payoutStatuses = Object.keys(transitions) as readonly PayoutStatus[];

const finalStatuses: ReadonlySet<PayoutStatus> = new Set<PayoutStatus>([
  'paid',
  'returned',
  'failed',
  'rejected',
  'expired',
  'cancelled',
]);

/** Final for the business. The run may go on watching a paid payout for returns, or a failed one for a late change. */
export const isFinal = (status: PayoutStatus): boolean => finalStatuses.has(status);

/** Whether a status, as a run last published it, told somebody that the payout is over and no money moved. */
export const isUnpaidEndOfPayout = (status: unknown): boolean =>
  typeof status === 'string' &&
  isPayoutStatus(status) &&
  isFinal(status) &&
  moneyMovedIn(status, false) === 'no';

export const mayBecome = (from: PayoutStatus, to: PayoutStatus): boolean => transitions[from].includes(to);

export const isPayoutStatus = (text: string): text is PayoutStatus => Object.hasOwn(transitions, text);

/**
 * May the beneficiary's money have moved? `no` is proven: paying by other means is safe. `unknown` means that the
 * provider may hold an accepted order: never pay again. `yes`: the provider says that it paid.
 */
export type MoneyMoved = 'no' | 'unknown' | 'yes';

/** What a status alone says about the money; `unresolved` = a send is in flight or its outcome is not known. */
export function moneyMovedIn(status: PayoutStatus, unresolved: boolean): MoneyMoved {
  switch (status) {
    case 'paid':
    case 'returned':
      return 'yes';
    case 'unconfirmed':
    case 'submitted':
    case 'processing':
      return 'unknown';
    case 'received':
    case 'screening':
    case 'awaiting-approval':
    case 'submitting':
    case 'failed':
    case 'rejected':
    case 'expired':
    case 'cancelled':
      return unresolved ? 'unknown' : 'no';
    default:
      return assertNever(status, 'payout status');
  }
}
