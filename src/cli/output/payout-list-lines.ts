import { formatMoney } from '../../domain/money';
import type { ListedPayout } from '../../client/payout-list';
import { duration, fromNow } from './duration';
import { statusText, time } from './payout-lines';
import { styled } from './printer';
import type { Styled } from './printer';
import type { Asked } from './waiting-details';

export const listHeader = [
  'payout',
  'status',
  'hold',
  'amount',
  'account',
  'age',
  'may decide',
  'whose turn',
  'deadline',
  'provider id',
  'started',
] as const;

export function listRow({ payout, details }: Asked, now: number): readonly (string | Styled)[] {
  const { tenant, reference, status, heldReason, closed, attention, account, startedAt, providerPayoutId } =
    payout;
  const deadlineAt = details?.deadlineAt;
  return [
    `${tenant}/${reference}`,
    closed === undefined ? statusText(status) : `${status} (run ${closed})`,
    heldReason === undefined ? '-' : styled('yellow', heldReason),
    amountText(payout),
    account ?? '-',
    `${duration(now - startedAt)}${attention === undefined ? '' : ` (${attention})`}`,
    details === undefined || details.mayDecide.length === 0 ? '-' : details.mayDecide.join(', '),
    details?.owner ?? '-',
    deadlineAt === undefined
      ? '-'
      : deadlineAt < now
        ? styled('red', fromNow(deadlineAt, now))
        : fromNow(deadlineAt, now),
    providerPayoutId ?? '-',
    time(startedAt),
  ];
}

function amountText({ amount }: ListedPayout): string {
  if (amount === undefined) return '-';
  const { value, currency } = amount;
  return currency === undefined ? value : formatMoney({ value, currency });
}
