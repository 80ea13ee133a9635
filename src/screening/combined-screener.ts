import { brokenRules, doubtfulRules, rulesName, rulesVersion } from './blocking-rules';
import type { BlockingRules } from './blocking-rules';
import { bestHits } from './screener';
import { scriptsName } from './script-doubt';
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
      const doubts = doubtfulRules(rules, subject);
      const hits: ScreeningHit[] = [...doubts];
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
      // What one of them compared in a script says nothing about the entries of the others.
      const [first = [], ...others] = decisions.map((decision) =>
        'comparedScripts' in decision ? (decision.comparedScripts ?? []) : [],
      );
      const compared = first.filter((script) => others.every((scripts) => scripts.includes(script)));
      const evidence = { lists, checks, ...(compared.length === 0 ? {} : { comparedScripts: compared }) };
      const left = onlyOnce(hits);
      if (decisions.some(({ kind }) => kind === 'match'))
        return {
          kind: 'match',
          hits: bestHits(left.filter((hit) => hit.list !== scriptsName && !doubts.includes(hit))),
          ...evidence,
        };
      return doubts.length > 0 || decisions.some(({ kind }) => kind === 'possible')
        ? { kind: 'possible', hits: bestHits(left), ...evidence }
        : { kind: 'clear', ...evidence };
    },
    remarks: async () =>
      (await Promise.all(screeners.map(async (screener) => screener.remarks?.() ?? []))).flat(),
    problems: async (signal) =>
      screeners.length === 0
        ? [{ key: 'lists', message: 'there is no list: add one, or screening.watchman' }]
        : (await Promise.all(screeners.map((screener) => screener.problems(signal)))).flat(),
  };
}

const onlyOnce = (hits: readonly ScreeningHit[]): readonly ScreeningHit[] =>
  [
    ...new Map(
      hits.toReversed().map((hit) => [JSON.stringify([hit.list, hit.entry, hit.reason]), hit]),
    ).values(),
  ].toReversed();
