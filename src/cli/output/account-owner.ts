import type { AccountView } from '../../client/account-commands';

/** Whose account something was said about. */
export const ownerInWords = ({ installation }: Pick<AccountView, 'installation'>): string =>
  installation === undefined ? 'every installation of the namespace' : `installation ${installation}`;
