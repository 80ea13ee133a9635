import { amountWords } from '../../src/domain/amount-words';
import { moneyMovedIn, payoutStatuses } from '../../src/domain/payout-status';
import type { MoneyMoved, PayoutStatus } from '../../src/domain/payout-status';

const planned = ['to be debited', 'to arrive', 'fee'];
const doubtful = ['may be debited', 'may arrive', 'fee'];
const unpaid = ['would have been debited', 'would have arrived', 'fee, had it been paid'];
const contradicted = ['may have been debited', 'may have arrived', 'fee, if it was paid'];
const paid = ['debited', 'paid out', 'fee'];
const returned = ['debited', 'was paid out', 'fee'];

/** Every status with everything that can be known of the money: `no`, `unknown`, `yes`. */
const table: Readonly<Record<PayoutStatus, Readonly<Record<MoneyMoved, readonly string[]>>>> = {
  received: { no: planned, unknown: doubtful, yes: paid },
  screening: { no: planned, unknown: doubtful, yes: paid },
  'awaiting-approval': { no: planned, unknown: doubtful, yes: paid },
  submitting: { no: planned, unknown: doubtful, yes: paid },
  unconfirmed: { no: planned, unknown: doubtful, yes: paid },
  submitted: { no: planned, unknown: doubtful, yes: paid },
  processing: { no: planned, unknown: doubtful, yes: paid },
  paid: { no: unpaid, unknown: contradicted, yes: paid },
  returned: { no: unpaid, unknown: contradicted, yes: returned },
  failed: { no: unpaid, unknown: contradicted, yes: paid },
  rejected: { no: unpaid, unknown: contradicted, yes: paid },
  expired: { no: unpaid, unknown: contradicted, yes: paid },
  cancelled: { no: unpaid, unknown: contradicted, yes: paid },
};

test.each(payoutStatuses)('the amounts of a payout that is %s', (status) => {
  for (const moneyMoved of ['no', 'unknown', 'yes'] as const) {
    const { source, destination, fee } = amountWords({ status, moneyMoved });
    expect([moneyMoved, source, destination, fee]).toEqual([moneyMoved, ...table[status][moneyMoved]]);
  }
});

test.each(payoutStatuses)('%s is called debited only where money has moved', (status) => {
  for (const isUnresolved of [false, true]) {
    const moneyMoved = moneyMovedIn(status, isUnresolved);
    expect(amountWords({ status, moneyMoved }).source === 'debited').toBe(moneyMoved === 'yes');
  }
});
