import type { PayoutClient } from '../../client/payout-client';
import { CliError } from '../cli-error';
import { exitCodes } from '../exit-codes';

/** How many of the newest payouts are looked through for the names of accounts. */
const newest = 500;

/** Whether a payout that Temporal still knows was ever routed to the account. Lists lag behind by fractions of a second. */
export async function isSeenAccount(client: PayoutClient, account: string): Promise<boolean> {
  for await (const _ of client.list({ account, limit: 1 })) return true;
  return false;
}

/** The accounts of the newest payouts, by name. */
async function seenAccounts(client: PayoutClient): Promise<readonly string[]> {
  const seen = new Set<string>();
  for await (const { account } of client.list({ limit: newest, pageSize: newest })) {
    if (account !== undefined) seen.add(account);
  }
  return [...seen].toSorted();
}

/** Refuses an account that no payout was ever routed to: its name is probably mistyped. */
export async function assertSeenAccount(
  client: PayoutClient,
  account: string,
  { message, next }: { readonly message: string; readonly next: string },
): Promise<void> {
  if (await isSeenAccount(client, account)) return;
  const seen = await seenAccounts(client);
  throw new CliError(
    'account_unseen',
    exitCodes.refused,
    `${message}: no payout was ever routed to account ${account}`,
    `${seen.length === 0 ? 'No account was seen yet' : `Accounts seen lately: ${seen.join(', ')}`}. ${next}`,
  );
}
