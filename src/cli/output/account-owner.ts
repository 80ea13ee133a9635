import type { AccountView } from '../../client/account-commands';

/** Whose account something was said about. */
export const ownerInWords = ({ installation }: Pick<AccountView, 'installation'>): string =>
  installation === undefined ? 'every installation of the namespace' : `installation ${installation}`;

/** `1 payout`, `3 payouts`. */
export const payoutsInWords = (count: number): string => (count === 1 ? '1 payout' : `${count} payouts`);
