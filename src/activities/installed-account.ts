import type { InstalledAccount, Installation } from './installation';
import type { FrozenAccount } from './payout-activities';

/**
 * The account that a plan froze, if this worker still has exactly that one. An account whose base URL, mode or scope
 * changed is another place for money: a key that was sent there means nothing here.
 */
export function accountOfPlan(installation: Installation, plan: FrozenAccount): InstalledAccount | undefined {
  const account = installation.accounts.get(plan.account);
  const same =
    account?.fingerprint === plan.accountFingerprint &&
    account.mode === plan.mode &&
    plan.mode === installation.mode;
  return same ? account : undefined;
}
