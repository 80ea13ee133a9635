import { isEntryId } from './screener';
import type { ScreeningHit } from './screener';

/** Stands in decisions where a list would: no entry was found, but nobody can say that there is none. */
export const scriptsName = 'scripts';

/** One hit for each script in which a name was compared nowhere. */
export const scriptHits = (scripts: readonly string[]): readonly ScreeningHit[] =>
  scripts
    .map((code) => `script:${code}`)
    .filter(isEntryId)
    .map((entry) => ({ list: scriptsName, entry, score: '0', reason: 'script-not-comparable' }));

/** What remains of the hits when the name was compared in these scripts after all. */
export const withoutSettled = (
  hits: readonly ScreeningHit[],
  compared: ReadonlySet<string>,
): readonly ScreeningHit[] =>
  hits.filter(({ list, entry }) => list !== scriptsName || !compared.has(entry.slice('script:'.length)));
