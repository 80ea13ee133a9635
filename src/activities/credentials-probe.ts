import { log } from '@temporalio/activity';
import type { CredentialsReport } from '../contract/messages';
import type { CredentialsPause } from '../domain/account-state';
import { isCredentialsPause } from '../domain/account-state';
import type { ActivityPorts } from './activity-ports';

/** Whether a call may pass the account's pause. `probes`: to find out whether the provider accepts the credentials again. */
export type Passage =
  | { readonly kind: 'free' | 'unavailable' }
  | { readonly kind: 'barred'; readonly by: 'people' | 'credentials' }
  | { readonly kind: 'probes'; readonly pause: CredentialsPause };

/**
 * Only a pause that was made for refused credentials lets anything pass: payouts whose own call was refused, and of the
 * others one from time to time, as the account's workflow allows.
 */
export async function passageAt(
  ports: Pick<ActivityPorts, 'accountPause' | 'mayProbe'>,
  account: string,
  probesCredentials: boolean | undefined,
): Promise<Passage> {
  const state = await ports.accountPause(account);
  if (state === 'unavailable') return { kind: 'unavailable' };
  if (!state.paused) return { kind: 'free' };
  if (!isCredentialsPause(state)) return { kind: 'barred', by: 'people' };
  const mayProbe = probesCredentials === true || (await ports.mayProbe(account));
  return mayProbe ? { kind: 'probes', pause: state } : { kind: 'barred', by: 'credentials' };
}

/** What became of the call is never hidden by a failure to report it. */
export async function reportCredentials(
  ports: Pick<ActivityPorts, 'reportCredentials'>,
  account: string,
  report: CredentialsReport,
): Promise<void> {
  const reported = await ports.reportCredentials(account, report).catch(() => 'unavailable' as const);
  if (reported === 'unavailable')
    log.warn('what the provider said to the credentials was not reported', { account, said: report.said });
}
