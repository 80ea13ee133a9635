import type { EchoCheck } from './idempotency-contract';
import type { Money } from './money';

/** A provider's status in our words. Every adapter maps its own strings here by a table; anything else is `unrecognised`. */
export const providerStatuses = [
  'accepted',
  'provider-approval',
  'processing',
  'paid',
  'failed',
  'rejected',
  'cancelled',
  'expired',
  'returned',
  'unrecognised',
] as const;
export type ProviderStatus = (typeof providerStatuses)[number];

const ranks: Readonly<Record<Exclude<ProviderStatus, 'unrecognised'>, number>> = {
  accepted: 0,
  'provider-approval': 0,
  processing: 1,
  paid: 2,
  failed: 2,
  rejected: 2,
  cancelled: 2,
  expired: 2,
  returned: 3,
};

const unpaidEnds: ReadonlySet<ProviderStatus> = new Set<ProviderStatus>([
  'failed',
  'rejected',
  'cancelled',
  'expired',
]);

/** The provider ended it and says that nothing was paid. */
export const isUnpaidEnd = (status: ProviderStatus): boolean => unpaidEnds.has(status);

/**
 * What a newly read status means after the one known so far:
 * - `advance`: take it; `same`: nothing new;
 * - `unrecognised` and `regression` never change anything but are written down;
 * - `contradiction`: two different ends; a person looks.
 */
export type StatusStep = 'advance' | 'same' | 'unrecognised' | 'regression' | 'contradiction';

export function statusStep(known: ProviderStatus, read: ProviderStatus): StatusStep {
  if (read === 'unrecognised' || known === 'unrecognised') return read === known ? 'same' : 'unrecognised';
  if (read === known) return 'same';
  if (ranks[read] === 2 && ranks[known] === 2) return 'contradiction';
  if (read === 'returned') return isUnpaidEnd(known) ? 'contradiction' : 'advance';
  if (ranks[read] < ranks[known]) return 'regression';
  return 'advance';
}

/** One payout as a provider shows it, in a look-up or a status reply. */
export type StatusReading = {
  readonly providerPayoutId: string;
  readonly status: ProviderStatus;
  /** The provider's own word for it, cut to a short printable token. */
  readonly providerStatus: string;
  readonly echo: EchoCheck;
  /** Where the provider tells them. */
  readonly amounts?: StatusAmounts;
};

/** Amounts as decimal strings; `rate` is units of the destination currency per unit of the source currency. */
export type StatusAmounts = {
  readonly source?: Money;
  readonly destination?: Money;
  readonly rate?: string;
  readonly fee?: Money;
  readonly returned?: Money;
};
