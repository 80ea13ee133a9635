import { patched } from '@temporalio/workflow';
import { personId } from '../../../domain/person';
import { isPlainText } from '../../../domain/resolution';
import type { PayoutRun } from '../payout-run';
import { release } from './hold';
import { publish } from '../publishing';

/** The longest reason of people, and what their account's workflow says before it. */
const longestNote = 600;

/** Something about the account changed. A payout that is held for it is tried again at once; any other does nothing. */
export function takeAccountChange(run: PayoutRun, input: unknown): void {
  const { account, heldReasons, by, note } = (
    typeof input === 'object' && input !== null ? input : {}
  ) as Readonly<Record<string, unknown>>;
  const { held, plan } = run;
  if (held === undefined || plan === undefined || account !== plan.account) return;
  if (!Array.isArray(heldReasons) || !heldReasons.includes(held.reason) || !isPlainText(by, 1, 128)) return;
  // A worker of an older version, in the midst of an upgrade, took it and did nothing.
  if (!patched('account-changed')) return;
  run.resumes += 1;
  release(run, personId(by), isPlainText(note, 1, longestNote) ? note : undefined);
  publish(run);
}
