import { log, metricMeter } from '@temporalio/workflow';
import { endedMetric, holdsMetric, noLabel } from '../../contract/metrics';
import type { AccountState } from '../../domain/account-state';
import { isCredentialsPause } from '../../domain/account-state';
import type { PayoutSnapshot } from '../../domain/payout-snapshot';
import type { Held } from '../../domain/reason';

/**
 * What a run tells whoever operates the workers, by log and by metric. Neither is a command, and a replay tells nothing. A task
 * that is done a second time because its worker was lost tells it twice: both are for people and alarms, and no ledger.
 */
export function tellEnd({ status, reason, moneyMoved, account }: PayoutSnapshot): void {
  const { id, provider } = account ?? { id: undefined, provider: noLabel };
  log.info('payout ended', {
    status,
    moneyMoved,
    ...(reason === undefined ? {} : { reason }),
    ...(id === undefined ? {} : { account: id, provider }),
  });
  count(endedMetric, { status, provider, reason: reason ?? noLabel });
}

export function tellHold({ reason, owner }: Held, provider: string | undefined): void {
  log.warn('payout held', { reason, owner });
  count(holdsMetric, { reason, provider: provider ?? noLabel });
}

/** An account that pays nothing new is an error, whoever paused it. The reason is people's own words, and stays in Temporal. */
export function tellPause(account: string, before: AccountState, now: AccountState): void {
  if (now.paused && !before.paused) log.error('account paused', { account, pausedFor: pausedFor(now) });
  else if (before.paused && !now.paused)
    log.info('account resumed', { account, pausedFor: pausedFor(before) });
}

const pausedFor = (state: AccountState): string => (isCredentialsPause(state) ? state.cause : 'people');

const count = (
  { name, help }: typeof endedMetric | typeof holdsMetric,
  labels: Readonly<Record<string, string>>,
): void => metricMeter.createCounter(name, '', help).add(1, labels);
