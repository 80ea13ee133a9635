import type { NameForm } from './name-forms';
import type { WordPair } from './name-similarity';
import type { Vocabulary } from './vocabulary';

/** A piece of a text that may be one word of a listed name. */
export type TextUnit = {
  readonly text: string;
  /** Where it stands in the text without gaps. */
  readonly start: number;
  readonly end: number;
  /** The places of the words that it consists of; none when it is a part of a word. */
  readonly words: readonly number[];
  /**
   * - a number: it is this word of the list;
   * - `alike`: every word of the list that is alike may be meant;
   * - `one-edit`: only one that differs by one edit. Neighbours written as one are alike to too many.
   */
  readonly means: number | 'alike' | 'one-edit';
};

/** A word of a listed name, and the piece of the text that may be it. */
export type UnitPair = WordPair & { readonly unit: TextUnit };

/** Words that are written as one, at most: Abd Al Rahman. */
const mostJoined = 3;
/** Joined words are compared in this length only: outside it nothing would come of it. */
const joinedFrom = 5;
const longestWord = 24;
/** A listed word inside a longer one: in its middle, at its begin or end; or words written as one that are just it. */
const shortestOnEdge: readonly number[] = [6, 4, 4];
/** One that reaches over a gap, and begins or ends with a word; in the middle of two it is chance. */
const shortestAcross: readonly (number | undefined)[] = [undefined, 8];
const shortestDense = 2;
/** What remains of a word beside a listed one is compared in this length. */
const shortestRest = 5;
/** So many of them with every word that is alike, and so many more with words that are one edit apart. */
const mostRests = 24;
const mostNearRests = 240;

/**
 * The pieces of a name that may be words of a listed one: each word; neighbours written as one; listed words inside longer
 * ones (`sanctionedtestpersontrading`), and what remains beside them, which may be a listed word with a mistake.
 */
export const unitsOf = (form: NameForm, vocabulary: Vocabulary): readonly TextUnit[] =>
  piecesOf(form, vocabulary).units;

/** The same, and whether these are all: then nobody was passed over. */
export function piecesOf(
  form: NameForm,
  vocabulary: Vocabulary,
): { readonly units: readonly TextUnit[]; readonly areAll: boolean } {
  const { words, joined, isDense } = form;
  const starts: number[] = [];
  let at = 0;
  for (const word of words) {
    starts.push(at);
    at += word.length;
  }
  const ends = words.map((word, place) => (starts[place] ?? 0) + word.length);
  const [startPlaces, endPlaces] = [
    new Map(starts.map((start, place) => [start, place])),
    new Map(ends.map((end, place) => [end, place])),
  ];
  const wordAt = words.flatMap((word, place) => Array.from({ length: word.length }, () => place));
  const units = new Map<string, TextUnit>();
  const add = (start: number, end: number, means: TextUnit['means']): void => {
    const [first, last] = [startPlaces.get(start), endPlaces.get(end)];
    const isWhole = first !== undefined && last !== undefined && first <= last;
    const covered = isWhole ? words.slice(first, last + 1).map((_, offset) => first + offset) : [];
    const key = `${start} ${end}`;
    // What is compared with every word finds the equal one as well.
    if (units.has(key)) return;
    units.set(key, { text: joined.slice(start, end), start, end, words: covered, means });
  };
  for (const [place, start] of starts.entries()) {
    for (let last = place; last < Math.min(words.length, place + mostJoined); last += 1) {
      const end = ends[last] ?? 0;
      const isOneWord = last === place;
      if (isOneWord || (!isDense && end - start >= joinedFrom && end - start <= longestWord))
        add(start, end, isOneWord ? 'alike' : 'one-edit');
    }
  }

  const longest = Math.min(vocabulary.longest(), joined.length);
  for (let start = 0; start < joined.length; start += 1) {
    for (let length = shortestDense; length <= Math.min(longest, joined.length - start); length += 1) {
      const end = start + length;
      if (!isDense) {
        const onEdge = Number(startPlaces.has(start)) + Number(endPlaces.has(end));
        const isInOneWord = wordAt[start] === wordAt[end - 1];
        const least = isInOneWord || onEdge === 2 ? shortestOnEdge[onEdge] : shortestAcross[onEdge];
        if (least === undefined || length < least) continue;
      }
      const word = vocabulary.numberOf(joined.slice(start, end));
      if (word === undefined) continue;
      add(start, end, word);
    }
  }
  if (isDense) return { units: [...units.values()], areAll: true };

  let rests = 0;
  for (const place of words.keys()) {
    const [start, end] = [starts[place] ?? 0, ends[place] ?? 0];
    if (end - start < 2 * shortestRest) continue;
    const inside = [...units.values()].filter(
      (unit) => unit.words.length === 0 && unit.start >= start && unit.end <= end,
    );
    const [froms, tos] = [
      new Set([start, ...inside.map((unit) => unit.end)]),
      new Set([end, ...inside.map((unit) => unit.start)]),
    ];
    for (const from of froms) {
      for (const to of tos) {
        if (to - from < shortestRest || to - from > longestWord || units.has(`${from} ${to}`)) continue;
        rests += 1;
        if (rests > mostNearRests) return { units: [...units.values()], areAll: false };
        add(from, to, rests > mostRests ? 'one-edit' : 'alike');
      }
    }
  }
  return { units: [...units.values()], areAll: true };
}
