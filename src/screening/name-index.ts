import { containment } from './containment';
import { differByOneEdit } from './edit-distance';
import { readListedName } from './name-forms';
import type { NameForm } from './name-forms';
import { nameSimilarity, weighWords } from './name-similarity';
import type { WeighedWords } from './name-similarity';
import type { ListEntry } from './parse-list';
import { isSameInOtherOrder } from './other-order';
import { piecesOf, unitsOf } from './text-units';
import type { TextUnit, UnitPair } from './text-units';
import { createVocabulary } from './vocabulary';
import type { SimilarWord } from './vocabulary';

/** The names of one list, ready to be looked up. */
export type NameIndex = {
  /** How many entries; each may have several names. */
  readonly size: number;
  /** How many entries have a name with letters that have no Latin reading. Each is compared in its own script. */
  readonly unreadable: number;
  /** The share of entries with a name that is in no script that is known here, or holds no letter at all. */
  readonly unreadableShare: number;
  /** How many entries have a name at all. */
  readonly named: number;
  /** ISO 15924 code to the share of these that have a name in that script. */
  readonly scripts: ReadonlyMap<string, number>;
  /** The entries whose best name scores at least `from`, each once. */
  find(forms: readonly NameForm[], from: number): readonly FoundEntry[];
  /** Not every piece of the name was compared: it has more of them than anybody's. */
  isTooIntricate(forms: readonly NameForm[]): boolean;
};

export type FoundEntry = {
  readonly entry: ListEntry;
  /** 1: the same words, or the same letters in other words. Below 1: similar. */
  readonly score: number;
  /** `contained`: the whole listed name stands inside a longer text. */
  readonly how: 'exact' | 'similar' | 'contained';
  /** Found by one of the entry's other names. */
  readonly byAlias: boolean;
};

/** Two long names that are one edit apart, wherever their words end. */
const nearLetters = 0.95;
const longJoined = 9;
const longDense = 4;
/** The same letters, with other gaps and in another order. */
const otherOrder = 0.97;
const shortestOtherOrder = 6;
/** A name inside a longer text is never the same name. */
const bestContained = 0.96;

/** A name written without gaps inside a longer text, in letters; shorter ones are chance. */
const shortestRun = 8;
const shortestRunInside = 10;
const shortestDenseRun = 3;
const longestRun = 60;
const mostRunWords = 5;

/** A name of several words without gaps, beginning with each of them; where signs are syllables, of one word as well. */
function runTogether({ words, joined, isDense }: NameForm): readonly string[] {
  if (words.length < 2 && !isDense) return [];
  if (joined.length < (isDense ? shortestDenseRun : shortestRun) || joined.length > longestRun) return [];
  if (words.length > mostRunWords) return [joined];
  return words.map((_, first) => [...words.slice(first), ...words.slice(0, first)].join(''));
}

type ListedName = {
  readonly entry: number;
  readonly isAlias: boolean;
  readonly form: NameForm;
  readonly weighed: WeighedWords;
};

/** A name of the list, and the place of a word in it. */
type Place = { readonly listed: ListedName; readonly right: number };

type Best = { score: number; how: FoundEntry['how']; byAlias: boolean };

export function createNameIndex(entries: readonly ListEntry[]): NameIndex {
  const bySorted = new Map<string, ListedName[]>();
  const byJoined = new Map<string, ListedName[]>();
  const byLetters = new Map<string, ListedName[]>();
  const byRun = new Map<string, ListedName[]>();
  const byLength = new Map<number, Set<string>>();
  const vocabulary = createVocabulary();
  const places: Place[][] = [];
  const entriesOf: number[] = [];
  const scripts = new Map<string, number>();
  const named = entries.filter(({ names }) => names.length > 0).length;
  let [withoutLatin, unreadable] = [0, 0];
  for (const [number, entry] of entries.entries()) {
    const readings = entry.names.map(readListedName);
    if (readings.some(({ hasUnreadLetters, isUnreadable }) => hasUnreadLetters || isUnreadable))
      withoutLatin += 1;
    if (readings.some(({ isUnreadable }) => isUnreadable)) unreadable += 1;
    for (const script of new Set(readings.flatMap(({ doubtful }) => doubtful)))
      scripts.set(script, (scripts.get(script) ?? 0) + 1);
    for (const [position, { forms }] of readings.entries()) {
      for (const form of forms) {
        const listed = { entry: number, isAlias: position > 0, form, weighed: weighWords(form.words) };
        push(bySorted, form.sorted, listed);
        push(byJoined, form.joined, listed);
        if (form.joined.length >= shortestOtherOrder || form.isDense)
          push(byLetters, lettersOf(form.joined), listed);
        for (const joined of runTogether(form)) push(byRun, joined, listed);
        const joinedOfLength = byLength.get(form.joined.length) ?? new Set();
        byLength.set(form.joined.length, joinedOfLength.add(form.joined));
        for (const [right, word] of form.words.entries()) {
          const known = vocabulary.add(word);
          const there = (places[known] ??= []);
          there.push({ listed, right });
        }
      }
    }
  }

  function* oneEditAway({ joined, isDense }: NameForm): Generator<ListedName> {
    if (joined.length < (isDense ? longDense : longJoined)) return;
    for (const more of [-1, 0, 1]) {
      for (const other of byLength.get(joined.length + more) ?? []) {
        if (differByOneEdit(joined, other)) yield* byJoined.get(other) ?? [];
      }
    }
  }

  /** Names that stand in the text without gaps, wherever its own gaps are. */
  function* insideRun({ joined, words, isDense }: NameForm): Generator<ListedName> {
    const shortest = isDense ? shortestDenseRun : shortestRun;
    const edges = new Set([0]);
    for (const word of words) edges.add(Math.max(...edges) + word.length);
    for (let start = 0; start + shortest <= joined.length; start += 1) {
      for (let end = start + shortest; end <= Math.min(joined.length, start + longestRun); end += 1) {
        if (!isDense && !edges.has(start) && !edges.has(end) && end - start < shortestRunInside) continue;
        yield* byRun.get(joined.slice(start, end)) ?? [];
      }
    }
  }

  return {
    size: entries.length,
    unreadable: withoutLatin,
    unreadableShare: entries.length === 0 ? 1 : unreadable / entries.length,
    named,
    scripts: new Map([...scripts].map(([script, count]) => [script, count / named])),
    isTooIntricate: (forms) => forms.some((form) => !piecesOf(form, vocabulary).areAll),
    find(forms, from) {
      const best = new Map<number, Best>();
      const note = ({ entry, isAlias }: ListedName, score: number, how: Best['how']): void => {
        const known = best.get(entry);
        if (score < from || (known !== undefined && known.score >= score)) return;
        best.set(entry, { score, how, byAlias: isAlias });
      };
      const alike = new Map<string, readonly SimilarWord[]>();
      const wordsLike = ({ text, means }: TextUnit): readonly SimilarWord[] => {
        const key = `${means} ${text}`;
        const known =
          alike.get(key) ?? (means === 'one-edit' ? vocabulary.oneEditAway(text) : vocabulary.similar(text));
        alike.set(key, known);
        return known;
      };
      for (const form of forms) {
        for (const listed of [...(bySorted.get(form.sorted) ?? []), ...(byJoined.get(form.joined) ?? [])]) {
          const standings = [form.standing, listed.form.standing];
          if (standings.includes('guess')) note(listed, otherOrder, 'similar');
          else if (standings.includes('part')) note(listed, bestContained, 'contained');
          else note(listed, 1, 'exact');
        }
        for (const listed of byLetters.get(lettersOf(form.joined)) ?? []) {
          if (isSameInOtherOrder(form.words, listed.form.words)) note(listed, otherOrder, 'similar');
        }
        for (const listed of oneEditAway(form)) note(listed, nearLetters, 'similar');

        for (const listed of insideRun(form)) note(listed, bestContained, 'contained');

        const pairsOf = new Map<ListedName, UnitPair[]>();
        const pair = (word: number, unit: TextUnit, similarity: number): void => {
          for (const { listed, right } of places[word] ?? [])
            push(pairsOf, listed, { unit, lefts: unit.words, right, similarity });
        };
        for (const unit of unitsOf(form, vocabulary)) {
          if (typeof unit.means === 'number') pair(unit.means, unit, 1);
          else for (const { word, similarity } of wordsLike(unit)) pair(word, unit, similarity);
        }
        const weighed = weighWords(form.words);
        for (const [listed, pairs] of pairsOf) {
          note(
            listed,
            nameSimilarity(
              weighed,
              listed.weighed,
              pairs.filter(({ lefts }) => lefts.length > 0),
            ),
            'similar',
          );
          const contained = containment(listed.form, form, pairs, rarity);
          if (contained === 'undecided') note(listed, from, 'contained');
          else if (contained > 0) note(listed, Math.min(contained, bestContained), 'contained');
        }
      }
      return [...best].map(([entry, { score, how, byAlias }]) => ({
        entry: entries[entry] as ListEntry,
        score,
        how,
        byAlias,
      }));
    },
  };

  /** How many entries have the word. */
  function rarity(text: string): number {
    const number = vocabulary.numberOf(text);
    if (number === undefined) return 0;
    const known = entriesOf[number];
    if (known !== undefined) return known;
    const count = new Set((places[number] ?? []).map(({ listed }) => listed.entry)).size;
    entriesOf[number] = count;
    return count;
  }
}

const lettersOf = (joined: string): string => Array.from(joined).toSorted().join('');

function push<K, T>(map: Map<K, T[]>, key: K, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
