import type { PayoutClient } from '../../client/payout-client';
import { CliError } from '../cli-error';
import { exitCodes } from '../exit-codes';

/** How many of the newest payouts are looked through. */
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

/** The task queues that payouts of the account went by, of its newest ones. */
async function queuesOf(client: PayoutClient, account: string): Promise<ReadonlySet<string | undefined>> {
  const queues = new Set<string | undefined>();
  for await (const { taskQueue } of client.list({ account, limit: newest, pageSize: newest }))
    queues.add(taskQueue);
  return queues;
}

/**
 * Refuses an account that no payout was ever routed to: its name is probably mistyped. So is one whose payouts all go by other
 * task queues: what is said to the workers of this one would not reach those that send.
 */
export async function assertSeenAccount(
  client: PayoutClient,
  account: string,
  {
    message,
    next,
    everywhere = false,
  }: { readonly message: string; readonly next: string; readonly everywhere?: boolean },
): Promise<void> {
  const queues = await queuesOf(client, account);
  if (queues.has(undefined) || (everywhere && queues.size > 0)) return;
  if (queues.size > 0) {
    const { taskQueue } = await client.workers();
    if (queues.has(taskQueue)) return;
    throw new CliError(
      'account_unseen',
      exitCodes.refused,
      `${message}: payouts of account ${account} do not go by task queue ${taskQueue}`,
      `Name theirs: ${[...queues].map((queue) => `--task-queue ${queue ?? ''}`).join(' or ')}.`,
    );
  }
  const seen = await seenAccounts(client);
  throw new CliError(
    'account_unseen',
    exitCodes.refused,
    `${message}: no payout was ever routed to account ${account}`,
    `${seen.length === 0 ? 'No account was seen yet' : `Accounts seen lately: ${seen.join(', ')}`}. ${next}`,
  );
}
