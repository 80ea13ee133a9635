import { brokenRules, rulesName, rulesVersion } from './blocking-rules';
import type { BlockingRules } from './blocking-rules';
import { bestHits } from './screener';
import type { CheckedScreener, ListCheck, ScreeningDecision, ScreeningHit } from './screener';

export type CombinedScreenerDeps = {
  readonly rules: BlockingRules;
  /** All of them are asked, and all must be usable. */
  readonly screeners: readonly CheckedScreener[];
  /** Unix milliseconds. */
  readonly now: () => number;
};

/**
 * Rules first, without asking anybody: a blocked country or bank is a match even while no list can be used. Then every
 * screener: one that cannot say makes the whole unavailable, and of the rest the worst answer counts.
 */
export function createCombinedScreener({ rules, screeners, now }: CombinedScreenerDeps): CheckedScreener {
  const version = rulesVersion(rules);

  async function ask(
    screener: CheckedScreener,
    ...args: Parameters<CheckedScreener['screen']>
  ): Promise<ScreeningDecision> {
    try {
      return await screener.screen(...args);
    } catch {
      args[1]?.throwIfAborted();
      return { kind: 'unavailable', note: 'a screener failed' };
    }
  }

  return {
    async screen(subject, signal) {
      signal?.throwIfAborted();
      const checks: ListCheck[] = [];
      if (version !== undefined) {
        checks.push({
          list: rulesName,
          version,
          entries: rules.countries.length + rules.banks.length,
          checkedAt: new Date(now()).toISOString(),
        });
      }
      const lists = checks.map(() => `${rulesName}@${version?.slice(0, 12)}`);
      const broken = brokenRules(rules, subject);
      if (broken.length > 0) return { kind: 'match', hits: bestHits(broken), lists, checks };

      if (screeners.length === 0) return { kind: 'unavailable', note: 'there is no list' };
      const decisions = await Promise.all(screeners.map((screener) => ask(screener, subject, signal)));
      const notes: string[] = [];
      const hits: ScreeningHit[] = [];
      for (const decision of decisions) {
        if (decision.kind === 'unavailable') {
          notes.push(decision.note);
          continue;
        }
        lists.push(...decision.lists);
        checks.push(...(decision.checks ?? []));
        if (decision.kind !== 'clear') hits.push(...decision.hits);
      }
      if (notes.length > 0) return { kind: 'unavailable', note: notes.join('; ') };
      const worst = (['match', 'possible'] as const).find((kind) =>
        decisions.some((decision) => decision.kind === kind),
      );
      return worst === undefined
        ? { kind: 'clear', lists, checks }
        : { kind: worst, hits: bestHits(hits), lists, checks };
    },
    problems: async (signal) =>
      screeners.length === 0
        ? [{ key: 'lists', message: 'there is no list: add one, or screening.watchman' }]
        : (await Promise.all(screeners.map((screener) => screener.problems(signal)))).flat(),
  };
}
