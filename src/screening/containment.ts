import type { NameForm } from './name-forms';
import type { UnitPair } from './text-units';

/** Words that join others, and say nothing by themselves. */
const particles: ReadonlySet<string> = new Set(
  'al el as de di da do du la le lo bin ibn ben bint del della van von der den dos das the and for of und et y e'.split(
    ' ',
  ),
);
/** A name of one telling word: shorter ones are given names and words of every day. */
const shortestAlone = 8;
const shortestDenseAlone = 3;
/** A name that is one word, and stands in the text as a word: a shorter one will do. Other scripts write fewer vowels. */
const shortestAsWord = { latin: 5, other: 4 } as const;
/** Inside another word it has to be longer still: Antonov stands in Antonovich. */
const shortestAloneInside = 11;
/** So few entries have a word that may stand for one of them by itself, or apart from the others. */
const rareIn = 2;
/** A middle name may stand between two words of a name; a second person may not, unless the words are rare. */
const mostBetween = 1;
const joiners: ReadonlySet<string> = new Set([
  'and',
  'or',
  'und',
  'et',
  'y',
  'e',
  'bin',
  'ibn',
  'al',
  'el',
  'de',
]);
/** Among other words a name has to be spelled better than alone: in a long text something alike is always found. */
const leastAlike = { rare: 0.9, common: 0.93 } as const;
/** With more ways to place a name's words than this nobody tries them all, and the text may hold it. */
const mostSteps = 400;

/** The words without which a name is not this name. */
export function tellingWords({ words, isDense }: Pick<NameForm, 'words' | 'isDense'>): readonly number[] {
  const places = [...words.keys()];
  if (isDense) return places;
  const telling = places.filter((place) => {
    const word = words[place] ?? '';
    return word.length > 1 && !particles.has(word);
  });
  return telling.length > 0 ? telling : places;
}

/**
 * Whether a whole listed name stands in a text, in any order and whatever else stands around it: how alike its words are on
 * average, or 0. Each word needs a place of its own. `rarity` is how many entries of the list have a word. `undecided`: there
 * are more ways to place them than are tried.
 */
export function containment(
  listed: NameForm,
  text: NameForm,
  pairs: readonly UnitPair[],
  rarity: (word: string) => number,
): number | 'undecided' {
  const telling = tellingWords(listed);
  if (pairs.length < telling.length) return 0;
  const options = telling.map((place) => pairs.filter(({ right }) => right === place));
  if (options.some((some) => some.length === 0)) return 0;
  const isRare = (place: number): boolean => rarity(listed.words[place] ?? '') <= rareIn;
  const [only] = telling;
  if (telling.length === 1 && only !== undefined) {
    const { length } = listed.words[only] ?? '';
    const shortest = listed.isDense ? shortestDenseAlone : shortestAlone;
    const equal = (options[0] ?? []).filter(({ similarity }) => similarity === 1);
    const isThere = equal.some(
      ({ unit }) => unit.words.length > 0 || listed.isDense || length >= shortestAloneInside,
    );
    const isWord =
      listed.words.length === 1 &&
      !listed.isDense &&
      length >= (/[a-z]/.test(listed.joined) ? shortestAsWord.latin : shortestAsWord.other) &&
      equal.some(({ unit }) => unit.words.length === 1);
    return ((length >= shortest && isThere) || isWord) && isRare(only) ? 1 : 0;
  }
  const areRare = telling.every(isRare);
  const isTogether = areRare ? () => true : areTogether(text);
  const least = areRare ? leastAlike.rare : leastAlike.common;
  const sorted = options
    .map((some) => some.toSorted((one, other) => other.similarity - one.similarity))
    .toSorted((one, other) => one.length - other.length);
  let steps = 0;
  const place = (index: number, taken: readonly UnitPair[]): number | 'undecided' => {
    if (index === sorted.length) {
      const alike = taken.reduce((sum, { similarity }) => sum + similarity, 0) / taken.length;
      return alike >= least && isTogether(taken) ? alike : 0;
    }
    for (const pair of sorted[index] ?? []) {
      steps += 1;
      if (steps > mostSteps) return 'undecided';
      const isFree = taken.every(({ unit }) => unit.end <= pair.unit.start || pair.unit.end <= unit.start);
      const placed = isFree ? place(index + 1, [...taken, pair]) : 0;
      if (placed === 'undecided' || placed > 0) return placed;
    }
    return 0;
  };
  return place(0, []);
}

/** Whether nothing but a middle name and joining words stands between the pieces. */
function areTogether({ words }: NameForm): (pairs: readonly UnitPair[]) => boolean {
  const strange: number[] = [];
  let at = 0;
  for (const word of words) {
    if (!joiners.has(word)) strange.push(at);
    at += word.length;
  }
  return (pairs) => {
    const units = pairs.map(({ unit }) => unit).toSorted((one, other) => one.start - other.start);
    return units.every((unit, index) => {
      const end = units[index - 1]?.end;
      return (
        end === undefined ||
        strange.filter((start) => start >= end && start < unit.start).length <= mostBetween
      );
    });
  };
}
