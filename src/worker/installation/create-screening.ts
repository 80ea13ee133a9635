import type { LoadedConfiguration } from '../../config/load-configuration';
import type { ProviderPorts } from '../../providers/provider';
import { createCombinedScreener } from '../../screening/combined-screener';
import { createListScreener } from '../../screening/list-screener';
import type { ListFiles } from '../../screening/list-screener';
import type { CheckedScreener } from '../../screening/screener';
import { testListNames } from '../../screening/test-list';
import { createWatchmanScreener } from '../../screening/watchman-screener';

const day = 86_400_000;

/** The screener of an installation: its rules, its lists and Watchman, as far as they are configured. */
export function createScreening(
  configuration: LoadedConfiguration['screening'],
  { send, now, log: tell }: Pick<ProviderPorts, 'send' | 'now' | 'log'>,
  files?: ListFiles,
): CheckedScreener {
  const {
    lists,
    testList,
    maxListAgeDays,
    maxUnreadableShare,
    scriptShare,
    similarity,
    watchman,
    blockedCountries,
    blockedBanks,
  } = configuration;
  const log = (
    _level: 'info' | 'warn',
    event: string,
    fields: Readonly<Record<string, string | number>>,
  ): void => tell?.(event, fields);
  const screeners: CheckedScreener[] = [];
  if (lists.length > 0 || testList) {
    screeners.push(
      createListScreener({
        lists: [...lists, ...(testList ? [{ name: 'test-list', names: testListNames }] : [])],
        thresholds: {
          matchFrom: Number(similarity.matchFrom),
          possibleFrom: Number(similarity.possibleFrom),
        },
        shares: { unreadable: Number(maxUnreadableShare), script: Number(scriptShare) },
        maxAgeMs: maxListAgeDays * day,
        now,
        log,
        ...(files === undefined ? {} : { files }),
      }),
    );
  }
  if (watchman !== undefined) {
    const { reviewFrom, maxListAgeDays: loadedWithinDays, ...settings } = watchman;
    screeners.push(
      createWatchmanScreener({
        settings: { ...settings, reviewFrom: Number(reviewFrom), maxListAgeMs: loadedWithinDays * day },
        send,
        now,
        log,
      }),
    );
  }
  return createCombinedScreener({
    rules: { countries: blockedCountries, banks: blockedBanks },
    screeners,
    now,
  });
}
