import type { ActivityPorts } from '../../activities/activity-ports';
import {
  accountPausedMetric,
  attentionMetric,
  awaitingApprovalAgeMetric,
  awaitingApprovalMetric,
  backlogAgeMetric,
  backlogMetric,
  heldAgeMetric,
  heldMetric,
  listAgeMetric,
  listLimitMetric,
  noLabel,
  observedMetric,
  pollersMetric,
  registerUsableMetric,
  screeningUsableMetric,
  strandedMetric,
  unconfirmedAgeMetric,
  unconfirmedMetric,
  workerReadyMetric,
} from '../../contract/metrics';
import { isCredentialsPause } from '../../domain/account-state';
import { heldReasons } from '../../domain/reason';
import type { Logger } from '../../observability/logger';
import type { RegisterStatus } from '../../register/postgres/postgres-register';
import type { ReadTaskQueue } from '../temporal/task-queue';
import { taskTypes } from '../temporal/task-queue';
import type { MeasuredScreener } from './measured-screener';
import type { MetricWriter } from './metric-writer';
import type { Waiting, WaitingPayouts } from './waiting-payouts';

export type ObserverDeps = {
  readonly metrics: MetricWriter;
  readonly accounts: readonly string[];
  readonly accountPause: ActivityPorts['accountPause'];
  readonly readWaiting: () => Promise<WaitingPayouts>;
  readonly readTaskQueue: ReadTaskQueue;
  readonly screening: Pick<MeasuredScreener, 'look' | 'listedAt'>;
  /** Absent where there is no register. */
  readonly registerStatus?: () => Promise<RegisterStatus>;
  /** The age from which on a list is stale, by its name as screening reports it; undefined: it has no such age. */
  readonly listLimitMs: (list: string) => number | undefined;
  /** Open payouts of each version of which no worker runs; absent where versions are off. */
  readonly readStranded?: () => Promise<ReadonlyMap<string, number>>;
  readonly isReady: () => boolean;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
};

const attentions = ['reminded', 'escalated', 'overdue'] as const;
/** Lists change by the day, and Watchman is another service. */
const screeningEveryMs = 5 * 60_000;
/** Versions come and go by the day, and each of them costs questions. */
const versionsEveryMs = 2 * 60_000;

/**
 * Reads what stands now and sets the gauges; the returned function does it once and never rejects. Each gauge is set in every
 * round, also to 0: one that is left alone would go on saying what was. A reading that fails leaves its gauges and does not
 * move its time (`payouts_observed_timestamp_seconds`), on which an alarm stands.
 */
export function createObserver(deps: ObserverDeps): () => Promise<void> {
  const { metrics, now, logger } = deps;
  const failing = new Set<string>();
  /** What was once told is told on, so that it comes back to 0. */
  const reasonsSeen = new Set<string>(heldReasons);
  let screeningDueAt = 0;
  const versionsSeen = new Set<string>();
  let versionsDueAt = 0;

  async function read(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      metrics.set(observedMetric, now() / 1000, { reading: what });
      if (failing.delete(what)) logger.info('metrics can be read again', { what });
    } catch (error) {
      if (!failing.has(what)) logger.warn('metrics cannot be read', { what, error });
      failing.add(what);
    }
  }

  const ageOf = ({ oldestSince }: Waiting): number =>
    oldestSince === undefined ? 0 : (now() - oldestSince) / 1000;

  async function readWaiting(): Promise<void> {
    const { held, unconfirmed, awaitingApproval, attention } = await deps.readWaiting();
    for (const reason of held.keys()) reasonsSeen.add(reason);
    for (const reason of reasonsSeen) {
      const waiting = held.get(reason) ?? { count: 0 };
      metrics.set(heldMetric, waiting.count, { reason });
      metrics.set(heldAgeMetric, ageOf(waiting), { reason });
    }
    metrics.set(unconfirmedMetric, unconfirmed.count, {});
    metrics.set(unconfirmedAgeMetric, ageOf(unconfirmed), {});
    metrics.set(awaitingApprovalMetric, awaitingApproval.count, {});
    metrics.set(awaitingApprovalAgeMetric, ageOf(awaitingApproval), {});
    for (const raised of attentions)
      metrics.set(attentionMetric, attention.get(raised) ?? 0, { attention: raised });
  }

  async function readAccounts(): Promise<void> {
    let unread = 0;
    // At once: where Temporal is away each of them takes seconds to say so.
    const states = deps.accounts.map(async (account) => [account, await deps.accountPause(account)] as const);
    for (const [account, state] of await Promise.all(states)) {
      if (state === 'unavailable') {
        unread += 1;
        continue;
      }
      const isByCredentials = isCredentialsPause(state);
      const paused = (cause: string, is: boolean): void =>
        metrics.set(accountPausedMetric, is ? 1 : 0, { account, cause });
      paused('people', state.paused && !isByCredentials);
      paused('credentials_refused', isByCredentials);
    }
    if (unread > 0) throw new Error('Temporal does not tell whether accounts are paused');
  }

  async function readTaskQueue(): Promise<void> {
    for (const type of taskTypes) {
      const labels = { task_type: type };
      const { pollers, backlog } = await deps.readTaskQueue(type, { backlog: true });
      metrics.set(pollersMetric, new Set(pollers.map(({ identity }) => identity)).size, labels);
      if (backlog === undefined) continue;
      metrics.set(backlogMetric, backlog.tasks, labels);
      metrics.set(backlogAgeMetric, backlog.ageSeconds, labels);
    }
  }

  async function readVersions(read: NonNullable<ObserverDeps['readStranded']>): Promise<void> {
    const stranded = await read();
    for (const buildId of stranded.keys()) versionsSeen.add(buildId);
    for (const buildId of versionsSeen)
      metrics.set(strandedMetric, stranded.get(buildId) ?? 0, { build_id: buildId });
    versionsDueAt = now() + versionsEveryMs;
  }

  /** Where versions are off, no payout is bound to one. */
  async function lookAtVersions(): Promise<void> {
    const { readStranded } = deps;
    if (readStranded === undefined) metrics.set(strandedMetric, 0, { build_id: noLabel });
    else if (now() >= versionsDueAt) await read('versions', () => readVersions(readStranded));
  }

  async function readRegister(status: NonNullable<ObserverDeps['registerStatus']>): Promise<void> {
    metrics.set(registerUsableMetric, (await status()).kind === 'usable' ? 1 : 0, {});
  }

  async function lookAtScreening(): Promise<void> {
    if (now() < screeningDueAt) return;
    metrics.set(screeningUsableMetric, (await deps.screening.look()) === 'usable' ? 1 : 0, {});
    metrics.set(observedMetric, now() / 1000, { reading: 'screening' });
    screeningDueAt = now() + screeningEveryMs;
  }

  /** Between two looks a list goes on ageing. */
  function tellListAges(): void {
    for (const [list, listedAt] of deps.screening.listedAt) {
      metrics.set(listAgeMetric, (now() - listedAt) / 1000, { list });
      const limitMs = deps.listLimitMs(list);
      if (limitMs !== undefined) metrics.set(listLimitMetric, limitMs / 1000, { list });
    }
  }

  return async () => {
    const { registerStatus } = deps;
    await Promise.all([
      read('waiting', readWaiting),
      read('accounts', readAccounts),
      read('task-queue', readTaskQueue),
      lookAtVersions(),
      ...(registerStatus === undefined ? [] : [read('register', () => readRegister(registerStatus))]),
      lookAtScreening().catch(() => metrics.set(screeningUsableMetric, 0, {})),
    ]);
    tellListAges();
    metrics.set(workerReadyMetric, deps.isReady() ? 1 : 0, {});
  };
}
