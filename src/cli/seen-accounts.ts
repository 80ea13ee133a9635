import type { PayoutClient } from '../client/payout-client';

/** How many of the newest payouts are looked through for the names of accounts. */
const newest = 500;

/** Whether a payout that Temporal still knows was ever routed to the account. Lists lag behind by fractions of a second. */
export async function isSeenAccount(client: PayoutClient, account: string): Promise<boolean> {
  for await (const _ of client.list({ account, limit: 1 })) return true;
  return false;
}

/** The accounts of the newest payouts, by name. */
export async function seenAccounts(client: PayoutClient): Promise<readonly string[]> {
  const seen = new Set<string>();
  for await (const { account } of client.list({ limit: newest, pageSize: newest })) {
    if (account !== undefined) seen.add(account);
  }
  return [...seen].toSorted();
}
