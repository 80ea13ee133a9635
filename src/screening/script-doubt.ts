import { isEntryId } from './screener';
import type { ScreeningHit } from './screener';
import { mixedScripts, symbolLetters } from './appearance';
import { unknownScript } from './writing-scripts';

/** Stands in decisions where a list would: no entry was found, but nobody can say that there is none. */
export const scriptsName = 'scripts';

/** A name of so many possible pieces that not all of them were compared. */
export const tooIntricate = 'intricate';

/** One hit for each script in which a name could not be compared with every list. */
export const scriptHits = (scripts: readonly string[]): readonly ScreeningHit[] =>
  scripts
    .map((code) => `script:${code}`)
    .filter(isEntryId)
    .map((entry) => ({ list: scriptsName, entry, score: '0', reason: 'script-not-comparable' }));

/** Doubts that are about how a name is written: no list is written in them, so none can settle them. */
const neverSettled: ReadonlySet<string> = new Set([
  mixedScripts,
  symbolLetters,
  tooIntricate,
  unknownScript.code,
  'latn',
]);

export const isNeverSettled = (script: string): boolean => neverSettled.has(script);
